// What happened, one under the other, with times; codes small and grey.
import type { Visit } from '../visit.ts';
import type { Happening } from '../words/history.ts';
import { Moment } from './time.tsx';

export function Timeline({ happenings, visit }: { happenings: readonly Happening[]; visit: Visit }) {
  return (
    <ol class="timeline">
      {happenings.map((happening) => (
        <Line key={`${happening.at} ${happening.text.en}`} happening={happening} visit={visit} />
      ))}
    </ol>
  );
}

function Line({ happening, visit }: { happening: Happening; visit: Visit }) {
  const { say } = visit;
  const { at, tone, text, notes, code, times, since } = happening;
  return (
    <li class={tone}>
      <b>{say(text)}</b>{' '}
      <small>
        {times > 1 && (
          <>
            <Moment at={since} visit={visit} /> ~{' '}
          </>
        )}
        <Moment at={at} visit={visit} />
        {times > 1 && ` · ${times}×`}
      </small>
      {notes.length > 0 && <p>{notes.map(say).join(' · ')}</p>}
      {code !== null && <code>{code}</code>}
    </li>
  );
}

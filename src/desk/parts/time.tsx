// A moment in a page: short to read, exact on hover and for machines.
import type { Visit } from '../visit.ts';
import { exactTime, momentText } from '../words/time.ts';

export function Moment({ at, visit }: { at: number; visit: Pick<Visit, 'say' | 'now'> }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
      {visit.say(momentText(at, visit.now))}
    </time>
  );
}

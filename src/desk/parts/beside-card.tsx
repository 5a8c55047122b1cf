// Under a case: a note for colleagues, "I am looking at it", and handing it over.
import { assignedTo, type Beside, longestNote } from '../../domain/beside.ts';
import { isAtLeast } from '../../domain/people.ts';
import type { Text } from '../../domain/problem.ts';
import type { Visit } from '../visit.ts';
import { assignedText, watchedText, beside as words } from '../words/beside.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Field, tied } from './fields.tsx';

interface Refund {
  readonly refundId: string;
  readonly state: string;
  readonly version: number;
}

/** What was typed and not kept, and why. */
export interface TypedNote {
  readonly text: string;
  readonly wrong: Text | undefined;
}

/** Beside the title: whose it is, and who else looks at it. */
export function OnCaseBadges({ refund, beside, visit }: { refund: Refund; beside: Beside; visit: Visit }) {
  const { say, person } = visit;
  const assigned = assignedTo(refund, beside.assigned);
  const isCase = refund.state === 'dead_lettered';
  const others = isCase ? beside.watching.filter(({ who }) => who !== person.name) : [];
  return (
    <>
      {assigned !== null && <Badge tone="plain">{say(assignedText(assigned.to))}</Badge>}
      {others.map(({ who }) => (
        <Badge key={who} tone="warn">
          {say(watchedText(who))}
        </Badge>
      ))}
    </>
  );
}

interface Props {
  readonly refund: Refund;
  readonly beside: Beside;
  readonly takers: readonly string[];
  /** It is among what can be done: shown unfolded. */
  readonly offersHandOver: boolean;
  readonly typed: TypedNote;
  readonly visit: Visit;
}

export function BesideCard(props: Props) {
  const { refund, visit } = props;
  if (!isAtLeast(visit.person.role, 'reviewer')) return null;
  const isCase = refund.state === 'dead_lettered';
  return (
    <Card title={visit.say(words.title)} id="beside">
      <NoteForm {...props} />
      {isCase && <WatchForm {...props} />}
      {isCase && <HandOverForm {...props} />}
    </Card>
  );
}

function NoteForm({ refund, typed, visit: { say, csrf } }: Props) {
  return (
    <form method="post" action={`/review/cases/${refund.refundId}/note`} data-once>
      <input type="hidden" name="_csrf" value={csrf} />
      <Field name="text" label={say(words.note)} hint={say(words.noteHint)} wrong={typed.wrong} say={say}>
        <textarea
          {...tied('text', { hint: true, wrong: typed.wrong })}
          rows={2}
          maxLength={longestNote}
          required
        >
          {typed.text}
        </textarea>
      </Field>
      <button type="submit">{say(words.keep)}</button>
    </form>
  );
}

function WatchForm({ refund, beside, visit: { say, csrf, person } }: Props) {
  const isMine = beside.watching.some(({ who }) => who === person.name);
  return (
    <form class="watch" method="post" action={`/review/cases/${refund.refundId}/watch`}>
      <input type="hidden" name="_csrf" value={csrf} />
      {isMine && (
        <>
          <span>{say(words.watching)}</span> <input type="hidden" name="stop" value="yes" />
        </>
      )}
      <button type="submit">{say(isMine ? words.unwatch : words.watch)}</button>
    </form>
  );
}

function HandOverForm({ refund, beside, takers, offersHandOver, visit: { say, csrf } }: Props) {
  if (takers.length === 0) return <p class="quiet">{say(words.nobodyToGive)}</p>;
  const now = assignedTo(refund, beside.assigned)?.to ?? '';
  return (
    <details class="hand-over" open={offersHandOver}>
      <summary>{say(words.handOver)}</summary>
      <form method="post" action={`/review/cases/${refund.refundId}/assign`} data-once>
        <input type="hidden" name="_csrf" value={csrf} />
        <input type="hidden" name="version" value={refund.version} />
        <Field name="to" label={say(words.to)} say={say}>
          <select {...tied('to', {})}>
            <option value="">{say(words.nobody)}</option>
            {takers.map((name) => (
              <option key={name} value={name} selected={name === now}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field name="word" label={say(words.word)} say={say}>
          <input {...tied('word', {})} maxLength={longestNote} />
        </Field>
        <button type="submit">{say(words.give)}</button>
      </form>
    </details>
  );
}

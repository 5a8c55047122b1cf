// The page around a form of an act: where it stands, what has to be said first, and the page that says who was faster.
import type { ComponentChildren, VNode } from 'preact';
import type { Text } from '../../domain/problem.ts';
import type { HistoryEntry } from '../../domain/refund.ts';
import { refusalText } from '../../review/case-text.ts';
import type { FormState, Input } from '../forms/case-form.ts';
import { Card } from '../parts/card.tsx';
import { Layout } from '../parts/layout.tsx';
import { type CaseFound, subjectOf } from '../read-payment.ts';
import type { Visit } from '../visit.ts';
import { acts, keptText, type Moved, movedLead, movedSentence } from '../words/acts.ts';
import { orderOr } from '../words/case-page.ts';
import { pageNames } from '../words/common.ts';
import { stepUp } from '../words/step-up.ts';

interface Shared {
  readonly found: CaseFound;
  readonly name: Text;
  readonly title: Text;
  readonly visit: Visit;
  /** null: it can no longer be done. */
  readonly body: VNode | null;
}

export function FormPage({
  refused,
  kept,
  proof,
  wrong,
  body,
  ...shared
}: Shared & Pick<FormState<Input>, 'refused' | 'kept' | 'proof' | 'wrong'>) {
  const { say } = shared.visit;
  return (
    <Frame {...shared}>
      <h1>{say(shared.title)}</h1>
      {kept !== null && (
        <Card tone="warn">
          <p role="status">{say(keptText(kept))}</p>
        </Card>
      )}
      {proof !== null && (
        <Card tone="warn">
          <p role="alert">{say(stepUp[proof])}</p>
        </Card>
      )}
      {Object.keys(wrong ?? {}).length > 0 && (
        <Card tone="warn" title={say(acts.notDone)}>
          <p role="alert">{say(acts.unfinished)}</p>
        </Card>
      )}
      {refused !== null && (
        <Card tone="warn" title={say(acts.notDone)}>
          <p role="alert">{say(refusalText(refused))}</p>
        </Card>
      )}
      {body}
    </Frame>
  );
}

export function MovedPage({ body, typed, ...shared }: Shared & { typed: Input }) {
  const { found, visit } = shared;
  const { say, now, person } = visit;
  const moved = lastMove(found);
  return (
    <Frame {...shared}>
      <h1>{say(movedLead(moved.by, person.name))}</h1>
      <Card tone="info">
        <p role="status">{say(movedSentence(moved, now))}</p>
        {body !== null && <p>{say(acts.stillPossible)}</p>}
        <a
          class={body === null ? 'button main' : 'button'}
          href={`/review/cases/${subjectOf(found).refundId}`}
        >
          {say(acts.toCase)}
        </a>
      </Card>
      {body ?? <Typed typed={typed} visit={visit} />}
    </Frame>
  );
}

/** So that words that were typed for nothing can be used elsewhere. */
function Typed({ typed, visit: { say } }: { typed: Input; visit: Visit }) {
  const reason = typed['reason'] ?? '';
  if (reason === '') return null;
  return (
    <Card title={say(acts.typed)}>
      <p>
        {say(acts.reason)}: <q>{reason}</q>
      </p>
    </Card>
  );
}

function Frame({
  found,
  name,
  title,
  visit,
  children,
}: Omit<Shared, 'body'> & { children: ComponentChildren }) {
  const { say } = visit;
  return (
    <Layout visit={visit} title={title} here="cases">
      <p class="crumbs">
        <span>
          <a href="/review/cases">{say(pageNames.cases)}</a> ›{' '}
          <a href={`/review/cases/${subjectOf(found).refundId}`}>{orderOf(found, visit)}</a> › {say(name)}
        </span>
      </p>
      {children}
    </Layout>
  );
}

export function orderOf(found: CaseFound, { say }: Pick<Visit, 'say'>): string {
  return say(orderOr(subjectOf(found).orderId));
}

/** What a person did last, rather than what the program made of it since. */
function lastMove(found: CaseFound): Moved {
  const { state } = subjectOf(found);
  const byPerson = ({ what }: HistoryEntry) => /^(replay|resolve: )/.test(what);
  const entry = found.history.findLast(byPerson);
  if (entry === undefined) return { state, by: null, what: null, at: null };
  return { state, by: entry.who, what: entry.what, at: entry.at };
}

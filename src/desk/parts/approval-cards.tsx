// An act that waits for a second person: what it is, what it changes, and who may do what about it.
import type { Approval } from '../../domain/approval.ts';
import { isAtLeast } from '../../domain/people.ts';
import { isSamePerson } from '../../policies/approval.ts';
import { approvalRefusalText } from '../../review/approval-text.ts';
import type { KeptApproval } from '../../review/approvals.ts';
import type { Visit } from '../visit.ts';
import {
  amountText,
  askedByText,
  changesOf,
  confirmedOf,
  movedText,
  untilText,
  waitsText,
  whatText,
  approvals as words,
} from '../words/approvals.ts';
import { cases } from '../words/cases.ts';
import { Card, Facts } from './card.tsx';
import { Field, tied } from './fields.tsx';
import { PasswordField } from './password-field.tsx';

/** On the page of its case. */
export function WaitsForApproval({ approval, visit }: { approval: Approval; visit: Visit }) {
  const { say, now, person } = visit;
  const canApprove = isAtLeast(person.role, 'approver') && !isSamePerson(approval.who, person.name);
  return (
    <Card tone="warn" title={say(words.waits)}>
      <p>
        {say(waitsText(approval, now))} <q>{approval.reason}</q>
      </p>
      <a class={canApprove ? 'button main' : 'button'} href={`/review/approvals#a-${approval.id}`}>
        {say(words.toApprovals)}
      </a>
    </Card>
  );
}

export function ApprovalCard({ kept, visit }: { kept: KeptApproval; visit: Visit }) {
  const { approval, standing } = kept;
  const { say, now } = visit;
  const changes = changesOf(approval);
  const confirmed = confirmedOf(approval);
  const evidence = approval.asked.act === 'resolve' ? approval.asked.evidence : null;
  const rows = [
    [say(words.what), say(whatText(approval))],
    [say(words.amount), <b>{say(amountText(approval.amountWon))}</b>],
    [say(words.changes), changes.length === 0 ? null : changes.map(say).join(' · ')],
    [say(words.who), say(askedByText(approval, now))],
    [say(words.why), approval.reason],
    [say(words.evidence), evidence],
    [say(words.confirmed), confirmed.length === 0 ? null : confirmed.map(say).join(' · ')],
    [say(words.until), say(untilText(approval.until, now))],
  ] as const;
  return (
    <Card id={`a-${approval.id}`}>
      <h2>
        <a href={`/review/cases/${approval.refundId}`}>{approval.orderId ?? say(cases.unknownOrder)}</a>
      </h2>
      <div class="decide">
        <Facts rows={rows} />
        {standing.kind === 'open' && <Decide approval={approval} visit={visit} />}
        {standing.kind === 'over' && <p class="quiet">{say(words.over)}</p>}
        {standing.kind === 'moved' && <p class="quiet">{say(movedText(standing.by, standing.at, now))}</p>}
      </div>
    </Card>
  );
}

/** One's own shows why not in place of the buttons, and so does what only an approver may do. */
function Decide({ approval, visit }: { approval: Approval; visit: Visit }) {
  const { say, person, csrf } = visit;
  const isOwn = isSamePerson(approval.who, person.name);
  if (isOwn || !isAtLeast(person.role, 'approver')) {
    const rule = isOwn ? 'own_approval' : 'not_approver';
    return <p class="quiet">{say(approvalRefusalText({ rule }))}</p>;
  }
  const address = `/review/approvals/${approval.id}`;
  const name = `reason-${approval.id}`;
  return (
    <>
      <form method="post" action={`${address}/approve`} data-once>
        <input type="hidden" name="_csrf" value={csrf} />
        {!visit.isProven && <PasswordField id={`password-${approval.id}`} wrong={undefined} say={say} />}
        <button class="main" type="submit">
          {say(words.approve)}
        </button>
      </form>
      <details>
        <summary>{say(words.sendBack)}</summary>
        <form method="post" action={`${address}/return`} data-once>
          <input type="hidden" name="_csrf" value={csrf} />
          <Field name={name} label={say(words.reason)} say={say}>
            <input {...tied(name, {})} name="reason" maxLength={1000} required />
          </Field>
          <button type="submit">{say(words.sendBack)}</button>
        </form>
      </details>
    </>
  );
}

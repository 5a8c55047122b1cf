// From a record as it was read to the answer about it.
import { assignedTo } from '../domain/beside.ts';
import type { ListItem } from '../domain/ledger.ts';
import { isEnded } from '../domain/states.ts';
import { lacksDefiniteAnswer } from '../policies/growth.ts';
import { needsAcknowledgement } from '../policies/replay-rules.ts';
import type { Payment, Reading } from './read-payment.ts';
import { type Answer, answerOf, type Outside } from './words/answers.ts';

type Recorded = Pick<
  Extract<Reading, { kind: 'record' }>,
  'view' | 'facts' | 'history' | 'payment' | 'beside'
>;

export function answerFrom({ view, facts, history, payment, beside }: Recorded, now: number): Answer {
  const { refund } = facts;
  const waiting = view.waiting_for;
  const until = waiting === null || waiting.until === null ? null : Date.parse(waiting.until);
  return answerOf({
    refund,
    now,
    movedAt: history.findLast(({ to }) => to === refund.state)?.at ?? refund.acceptedAt,
    waiting: waiting === null ? null : { kind: waiting.kind, until },
    outside: outsideOf(payment),
    assignedTo: assignedTo(refund, beside.assigned)?.to ?? null,
  });
}

function outsideOf({ money, refunds }: Payment): Outside | null {
  const amountWon = money?.outsideWon ?? 0;
  return amountWon <= 0 ? null : { amountWon, mayBeOurs: refunds.some(mayHavePaid) };
}

/** A refund that did not end, and may have moved money. */
function mayHavePaid(refund: ListItem): boolean {
  if (isEnded(refund.state)) return false;
  return 'unread' in refund
    ? refund.sent
    : needsAcknowledgement(refund) || refund.attempts.some(lacksDefiniteAnswer);
}

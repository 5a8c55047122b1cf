// Above the threshold an act is not done but asked for: kept as it would be done, until a second person approves it.
import { type Approval, approvalId, type ConfirmableRule } from '../domain/approval.ts';
import type { RefundAccount } from '../domain/event.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Person } from '../domain/people.ts';
import { approvalLastsMs, canBeApproved, takesTwo } from '../policies/approval.ts';
import type { Wish } from './actions.ts';
import { movedBy } from './moved-by.ts';
import type { ActRequest, ResolveRequest, ReviewDeps, ReviewResult } from './ports.ts';

/** When acts take two people, and who the people are. */
export interface TwoPeople {
  /** null: one person decides about every amount. */
  readonly thresholdWon: number | null;
  /** Of OPERATORS. */
  readonly people: readonly Person[];
}

/** An approval that was given: which, by whom, and for how much. */
export interface Approved {
  readonly id: string;
  readonly by: string;
  readonly amountWon: number | null;
}

interface ActInHand {
  readonly request: ActRequest;
  readonly wish: Wish & { readonly refundId: RefundId };
  readonly asked: Approval['asked'];
  readonly refund: { readonly refundId: RefundId; readonly orderId: string | null; readonly version: number };
  /** null: not known. */
  readonly amountWon: number | null;
  readonly caseWon: number | null;
  readonly account?: RefundAccount | undefined;
}

/** null: one person is enough. */
export async function askedOf(deps: ReviewDeps, act: ActInHand): Promise<ReviewResult | null> {
  const { thresholdWon, people } = deps.twoPeople;
  if (thresholdWon === null || !takesTwo(act.amountWon, thresholdWon)) return null;
  const { via, who, proven = false } = act.request;
  if (via === 'cli' && !proven) return { kind: 'refused', rule: 'approval_login', thresholdWon };
  if (!canBeApproved(who, people)) return { kind: 'refused', rule: 'no_second_person', thresholdWon };
  const approval = approvalOf(act, deps.now());
  const { id, at, refundId, orderId, version, reason, amountWon } = approval;
  const asked = await deps.ledger.askApproval({
    approval,
    account: act.account,
    note: { at, who, via, what: 'ask_approval', text: reason, to: null },
    action: {
      ...act.wish,
      ...{ at, what: 'ask_approval', orderId, version, approval: id, answer: 'done' },
      edits: { act: act.asked.act, ...(amountWon !== null && { amount: amountWon }), ...act.wish.edits },
    },
  });
  switch (asked.kind) {
    case 'done':
      return { kind: 'asked', approval };
    case 'open':
      return { kind: 'refused', rule: 'approval_open', who: asked.approval.who, at: asked.approval.at };
    case 'moved':
      return movedBy(deps, refundId);
  }
}

/** As it is kept, with the rules that it passes over. */
export function askedResolve(
  request: ResolveRequest,
  acknowledged: readonly ConfirmableRule[],
): Approval['asked'] {
  const { outcome, amountWon, evidence, acknowledge } = request;
  return {
    ...{ act: 'resolve', outcome, ...(amountWon !== undefined && { amountWon }), evidence },
    ...{ acknowledge, acknowledged: [...acknowledged] },
  };
}

function approvalOf({ request, asked, refund, amountWon, caseWon }: ActInHand, at: number): Approval {
  const { refundId, orderId, version } = refund;
  const { who, via, reason } = request;
  return {
    id: approvalId({ refundId, version, at }),
    ...{ refundId, orderId, version, who, via, at, reason },
    until: at + approvalLastsMs,
    ...{ amountWon, caseWon, asked },
  };
}

// Closing a case whose record cannot be read: no look-up can be judged for it, so the person's word counts, and the
// receipt is marked where money may have gone back that nothing accounts for.
import type { Action } from '../domain/action.ts';
import { versionId } from '../domain/ids.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import { confirms } from '../policies/approval.ts';
import { marksReceipt, resolveRefusalOf } from '../policies/unread.ts';
import { resolveWish } from './actions.ts';
import { type Approved, askedOf, askedResolve } from './ask-approval.ts';
import { movedBy } from './moved-by.ts';
import type { ResolveRequest, ReviewDeps, ReviewResult } from './ports.ts';

export async function closeUnreadable(
  deps: ReviewDeps,
  refund: UnreadRefund,
  { request, approved }: { request: ResolveRequest; approved: Approved | undefined },
): Promise<ReviewResult> {
  const { who, outcome, reason, evidence } = request;
  const amountWon = outcome === 'refunded_by_hand' ? (request.amountWon ?? null) : null;
  const acknowledge = confirms(request, 'unreadable');
  const at = deps.now();
  const { settleWindowMs } = deps.settings;
  const keepsLock = await holdsReceipt(deps, refund);
  const clock = { now: at, jumpedAt: deps.jumpedAt() };
  const refusal = resolveRefusalOf({ refund, keepsLock, acknowledge, ...clock, settleWindowMs });
  if (refusal !== null) return { kind: 'refused', ...refusal };
  const wish = resolveWish(refund.refundId, request);
  // How much it is about cannot be read.
  const unknown = { refund, amountWon: null, caseWon: null };
  const asked =
    approved === undefined
      ? await askedOf(deps, { request, wish, ...unknown, asked: askedResolve(request, ['unreadable']) })
      : null;
  if (asked !== null) return asked;

  // Before and after, as for every case: a sweeper may put it back in between.
  const close = () => deps.closeCase(versionId(refund));
  await close();
  const marks = marksReceipt(refund, outcome);
  const action: Action = {
    ...wish,
    ...(approved && { approval: approved.id, approvedBy: approved.by }),
    at,
    orderId: refund.orderId,
    from: refund.state,
    to: 'resolved',
    answer: 'done',
  };
  const verdict = { at, who, outcome, reason, evidence, amountWon, marks, approved, action };
  const closed = await deps.ledger.closeUnreadable(refund, verdict);
  if (closed === null) return movedBy(deps, refund.refundId);
  await close();
  if (closed.nextWaiter !== null) await deps.wakeWaiter(closed.nextWaiter);
  return { kind: 'closed_unreadable', refund: closed.refund };
}

async function holdsReceipt({ ledger }: ReviewDeps, { refundId, receiptId }: UnreadRefund): Promise<boolean> {
  return receiptId !== null && (await ledger.readReceipt(receiptId)).holder === refundId;
}

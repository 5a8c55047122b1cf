// Closing a case whose record cannot be read: no look-up can be judged for it, so the person's word counts, and the
// receipt is marked where money may have gone back that nothing accounts for.
import { versionId } from '../domain/ids.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import { marksReceipt, resolveRefusalOf } from '../policies/unread.ts';
import { movedBy } from './open-case.ts';
import type { ResolveRequest, ReviewDeps, ReviewResult } from './ports.ts';

export async function closeUnreadable(
  deps: ReviewDeps,
  refund: UnreadRefund,
  { who, outcome, reason, evidence, acknowledge }: ResolveRequest,
): Promise<ReviewResult> {
  const at = deps.now();
  const { settleWindowMs } = deps.settings;
  const keepsLock = await holdsReceipt(deps, refund);
  const clock = { now: at, jumpedAt: deps.jumpedAt() };
  const refusal = resolveRefusalOf({ refund, keepsLock, acknowledge, ...clock, settleWindowMs });
  if (refusal !== null) return { kind: 'refused', ...refusal };

  // Before and after, as for every case: a sweeper may put it back in between.
  const close = () => deps.closeCase(versionId(refund));
  await close();
  const marks = marksReceipt(refund, outcome);
  const closed = await deps.ledger.closeUnreadable(refund, { at, who, outcome, reason, evidence, marks });
  if (closed === null) return movedBy(deps, refund.refundId);
  await close();
  if (closed.nextWaiter !== null) await deps.wakeWaiter(closed.nextWaiter);
  return { kind: 'closed_unreadable', refund: closed.refund };
}

async function holdsReceipt({ ledger }: ReviewDeps, { refundId, receiptId }: UnreadRefund): Promise<boolean> {
  return receiptId !== null && (await ledger.readReceipt(receiptId)).holder === refundId;
}

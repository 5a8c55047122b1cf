// Opens a case as the person saw it and writes the decision: compare-and-set on the version.
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import { itemOf, type ReceiptRow } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { CommitOptions, Transition } from '../domain/transition.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import type { CaseFacts } from '../policies/replay-rules.ts';
import type { Wish } from './actions.ts';
import type { Approved } from './ask-approval.ts';
import { movedBy } from './moved-by.ts';
import type { ReviewDeps, ReviewResult } from './ports.ts';

type OpenedCase =
  | { readonly kind: 'open'; readonly facts: CaseFacts & { readonly account: ReceiptRow } }
  /** A dead letter that cannot be read, or a record of a newer version in any state. */
  | { readonly kind: 'unread'; readonly refund: UnreadRefund }
  | Extract<ReviewResult, { kind: 'not_found' | 'purged' | 'moved' }>;

/** Reads the case and checks that it is the one the person saw. */
export async function openCase(deps: ReviewDeps, id: RefundId, version: number | null): Promise<OpenedCase> {
  const stored = await deps.ledger.read(id);
  if (stored === null) return { kind: 'not_found' };
  if (stored.purged) return { kind: 'purged', state: stored.state };
  const { unread } = stored;
  if (unread?.unread === 'newer') return { kind: 'unread', refund: unread };
  const found = itemOf(stored);
  if (found?.state !== 'dead_lettered' || (version !== null && version !== found.version)) {
    return movedBy(deps, id);
  }
  if ('unread' in found) return { kind: 'unread', refund: found };
  const account = await deps.ledger.readReceipt(found.receiptId);
  const facts = {
    refund: found,
    account,
    now: deps.now(),
    jumpedAt: deps.jumpedAt(),
    settings: deps.settings,
  };
  return { kind: 'open', facts };
}

export async function commitReview(
  deps: ReviewDeps,
  {
    before,
    change,
    wish,
    approved,
  }: {
    readonly before: Refund;
    readonly change: Transition;
    readonly wish: Wish;
    readonly approved: Approved | undefined;
  },
  options: Pick<CommitOptions, 'newAccount' | 'lookedAt' | 'bulk'> = {},
): Promise<ReviewResult | { readonly kind: 'disturbed' }> {
  // The job is removed first: after a crash in between the sweeper puts it back. In the other order a closed case could
  // stay on the board for ever.
  const close = async () => before.deadLetter !== null && deps.closeCase(before.deadLetter.jobId);
  await close();
  const { orderId, state: to } = change.refund;
  const moved = { at: change.history.at, orderId, from: before.state, to, answer: 'done' } as const;
  const byTwo = approved && { approval: approved.id, approvedBy: approved.by };
  const action = { ...wish, ...moved, ...byTwo };
  const answer = await deps.ledger.commit(change, { ...options, approval: approved?.id, action });
  switch (answer.kind) {
    case 'done':
      await close(); // once more: a sweeper may have put it back while it was still a case
      if (answer.nextWaiter !== null) await deps.wakeWaiter(answer.nextWaiter);
      return { kind: 'done', refund: change.refund };
    case 'disturbed':
      return answer;
    case 'moved':
    case 'lane_held':
      return movedBy(deps, before.refundId);
    default:
      return assertNever(answer);
  }
}

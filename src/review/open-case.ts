// Opens a case as the person saw it and writes the decision: compare-and-set on the version.
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import type { ReceiptRow } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { CommitOptions, Transition } from '../domain/transition.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import type { CaseFacts } from '../policies/replay-rules.ts';
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
  const { refund, unread } = stored;
  if (unread?.unread === 'newer') return { kind: 'unread', refund: unread };
  const found = refund ?? unread;
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
  { before, change }: { readonly before: Refund; readonly change: Transition },
  options: Pick<CommitOptions, 'newAccount' | 'lookedAt'> = {},
): Promise<ReviewResult | { readonly kind: 'disturbed' }> {
  // The job is removed first: after a crash in between the sweeper puts it back. In the other order a closed case could
  // stay on the board for ever.
  const close = async () => before.deadLetter !== null && deps.closeCase(before.deadLetter.jobId);
  await close();
  const answer = await deps.ledger.commit(change, options);
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

/** After a second reviewer or a double click: the last move, with its author and time. */
export async function movedBy(
  deps: ReviewDeps,
  id: RefundId,
): Promise<Extract<ReviewResult, { kind: 'moved' | 'not_found' | 'purged' }>> {
  const stored = await deps.ledger.read(id);
  if (stored === null) return { kind: 'not_found' };
  if (stored.purged) return { kind: 'purged', state: stored.state };
  const last = stored.history.findLast(({ to }) => to !== null);
  return {
    kind: 'moved',
    state: stored.state,
    version: stored.version,
    by: last?.who ?? null,
    at: last?.at ?? null,
  };
}

// Repairs what the queue lacks: a refund whose job is missing after a crash between the two writes, was lost or
// cleaned away by hand, or sleeps by the clock of a host that is wrong. A refund that no worker could take until its
// deadline goes to a person. At its end, cases of an earlier version find their place in the lists, and old records
// are purged. One process of many sweeps at a time; a record whose job is there costs one line of a script.
import type { PolicySettings } from '../domain/decision.ts';
import { InvariantError } from '../domain/errors.ts';
import { type RefundId, versionId } from '../domain/ids.ts';
import type { Ledger, OverdueQuery, OverdueRefund, StoredRefund } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import { isOpen } from '../domain/states.ts';
import type { Logger } from '../logging/logger.ts';
import { atDeadline } from '../policies/decisions.ts';
import { deadlineOn, hasJustJumped } from '../policies/steady-clock.ts';
import { transitionFor, withoutOutcome } from '../policies/transition.ts';
import type { Clock } from '../redis/clock.ts';
import { markUnreadable } from './unread.ts';
import { logDeadLetter } from './write.ts';

interface SweeperDeps {
  readonly ledger: Pick<
    Ledger,
    'overdue' | 'claim' | 'read' | 'readReceipt' | 'commit' | 'markUnreadable' | 'placeCases'
  >;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Pick<PolicySettings, 'settleWindowMs'>;
  /** Sees to it that a job comes for a refund that is due. */
  readonly revive: (refund: Refund, jobId: string) => Promise<void>;
  readonly wakeWaiter: (jobId: string) => Promise<unknown>;
  readonly openCase: (refund: Refund) => Promise<void>;
  readonly openUnreadableJob: (
    caseId: string,
    data: Readonly<Record<string, string | null>>,
  ) => Promise<void>;
  /** Logs, once for each refund, that a newer version wrote its record, which is left alone. */
  readonly noteNewer: (refundId: RefundId) => void;
  /** Resumes a queue that is paused although the lane is not held. */
  readonly ensureRunning: () => Promise<void>;
  /** Purges some of the refunds that ended long ago. */
  readonly purgeOld: (signal?: AbortSignal) => Promise<unknown>;
}

export interface SweeperOptions {
  /** Between two sweeps, ms. */
  readonly everyMs: number;
  /** A wake-up is overdue after this many ms. */
  readonly overdueMs: number;
  /** A refund that no worker could take goes to a person so long after its deadline, ms. */
  readonly lateMs: number;
  /** Records that one script looks at. */
  readonly pageSize: number;
}

/** A lost job is enqueued again within `overdueMs` + `everyMs` and the time of one sweep: well within a minute. */
export const sweeperDefaults: SweeperOptions = {
  everyMs: 20_000,
  overdueMs: 20_000,
  lateMs: 10 * 60_000,
  pageSize: 500,
};

/** Cases that a process of 0.4 beside us opens or closes have no place, or keep it, for so many sweeps. */
const sweepsBetweenPlacing = 15;

/** Better measurements of the clock move `steadySince` by milliseconds. */
const steadyWithinMs = 1_000;

/** Starts sweeping; the answer stops it and waits for the page under way. */
export function startSweeper(
  deps: SweeperDeps,
  options: SweeperOptions = sweeperDefaults,
): () => Promise<void> {
  const stopping = new AbortController();
  const sweep = createSweep(deps, options, stopping.signal);
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await sweep().catch((error: unknown) =>
        deps.log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'sweep_failed'),
      );
      await deps.clock.sleep(options.everyMs, stopping.signal);
    }
  };
  const running = loop();
  return async () => {
    stopping.abort();
    await running;
  };
}

/** One pass over all open refunds and all cases. Answers how many it repaired; null: another process sweeps. */
export function createSweep(
  deps: SweeperDeps,
  options: SweeperOptions,
  signal?: AbortSignal,
): () => Promise<number | null> {
  const claimMs = options.everyMs - Math.min(1_000, options.everyMs / 2);
  let steadySince: number | null = null;
  let sweeps = 0;
  return async () => {
    if (!(await deps.ledger.claim('sweep', claimMs))) return null;
    await deps.ensureRunning();
    // At the start and after each step of the clock all open refunds are examined: a wrong clock may have set a wake-up.
    const since = deps.clock.steadySince();
    const all = steadySince === null || Math.abs(since - steadySince) > steadyWithinMs;
    let repaired = 0;
    for (const among of ['open', 'cases'] as const) {
      for await (const page of pages(deps, options, { among, all })) {
        for (const found of page) repaired += await repair(deps, found);
        if (signal?.aborted === true) return repaired;
      }
    }
    steadySince = since;
    if (sweeps % sweepsBetweenPlacing === 0) await deps.ledger.placeCases(signal);
    sweeps += 1;
    // Last: a lost job waits for money, an old record for nothing.
    await deps.purgeOld(signal);
    return repaired;
  };
}

async function* pages(
  { ledger, clock, settings }: SweeperDeps,
  { overdueMs, lateMs, pageSize }: SweeperOptions,
  { among, all }: Pick<OverdueQuery, 'among'> & { readonly all: boolean },
): AsyncGenerator<readonly OverdueRefund[]> {
  const now = clock.now();
  const jumpedAt = clock.jumpedAt();
  // No deadline is concluded from a clock that was moved a moment ago.
  const lateBy = hasJustJumped({ now, jumpedAt, settings }) ? 0 : now - lateMs;
  const dueBy = now - overdueMs;
  const upTo = all ? Number.MAX_SAFE_INTEGER : dueBy;
  const query = { among, now, dueBy, upTo, lateBy, limit: pageSize };
  let after: OverdueQuery['after'] = null;
  do {
    const page = await ledger.overdue({ ...query, after });
    yield page.found;
    after = page.next;
  } while (after !== null);
}

/** Answers 1 if it repaired something, else 0: the record may have moved since it was found. */
async function repair(deps: SweeperDeps, { refundId, why, jobId }: OverdueRefund): Promise<number> {
  const stored = await deps.ledger.read(refundId);
  if (stored === null || stored.purged) return 0;
  const { refund, state } = stored;
  if (refund === null) return repairUnread(deps, stored);
  if (state === 'dead_lettered') await deps.openCase(refund);
  else if (!isOpen(state)) return 0;
  else if (why === 'past_deadline') return endAtDeadline(deps, refund);
  else await deps.revive(refund, jobId);
  deps.log.warn({ refund_id: refundId, state, why }, 'job_put_back');
  return 1;
}

/**
 * A record of a newer version is left to a process of that version; one that cannot be read becomes a case, and is
 * shown.
 */
async function repairUnread(deps: SweeperDeps, { unread }: StoredRefund): Promise<number> {
  if (unread === null) return 0;
  const { refundId } = unread;
  if (unread.unread === 'newer') deps.noteNewer(refundId);
  const marked = unread.unread === 'newer' ? null : await markUnreadable(deps, refundId);
  if (marked === null) return 0;
  const { receiptId, orderId } = marked.refund;
  const ids = { refund_id: refundId, receipt_id: receiptId, order_id: orderId };
  await deps.openUnreadableJob(versionId(marked.refund), ids);
  return 1;
}

/** The lane was held, or the queue stood still, until past the deadline: each refund becomes a case. */
async function endAtDeadline(deps: SweeperDeps, stored: Refund): Promise<number> {
  const refund = withoutOutcome(stored);
  const now = deps.clock.now();
  const { settings, clock } = deps;
  if (deadlineOn(refund.deadlineAt, { jumpedAt: clock.jumpedAt(), settings }) > now) return 0;
  const decision = atDeadline(refund);
  // A refund that waits behind another one has no receipt lock to keep.
  const { holder } = await deps.ledger.readReceipt(refund.receiptId);
  const keepsLock = decision.keepsLock && holder === refund.refundId;
  const change = transitionFor(refund, { ...decision, keepsLock }, { now, who: 'sweeper' });
  const answer = await deps.ledger.commit(change, {});
  if (answer.kind === 'moved') return 0;
  if (answer.kind !== 'done') throw new InvariantError('no permit was asked for');
  deps.log.info({ refund_id: refund.refundId, from: change.from, to: change.refund.state }, 'refund_moved');
  logDeadLetter(deps.log, change);
  if (answer.nextWaiter !== null) await deps.wakeWaiter(answer.nextWaiter);
  await deps.openCase(change.refund);
  return 1;
}

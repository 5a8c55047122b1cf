// Records are not kept for ever: what ended longer ago than RECORD_RETENTION_DAYS is purged, a little in each sweep.
// Dead letters and open refunds are never purged, however old. Nothing is purged while the clock may be wrong: one wrong
// reading would erase everything.
import type { Ledger } from '../domain/ledger.ts';
import { endedStates } from '../domain/states.ts';
import type { Logger } from '../logging/logger.ts';
import { type ClockDoubt, clockDoubt } from '../policies/clock-doubt.ts';
import type { Clock } from '../redis/clock.ts';

interface RetentionDeps {
  readonly ledger: Pick<Ledger, 'purge' | 'newestAcceptedAt' | 'trimActions'>;
  readonly clock: Pick<Clock, 'now' | 'toLocal' | 'steadySince' | 'jumpedAt'>;
  readonly log: Logger;
}

export interface RetentionOptions {
  /** From the end of a refund on, ms. */
  readonly retentionMs: number;
  /** Records that one script looks at: a few milliseconds of Redis. */
  readonly pageSize?: number;
  /** Pages of one sweep: a first run over years of records must not delay the next search for lost jobs. */
  readonly mostPages?: number;
}

/** What people did is kept as long as the counters of a day, at most. */
const actionsKeptMs = 400 * 86_400_000;

/** Answers how many refunds it purged. Goes on where it stopped; after the end it begins anew. */
export function createRetention(
  { ledger, clock, log }: RetentionDeps,
  { retentionMs, pageSize = 100, mostPages = 100 }: RetentionOptions,
): (signal?: AbortSignal) => Promise<number> {
  // What stays at the head of an index: accepted long ago, ended lately. Purged refunds leave the index.
  const passed = new Map(endedStates.map((state) => [state, 0]));
  let pausedFor: ClockDoubt | null = null;

  /** Logs once why nothing is erased, and once that it goes on. */
  async function isPaused(now: number): Promise<boolean> {
    const wall = clock.toLocal(now);
    const history = { now, steadySince: clock.steadySince(), jumpedAt: clock.jumpedAt() };
    const newestAcceptedAt = await ledger.newestAcceptedAt();
    const why = clockDoubt({ ...history, wall, newestAcceptedAt, retentionMs });
    if (why !== pausedFor) {
      if (why === null) log.info({}, 'retention_resumed');
      // A start is no trouble: nothing is known of the clock yet.
      else log[why === 'started' ? 'info' : 'warn']({ why }, 'retention_paused');
    }
    pausedFor = why;
    return why !== null;
  }

  return async (signal) => {
    const now = clock.now();
    if (await isPaused(now)) return 0;
    const endedBy = now - retentionMs;
    let purged = 0;
    for (const state of endedStates) {
      for (let pages = 0; pages < mostPages && signal?.aborted !== true; pages += 1) {
        const passOver = passed.get(state) ?? 0;
        const page = await ledger.purge({ state, endedBy, passOver, limit: pageSize });
        purged += page.purged;
        passed.set(state, page.end ? 0 : passOver + page.stayed);
        if (page.end) break;
      }
    }
    // What people did is kept no longer than the records that they did it to.
    await ledger.trimActions(Math.max(endedBy, now - actionsKeptMs));
    if (purged > 0) log.info({ purged }, 'records_purged');
    return purged;
  };
}

// What the ledger has and the queue lacks is rung again: a crash between the two writes, a job lost or cleaned away
// by hand. One process of many sweeps at a time, a page per turn, so that a million records cost no more than a page.
import type { Ledger } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';

export interface SweeperDeps {
  readonly ledger: Pick<Ledger, 'overdue' | 'claim' | 'list'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hasJob: (jobId: string) => Promise<boolean>;
  readonly ring: (refund: Refund) => Promise<void>;
  readonly openCase: (refund: Refund) => Promise<void>;
  /** A queue paused by nobody is started again. */
  readonly ensureRunning: () => Promise<void>;
}

export interface SweeperOptions {
  /** Between two sweeps, ms. */
  readonly everyMs: number;
  /** A wake-up is overdue after this many ms. */
  readonly overdueMs: number;
  readonly pageSize: number;
}

export const sweeperDefaults: SweeperOptions = { everyMs: 15_000, overdueMs: 30_000, pageSize: 1_000 };

/** Starts sweeping; the answer stops it and waits for the sweep under way. */
export function startSweeper(
  deps: SweeperDeps,
  options: SweeperOptions = sweeperDefaults,
): () => Promise<void> {
  const stopping = new AbortController();
  const sweep = createSweep(deps, options);
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

/** One sweep; remembers where it was. Answers how many rings and cases it put back, or null: another one sweeps. */
export function createSweep(deps: SweeperDeps, options: SweeperOptions): () => Promise<number | null> {
  let from = 0;
  let cursor: string | undefined;
  return async () => {
    if (!(await deps.ledger.claim('sweep', options.everyMs - Math.min(1_000, options.everyMs / 2))))
      return null;
    await deps.ensureRunning();
    const until = deps.clock.now() - options.overdueMs;
    const overdue = await deps.ledger.overdue({ from, until, limit: options.pageSize });
    let mended = 0;
    for (const { refund, jobId } of overdue) {
      const waits = await deps.hasJob(jobId ?? `${refund.refundId}-${refund.version}`);
      if (waits) continue;
      await deps.ring(refund);
      mended += 1;
      deps.log.warn({ refund_id: refund.refundId, state: refund.state }, 'rung_again');
    }
    const last = overdue.at(-1);
    from = overdue.length < options.pageSize || last === undefined ? 0 : last.wakeUpAt;

    const cases = await deps.ledger.list({ state: 'dead_lettered', limit: options.pageSize, cursor });
    for (const refund of cases.items) await deps.openCase(refund);
    cursor = cases.nextCursor ?? undefined;
    return mended;
  };
}

// What one activation of the worker needs from the outside; `compose.ts` puts the real things in.
import type { PolicySettings } from '../domain/decision.ts';
import type { Gateway } from '../domain/gateway.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../redis/clock.ts';

export interface WorkerDeps {
  readonly ledger: Pick<
    Ledger,
    | 'begin'
    | 'commit'
    | 'note'
    | 'read'
    | 'readReceipt'
    | 'markUnreadable'
    | 'lastAnsweredReceipt'
    | 'openAccount'
    | 'noteKeyWait'
  >;
  readonly gateway: Gateway;
  readonly rateLimiter: RateLimiter;
  readonly clock: Clock;
  /** 0..1, for jitter. */
  readonly chance: () => number;
  readonly settings: PolicySettings;
  readonly log: Logger;
  /** Wakes the refund that waits longest for a receipt which was just released. */
  readonly wakeWaiter: (jobId: string) => Promise<unknown>;
  /** Holds the lane after credentials were refused; one alert however many calls were refused. */
  readonly holdLane: (reason: string) => Promise<unknown>;
  /** The lane is held and a job came all the same: the queue has to be paused. */
  readonly ensurePaused: () => Promise<unknown>;
  /** Logs, once for each refund, that a newer version wrote its record, which is left alone. */
  readonly noteNewer: (refundId: RefundId) => void;
  /** Aborts when the process stops: waits end, a call under way does not. */
  readonly stopping: AbortSignal;
}

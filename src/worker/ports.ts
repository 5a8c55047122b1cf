// What one activation of the worker needs from the outside; `compose.ts` puts the real things in.
import type { PolicySettings } from '../domain/decision.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Gateway, Ledger, RateLimiter } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../redis/clock.ts';

export interface AttemptDeps {
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
  /** Says, once for each, that a record was written by a newer version and is left alone. */
  readonly noteNewer: (refundId: RefundId) => void;
  /** Aborts when the process stops: waits end, a call under way does not. */
  readonly stopping: AbortSignal;
  /** Named points between two steps, at which a test ends the process. */
  readonly at?: AtPoint;
}

export type AtPoint = (point: CrashPoint, refund: Refund | null) => void;

/**
 * Between two steps of docs/design.md, section 5. Steps that are one script have no point between them (1 to 3 with the
 * look-up's permit; 7 with the cancel's), nor have those that only think (5 and 6): a kill there leaves what the point
 * before leaves. The call itself (8) is out of our hands: a test kills while the other side has the request.
 */
export type CrashPoint =
  /** 3 to 4: the hold is taken, nobody has been asked. */
  | 'begun'
  /** 4 to 7: the look-up is answered, nothing is concluded, no permit is taken. */
  | 'looked_up'
  /** 7 to 8: the attempt is on record, nothing was sent. */
  | 'attempt_written'
  /** 8 to 9: the reply is in hand, and only there. */
  | 'answered'
  /** 9 to 10: the outcome is written; neither BullMQ nor who waits for the receipt has heard of it. */
  | 'outcome_written'
  /** In 10: the dead-letter queue shows the case, the refund's own job has not ended. */
  | 'case_shown'
  /** After 10: the job waits for its time; whether it was called meanwhile is not looked at yet. */
  | 'job_moved';

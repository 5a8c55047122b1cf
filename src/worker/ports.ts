// What one activation of the worker needs from the outside; `compose.ts` puts the real things in.

import type { PolicySettings } from '../domain/decision.ts';
import type { CallGate, Gateway, Ledger } from '../domain/ports.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';

export interface AttemptDeps {
  readonly ledger: Pick<
    Ledger,
    'begin' | 'commit' | 'note' | 'read' | 'quarantine' | 'lastAnsweredReceipt' | 'openAccount'
  >;
  readonly gateway: Gateway;
  readonly gate: CallGate;
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
  /** Aborts when the process stops: waits end, a call under way does not. */
  readonly stopping: AbortSignal;
  /** Named points between two steps, at which a test ends the process. */
  readonly at?: (point: CrashPoint) => void;
}

export type CrashPoint =
  | 'begun'
  | 'looked_up'
  | 'attempt_written'
  | 'answered'
  | 'outcome_written'
  | 'case_shown';

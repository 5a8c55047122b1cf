// What the policies decide about one refund: the closed set of ways in which a step can end.
import type { CaseRule, DeadLetterCase, Refund, Severity, Totals } from './refund.ts';

export type Settle = {
  readonly kind: 'settle';
  /** What this refund moved, in won. */
  readonly settledWon: number;
  readonly by: 'answer' | 'look_up';
};

/** Looked up at that time. After a call the refund is `unknown` until then, and keeps its receipt. */
export type LookUpAt = { readonly kind: 'look_up_at'; readonly at: number; readonly reason: string };

/** Sent again at that time. The receipt is free until then. */
export type RetryAt = {
  readonly kind: 'retry_at';
  readonly at: number;
  /** Go on with the next cancel_id: the old one is used up, and provably paid nothing. */
  readonly nextGeneration: boolean;
  readonly reason: string;
};

/** The account cannot be opened here: nothing is used up, the refund's deadline included. */
export type WaitForKey = {
  readonly kind: 'wait_for_key';
  readonly wait: NonNullable<Refund['keyWait']>;
  /** Until then a worker with the key has to come. */
  readonly deadlineAt: number;
  readonly at: number;
  readonly reason: string;
};

/** Bootpay refuses our credentials: the lane is held, no attempt is used up, and jobs stay queued. */
type HoldLane = { readonly kind: 'hold_lane'; readonly reason: string };

export type ToDeadLetter = {
  readonly kind: 'dead_letter';
  readonly case: DeadLetterCase;
  readonly code: string | null;
  readonly pgCode: string | null;
  /** As in the case (`deadLetterSchema`). */
  readonly rule?: CaseRule | undefined;
  readonly cause?: string | undefined;
  readonly message?: string | undefined;
  readonly severity: Severity;
  readonly keepsLock: boolean;
  readonly reason: string;
};

/** Go on to the call: the look-up says that it can succeed and that it was not made yet. */
export type Send = { readonly kind: 'send'; readonly totalsBefore: Totals };

export type Decision = Settle | LookUpAt | RetryAt | WaitForKey | HoldLane | ToDeadLetter;

/** The numbers the policies need; all come from the configuration. Milliseconds unless named otherwise. */
export interface PolicySettings {
  readonly retryMaxAttempts: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  readonly retryDeadlineMs: number;
  readonly lookUpScheduleMs: readonly number[];
  readonly settleWindowMs: number;
  readonly callTimeoutMs: number;
}

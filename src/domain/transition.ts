// One atomic write to the ledger: what it changes, on which condition, and how it can end.
import type { Action } from './action.ts';
import type { NumberedVerdict } from './bulk.ts';
import type { RefundAccount } from './event.ts';
import type { HistoryEntry, Refund } from './refund.ts';
import type { ReceiptAbout } from './reply.ts';
import type { State } from './states.ts';

export type OutcomeEventType =
  | 'refund.succeeded'
  | 'refund.dead_lettered'
  | 'refund.resolved'
  | 'refund.replayed';

/** One atomic write: the next record and everything that changes with it. */
export interface Transition {
  /** As it will be stored, its version included. */
  readonly refund: Refund;
  /** The stored version must be this one, or nothing is written. */
  readonly comparedVersion: number;
  readonly from: State;
  /** `keep` takes the receipt lock if it is free. */
  readonly lock: 'keep' | 'release';
  /** Added to what our ledger settled on the receipt. */
  readonly settledWon: number;
  /** Added to what people sent by hand, beside Bootpay; absent: nothing, or not known. */
  readonly byHandWon?: number;
  /**
   * The receipt's totals may hold money that nothing accounts for. From now on, growth over totals that were taken
   * earlier proves nothing.
   */
  readonly marks?: true;
  /** A drift on the receipt is opened (1) or closed (-1). */
  readonly openDrifts?: 1 | -1;
  /** The total seen becomes the receipt's highest although it is lower: money was taken back. */
  readonly lowersHighest?: true;
  /** The cancelled total seen on the receipt; it becomes the highest one if it is above it. */
  readonly seen: { readonly totalWon: number } | null;
  readonly history: HistoryEntry;
  /** This may happen again and again: a recent history entry with the same content is replaced. */
  readonly folds?: true;
  readonly event: OutcomeEventType | null;
}

export type LaneHolder = 'person' | 'credentials';

export type CommitResult =
  /** `receiptVersion`: of the receipt's row after the write. */
  | {
      readonly kind: 'done';
      readonly nextWaiter: string | null;
      readonly receiptVersion: number;
    }
  /** Another writer was first; nothing was written. */
  | { readonly kind: 'moved'; readonly version: number; readonly state: string }
  /** The receipt has changed since it was looked up; nothing was written. */
  | { readonly kind: 'disturbed' }
  | { readonly kind: 'lane_held'; readonly by: LaneHolder };

export interface CommitOptions {
  /**
   * For a write that follows from a look-up: it is made only while the receipt's row has this version and the receipt
   * lock is this refund's (`own`), or no other refund's (`free`). `any` leaves the lock out, for a holder that stands
   * still. Without `lookedAt` the refund's own version is the only guard.
   */
  readonly lookedAt?: { readonly receiptVersion: number; readonly lock: 'own' | 'free' | 'any' };
  /** Of an act that took two people: written only while its approval stands, which is used up with it. */
  readonly approval?: string | undefined;
  readonly jobId?: string;
  readonly newAccount?: RefundAccount;
  /** What the look-up showed for people, kept with the receipt; absent: none was made, or it showed nothing. */
  readonly about?: ReceiptAbout | null;
  /** Of the person who asked for this write; kept with it, or not at all. */
  readonly action?: Action;
  /** Of many cases at once: what is kept of this one with the write. */
  readonly bulk?: { readonly id: string; readonly verdict: NumberedVerdict };
}

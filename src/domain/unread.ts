// Refunds whose stored record this version does not read.
import type { Action } from './action.ts';
import type { ReceiptId, RefundId } from './ids.ts';
import type { ResolveOutcome } from './refund.ts';

/** Why a stored record is not read: a newer version of this program wrote it, or it makes no sense at all. */
export type WhyUnread = 'newer' | 'unreadable';

/** What the ledger knows of a refund whose record it cannot read. */
export interface UnreadRefund {
  readonly unread: WhyUnread;
  readonly refundId: RefundId;
  readonly receiptId: ReceiptId | null;
  readonly orderId: string | null;
  /** As it is stored: a newer version may have states of its own. */
  readonly state: string;
  readonly version: number;
  /** An attempt was written, so that a cancel may have been called. */
  readonly sent: boolean;
  /** null: no dead letter. */
  readonly deadLetter: UnreadCase | null;
}

export interface UnreadCase {
  readonly case: string;
  readonly code: string | null;
  readonly pgCode: string | null;
  readonly severity: string;
  /** ms; null: not known. */
  readonly at: number | null;
}

/** A person's verdict on a dead letter whose record cannot be read. */
export interface UnreadableVerdict {
  readonly at: number;
  readonly who: string;
  readonly outcome: ResolveOutcome;
  readonly reason: string;
  readonly evidence: string | null;
  /** What a person sent by hand; null: nothing, or it was not said. */
  readonly amountWon: number | null;
  /** Its money may be in the totals of its receipt. */
  readonly marks: boolean;
  /** The approval that it is written by, where it took two people. */
  readonly approved?: { readonly id: string; readonly by: string } | undefined;
  readonly action: Action;
}

/** A record that cannot be read, after its move. */
export interface MarkedUnreadable {
  readonly refund: UnreadRefund;
  /** Job of the refund that waited longest for the receipt lock, where it was released. */
  readonly nextWaiter: string | null;
}

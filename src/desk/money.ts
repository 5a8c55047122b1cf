// Where the money of a payment is, put together from all that was shown of it last: look-ups, agreeing answers, and our
// own ledger. Pure.
import type { ListItem, Look, ReceiptRow } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { State } from '../domain/states.ts';
import { isPaidStatus } from '../policies/method-policies.ts';
import { landedByLastLookUp, needsAcknowledgement } from '../policies/replay-rules.ts';
import { asShownLast } from './shown-facts.ts';

/** Amounts in won. Paid is always: settled, and outside, and left. */
export interface Money {
  readonly paidWon: number;
  /** False: `paidWon` was asked for, and nothing of it was paid so far. */
  readonly isPaid: boolean;
  /** At Bootpay, as it was shown last. */
  readonly cancelledWon: number;
  /** By refunds of ours, as the ledger counts it. */
  readonly settledWon: number;
  /** Cancelled at Bootpay and settled by no refund of ours; below 0: settled by us, and not to be seen at Bootpay. */
  readonly outsideWon: number;
  readonly leftWon: number;
  /** When it was shown, ms. */
  readonly at: number;
  /** By so much less than was seen before: the look-up lags, or money was taken back. */
  readonly missingWon: number;
  /** The outcome of a refund of it is open: what is not seen may still move. */
  readonly isOpen: boolean;
  /** A refund of it was paid by hand, which Bootpay never shows. */
  readonly byHand: boolean;
}

const openStates: readonly State[] = ['sending', 'unknown'];

interface Shown {
  readonly paidWon: number;
  readonly isPaid: boolean;
  readonly cancelledWon: number;
  readonly at: number;
}

/** null: Bootpay was never asked about this payment, or all that it showed is erased. */
export function moneyOf(refunds: readonly ListItem[], row: ReceiptRow, look: Look | null): Money | null {
  const read = refunds.flatMap((refund) => ('unread' in refund ? [] : [refund]));
  const shown = [...read.flatMap(shownBy), ...(look === null ? [] : [shownIn(look)])];
  const [last] = shown.sort((one, other) => other.at - one.at);
  if (last === undefined) return null;
  const { settledWon, highestWon } = row;
  return {
    ...last,
    settledWon,
    outsideWon: last.cancelledWon - settledWon,
    leftWon: last.paidWon - last.cancelledWon,
    missingWon: Math.max(0, highestWon - last.cancelledWon),
    isOpen: read.some((refund) => isOutcomeOpen(refund, row, look)),
    byHand: read.some(({ resolution }) => resolution?.outcome === 'refunded_by_hand'),
  };
}

/** A case whose money the latest look shows is not open any more. */
function isOutcomeOpen(refund: Refund, account: ReceiptRow, look: Look | null): boolean {
  if (openStates.includes(refund.state)) return true;
  return needsAcknowledgement(refund) && !landedByLastLookUp(asShownLast({ refund, account }, look));
}

function shownBy(refund: Refund): Shown[] {
  const { lastLookUp, settledWon, attempts } = refund;
  if (lastLookUp === null) return [];
  const look = shownIn(lastLookUp);
  const last = attempts.at(-1);
  const outcome = last?.outcome ?? null;
  // The look-up was made before the call; the answer agreed with what the refund asked for.
  const isPaid = refund.state === 'succeeded' && outcome?.reply === 'accepted';
  if (last === undefined || !isPaid || settledWon === null) return [look];
  return [look, { ...look, cancelledWon: last.totalsBefore.totalWon + settledWon, at: outcome.at }];
}

function shownIn({ at, receipt }: Look): Shown {
  const { priceWon: paidWon, cancelledWon, status } = receipt;
  return { at, paidWon, cancelledWon, isPaid: cancelledWon > 0 || isPaidStatus(status) };
}

// Settle arithmetic: what a receipt's totals prove about one refund. Totals are all that Bootpay shows.
import { assertNever } from '../domain/errors.ts';
import type { Attempt, Baseline, Cancel, ReceiptAccount, Refund } from '../domain/refund.ts';
import type { CancelAnswer, Receipt } from '../domain/reply.ts';
import { errorRow } from './error-table.ts';

export type Growth =
  | { readonly kind: 'zero' }
  | { readonly kind: 'landed'; readonly amountWon: number }
  | { readonly kind: 'neither'; readonly amountWon: number };

/**
 * What the receipt's total grew by since this refund's first attempt, less what our own ledger settled on it since.
 * Exactly the refund's amount (full: nothing left to cancel) means landed; another amount is no one's to guess.
 */
export function growthOf(
  cancel: Cancel,
  baseline: Baseline,
  { receipt, account }: { readonly receipt: Receipt; readonly account: ReceiptAccount },
): Growth {
  const ours = account.settledWon - baseline.settledWon;
  const amountWon = receipt.cancelledWon - baseline.totalWon - ours;
  if (amountWon === 0) return { kind: 'zero' };
  const landed =
    cancel.kind === 'partial'
      ? amountWon === cancel.amountWon
      : amountWon > 0 && receipt.cancelledWon === receipt.priceWon;
  return { kind: landed ? 'landed' : 'neither', amountWon };
}

/** What an answered cancel moved, in won; null when its amounts are missing or say something else. */
export function settledByAnswer(cancel: Cancel, t0: Baseline, answer: CancelAnswer): number | null {
  if (answer.cancelledWon === null) return null;
  const grewWon = answer.cancelledWon - t0.totalWon;
  const agrees =
    cancel.kind === 'full'
      ? answer.cancelledWon === answer.priceWon && grewWon > 0
      : grewWon === cancel.amountWon;
  return agrees && taxFreeAgrees(cancel, t0, answer) ? grewWon : null;
}

/** Compared only where event, look-up and answer all name it. */
function taxFreeAgrees(cancel: Cancel, t0: Baseline, answer: CancelAnswer): boolean {
  if (cancel.taxFreeWon === null || t0.taxFreeWon === null || answer.cancelledTaxFreeWon === null)
    return true;
  return answer.cancelledTaxFreeWon - t0.taxFreeWon === cancel.taxFreeWon;
}

/**
 * A look-up below what was already seen comes from the past: nothing may be concluded from it. Each cancel raises the total,
 * so an equal total is the same state, whatever the receipt says of its tax-free share.
 */
export function isStale(receipt: Receipt, account: ReceiptAccount): boolean {
  return receipt.cancelledWon < account.highestWon;
}

export function baselineFrom(receipt: Receipt, account: ReceiptAccount): Baseline {
  return {
    totalWon: receipt.cancelledWon,
    taxFreeWon: receipt.cancelledTaxFreeWon,
    settledWon: account.settledWon,
  };
}

/** Bootpay answered with a code that the table calls a refusal: this attempt moved nothing. */
export function wasDefinitelyRefused(attempt: Attempt): boolean {
  const { outcome } = attempt;
  return outcome?.reply === 'refused' && outcome.code !== null && errorRow(outcome.code)?.definite === true;
}

/** May this attempt have moved money without our having heard of it? */
export function lacksDefiniteAnswer(attempt: Attempt): boolean {
  const reply = attempt.outcome?.reply;
  switch (reply) {
    case 'throttled':
    case 'unauthorized':
    case 'not_sent':
      return false;
    case 'refused':
      return !wasDefinitelyRefused(attempt);
    case undefined:
    case 'accepted':
    case 'no_answer':
    case 'unreadable':
      return true;
    default:
      return assertNever(reply);
  }
}

/** When the settle window and the look-ups of the latest attempt begin, in ms; null before any attempt. */
export function unknownSince(refund: Refund): number | null {
  const last = refund.attempts.at(-1);
  return last === undefined ? null : (last.outcome?.at ?? last.callUntil);
}

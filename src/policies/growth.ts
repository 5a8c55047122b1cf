// What a receipt's totals prove about one refund. Totals are all that Bootpay shows.
import { assertNever } from '../domain/errors.ts';
import type { Attempt, Cancel, ReceiptAccount, Refund, Totals } from '../domain/refund.ts';
import type { CancelAnswer, Receipt } from '../domain/reply.ts';
import { errorRow } from './error-table.ts';

export type Growth =
  | { readonly kind: 'zero' }
  | { readonly kind: 'landed'; readonly amountWon: number }
  | { readonly kind: 'neither'; readonly amountWon: number };

/** The numbers of a receipt's row that growth is measured with. */
type CountedTotals = Pick<ReceiptAccount, 'settledWon' | 'marks' | 'openDrifts'>;

/** What a look-up shows, and what the ledger counted by then. */
export interface ShownTotals {
  readonly receipt: Receipt;
  readonly account: CountedTotals;
}

/**
 * What the receipt's total grew by since the totals before, less what our own ledger settled on it since. Exactly the
 * amount that was asked for (full: nothing left to cancel) means landed; another amount cannot be attributed. Totals
 * prove nothing while money that was settled in the totals before is no longer counted, or a drift is open on the
 * receipt. Growth proves nothing once money may be in it that nothing accounts for (marks made since the totals
 * before).
 */
export function growthOf(cancel: Cancel, totalsBefore: Totals, { receipt, account }: ShownTotals): Growth {
  const ours = account.settledWon - totalsBefore.settledWon;
  const amountWon = receipt.cancelledWon - totalsBefore.totalWon - ours;
  if (ours < 0 || account.openDrifts > 0) return { kind: 'neither', amountWon };
  if (amountWon === 0) return { kind: 'zero' };
  if (account.marks > totalsBefore.marks) return { kind: 'neither', amountWon };
  const landed =
    cancel.kind === 'partial'
      ? amountWon === cancel.amountWon
      : amountWon > 0 && receipt.cancelledWon === receipt.priceWon;
  return { kind: landed ? 'landed' : 'neither', amountWon };
}

export type RefundGrowth =
  | Exclude<Growth, { kind: 'landed' }>
  /** `attempt`: the one that asked for this amount. */
  | { readonly kind: 'landed'; readonly amountWon: number; readonly attempt: Attempt };

/**
 * Growth since a refund's totals before. Each attempt is judged by what it asked for: an amount that was edited since
 * is no measure of an older attempt. Attempts that may have paid come first, the latest before older ones.
 * @returns null for a refund without an attempt.
 */
export function refundGrowth(
  { attempts, totalsBefore }: Pick<Refund, 'attempts' | 'totalsBefore'>,
  shown: ShownTotals,
): RefundGrowth | null {
  if (totalsBefore === null || attempts.length === 0) return null;
  const latestFirst = attempts.toReversed();
  const mayHavePaid = latestFirst.filter(lacksDefiniteAnswer);
  const others = latestFirst.filter((attempt) => !mayHavePaid.includes(attempt));
  let growth: RefundGrowth | null = null;
  for (const attempt of [...mayHavePaid, ...others]) {
    const found = growthOf(attempt.cancel, totalsBefore, shown);
    if (found.kind === 'landed') return { ...found, attempt };
    growth = found;
  }
  return growth;
}

/** Whether the money went back through an attempt of ours, and is what the refund still asks for. */
export function isPaidAsAsked(
  growth: Extract<RefundGrowth, { kind: 'landed' }>,
  { cancel }: Refund,
): boolean {
  return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);
}

function asksForTheSame(one: Cancel, other: Cancel): boolean {
  const amountOf = (cancel: Cancel) => (cancel.kind === 'partial' ? cancel.amountWon : null);
  return amountOf(one) === amountOf(other);
}

/** What an answered cancel moved, in won; null when its amounts are missing or disagree. */
export function settledByAnswer(cancel: Cancel, totalsBefore: Totals, answer: CancelAnswer): number | null {
  if (answer.cancelledWon === null) return null;
  const grewWon = answer.cancelledWon - totalsBefore.totalWon;
  const agrees =
    cancel.kind === 'full'
      ? answer.cancelledWon === answer.priceWon && grewWon > 0
      : grewWon === cancel.amountWon;
  return agrees && taxFreeAgrees(cancel, totalsBefore, answer) ? grewWon : null;
}

/** Compared only where event, look-up and answer all have it. */
function taxFreeAgrees(cancel: Cancel, totalsBefore: Totals, answer: CancelAnswer): boolean {
  if (cancel.taxFreeWon === null || totalsBefore.taxFreeWon === null || answer.cancelledTaxFreeWon === null)
    return true;
  return answer.cancelledTaxFreeWon - totalsBefore.taxFreeWon === cancel.taxFreeWon;
}

/**
 * A look-up that shows less than was already seen is stale: nothing may be concluded from it. Each cancel raises the
 * total, so an equal total is the same state, whatever the tax-free share of the receipt.
 */
export function isStale(receipt: Receipt, account: Pick<ReceiptAccount, 'highestWon'>): boolean {
  return receipt.cancelledWon < account.highestWon;
}

export function totalsFrom(receipt: Receipt, account: ReceiptAccount): Totals {
  return {
    totalWon: receipt.cancelledWon,
    taxFreeWon: receipt.cancelledTaxFreeWon,
    settledWon: account.settledWon,
    marks: account.marks,
  };
}

/** Bootpay answered with a code that the table calls a refusal: this attempt moved nothing. */
export function wasDefinitelyRefused(attempt: Attempt): boolean {
  const { outcome } = attempt;
  return outcome?.reply === 'refused' && outcome.code !== null && errorRow(outcome.code)?.definite === true;
}

/** Bootpay did not work on this attempt: it was turned away for its rate or for our credentials. */
export function wasTurnedAway({ outcome }: Attempt): boolean {
  return outcome?.reply === 'throttled' || outcome?.reply === 'unauthorized';
}

/** After a failover two tries may have one number. */
export function isSameTry(one: Attempt, other: Attempt): boolean {
  return one.number === other.number && one.sentAt === other.sentAt;
}

/** Whether this attempt may have moved money: nothing that came back for it rules that out. */
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

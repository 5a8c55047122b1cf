// The payment book's own totals beside ours: the book is what the PG paid, the ledger what we recorded. Pure.
import type { BookPage } from '../simulator/index.ts';
import type { Refund } from '../src/domain/refund.ts';

export interface Totals {
  readonly bookWon: number;
  readonly bookRefunds: number;
  readonly oursWon: number;
  readonly oursRefunds: number;
  /** One sentence per receipt on which the two differ. */
  readonly differences: readonly string[];
}

export function compareTotals(pages: readonly BookPage[], refunds: readonly Refund[]): Totals {
  const paid = refunds.filter(({ state }) => state === 'succeeded');
  const byReceipt = pages.map((page) => {
    const booked = page.entries.filter(({ origin }) => origin === 'api');
    const ours = paid.filter(({ receiptId }) => receiptId === page.receiptId);
    return {
      receiptId: page.receiptId,
      book: { won: sum(booked.map(({ amount }) => amount)), refunds: booked.length },
      ours: { won: sum(ours.map(({ settledWon }) => settledWon ?? 0)), refunds: ours.length },
    };
  });
  return {
    bookWon: sum(byReceipt.map(({ book }) => book.won)),
    bookRefunds: sum(byReceipt.map(({ book }) => book.refunds)),
    oursWon: sum(byReceipt.map(({ ours }) => ours.won)),
    oursRefunds: sum(byReceipt.map(({ ours }) => ours.refunds)),
    differences: byReceipt.flatMap(({ receiptId, book, ours }) =>
      book.won === ours.won && book.refunds === ours.refunds
        ? []
        : [
            `${receiptId}: the book shows ${book.won} won in ${book.refunds}, our ledger ${ours.won} won in ${ours.refunds}`,
          ],
    ),
  };
}

/** No call without a permit: there may be more permits than calls, but never less. */
export function unpermitted(calls: number, permits: number): string[] {
  return calls > permits ? [`${calls} calls reached Bootpay, with ${permits} permits`] : [];
}

/** The most of these moments (ms) in any window of this length: what a limit per second promises, for every second. */
export function mostWithin(windowMs: number, times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < sorted.length; last += 1) {
    while ((sorted[last] ?? 0) - (sorted[first] ?? 0) >= windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

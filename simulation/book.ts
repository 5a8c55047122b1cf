// The gateway's payment book: the only truth about money. It knows whose cancel each entry was, which Bootpay never tells.
import type { PaymentMethod } from '../src/domain/reply.ts';

export interface Entry {
  readonly receiptId: string;
  /** The refund whose call it was; null: somebody else's cancel. */
  readonly refundId: string | null;
  readonly cancelId: string | null;
  readonly amountWon: number;
  readonly taxFreeWon: number;
  readonly at: number;
  /** When the call was sent that moved it. */
  readonly sentAt: number;
  /** Bootpay had answered with a refusal. */
  readonly thoughRefused: boolean;
  /** Not in Bootpay's totals: cancelled in the PG's admin. */
  readonly invisible: boolean;
}

export interface Payment {
  readonly receiptId: string;
  readonly priceWon: number;
  readonly taxFreeWon: number;
  readonly method: PaymentMethod;
  readonly pg: string;
  readonly purchasedAt: number;
  /** Look-ups never show its cancels. */
  readonly blind: boolean;
  /** Look-ups never show what was cancelled tax-free. */
  readonly hidesTaxFree: boolean;
}

export interface Totals {
  readonly cancelledWon: number;
  readonly cancelledTaxFreeWon: number;
}

export interface Book {
  readonly payments: readonly Payment[];
  readonly entries: readonly Entry[];
  payment(receiptId: string): Payment | undefined;
  write(entry: Entry): void;
  /** What Bootpay's totals said at a moment. */
  totals(receiptId: string, at: number): Totals;
  /** What really went back, the PG admin's cancels included. */
  movedWon(receiptId: string): number;
}

export function createBook(payments: readonly Payment[]): Book {
  const entries: Entry[] = [];
  return {
    payments,
    entries,
    payment: (receiptId) => payments.find((payment) => payment.receiptId === receiptId),
    write: (entry) => void entries.push(entry),
    totals(receiptId, at) {
      const shown = entries.filter(
        (entry) => entry.receiptId === receiptId && !entry.invisible && entry.at <= at,
      );
      return {
        cancelledWon: shown.reduce((sum, { amountWon }) => sum + amountWon, 0),
        cancelledTaxFreeWon: shown.reduce((sum, { taxFreeWon }) => sum + taxFreeWon, 0),
      };
    },
    movedWon: (receiptId) =>
      entries
        .filter((entry) => entry.receiptId === receiptId)
        .reduce((sum, { amountWon }) => sum + amountWon, 0),
  };
}

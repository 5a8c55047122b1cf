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
  /** Somebody else's cancel, made by hand for this refund of ours. */
  readonly byHandFor: string | null;
  /** From then on it never happened; null: it stays. */
  readonly takenBackAt: number | null;
  /** Look-ups do not show it in that time. */
  readonly hidden: { readonly from: number; readonly until: number } | null;
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
  write(entry: Omit<Entry, 'takenBackAt' | 'hidden'>): void;
  takeBack(entry: Entry, at: number): void;
  hide(entry: Entry, hidden: NonNullable<Entry['hidden']>): void;
  /** What Bootpay's totals were at a moment. */
  totals(receiptId: string, at: number): Totals;
  /** What look-ups showed of them. */
  shownTotals(receiptId: string, at: number): Totals;
  /** What really went back and stayed, the PG admin's cancels included. */
  movedWon(receiptId: string): number;
  /** What was ever in the totals, all at once. */
  everWon(receiptId: string): number;
}

export function createBook(payments: readonly Payment[]): Book {
  const entries: Entry[] = [];
  const change = (entry: Entry, to: Partial<Entry>) =>
    void entries.splice(entries.indexOf(entry), 1, { ...entry, ...to });
  const totalsOf = (of: readonly Entry[]): Totals => ({
    cancelledWon: of.reduce((sum, { amountWon }) => sum + amountWon, 0),
    cancelledTaxFreeWon: of.reduce((sum, { taxFreeWon }) => sum + taxFreeWon, 0),
  });
  const visible = (receiptId: string) =>
    entries.filter((entry) => entry.receiptId === receiptId && !entry.invisible);
  const there = (receiptId: string, at: number) =>
    visible(receiptId).filter((entry) => entry.at <= at && !(isTakenBack(entry) && entry.takenBackAt <= at));
  return {
    payments,
    entries,
    payment: (receiptId) => payments.find((payment) => payment.receiptId === receiptId),
    write: (entry) => void entries.push({ ...entry, takenBackAt: null, hidden: null }),
    takeBack: (entry, at) => change(entry, { takenBackAt: at }),
    hide: (entry, hidden) => change(entry, { hidden }),
    totals: (receiptId, at) => totalsOf(there(receiptId, at)),
    shownTotals: (receiptId, at) =>
      totalsOf(
        there(receiptId, at).filter(
          ({ hidden }) => hidden === null || at < hidden.from || at >= hidden.until,
        ),
      ),
    movedWon: (receiptId) =>
      totalsOf(entries.filter((entry) => entry.receiptId === receiptId && !isTakenBack(entry))).cancelledWon,
    everWon: (receiptId) => totalsOf(visible(receiptId)).cancelledWon,
  };
}

export function isTakenBack(entry: Entry): entry is Entry & { readonly takenBackAt: number } {
  return entry.takenBackAt !== null;
}

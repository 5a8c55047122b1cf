/**
 * The payment book: what really went back to customers, whatever the answers and look-ups said. It stands
 * for the PG, is the truth tests compare with, and never lets more go back than was paid.
 */

export interface BookEntry {
  /** Milliseconds of the simulator's clock. */
  readonly at: number;
  readonly cancelId: string | null;
  readonly amount: number;
  readonly taxFree: number;
  /** `api`: through POST /v2/cancel; `outside`: an admin page, or before the scenario began. */
  readonly origin: 'api' | 'outside';
  /** Whether Bootpay knows of it. */
  readonly visible: boolean;
}

export interface BookPage {
  readonly receiptId: string;
  readonly price: number;
  readonly taxFree: number;
  /** How many times money really went back. */
  readonly refunds: number;
  readonly refundedAmount: number;
  readonly refundedTaxFree: number;
  readonly entries: readonly BookEntry[];
  /** Won by cancel_id; entries without one are left out. */
  readonly refundedByCancelId: Readonly<Record<string, number>>;
}

export interface Totals {
  readonly cancelled: number;
  readonly taxFree: number;
  /** Of the last cancel in the totals. */
  readonly at: number | null;
}

interface Account {
  readonly price: number;
  readonly taxFree: number;
  readonly entries: BookEntry[];
}

export class PaymentBook {
  readonly #accounts = new Map<string, Account>();

  /** Opens a page, or starts it anew. */
  open(receiptId: string, paid: { price: number; taxFree: number }): void {
    this.#accounts.set(receiptId, { ...paid, entries: [] });
  }

  /** Pays back. `false`: nothing moved, because the PG has less left than that (or nothing was asked for). */
  refund(receiptId: string, entry: BookEntry): boolean {
    if (entry.amount <= 0 || entry.amount > this.left(receiptId).amount) return false;
    this.#account(receiptId).entries.push(Object.freeze({ ...entry }));
    return true;
  }

  /** Money that had gone back is taken again: the PG reversed a cancel. */
  takeBack(receiptId: string, amount: number, at: number): void {
    const entry = {
      at,
      cancelId: null,
      amount: -amount,
      taxFree: 0,
      origin: 'outside',
      visible: true,
    } as const;
    this.#account(receiptId).entries.push(Object.freeze(entry));
  }

  /** What could still go back, by the truth. */
  left(receiptId: string): { amount: number; taxFree: number } {
    const { price, taxFree, entries } = this.#account(receiptId);
    const gone = totalsOf(entries);
    return { amount: price - gone.cancelled, taxFree: taxFree - gone.taxFree };
  }

  /** Bootpay's own totals: without what happened behind its back. */
  knownToBootpay(receiptId: string): Totals {
    return totalsOf(this.#account(receiptId).entries.filter((entry) => entry.visible));
  }

  /** The totals a look-up shows: only what is `lagMs` old; `stale` leaves out the last cancel. */
  shown(receiptId: string, view: { now: number; lagMs: number; stale: boolean }): Totals {
    const known = this.#account(receiptId).entries.filter((entry) => entry.visible);
    const seen = known.filter((entry) => entry.at + view.lagMs <= view.now);
    return totalsOf(view.stale ? known.slice(0, -1).filter((entry) => seen.includes(entry)) : seen);
  }

  of(receiptId: string): BookPage {
    const { price, taxFree, entries } = this.#account(receiptId);
    const gone = totalsOf(entries);
    return {
      receiptId,
      price,
      taxFree,
      refunds: entries.filter(({ amount }) => amount > 0).length,
      refundedAmount: gone.cancelled,
      refundedTaxFree: gone.taxFree,
      entries: [...entries],
      refundedByCancelId: byCancelId(entries),
    };
  }

  pages(): BookPage[] {
    return [...this.#accounts.keys()].map((receiptId) => this.of(receiptId));
  }

  #account(receiptId: string): Account {
    const account = this.#accounts.get(receiptId);
    if (account === undefined) throw new Error(`the payment book has no receipt ${receiptId}`);
    return account;
  }
}

function totalsOf(entries: readonly BookEntry[]): Totals {
  return {
    cancelled: entries.reduce((sum, entry) => sum + entry.amount, 0),
    taxFree: entries.reduce((sum, entry) => sum + entry.taxFree, 0),
    at: entries.at(-1)?.at ?? null,
  };
}

function byCancelId(entries: readonly BookEntry[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { cancelId, amount } of entries)
    if (cancelId !== null) sums[cancelId] = (sums[cancelId] ?? 0) + amount;
  return sums;
}

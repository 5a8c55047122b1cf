/**
 * The payment book: what really went back to customers, whatever the answers and look-ups said. It stands
 * for the PG, is the truth tests compare with, and never lets more go back than was paid, unless a switch says so.
 */

export interface BookEntry {
  /** Milliseconds of the clock that the caller goes by. */
  readonly at: number;
  readonly cancelId: string | null;
  /** Below 0: money that had gone back and was taken again. */
  readonly amount: number;
  readonly taxFree: number;
  /** `api`: through POST /v2/cancel; `outside`: an admin page, or before the scenario began. */
  readonly origin: 'api' | 'outside';
  /** Whether Bootpay knows of it. */
  readonly visible: boolean;
  /** From then on it never happened. */
  readonly takenBackAt?: number;
  /** Look-ups do not show it in that time. */
  readonly hidden?: { readonly from: number; readonly until: number };
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

/** How a look-up sees the book. */
export interface View {
  readonly now: number;
  /** How old the totals are; 0 when absent. */
  readonly lagMs?: number;
  /** The same of the tax-free total, which need not come from the same moment. */
  readonly taxFreeLagMs?: number;
  /** Leaves out the last cancel. */
  readonly stale?: boolean;
  /** Won that are shown and never moved; not above the price. */
  readonly extra?: number;
}

interface Account<Entry> {
  readonly price: number;
  readonly taxFree: number;
  readonly entries: Entry[];
}

/** `Tag` is what the caller knows of a cancel and Bootpay never tells, such as whose it was. */
export class PaymentBook<Tag extends object = object> {
  readonly #accounts = new Map<string, Account<BookEntry & Tag>>();

  /** Opens a page, or starts it anew. */
  open(receiptId: string, { price, taxFree }: { price: number; taxFree: number }): void {
    this.#accounts.set(receiptId, { price, taxFree, entries: [] });
  }

  /** Pays back. `false`: nothing moved, because the PG has less left than that (or nothing was asked for). */
  refund(receiptId: string, entry: BookEntry & Tag, { guarded = true } = {}): boolean {
    if (entry.amount <= 0 || (guarded && entry.amount > this.left(receiptId).amount)) return false;
    this.write(receiptId, entry);
    return true;
  }

  /** Writes what happened, without asking what is left. */
  write(receiptId: string, entry: BookEntry & Tag): void {
    Object.freeze(entry);
    this.#account(receiptId).entries.push(entry);
  }

  /** An entry is taken back for good, or look-ups hide it for a time. */
  change(entry: BookEntry & Tag, to: Pick<BookEntry, 'takenBackAt' | 'hidden'>): void {
    for (const { entries } of this.#accounts.values()) {
      const index = entries.indexOf(entry);
      if (index >= 0) entries[index] = { ...entry, ...to };
    }
  }

  /** What could still go back, by the truth. */
  left(receiptId: string): { amount: number; taxFree: number } {
    const { price, taxFree, entries } = this.#account(receiptId);
    const gone = totalsOf(entries.filter(stays));
    return { amount: price - gone.cancelled, taxFree: taxFree - gone.taxFree };
  }

  /** Bootpay's own totals: without what happened behind its back. */
  totals(receiptId: string): Totals {
    return totalsOf(this.#known(receiptId).filter(stays));
  }

  /** The totals a look-up shows. */
  shown(receiptId: string, view: View): Totals {
    const { lagMs = 0, taxFreeLagMs = lagMs, extra = 0 } = view;
    const totals = totalsOf(this.#seen(receiptId, lagMs, view));
    const { taxFree } = taxFreeLagMs === lagMs ? totals : totalsOf(this.#seen(receiptId, taxFreeLagMs, view));
    const most = Math.max(this.#account(receiptId).price, totals.cancelled);
    return { ...totals, taxFree, cancelled: Math.min(totals.cancelled + extra, most) };
  }

  /** All that was ever in Bootpay's totals, at once. */
  everRefunded(receiptId: string): number {
    return totalsOf(this.#known(receiptId)).cancelled;
  }

  of(receiptId: string): BookPage {
    const { price, taxFree, entries } = this.#account(receiptId);
    const gone = totalsOf(entries.filter(stays));
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

  get entries(): (BookEntry & Tag)[] {
    return [...this.#accounts.values()].flatMap(({ entries }) => entries);
  }

  #known(receiptId: string): (BookEntry & Tag)[] {
    return this.#account(receiptId).entries.filter((entry) => entry.visible);
  }

  #seen(receiptId: string, lagMs: number, { now, stale = false }: View): BookEntry[] {
    const known = this.#known(receiptId);
    return (stale ? known.slice(0, -1) : known).filter((entry) => isSeen(entry, now - lagMs));
  }

  #account(receiptId: string): Account<BookEntry & Tag> {
    const account = this.#accounts.get(receiptId);
    if (account === undefined) throw new Error(`the payment book has no receipt ${receiptId}`);
    return account;
  }
}

export function isTakenBack<Entry extends BookEntry>(
  entry: Entry,
): entry is Entry & { readonly takenBackAt: number } {
  return entry.takenBackAt !== undefined;
}

function stays(entry: BookEntry): boolean {
  return !isTakenBack(entry);
}

function isSeen({ at, takenBackAt, hidden }: BookEntry, when: number): boolean {
  const isHidden = hidden !== undefined && when >= hidden.from && when < hidden.until;
  return at <= when && !isHidden && (takenBackAt === undefined || when < takenBackAt);
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

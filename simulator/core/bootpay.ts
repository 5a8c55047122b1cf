/**
 * Bootpay and the PG behind it: which receipts there are, which cancel_ids are used up, what becomes of a
 * cancel and what a look-up shows. Its only clock is the time it is told; its shells wait, pay and answer.
 */
import { amountOf, type CancelBody, checkCancel, taxFreeOf } from './cancel-checks.ts';
import type { Refusal } from './codes.ts';
import type { Fate } from './fate.ts';
import type { Json } from './fields.ts';
import { type BookEntry, PaymentBook, type View } from './payment-book.ts';
import { SlidingSecond } from './rates.ts';
import {
  exampleFields,
  type KnownReceipt,
  knownReceipt,
  lookedUp,
  statusFor,
  wholeReceipt,
} from './receipt.ts';
import type { Receipt } from './scenario.ts';
import { changedSwitches, type Switches } from './switches.ts';

export interface Cancel {
  readonly receipt: KnownReceipt;
  readonly body: CancelBody;
}

/** What became of a cancel: its answer, and when its money moves (null: never). */
export interface Arrived {
  readonly refusal: Refusal | null;
  readonly paysAfterMs: number | null;
}

export class Bootpay<Tag extends object = object> {
  readonly book = new PaymentBook<Tag>();
  readonly receipts = new Map<string, KnownReceipt>();
  readonly #receiptsOfCancelId = new Map<string, Set<string>>();
  readonly #pgRate = new SlidingSecond();
  readonly #switchesOf = new Map<string, Switches>();
  #switches: Switches;

  constructor(switches: Switches) {
    this.#switches = switches;
  }

  get switches(): Switches {
    return this.#switches;
  }

  set switches(next: Switches) {
    this.#switches = next;
    this.#switchesOf.clear();
  }

  /** The switches that hold for a receipt, or everywhere. */
  switchesOf(receiptId = ''): Switches {
    const own = this.receipts.get(receiptId)?.switches ?? {};
    if (Object.keys(own).length === 0) return this.#switches;
    const known = this.#switchesOf.get(receiptId) ?? changedSwitches(this.#switches, own);
    this.#switchesOf.set(receiptId, known);
    return known;
  }

  /** Adds a receipt, or replaces it together with its page and its used cancel_ids. */
  add(input: Receipt, now: number): KnownReceipt {
    const receipt = knownReceipt(input, now);
    this.receipts.set(receipt.id, receipt);
    this.#switchesOf.delete(receipt.id);
    this.book.open(receipt.id, receipt);
    for (const receipts of this.#receiptsOfCancelId.values()) receipts.delete(receipt.id);
    return receipt;
  }

  /** Uses the cancel_id up, or not; the shell calls `pay` when the money is to move. */
  arrive(cancel: Cancel, fate: Fate, now: number): Arrived {
    const checked = fate.unchecked === true ? null : this.#check(cancel, now);
    const refusal = checked ?? fate.refusal;
    const paysAfterMs = checked === null ? fate.paysAfterMs : null;
    const { receipt, body } = cancel;
    const uses = refusal === null || paysAfterMs !== null || this.#burns(receipt, refusal);
    if (uses && body.cancel_id != null) this.useCancelId(receipt.id, body.cancel_id);
    return { refusal, paysAfterMs };
  }

  /** Money moves, if the PG has it; a full cancel takes what is left by now. */
  pay(
    { receipt, body }: Cancel,
    how: { now: number; visible?: boolean | undefined; tag: Tag },
  ): (BookEntry & Tag) | null {
    const facts = { body, receipt, known: this.book.totals(receipt.id) };
    const entry: BookEntry & Tag = {
      ...how.tag,
      at: how.now,
      cancelId: body.cancel_id ?? null,
      amount: amountOf(facts),
      taxFree: taxFreeOf(facts),
      origin: 'api',
      visible: how.visible ?? true,
    };
    const guarded = this.switchesOf(receipt.id).guardsAmounts;
    return this.book.refund(receipt.id, entry, { guarded }) ? entry : null;
  }

  /** What a look-up shows, as Bootpay writes it; at least so far behind as the switch says. */
  lookUp(receipt: KnownReceipt, view: View): Json {
    const switches = this.switchesOf(receipt.id);
    const { lookUpLagMs: least } = switches;
    const { lagMs = 0, taxFreeLagMs = lagMs } = view;
    const lags = { lagMs: Math.max(lagMs, least), taxFreeLagMs: Math.max(taxFreeLagMs, least) };
    const totals = this.book.shown(receipt.id, { ...view, ...lags });
    const status = statusFor(receipt, totals, switches.statusAfterPartial.lookUp);
    return lookedUp(wholeReceipt(receipt, totals, status), switches);
  }

  /** The answer to a cancel that was accepted. */
  answer(receipt: KnownReceipt): Json {
    const { statusAfterPartial, cancelResponseShape } = this.switchesOf(receipt.id);
    const whole = this.#receiptNow(receipt, statusAfterPartial.cancelResponse);
    return cancelResponseShape === 'full' ? whole : exampleFields(whole);
  }

  /** What the webhook after a cancel says. */
  webhook(receipt: KnownReceipt): Json {
    const whole = this.#receiptNow(receipt, this.switchesOf(receipt.id).statusAfterPartial.webhook);
    const partial = this.book.totals(receipt.id).cancelled < receipt.price;
    return { ...whole, webhook_type: partial ? 'PAYMENT_PARTIAL_CANCELLED' : 'PAYMENT_CANCELLED' };
  }

  useCancelId(receiptId: string, cancelId: string): void {
    const receipts = this.#receiptsOfCancelId.get(cancelId) ?? new Set();
    this.#receiptsOfCancelId.set(cancelId, receipts.add(receiptId));
  }

  #receiptNow(receipt: KnownReceipt, afterPartial: 1 | 20): Json {
    const totals = this.book.totals(receipt.id);
    return wholeReceipt(receipt, totals, statusFor(receipt, totals, afterPartial));
  }

  #check({ receipt, body }: Cancel, now: number): Refusal | null {
    const switches = this.switchesOf(receipt.id);
    return checkCancel({
      body,
      receipt,
      switches,
      known: this.book.totals(receipt.id),
      leftAtPg: this.book.left(receipt.id).amount,
      cancelIdSeen: body.cancel_id != null && this.#isUsed(receipt.id, body.cancel_id),
      pgHasCapacity: () => this.#pgRate.admits(switches.ratePerSecond, now),
      now,
    });
  }

  #isUsed(receiptId: string, cancelId: string): boolean {
    const receipts = this.#receiptsOfCancelId.get(cancelId) ?? new Set();
    return this.switches.cancelIdScope === 'project' ? receipts.size > 0 : receipts.has(receiptId);
  }

  #burns({ id }: KnownReceipt, { code }: Refusal): boolean {
    const burns = this.switchesOf(id).burnsRefusedCancelId;
    return Array.isArray(burns) ? burns.includes(code) : burns;
  }
}

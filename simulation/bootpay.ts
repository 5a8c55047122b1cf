// The gateway double: the simulator's core on the scheduler's clock. Asked and answered in the client's own words, so that
// bodies and replies go through the code that writes and reads them in earnest.

import { type Cancel, Bootpay as Core } from '../simulator/core/bootpay.ts';
import { cancelBodySchema } from '../simulator/core/cancel-checks.ts';
import type { Fate } from '../simulator/core/fate.ts';
import type { BookEntry, PaymentBook, View } from '../simulator/core/payment-book.ts';
import type { KnownReceipt } from '../simulator/core/receipt.ts';
import { receiptSchema } from '../simulator/core/scenario.ts';
import { changedSwitches, DEFAULT_SWITCHES } from '../simulator/core/switches.ts';
import { cancelBody, Incomplete, readCancelAnswer, readReceipt } from '../src/bootpay/wire.ts';
import type { CancelRequest } from '../src/domain/gateway.ts';
import { receiptIdSchema } from '../src/domain/ids.ts';
import type { AcceptedReply, CancelReply, LookUpReply, PaymentMethod } from '../src/domain/reply.ts';
import { type Switches, unclearCodes } from './scenarios.ts';

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

/** What Bootpay never tells of a cancel. */
export interface Origin {
  readonly receiptId: string;
  /** The refund whose call it was; null: somebody else's cancel. */
  readonly refundId: string | null;
  /** When the call was sent that moved it. */
  readonly sentAt: number;
  /** Bootpay had answered with a refusal. */
  readonly thoughRefused: boolean;
  /** Somebody else's cancel, made by hand for this refund of ours. */
  readonly byHandFor: string | null;
}
export type Entry = BookEntry & Origin;

export interface Call extends CancelRequest {
  readonly refundId: string;
  readonly sentAt: number;
}

interface Deps {
  readonly payments: readonly Payment[];
  readonly switches: Switches;
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => void;
  readonly tell: (what: string) => void;
}

export class Bootpay {
  readonly payments: readonly Payment[];
  readonly book: PaymentBook<Origin>;
  readonly #core: Core<Origin>;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.payments = deps.payments;
    this.#core = new Core(changedSwitches(DEFAULT_SWITCHES, deps.switches.bootpay));
    this.book = this.#core.book;
    for (const payment of deps.payments) this.#core.add(receiptOf(payment), deps.now());
  }

  payment(receiptId: string): Payment | undefined {
    return this.payments.find((one) => one.receiptId === receiptId);
  }

  /** Now. Reserves the cancel_id and moves the money, at once or later. */
  arrive(call: Call, fate: Fate): CancelReply {
    const body = cancelBodySchema.parse(JSON.parse(cancelBody(call)));
    const cancel = { receipt: this.#receipt(call.receiptId), body };
    const { refusal, paysAfterMs } = this.#core.arrive(cancel, fate, this.#deps.now());
    const thoughRefused = refusal !== null && !unclearCodes.includes(refusal.code);
    const pay = () => this.#pay(cancel, { ...call, thoughRefused });
    if (paysAfterMs === 0) pay();
    else if (paysAfterMs !== null) this.#deps.after(paysAfterMs, pay);
    if (refusal === null)
      return accepted(readCancelAnswer(call.receiptId, this.#core.answer(cancel.receipt)));
    const { code, pgErrorCode: pgCode = null } = refusal;
    return { kind: 'refused', code, pgCode, message: null, httpStatus: 400 };
  }

  lookUp(receiptId: string, view: Omit<View, 'now'>): LookUpReply {
    const json = this.#core.lookUp(this.#receipt(receiptId), { ...view, now: this.#deps.now() });
    const receipt = readReceipt(receiptIdSchema.parse(receiptId), json);
    if (receipt instanceof Incomplete) throw new Error(`a look-up without an answer: ${receipt.why}`);
    return accepted(receipt);
  }

  /** Somebody else's cancel; false: more than is left. */
  cancelElsewhere(
    receiptId: string,
    amount: number,
    { invisible = false, byHandFor = null }: { invisible?: boolean; byHandFor?: string | null },
  ): boolean {
    const at = this.#deps.now();
    const origin = { receiptId, refundId: null, sentAt: at, thoughRefused: false, byHandFor };
    const entry = { at, cancelId: null, amount, taxFree: 0, visible: !invisible };
    return this.book.refund(receiptId, { ...origin, ...entry, origin: 'outside' });
  }

  /** Another program uses an id of ours. */
  useId(receiptId: string, cancelId: string): void {
    this.#core.useCancelId(receiptId, cancelId);
  }

  /** Every cancel is answered with 2029, or no longer. */
  answer2029(refusesEveryCancelId: boolean): void {
    this.#core.switches = { ...this.#core.switches, refusesEveryCancelId };
  }

  #pay(cancel: Cancel, call: Call & { readonly thoughRefused: boolean }): void {
    const { receiptId, refundId, cancelId, sentAt, thoughRefused } = call;
    const tag = { receiptId, refundId, sentAt, thoughRefused, byHandFor: null };
    const moved = this.#core.pay(cancel, { now: this.#deps.now(), tag });
    if (moved === null) this.#deps.tell(`${cancelId}: nothing left to move`);
    else this.#deps.tell(`MOVES ${moved.amount} won of ${receiptId} for ${cancelId}`);
  }

  #receipt(receiptId: string): KnownReceipt {
    const receipt = this.#core.receipts.get(receiptId);
    if (receipt === undefined) throw new Error(`nobody paid ${receiptId}`);
    return receipt;
  }
}

function receiptOf({ receiptId, priceWon, taxFreeWon, method, pg, purchasedAt, ...hides }: Payment) {
  return receiptSchema.parse({
    id: receiptId,
    price: priceWon,
    taxFree: taxFreeWon,
    method,
    pgName: pg,
    purchasedAt: new Date(purchasedAt).toISOString(),
    // With it every PG pays back to virtual accounts.
    escrow: true,
    switches: {
      ...(hides.blind && { lookUpLagMs: Number.MAX_SAFE_INTEGER }),
      ...(hides.hidesTaxFree && { lookUpWith: { cancelled_tax_free: null } }),
    },
  });
}

function accepted<Body>(body: Body | null): AcceptedReply<Body> {
  if (body === null) throw new Error('the client cannot read what the simulator writes');
  return { kind: 'accepted', httpStatus: 200, body };
}

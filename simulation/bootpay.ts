// The gateway double: the simulator's core on the scheduler's clock, asked and answered in the client's own words, so
// that bodies and replies go through the code that writes and reads them in earnest.
import { type Cancel, Bootpay as Core } from '../simulator/core/bootpay.ts';
import { cancelBodySchema } from '../simulator/core/cancel-checks.ts';
import type { Fate } from '../simulator/core/fate.ts';
import type { BookEntry, View } from '../simulator/core/payment-book.ts';
import type { KnownReceipt } from '../simulator/core/receipt.ts';
import type { Receipt } from '../simulator/core/scenario.ts';
import { changedSwitches, DEFAULT_SWITCHES } from '../simulator/core/switches.ts';
import { cancelBody, Incomplete, readCancelAnswer, readReceipt } from '../src/bootpay/wire.ts';
import type { CancelRequest } from '../src/domain/gateway.ts';
import { receiptIdSchema } from '../src/domain/ids.ts';
import type { AcceptedReply, CancelReply, LookUpReply } from '../src/domain/reply.ts';
import { type Switches, unclearCodes } from './scenarios.ts';

/** What Bootpay never tells of a cancel. */
interface Origin {
  readonly receiptId: string;
  /** The refund whose call it was; null: it was not ours. */
  readonly refundId: string | null;
  /** When the call was sent that moved it. */
  readonly sentAt: number;
  /** Bootpay had answered with a refusal. */
  readonly thoughRefused: boolean;
  /** Not ours, but made by hand for this refund of ours. */
  readonly byHandFor: string | null;
}
export type Entry = BookEntry & Origin;

export interface Call extends CancelRequest {
  readonly refundId: string;
  readonly sentAt: number;
}

interface Deps {
  readonly receipts: readonly Receipt[];
  readonly switches: Switches;
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => void;
  readonly tell: (what: string) => void;
}

export class Bootpay extends Core<Origin> {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    super(changedSwitches(DEFAULT_SWITCHES, deps.switches.bootpay));
    this.#deps = deps;
    for (const receipt of deps.receipts) this.add(receipt, deps.now());
  }

  /** Now. Uses the cancel_id up and moves the money, at once or later. */
  cancel(call: Call, fate: Fate): CancelReply {
    const body = cancelBodySchema.parse(JSON.parse(cancelBody(call)));
    const cancel = { receipt: this.receipt(call.receiptId), body };
    const { refusal, paysAfterMs } = this.arrive(cancel, fate, this.#deps.now());
    const thoughRefused = refusal !== null && !unclearCodes.includes(refusal.code);
    const pay = () => this.#move(cancel, { ...call, thoughRefused });
    if (paysAfterMs === 0) pay();
    else if (paysAfterMs !== null) this.#deps.after(paysAfterMs, pay);
    if (refusal === null) return accepted(readCancelAnswer(call.receiptId, this.answer(cancel.receipt)));
    const { code, pgErrorCode: pgCode = null } = refusal;
    return { kind: 'refused', code, pgCode, message: null, httpStatus: 400 };
  }

  show(receiptId: string, view: Omit<View, 'now'>): LookUpReply {
    const json = this.lookUp(this.receipt(receiptId), { ...view, now: this.#deps.now() });
    const receipt = readReceipt(receiptIdSchema.parse(receiptId), json);
    if (receipt instanceof Incomplete) throw new Error(`a look-up without an answer: ${receipt.why}`);
    return accepted(receipt);
  }

  /** A cancel that is not ours; false: more than is left. */
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

  /** Every cancel is answered with 2029, or no longer. */
  answer2029(refusesEveryCancelId: boolean): void {
    this.switches = { ...this.switches, refusesEveryCancelId };
  }

  receipt(receiptId: string): KnownReceipt {
    const receipt = this.receipts.get(receiptId);
    if (receipt === undefined) throw new Error(`there is no receipt ${receiptId}`);
    return receipt;
  }

  #move(cancel: Cancel, call: Call & { readonly thoughRefused: boolean }): void {
    const { receiptId, refundId, cancelId, sentAt, thoughRefused } = call;
    const tag = { receiptId, refundId, sentAt, thoughRefused, byHandFor: null };
    const moved = this.pay(cancel, { now: this.#deps.now(), tag });
    if (moved === null) this.#deps.tell(`${cancelId}: nothing left to move`);
    else this.#deps.tell(`MOVES ${moved.amount} won of ${receiptId} for ${cancelId}`);
  }
}

function accepted<Body>(body: Body): AcceptedReply<Body> {
  return { kind: 'accepted', httpStatus: 200, body };
}

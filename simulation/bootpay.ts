// The gateway double: the simulator's core on the scheduler's clock. Asked and answered in the client's own words, so that
// bodies and replies go through the code that writes and reads them in earnest.

import { type Cancel, Bootpay as Core } from '../simulator/core/bootpay.ts';
import { cancelBodySchema } from '../simulator/core/cancel-checks.ts';
import type { Fate } from '../simulator/core/fate.ts';
import type { BookEntry, View } from '../simulator/core/payment-book.ts';
import { receiptSchema } from '../simulator/core/scenario.ts';
import { changedSwitches, DEFAULT_SWITCHES } from '../simulator/core/switches.ts';
import { cancelBody, readCancelAnswer, readReceipt } from '../src/bootpay/wire.ts';
import { receiptIdSchema } from '../src/domain/ids.ts';
import type { CancelRequest } from '../src/domain/ports.ts';
import type { Accepted, CancelReply, LookUpReply, PaymentMethod } from '../src/domain/reply.ts';
import type { Switches } from './worlds.ts';

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

interface Elsewhere {
  readonly invisible?: boolean;
  readonly byHandFor?: string;
}

export type Bootpay = ReturnType<typeof createBootpay>;

export interface BootpayDeps {
  readonly payments: readonly Payment[];
  readonly switches: Switches;
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => void;
  readonly tell: (what: string) => void;
}

/** Codes that say nothing about the money, and use the cancel_id up. */
const unclear = ['RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'];

export function createBootpay({ payments, switches, now, after, tell }: BootpayDeps) {
  const core = new Core<Origin>(coreSwitches(switches));
  const { book } = core;
  for (const payment of payments) core.add(receiptOf(payment), now());
  const payment = (receiptId: string) => payments.find((one) => one.receiptId === receiptId);
  const receiptFor = (receiptId: string) => {
    const receipt = core.receipts.get(receiptId);
    if (receipt === undefined) throw new Error(`nobody paid ${receiptId}`);
    return receipt;
  };

  function pay(call: Call, cancel: Cancel, thoughRefused: boolean): void {
    const { receiptId, refundId, cancelId, sentAt } = call;
    const tag = { receiptId, refundId, sentAt, thoughRefused, byHandFor: null };
    const moved = core.pay(cancel, { now: now(), tag });
    tell(
      moved === null
        ? `${cancelId}: nothing left to move`
        : `MOVES ${moved.amount} won of ${receiptId} for ${cancelId}`,
    );
  }
  function arriving(call: Call): Cancel {
    const body = cancelBodySchema.parse(JSON.parse(cancelBody(call)));
    return { receipt: receiptFor(call.receiptId), body };
  }

  return {
    payments,
    payment,
    book,
    /** Now. Reserves the cancel_id and moves the money, at once or later. */
    arrive(call: Call, fate: Fate): CancelReply {
      const cancel = arriving(call);
      const { refusal, paysAfterMs } = core.arrive(cancel, fate, now());
      const thoughRefused = refusal !== null && !unclear.includes(refusal.code);
      if (paysAfterMs === 0) pay(call, cancel, thoughRefused);
      else if (paysAfterMs !== null) after(paysAfterMs, () => pay(call, cancel, thoughRefused));
      if (refusal !== null) return refused(refusal.code, refusal.pgErrorCode);
      return accepted(readCancelAnswer(call.receiptId, core.answer(cancel.receipt)));
    },
    lookUp(receiptId: string, view: Omit<View, 'now'>): LookUpReply {
      const { blind = false, hidesTaxFree = false } = payment(receiptId) ?? {};
      const lag = blind && { lagMs: Number.POSITIVE_INFINITY, taxFreeLagMs: Number.POSITIVE_INFINITY };
      const json = core.lookUp(receiptFor(receiptId), { ...view, ...lag, now: now() });
      const shown = hidesTaxFree ? { ...json, cancelled_tax_free: null } : json;
      return accepted(readReceipt(receiptIdSchema.parse(receiptId), shown));
    },
    /** Somebody else's cancel; false: more than is left. */
    cancelElsewhere(receiptId: string, amount: number, how: Elsewhere): boolean {
      const { invisible = false, byHandFor = null } = how;
      return book.refund(receiptId, {
        receiptId,
        refundId: null,
        cancelId: null,
        amount,
        taxFree: 0,
        at: now(),
        sentAt: now(),
        origin: 'outside',
        visible: !invisible,
        thoughRefused: false,
        byHandFor,
      });
    },
    /** Another program uses an id of ours. */
    useId: (receiptId: string, cancelId: string) => core.useCancelId(receiptId, cancelId),
    /** Every cancel is answered with 2029, or no longer. */
    answer2029(refusesEveryCancelId: boolean): void {
      core.switches = { ...core.switches, refusesEveryCancelId };
    },
  };
}

function coreSwitches(switches: Switches) {
  const { statusAfterPartial: lookUp, burnsIds } = switches;
  return changedSwitches(DEFAULT_SWITCHES, {
    burnsRefusedCancelId: burnsIds ? true : unclear,
    refusesUsedCancelId: switches.idGuard === 'all',
    cancelIdCheckedFirst: !switches.idCheckedLast,
    cancelIdScope: switches.idScope,
    guardsAmounts: switches.guardsAmounts,
    statusAfterPartial: { lookUp },
  });
}

function receiptOf({
  receiptId: id,
  priceWon: price,
  taxFreeWon: taxFree,
  method,
  pg,
  purchasedAt,
}: Payment) {
  const paid = { id, price, taxFree, method, pgName: pg, purchasedAt: new Date(purchasedAt).toISOString() };
  // With escrow every PG pays back to virtual accounts.
  return receiptSchema.parse({ ...paid, escrow: true });
}

function refused(code: string, pgCode: string | null = null): CancelReply {
  return { kind: 'refused', code, pgCode, message: null, httpStatus: 400 };
}

function accepted<Body>(body: Body | null): Accepted<Body> {
  if (body === null) throw new Error('the client cannot read what the simulator writes');
  return { kind: 'accepted', httpStatus: 200, body };
}

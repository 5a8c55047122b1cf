// The gateway double: what Bootpay and the PG behind it do with a cancel that arrives, and what a look-up shows. A
// reading of Bootpay's documents of its own; it imports types only.
import type { Cancel } from '../src/domain/refund.ts';
import type { CancelReply, LookUpReply } from '../src/domain/reply.ts';
import type { Book, Payment } from './book.ts';
import type { Switches } from './worlds.ts';

export interface Call {
  readonly receiptId: string;
  readonly cancelId: string;
  readonly cancel: Cancel;
  readonly refundId: string;
  readonly sentAt: number;
}

/** What becomes of a call that Bootpay has no reason of its own to refuse. `paysAfterMs` null: never. */
export interface Fate {
  readonly answer: 'accepted' | { readonly code: string; readonly pgCode: string | null };
  readonly paysAfterMs: number | null;
}

export interface Bootpay {
  /** Now. Reserves the cancel_id and moves the money, at once or later. */
  arrive(call: Call, fate: Fate): CancelReply;
  lookUp(receiptId: string, view: View): LookUpReply;
  /** Somebody else's cancel; false: more than is left. */
  cancelElsewhere(receiptId: string, amountWon: number, how: Elsewhere): boolean;
  /** Another program uses an id of ours. */
  useId(receiptId: string, cancelId: string): void;
  answer2029: boolean;
}

export interface Elsewhere {
  readonly invisible?: boolean;
  /** By hand, in Bootpay's admin, for a refund of ours. */
  readonly byHandFor?: string;
}

/** How far a look-up is behind, and what it shows beyond the truth. */
export interface View {
  readonly lagMs: number;
  readonly taxFreeLagMs: number;
  readonly extraWon: number;
}

export interface BootpayDeps {
  readonly book: Book;
  readonly switches: Switches;
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => void;
  readonly tell: (what: string) => void;
}

/** Codes that say nothing about the money. */
const unclear = ['RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'];

const refusal = (code: string, pgCode: string | null = null): CancelReply => ({
  kind: 'refused',
  code,
  pgCode,
  message: null,
  httpStatus: 400,
});

export function createBootpay({ book, switches, now, after, tell }: BootpayDeps): Bootpay {
  const usedIds = new Set<string>();
  const idKey = (receiptId: string, cancelId: string) =>
    switches.idScope === 'project' ? cancelId : `${receiptId} ${cancelId}`;

  function leftOf(payment: Payment) {
    const shown = book.totals(payment.receiptId, now());
    return {
      won: payment.priceWon - shown.cancelledWon,
      taxFreeWon: Math.max(payment.taxFreeWon - shown.cancelledTaxFreeWon, 0),
      reallyWon: payment.priceWon - book.movedWon(payment.receiptId),
    };
  }

  function isTaken({ receiptId, cancelId }: Call): boolean {
    if (bootpay.answer2029) return true;
    return switches.idGuard === 'all' && usedIds.has(idKey(receiptId, cancelId));
  }

  function reasonToRefuse(payment: Payment, call: Call): CancelReply | null {
    const taken = isTaken(call) ? refusal('RC_CANCEL_ID_ALREADY_EXIST') : null;
    return switches.idCheckedLast
      ? (amountRefused(payment, call) ?? taken)
      : (taken ?? amountRefused(payment, call));
  }

  function amountRefused(payment: Payment, { cancel }: Call): CancelReply | null {
    const left = leftOf(payment);
    if (left.won <= 0) return refusal('RC_ALREADY_CANCELLED');
    const wantedWon = cancel.kind === 'full' ? left.won : cancel.amountWon;
    if (switches.guardsAmounts && wantedWon > left.won) return refusal('RC_CANCEL_PRICE_OVER');
    if ((cancel.taxFreeWon ?? 0) > left.taxFreeWon) return refusal('RC_CANCEL_TAX_FREE_OVER');
    if (switches.pgAdmin && wantedWon > left.reallyWon) return refusedByPg(left.reallyWon);
    return null;
  }

  /** The PG knows of the cancels in its own admin. */
  function refusedByPg(leftWon: number): CancelReply {
    return refusal('RC_CANCEL_SERVER_ERROR', leftWon <= 0 ? '2015' : '2032');
  }

  function pay(payment: Payment, call: Call, thoughRefused: boolean): void {
    const { receiptId, refundId, cancelId, cancel, sentAt } = call;
    const left = leftOf(payment);
    const amountWon = cancel.kind === 'full' ? left.won : cancel.amountWon;
    const over = switches.guardsAmounts && amountWon > Math.min(left.won, left.reallyWon);
    if (amountWon <= 0 || over) {
      tell(`${call.cancelId}: nothing left to move`);
      return;
    }
    const taxFreeWon =
      cancel.kind === 'full' ? left.taxFreeWon : Math.min(cancel.taxFreeWon ?? 0, left.taxFreeWon);
    const entry = { receiptId, refundId, cancelId, amountWon, taxFreeWon, sentAt, thoughRefused };
    book.write({ ...entry, at: now(), invisible: false, byHandFor: null });
    tell(`MOVES ${amountWon} won of ${receiptId} for ${cancelId}`);
  }

  const bootpay: Bootpay = {
    answer2029: false,
    arrive(call, { answer, paysAfterMs }) {
      const payment = book.payment(call.receiptId);
      if (payment === undefined) return refusal('RC_NOT_FOUND');
      const refused = reasonToRefuse(payment, call);
      if (refused !== null) return refused;
      const isRefusal = answer !== 'accepted' && !unclear.includes(answer.code);
      if (!isRefusal || switches.burnsIds || paysAfterMs !== null)
        usedIds.add(idKey(call.receiptId, call.cancelId));
      if (paysAfterMs === 0) pay(payment, call, isRefusal);
      else if (paysAfterMs !== null) after(paysAfterMs, () => pay(payment, call, isRefusal));
      if (answer !== 'accepted') return refusal(answer.code, answer.pgCode);
      const { cancelledWon, cancelledTaxFreeWon } = book.totals(call.receiptId, now());
      const body = { priceWon: payment.priceWon, cancelledWon, cancelledTaxFreeWon };
      return { kind: 'accepted', httpStatus: 200, body };
    },
    lookUp(receiptId, { lagMs, taxFreeLagMs, extraWon }) {
      const payment = book.payment(receiptId);
      if (payment === undefined) {
        return { kind: 'refused', code: 'RC_NOT_FOUND', pgCode: null, message: null, httpStatus: 404 };
      }
      const totals = book.shownTotals(receiptId, payment.blind ? 0 : now() - lagMs);
      const taxFree = book.shownTotals(receiptId, payment.blind ? 0 : now() - taxFreeLagMs);
      const cancelledWon = Math.min(
        totals.cancelledWon + extraWon,
        Math.max(payment.priceWon, totals.cancelledWon),
      );
      const partly = cancelledWon > 0 ? switches.statusAfterPartial : 1;
      const body = {
        receiptId: payment.receiptId as never,
        priceWon: payment.priceWon,
        taxFreeWon: payment.taxFreeWon,
        cancelledWon,
        cancelledTaxFreeWon: payment.hidesTaxFree ? null : taxFree.cancelledTaxFreeWon,
        status: cancelledWon >= payment.priceWon ? 20 : partly,
        currency: 'KRW',
        method: payment.method,
        funding: null,
        pg: payment.pg,
        purchasedAt: payment.purchasedAt,
      };
      return { kind: 'accepted', httpStatus: 200, body };
    },
    cancelElsewhere(receiptId, amountWon, { invisible = false, byHandFor = null }) {
      const payment = book.payment(receiptId);
      if (payment === undefined || amountWon > leftOf(payment).reallyWon) return false;
      const nobody = { refundId: null, cancelId: null, taxFreeWon: 0, thoughRefused: false };
      book.write({ ...nobody, receiptId, amountWon, at: now(), sentAt: now(), invisible, byHandFor });
      return true;
    },
    useId: (receiptId, cancelId) => void usedIds.add(idKey(receiptId, cancelId)),
  };
  return bootpay;
}

/**
 * Bootpay's checks of a cancel, in the order in which the simulator makes them. The order is documented
 * nowhere; this one asks first what needs no PG: receipt (2000, made by the caller), paid (2028, 2039),
 * something left (2027), amount (2051, 2052, 2053), cancel_id (2029), what the PG can do (2033, 2030, 2031),
 * what the PG refuses (2032: overload 9003, window, virtual account), and last what the PG has left.
 * A switch moves cancel_id to the front, because it changes what a repeated cancel is told.
 */
import { z } from 'zod';
import { CANCEL_CODES, type CancelCode, type Refusal } from './codes.ts';
import type { Totals } from './payment-book.ts';
import { ACCOUNT_ISSUED, CANCELLED, type KnownReceipt, PAID } from './receipt.ts';
import type { Method } from './scenario.ts';
import type { Switches } from './switches.ts';
import { endOfSeoulDay, endOfSeoulMonth } from './times.ts';

/** The body of POST /v2/cancel. Unknown keys pass, as Bootpay's own clients send some. */
export const cancelBodySchema = z.looseObject({
  receipt_id: z.string(),
  cancel_price: z.int().nullish(),
  cancel_tax_free: z.int().min(0).nullish(),
  cancel_id: z.string().nullish(),
  cancel_username: z.string().nullish(),
  cancel_message: z.string().nullish(),
  refund: z
    .looseObject({ bank_account: z.string(), bank_username: z.string(), bank_code: z.string() })
    .partial()
    .nullish(),
});

export type CancelBody = z.infer<typeof cancelBodySchema>;

export interface CancelFacts {
  readonly body: CancelBody;
  readonly receipt: KnownReceipt;
  readonly known: Totals;
  readonly leftAtPg: number;
  readonly cancelIdSeen: boolean;
  /** Asked only when the cancel would reach the PG, because asking counts. */
  readonly pgHasCapacity: () => boolean;
  readonly switches: Switches;
  readonly now: number;
}

type Check = (facts: CancelFacts) => Refusal | null;

/** The first check that refuses decides; null: nothing stands against it. */
export function checkCancel(facts: CancelFacts): Refusal | null {
  const order = facts.switches.cancelIdCheckedFirst ? [usedCancelId, ...IN_ORDER] : IN_ORDER;
  for (const check of order) {
    const refusal = check(facts);
    if (refusal !== null) return refusal;
  }
  return null;
}

export function amountOf({ body, receipt, known }: Pick<CancelFacts, 'body' | 'receipt' | 'known'>): number {
  return body.cancel_price ?? receipt.price - known.cancelled;
}

/** A full cancel takes all the tax-free part that is left; a partial one without the field none of it. */
export function taxFreeOf({ body, receipt, known }: Pick<CancelFacts, 'body' | 'receipt' | 'known'>): number {
  const left = Math.max(receipt.taxFree - known.taxFree, 0);
  return body.cancel_price == null ? left : Math.min(body.cancel_tax_free ?? 0, left);
}

const notPaid: Check = ({ receipt }) => {
  if (receipt.status === ACCOUNT_ISSUED) return refused('RC_NOT_ISSUED');
  return receipt.status === PAID || receipt.status === CANCELLED ? null : refused('RC_NOT_ABLE_CANCEL');
};

const nothingLeft: Check = ({ receipt, known }) =>
  known.cancelled >= receipt.price ? refused('RC_ALREADY_CANCELLED') : null;

const amountNotPositive: Check = (facts) =>
  amountOf(facts) <= 0 ? refused('RC_CANCEL_PRICE_NOT_ZERO') : null;

const amountOver: Check = (facts) => {
  const over = amountOf(facts) > facts.receipt.price - facts.known.cancelled;
  return over && facts.switches.guardsAmounts ? refused('RC_CANCEL_PRICE_OVER') : null;
};

const taxFreeOver: Check = (facts) => {
  const asked = facts.body.cancel_tax_free ?? 0;
  const over = asked > facts.receipt.taxFree - facts.known.taxFree || asked > amountOf(facts);
  return over ? refused('RC_CANCEL_TAX_FREE_OVER') : null;
};

const usedCancelId: Check = ({ cancelIdSeen, switches }) => {
  const refuses = switches.refusesEveryCancelId || (switches.refusesUsedCancelId && cancelIdSeen);
  return refuses ? refused('RC_CANCEL_ID_ALREADY_EXIST') : null;
};

const notImplemented: Check = ({ receipt }) =>
  receipt.cancellable === 'not_implemented' ? refused('RC_CANCEL_METHOD_NOT_FOUND') : null;

// The page's list of PGs that pay back to virtual accounts; KCP only with escrow.
const VBANK_PGS: readonly string[] = ['kcp', 'inicis', 'welcome', 'nicepay', 'danal'];

const noCancelApi: Check = ({ receipt }) => {
  const vbankUnable =
    receipt.method === 'vbank' &&
    (!VBANK_PGS.includes(receipt.pg) || (receipt.pg === 'kcp' && !receipt.escrow));
  return receipt.cancellable === 'no_api' || vbankUnable ? refused('RC_PM_CANCEL_NOT_SUPPORT') : null;
};

const noPartial: Check = (facts) => {
  const unable = facts.receipt.method === 'phone' || facts.receipt.cancellable === 'no_partial';
  return unable && amountOf(facts) < facts.receipt.price ? refused('RC_PM_P_CANCEL_NOT_SUPPORT') : null;
};

const overload: Check = ({ pgHasCapacity }) =>
  pgHasCapacity() ? null : refused('RC_CANCEL_SERVER_ERROR', '9003');

const windowClosed: Check = ({ receipt, switches, now }) => {
  if (now < windowEnd(receipt)) return null;
  const { code, pgErrorCode } = switches.windowClosed;
  const message = CANCEL_CODES.RC_CANCEL_FAILED.message;
  return { code, message, pgErrorCode: pgErrorCode ?? undefined };
};

const virtualAccount: Check = ({ receipt, body }) => {
  if (receipt.method !== 'vbank') return null;
  const { bank_account, bank_username, bank_code } = body.refund ?? {};
  const complete = Boolean(bank_account) && Boolean(bank_username) && Boolean(bank_code);
  return complete && receipt.cmsClause ? null : refused('RC_CANCEL_SERVER_ERROR');
};

/** Behind Bootpay's back less may be left: nothing at all, or too little (NicePay 2026). */
const pgHasLess: Check = (facts) => {
  const { guardsAmounts, pgSaysAlreadyCancelled } = facts.switches;
  if (!guardsAmounts) return null;
  const { code, pgErrorCode } = pgSaysAlreadyCancelled;
  if (facts.leftAtPg <= 0) return { code, pgErrorCode: pgErrorCode ?? undefined };
  return amountOf(facts) > facts.leftAtPg ? refused('RC_CANCEL_SERVER_ERROR', '2026') : null;
};

const IN_ORDER: readonly Check[] = [
  notPaid,
  nothingLeft,
  amountNotPositive,
  amountOver,
  taxFreeOver,
  usedCancelId,
  notImplemented,
  noCancelApi,
  noPartial,
  overload,
  windowClosed,
  virtualAccount,
  pgHasLess,
];

const WINDOWS: Record<Exclude<Method, 'phone' | 'toss'>, { card: Window; balance: Window }> = {
  card: { card: { days: 180 }, balance: { days: 180 } },
  bank: { card: { days: 180 }, balance: { days: 180 } },
  vbank: { card: { years: 1 }, balance: { years: 1 } },
  naverpay: { card: { days: 1095 }, balance: { days: 1095 } },
  kakaopay: { card: { years: 1 }, balance: { years: 5 } },
  payco: { card: { days: 180 }, balance: { days: 90 } },
};

interface Window {
  readonly days?: number;
  readonly years?: number;
}

/** The page's table of windows, in Seoul calendar days, the last day included; toss is not in it. */
function windowEnd(receipt: KnownReceipt): number {
  if (receipt.method === 'toss') return Number.POSITIVE_INFINITY;
  if (receipt.method === 'phone') return endOfSeoulMonth(receipt.purchasedAtMs);
  return endOfSeoulDay(receipt.purchasedAtMs, WINDOWS[receipt.method][receipt.paidWith]);
}

function refused(code: CancelCode, pgErrorCode?: string): Refusal {
  return { code, pgErrorCode };
}

// What may be cancelled by which method and how long: the page's table, "결제수단별 취소 정책", and its refusals before a call.
// https://developers.bootpay.ai/server/cancel. Only what is surely closed is refused; Bootpay decides the rest.
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import type { Cancel, CaseRule, Refund, Severity } from '../domain/refund.ts';
import type { PaymentMethod, Receipt } from '../domain/reply.ts';
import { addSeoulDays, addSeoulYears, endOfSeoulDay, endOfSeoulMonth } from './seoul-time.ts';

export type CancelWindow =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'years'; readonly years: number }
  | { readonly kind: 'same_month' };

export interface MethodPolicy {
  readonly partial: 'yes' | 'no' | 'some_pgs';
  /** One per kind of funding where the page distinguishes them; null: whatever the funding. */
  readonly windows: readonly { readonly funding: Receipt['funding']; readonly window: CancelWindow }[];
  readonly needsAccount: boolean;
  readonly notes: Text;
}

const days = (count: number): CancelWindow => ({ kind: 'days', days: count });
const years = (count: number): CancelWindow => ({ kind: 'years', years: count });

export const methodPolicies: Readonly<Record<PaymentMethod, MethodPolicy>> = {
  card: {
    partial: 'yes',
    windows: [{ funding: null, window: days(180) }],
    needsAccount: false,
    notes: {
      ko: '당일 결제는 즉시 취소되고, 전표 매입 후에는 영업일 3~5일이 걸려요.',
      en: 'At once on the day of payment; 3 to 5 business days after capture.',
    },
  },
  bank: {
    partial: 'yes',
    windows: [{ funding: null, window: days(180) }],
    needsAccount: false,
    notes: { ko: '즉시 처리돼요.', en: 'At once.' },
  },
  vbank: {
    partial: 'some_pgs',
    windows: [{ funding: null, window: years(1) }],
    needsAccount: true,
    notes: {
      ko: '환불 계좌가 필요해요. KCP(에스크로만), 이니시스, 웰컴페이먼츠, 나이스페이먼츠, 다날만 지원하고, CMS 이체 특약이 있어야 하며 취소마다 약 300원의 수수료가 들어요.',
      en: 'Needs a refund account. Only KCP (escrow), Inicis, Welcome Payments, NicePay and Danal, with the CMS clause in the contract; about 300 won per cancel.',
    },
  },
  phone: {
    partial: 'no',
    windows: [{ funding: null, window: { kind: 'same_month' } }],
    needsAccount: false,
    notes: {
      ko: '결제한 달에만 전액 취소할 수 있어요.',
      en: 'In full only, and only within the calendar month of payment.',
    },
  },
  naverpay: {
    partial: 'yes',
    windows: [{ funding: null, window: days(1095) }],
    needsAccount: false,
    notes: { ko: '3년을 1,095일로 세요.', en: 'Three years, counted as 1,095 days.' },
  },
  kakaopay: {
    partial: 'yes',
    windows: [
      { funding: 'card', window: years(1) },
      { funding: 'money', window: years(5) },
    ],
    needsAccount: false,
    notes: {
      ko: '카드인지 머니인지 모르면 5년으로 봐요.',
      en: 'Where the receipt does not say which, 5 years.',
    },
  },
  payco: {
    partial: 'yes',
    windows: [
      { funding: 'card', window: days(180) },
      { funding: 'account', window: days(90) },
    ],
    needsAccount: false,
    notes: {
      ko: '카드인지 계좌인지 모르면 180일로 봐요.',
      en: 'Where the receipt does not say which, 180 days.',
    },
  },
};

/** The last millisecond in which a cancel may succeed, by the longest window the receipt may have; null: not known. */
export function cancelWindowEndsAt(receipt: Receipt): number | null {
  const { method, purchasedAt, funding } = receipt;
  if (method === null || purchasedAt === null) return null;
  const { windows } = methodPolicies[method];
  const named = windows.filter((entry) => entry.funding === funding);
  const possible = named.length > 0 ? named : windows;
  return Math.max(...possible.map(({ window }) => endOf(window, purchasedAt)));
}

function endOf(window: CancelWindow, purchasedAt: number): number {
  switch (window.kind) {
    case 'days':
      return endOfSeoulDay(addSeoulDays(purchasedAt, window.days));
    case 'years':
      return endOfSeoulDay(addSeoulYears(purchasedAt, window.years));
    case 'same_month':
      return endOfSeoulMonth(purchasedAt);
    default:
      return assertNever(window);
  }
}

export interface PolicyFacts {
  readonly cancel: Cancel;
  readonly account: Refund['account'];
  readonly receipt: Receipt;
  readonly now: number;
  /** A person replays it although a policy speaks against it: Bootpay judges windows and partial cancels then. */
  readonly acknowledged: boolean;
}

interface PolicyRefusal {
  readonly rule: CaseRule;
  /** The name that Bootpay has for this very fact; null: the reason is ours. */
  readonly code: string | null;
  readonly reason: string;
  readonly severity: Severity;
}

/** null: no policy speaks against the call. */
export function policyRefusal(facts: PolicyFacts): PolicyRefusal | null {
  return (
    stateRefusal(facts.receipt) ??
    amountRefusal(facts) ??
    (facts.acknowledged ? null : (windowRefusal(facts) ?? partialRefusal(facts))) ??
    accountRefusal(facts)
  );
}

/** Paid, or cancelled after it was paid. */
export function isPaidStatus(status: number): boolean {
  return status === 1 || status === 20;
}

function stateRefusal({ currency, status }: Receipt): PolicyRefusal | null {
  if (currency !== null && currency !== 'KRW') {
    return ours('foreign_currency', `the currency is ${currency}, not KRW`);
  }
  if (status === 5) {
    const reason = 'status 5: the virtual account is issued, nothing was paid';
    return { ...asBootpay('not_paid', reason), severity: 'notice' };
  }
  if (!isPaidStatus(status)) {
    return asBootpay('not_paid', `status ${status} is neither paid nor cancelled`);
  }
  return null;
}

function amountRefusal({ cancel, receipt }: PolicyFacts): PolicyRefusal | null {
  const leftWon = receipt.priceWon - receipt.cancelledWon;
  if (receipt.priceWon === 0) {
    return { ...ours('nothing_paid', 'the price is 0: nothing was paid'), severity: 'notice' };
  }
  if (leftWon <= 0) return { ...asBootpay('nothing_left', 'nothing is left to cancel'), severity: 'notice' };
  if (cancel.kind === 'partial' && cancel.amountWon > leftWon) {
    return asBootpay('over_remaining', `${cancel.amountWon} won asked, ${leftWon} won left`);
  }
  return taxFreeRefusal({ cancel, receipt }, cancel.kind === 'partial' ? cancel.amountWon : leftWon);
}

/** What is left is judged only where the receipt shows both amounts: an amount that is not shown is not 0. */
function taxFreeRefusal(
  { cancel, receipt }: Pick<PolicyFacts, 'cancel' | 'receipt'>,
  amountWon: number,
): PolicyRefusal | null {
  const { taxFreeWon } = cancel;
  if (taxFreeWon === null) return null;
  if (taxFreeWon > amountWon) {
    return asBootpay('tax_free_over', `${taxFreeWon} won tax-free asked of only ${amountWon} won`);
  }
  if (receipt.taxFreeWon === null || receipt.cancelledTaxFreeWon === null) return null;
  const leftWon = Math.max(receipt.taxFreeWon - receipt.cancelledTaxFreeWon, 0);
  if (taxFreeWon <= leftWon) return null;
  return asBootpay('tax_free_over', `${taxFreeWon} won tax-free asked, ${leftWon} won tax-free left`);
}

function windowRefusal({ receipt, now }: PolicyFacts): PolicyRefusal | null {
  const endsAt = cancelWindowEndsAt(receipt);
  if (endsAt === null || now <= endsAt) return null;
  return ours('window_closed', `Bootpay's cancel window for ${receipt.method} has closed`);
}

function partialRefusal({ cancel, receipt }: PolicyFacts): PolicyRefusal | null {
  if (receipt.method === null || methodPolicies[receipt.method].partial !== 'no') return null;
  if (cancel.kind === 'full') return null;
  // A part that is the whole price may well pass; nothing can have been cancelled then, or the amounts would have
  // refused it.
  if (cancel.amountWon === receipt.priceWon) return null;
  return ours('method_cannot_partial', `${receipt.method} cannot be cancelled in part`);
}

/** Not skipped by an acknowledgement: without an account the money has nowhere to go, and a replay can bring one. */
function accountRefusal({ account, receipt }: PolicyFacts): PolicyRefusal | null {
  if (receipt.method === null || !methodPolicies[receipt.method].needsAccount || account === 'kept')
    return null;
  const reason = `${receipt.method} needs a refund account, and ${account === 'erased' ? 'it was erased' : 'none came'}`;
  return ours('account_missing', reason);
}

/** A reason for which Bootpay has no code, or knows better than our table. */
function ours(rule: CaseRule, reason: string): PolicyRefusal {
  return { rule, code: null, reason, severity: 'warning' };
}

/** A fact of the receipt for which Bootpay has a code, which a call would be answered with. */
function asBootpay(rule: keyof typeof bootpayNames, reason: string): PolicyRefusal {
  return { rule, code: bootpayNames[rule], reason, severity: 'warning' };
}

/** Rules that are facts for which Bootpay has a code, which also has the words for them. */
export const bootpayNames = {
  not_paid: 'RC_NOT_ABLE_CANCEL',
  nothing_left: 'RC_ALREADY_CANCELLED',
  over_remaining: 'RC_CANCEL_PRICE_OVER',
  tax_free_over: 'RC_CANCEL_TAX_FREE_OVER',
} as const satisfies Partial<Record<CaseRule, string>>;

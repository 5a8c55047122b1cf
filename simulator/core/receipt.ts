/** The v2 receipt as look-ups, cancel answers and webhooks show it. Values are invented, field names and types are not. */
import type { Json } from './fields.ts';
import type { Totals } from './payment-book.ts';
import type { Method, Pg, Receipt } from './scenario.ts';
import type { Switches } from './switches.ts';
import { endOfSeoulDay, resolveTime, seoulIso } from './times.ts';

/** A receipt of the simulation: what the scenario says, with its times resolved. */
export interface KnownReceipt extends Receipt {
  readonly pg: Pg;
  readonly paidWith: 'card' | 'balance';
  readonly purchasedAtMs: number;
}

const USUAL_PG: Record<Method, Pg> = {
  card: 'nicepay',
  bank: 'nicepay',
  vbank: 'nicepay',
  phone: 'danal',
  naverpay: 'naverpay',
  kakaopay: 'kakao',
  payco: 'payco',
  toss: 'tosspayments',
};

const PAID_BY_CARD: readonly Method[] = ['card', 'naverpay', 'kakaopay', 'payco'];

const METHOD_NAMES: Record<Method, string> = {
  card: '카드',
  bank: '계좌이체',
  vbank: '가상계좌',
  phone: '휴대폰',
  naverpay: '네이버페이',
  kakaopay: '카카오페이',
  payco: '페이코',
  toss: '토스',
};

const PG_NAMES: Record<Pg, string> = {
  nicepay: '나이스페이먼츠',
  kcp: 'KCP',
  inicis: '이니시스',
  tosspayments: '토스페이먼츠',
  danal: '다날',
  welcome: '웰컴페이먼츠',
  lightpay: '라이트페이',
  payletter: '페이레터',
  payapp: '페이앱',
  kakao: '카카오페이',
  naverpay: '네이버페이',
  payco: '페이코',
};

const STATUS_NAMES: ReadonlyMap<number, string> = new Map([
  [0, '결제대기'],
  [1, '결제완료'],
  [2, '입금/승인대기'],
  [5, '가상계좌 입금대기'],
  [20, '결제취소완료'],
]);

export const PAID = 1;
export const ACCOUNT_ISSUED = 5;
export const CANCELLED = 20;

export function knownReceipt(input: Receipt, now: number): KnownReceipt {
  const cancelledBefore = input.status === 20 && input.cancelledPrice === 0;
  return {
    ...input,
    ...(cancelledBefore ? { cancelledPrice: input.price, cancelledTaxFree: input.taxFree } : {}),
    pg: input.pg ?? USUAL_PG[input.method],
    paidWith: input.paidWith ?? (PAID_BY_CARD.includes(input.method) ? 'card' : 'balance'),
    purchasedAtMs: resolveTime(input.purchasedAt, now) ?? now,
  };
}

/** The status for these totals; after a partial cancel it is what the switch says. */
export function statusFor(receipt: KnownReceipt, totals: Totals, afterPartial: 1 | 20): number {
  if (receipt.status !== PAID) return receipt.status;
  if (totals.cancelled === 0) return PAID;
  return totals.cancelled >= receipt.price ? CANCELLED : afterPartial;
}

/** The whole receipt. `lookup_user_data` adds nothing here: the fields it adds are unknown. */
export function wholeReceipt(receipt: KnownReceipt, totals: Totals, status: number): Json {
  const paid = status === PAID || status === CANCELLED;
  return {
    receipt_id: receipt.id,
    order_id: receipt.orderId,
    price: receipt.price,
    tax_free: receipt.taxFree,
    cancelled_price: totals.cancelled,
    cancelled_tax_free: totals.taxFree,
    order_name: receipt.orderName,
    company_name: '시뮬레이터 상점',
    gateway_url: 'https://gw.bootpay.co.kr',
    metadata: receipt.metadata,
    sandbox: receipt.sandbox,
    pg: receipt.pgName ?? PG_NAMES[receipt.pg],
    ...methodFields(receipt),
    ...(paid ? { purchased_at: seoulIso(receipt.purchasedAtMs) } : {}),
    ...(totals.at === null ? {} : { cancelled_at: seoulIso(totals.at) }),
    requested_at: seoulIso(receipt.purchasedAtMs - 32_000),
    status_locale: STATUS_NAMES.get(status) ?? '알 수 없음',
    currency: receipt.currency,
    receipt_url: receiptUrl(receipt),
    status,
    ...dataOfMethod(receipt),
  };
}

/** What a look-up shows of it, by the switches. */
export function lookedUp(whole: Json, { lookUpWith, lookUpWithout }: Switches): Json {
  const fields = Object.entries({ ...whole, ...lookUpWith });
  return Object.fromEntries(fields.filter(([field]) => !lookUpWithout.includes(field)));
}

/** Only what the example on the page shows. */
export function exampleFields(whole: Json): Json {
  const fields = 'receipt_id order_id price cancelled_price status status_locale cancelled_at'.split(' ');
  return Object.fromEntries(Object.entries(whole).filter(([field]) => fields.includes(field)));
}

// Which symbols easy pay has in look-ups is unknown; `*_data` is the documented mark.
function methodFields(receipt: KnownReceipt): Json {
  const byCard = receipt.paidWith === 'card';
  return {
    method: METHOD_NAMES[receipt.method],
    method_symbol: receipt.method,
    method_origin: byCard ? METHOD_NAMES.card : METHOD_NAMES[receipt.method],
    method_origin_symbol: byCard ? 'card' : receipt.method,
  };
}

function dataOfMethod(receipt: KnownReceipt): Json {
  const tid = `${receipt.pg}00m01${receipt.id}`;
  if (receipt.paidWith === 'card') return { card_data: cardData(receipt, tid) };
  switch (receipt.method) {
    case 'bank':
      return { bank_data: accountData(receipt, tid) };
    case 'vbank': {
      const expiredAt = endOfSeoulDay(receipt.purchasedAtMs, { days: 7 }) - 1_000;
      return { vbank_data: { ...accountData(receipt, tid), expired_at: seoulIso(expiredAt) } };
    }
    case 'phone':
      return {
        phone_data: { tid, auth_no: '482913', phone: '010****5678', receipt_url: receiptUrl(receipt) },
      };
    case 'naverpay':
      return { naver_point_data: { tid } };
    case 'kakaopay':
      return { kakao_money_data: { tid } };
    case 'payco':
      return { payco_point_data: { tid } };
    default:
      return { toss_point_data: { tid } };
  }
}

function cardData(receipt: KnownReceipt, tid: string): Json {
  return {
    tid,
    card_approve_no: '49397854',
    card_no: '94352017****6169',
    card_interest: '0',
    card_quota: '00',
    card_company_code: '01',
    card_company: '비씨',
    card_type: '신용',
    card_owner_type: '개인',
    point: 0,
    coupon: 0,
    receipt_url: receiptUrl(receipt),
  };
}

function accountData(receipt: KnownReceipt, tid: string): Json {
  return {
    tid,
    bank_code: '004',
    bank_name: '국민은행',
    bank_username: '홍길동',
    bank_account: '1234****7890',
    sender_name: '홍길동',
    receipt_url: receiptUrl(receipt),
  };
}

function receiptUrl(receipt: KnownReceipt): string {
  return `https://door.bootpay.co.kr/receipt/${receipt.id}`;
}

// What the gateways' own codes mean behind Bootpay's 2032; the same digits mean other things at another PG.
import type { Text } from '../domain/problem.ts';
import type { CaseWords } from './case-words.ts';
import * as words from './case-words.ts';
import { tossErrorRows } from './toss-error-codes.ts';

/** In lower case and without spaces; the Korean display name is what real receipts show. */
const displayNames = {
  nicepay: ['nicepay', 'nicepayments', '나이스페이', '나이스페이먼츠'],
  kcp: ['kcp', 'nhnkcp', '케이씨피', 'nhn케이씨피'],
  inicis: ['inicis', 'kginicis', '이니시스', 'kg이니시스'],
  danal: ['danal', '다날'],
  welcome: ['welcome', 'welcomepayments', '웰컴페이먼츠'],
  tosspayments: ['tosspayments', '토스페이먼츠'],
} as const;

export type PgName = keyof typeof displayNames;

export interface PgErrorRow extends CaseWords {
  readonly pg: PgName;
  readonly code: string;
  readonly meaning: Text;
  /**
   * permanent: no machine can make it pass. already_cancelled: as Bootpay's 2027 and 2052, money may have moved before.
   * retry: an ordinary retry.
   */
  readonly disposition: 'permanent' | 'already_cancelled' | 'retry';
}

export const pgErrorTable: readonly PgErrorRow[] = [
  // NicePay: https://developers.nicepay.co.kr/tip.php; 9003 as merchants behind Bootpay saw it.
  {
    pg: 'nicepay',
    code: '2015',
    meaning: { ko: '이미 취소된 거래예요.', en: 'The transaction is cancelled already.' },
    disposition: 'already_cancelled',
    ...words.cancelledAlready,
    advice: {
      ko: '나이스페이먼츠 관리자에서 언제 얼마가 취소됐는지 확인하고, 고객이 환불받았다면 "이미 환불됐어요"로 종결해 주세요.',
      en: 'Check in the NicePay admin when and how much, and close it as "already refunded" if the customer has the money.',
    },
  },
  {
    // The merchant's unsettled balance is too low. It may grow with new sales, but the documented way out is a
    // call to the PG (hold the settlement), and each hour of retries brings the next settlement nearer: a person first.
    pg: 'nicepay',
    code: '2026',
    meaning: { ko: '취소 금액이 미정산 금액보다 커요.', en: 'The amount is above the unsettled balance.' },
    disposition: 'permanent',
    why: { ko: '가맹점의 미정산 금액이 모자라요', en: 'The unsettled balance is too low' },
    toDo: {
      ko: 'PG에 입금·정산 보류 요청 뒤 다시 시도',
      en: 'Top up or hold the settlement at the PG, then try again',
    },
    advice: {
      ko: '나이스페이먼츠의 미정산 잔액을 확인하고, 정산 보류나 취소 대금 입금을 요청한 뒤 다시 시도해 주세요.',
      en: 'Check the unsettled balance at NicePay, ask them to hold the settlement or how to pay in the difference, then try again.',
    },
  },
  {
    pg: 'nicepay',
    code: '2030',
    meaning: { ko: '이 결제수단은 부분 취소할 수 없어요.', en: 'This method cannot be cancelled in part.' },
    disposition: 'permanent',
    ...words.noPartialCancel,
    advice: {
      ko: '그 금액을 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요. 전부 돌려줘도 되는 주문이고 아직 직접 환불하지 않았다면, 전액 취소로 다시 시도할 수 있어요.',
      en: 'Refund this part by hand, and close it as "refunded by hand". If the whole may go back, and nothing was refunded by hand, try again as a full cancel.',
    },
  },
  {
    pg: 'nicepay',
    code: '1534',
    meaning: { ko: '부분 취소가 불가능한 거래예요.', en: 'This transaction cannot be cancelled in part.' },
    disposition: 'permanent',
    ...words.noPartialCancel,
    advice: {
      ko: '가맹점의 부분 취소 계약을 나이스페이먼츠에 확인하고, 어려우면 그 금액을 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
      en: 'Ask NicePay whether your contract includes partial cancels; otherwise refund this part by hand, and close it as "refunded by hand".',
    },
  },
  {
    pg: 'nicepay',
    code: '2047',
    meaning: {
      ko: '이미 입금 처리가 끝나 취소할 수 없어요.',
      en: 'The money was settled already, so it cannot be cancelled.',
    },
    disposition: 'permanent',
    ...words.settledAlready,
    advice: {
      ko: 'PG를 통해서는 취소할 수 없어요. 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
      en: 'No cancel through the PG is possible. Refund the customer by hand and close it as "refunded by hand".',
    },
  },
  {
    pg: 'nicepay',
    code: '9003',
    meaning: { ko: '요청이 몰려 처리하지 못했어요.', en: 'Too many requests at once.' },
    disposition: 'retry',
    why: { ko: '나이스페이먼츠에 요청이 몰렸어요', en: 'Too many requests at NicePay' },
    toDo: { ko: '잠시 후 다시 시도', en: 'Try again a little later' },
    advice: {
      ko: '개발팀에 초당 호출 수를 낮춰 달라고 하고 잠시 후 다시 시도해 주세요.',
      en: 'Have the developers lower the number of calls per second, and try again a little later.',
    },
  },
  {
    pg: 'kcp',
    code: '8012',
    meaning: {
      ko: 'KCP에 부트페이 서버 IP가 등록되지 않았어요.',
      en: "Bootpay's server addresses are not registered at KCP.",
    },
    disposition: 'permanent',
    why: { ko: 'KCP에 부트페이 서버가 등록되지 않았어요', en: "Bootpay's servers are not registered at KCP" },
    toDo: { ko: 'KCP에 등록한 뒤 다시 시도', en: 'Register them, then try again' },
    advice: {
      ko: 'KCP 관리자에 부트페이 서버 IP 223.130.82.4, 223.130.82.130, 223.130.82.131을 모두 등록한 뒤 다시 시도해 주세요.',
      en: "Register all of Bootpay's addresses at KCP (223.130.82.4, 223.130.82.130, 223.130.82.131), then try again.",
    },
  },
  {
    // The page's sample shows 8104 without naming the PG. Read as KCP's: its codes have this form. Should that be
    // wrong, a KCP refund goes to a person some hours early; at any other PG 8104 stays an ordinary retry.
    pg: 'kcp',
    code: '8104',
    meaning: { ko: '취소 가능 기간이 지났어요.', en: 'The cancel window has closed.' },
    disposition: 'permanent',
    ...words.windowHasClosed,
    advice: {
      ko: 'PG를 통해서는 취소할 수 없어요. 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
      en: 'No cancel through the PG is possible. Refund the customer by hand and close it as "refunded by hand".',
    },
  },
  ...tossErrorRows.map((row) => ({ pg: 'tosspayments' as const, ...row })),
];

const names = new Map<string, PgName>(
  pgNames().flatMap((pg) => displayNames[pg].map((display): [string, PgName] => [display, pg])),
);
const rows = new Map(pgErrorTable.map((row) => [`${row.pg} ${row.code}`, row]));

/** The PG that a receipt names; null: unknown, or not named. */
export function pgName(display: string | null): PgName | null {
  return display === null ? null : (names.get(display.toLowerCase().replaceAll(/\s/g, '')) ?? null);
}

/** null: PG unknown or pair unknown, so that the code means nothing here. */
export function pgErrorRow(pg: string | null, code: string | null): PgErrorRow | null {
  const name = pgName(pg);
  return name === null || code === null ? null : (rows.get(`${name} ${code}`) ?? null);
}

function pgNames(): PgName[] {
  return Object.keys(displayNames).filter((key): key is PgName => Object.hasOwn(displayNames, key));
}

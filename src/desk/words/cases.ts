// What the list of cases says.
import type { CaseSort } from '../../domain/case-query.ts';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { join } from './say.ts';
import { dayText, momentText } from './time.ts';

export const sortNames: Readonly<Record<CaseSort, Text>> = {
  due: { ko: '기한이 이른 순', en: 'Earliest deadline' },
  amount: { ko: '금액이 큰 순', en: 'Largest amount' },
  age: { ko: '오래 기다린 순', en: 'Longest waiting' },
};

/** By the values of the address. */
export const waits = {
  '1h': { ko: '1시간 넘게', en: 'over 1 hour' },
  '1d': { ko: '하루 넘게', en: 'over a day' },
  '3d': { ko: '3일 넘게', en: 'over 3 days' },
  '7d': { ko: '7일 넘게', en: 'over 7 days' },
} as const satisfies Record<string, Text>;

export const cases = {
  filters: { ko: '거르기', en: 'Filters' },
  text: { ko: '주문 번호, 영수증 번호, 환불 번호', en: 'Order, receipt or refund number' },
  reason: { ko: '사유', en: 'Reason' },
  allReasons: { ko: '모든 사유', en: 'All reasons' },
  method: { ko: '결제수단', en: 'Payment method' },
  allMethods: { ko: '모든 결제수단', en: 'All methods' },
  sort: { ko: '순서', en: 'Order' },
  more: { ko: '금액과 기다린 시간으로 거르기', en: 'Filter by amount and waiting time' },
  min: { ko: '금액(원) 이상', en: 'From (won)' },
  max: { ko: '금액(원) 이하', en: 'Up to (won)' },
  older: { ko: '기다린 시간', en: 'Waiting' },
  anyWait: { ko: '상관없음', en: 'any time' },
  find: { ko: '찾기', en: 'Find' },
  clear: { ko: '조건 모두 지우기', en: 'Clear all filters' },
  due: { ko: '기한', en: 'Deadline' },
  order: { ko: '주문', en: 'Order' },
  amount: { ko: '돌려줄 돈', en: 'To refund' },
  why: { ko: '왜 멈췄나요', en: 'Why it stopped' },
  toDo: { ko: '할 일', en: 'What to do' },
  critical: { ko: '중요', en: 'critical' },
  unknownMethod: { ko: '수단 모름', en: 'method not known' },
  inFull: { ko: '전액', en: 'in full' },
  unknownOrder: { ko: '주문 번호 모름', en: 'order not known' },
  unknownDue: { ko: '기한 모름', en: 'no deadline known' },
  unknownAmount: { ko: '알 수 없음', en: 'not known' },
  groups: { ko: '묶어 보기', en: 'By reason' },
  otherGroups: { ko: '다른 사유', en: 'Other reasons' },
  meaning: { ko: '뜻과 할 일', en: 'What it means' },
  first: { ko: '처음으로', en: 'First page' },
  next: { ko: '다음', en: 'Next' },
  pages: { ko: '쪽', en: 'Pages' },
  noneFits: { ko: '이 조건에 맞는 환불이 없어요.', en: 'No case fits these filters.' },
  none: { ko: '검토할 환불이 없어요', en: 'No case is waiting for a person' },
} as const satisfies Record<string, Text>;

export interface Sum {
  readonly count: number;
  readonly won: number;
  /** Of so many the amount is not known. */
  readonly uncounted: number;
}

/** 검토할 환불 24건, 1,003,900원 */
export function casesTitle(sum: Sum): Text {
  if (sum.count === 0) return cases.none;
  const number = sum.count.toLocaleString('en-US');
  const amount = amountText(sum);
  return {
    ko: `검토할 환불 ${number}건, ${amount.ko}`,
    en: `${number} ${sum.count === 1 ? 'case' : 'cases'} to review, ${amount.en}`,
  };
}

/** 24건, 1,003,900원 (2건은 금액 모름) */
export function sumText(sum: Sum): Text {
  const number = sum.count.toLocaleString('en-US');
  const amount = amountText(sum);
  return { ko: `${number}건, ${amount.ko}`, en: `${number}, ${amount.en}` };
}

function amountText({ count, won: amount, uncounted }: Sum): Text {
  if (uncounted === count) return { ko: '금액 모름', en: 'amount not known' };
  return uncounted === 0 ? won(amount) : join([won(amount), unknownOf(uncounted)]);
}

function unknownOf(uncounted: number): Text {
  const number = uncounted.toLocaleString('en-US');
  return { ko: `(${number}건은 금액 모름)`, en: `(amount of ${number} not known)` };
}

/** 12월 2일(수)까지; 어제 지났어요. */
export function dueText(refundBy: number, now: number): Text {
  const day = dayText(refundBy, now);
  return refundBy < now
    ? { ko: `${day.ko} 지났어요`, en: `passed ${day.en}` }
    : { ko: `${day.ko}까지`, en: `by ${day.en}` };
}

/** 마지막 건은 어제 16:20에 김민지 님이 종결했어요. */
export function lastClosedText(
  { who, at, order }: { readonly who: string; readonly at: number; readonly order: string | null },
  now: number,
): Text {
  const when = momentText(at, now);
  const of = order === null ? { ko: '', en: '' } : { ko: `(${order})`, en: ` (${order})` };
  return {
    ko: `마지막 건${of.ko}은 ${when.ko}에 ${who} 님이 종결했어요.`,
    en: `The last one${of.en} was closed by ${who}, ${when.en}.`,
  };
}

export function shownText(shown: number, all: number): Text {
  const [some, every] = [shown.toLocaleString('en-US'), all.toLocaleString('en-US')];
  return { ko: `${every}건 가운데 ${some}건을 보고 있어요.`, en: `Showing ${some} of ${every}.` };
}

export function nextText(count: number): Text {
  return join([cases.next, { ko: `${count}건`, en: String(count) }]);
}

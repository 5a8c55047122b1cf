// The lines of alerts, in Korean and English: ids of orders, amounts, times and our own words; nothing else.
import type { AlertCause, AlertState, AlertSum, DeadlineLevel } from '../domain/alert.ts';
import type { Text } from '../domain/problem.ts';
import { won } from './amounts.ts';
import { reasonWhy } from './case-reasons.ts';
import { sameSeoulDay, seoulDate, seoulMinute, seoulWeekday } from './seoul-time.ts';

export interface AlertLine {
  readonly kind: 'standing' | 'ended' | 'new_cases' | 'deadline' | 'closed' | 'test';
  readonly critical: boolean;
  readonly text: Text;
  /** Of the page that tells more. */
  readonly path: string;
  /** For programs, as the outside interface names things. */
  readonly data: Readonly<Record<string, string | number | null>>;
}

export function freshLine(sum: AlertSum, now: number): AlertLine {
  const { first } = sum;
  const critical = first.severity === 'critical';
  const head: Text = critical
    ? { ko: '중요: ', en: 'Critical: ' }
    : { ko: '검토할 환불: ', en: 'In review: ' };
  const parts = [reasonWhy(first.reason), ...namesOf(sum), ...dueOf(sum), ...opensOf(sum, now)];
  const rest = restOf(sum, { ko: '같은 사유', en: 'more for this reason' });
  return {
    ...{ kind: 'new_cases', critical, path: pathOf(sum, `?reason=${first.reason}`) },
    text: {
      ko: head.ko + dotted([...parts, ...rest], 'ko'),
      en: head.en + dotted([...parts, ...rest], 'en'),
    },
    data: { ...dataOf(sum), severity: first.severity, reason: first.reason },
  };
}

const levelWords: Readonly<Record<DeadlineLevel, Text>> = {
  half: { ko: '법정 기한의 절반이 지났어요', en: 'Half of the legal time has passed' },
  most: { ko: '법정 기한의 80%가 지났어요', en: '80% of the legal time has passed' },
  past: { ko: '법정 기한이 지났어요', en: 'The legal deadline has passed' },
};

export function lateLine(sum: AlertState['late'][number], now: number): AlertLine {
  const parts = [levelWords[sum.level], ...namesOf(sum), ...dueOf(sum), ...opensOf(sum, now)];
  const rest = restOf(sum, { ko: '그 밖에', en: 'more' });
  return {
    ...{ kind: 'deadline', critical: false, path: pathOf(sum, '') },
    text: bothOf([...parts, ...rest]),
    data: { ...dataOf(sum), level: sum.level },
  };
}

export function closedLine(sum: AlertSum): AlertLine {
  const parts = [...namesOf(sum), ...restOf(sum, { ko: '그 밖에', en: 'more' })];
  return {
    ...{ kind: 'closed', critical: false, path: pathOf(sum, '') },
    text: { ko: `해결됨: ${dotted(parts, 'ko')}`, en: `Resolved: ${dotted(parts, 'en')}` },
    data: dataOf(sum),
  };
}

const causeNames: Readonly<Record<AlertCause | 'redis_not_writable', Text>> = {
  credentials_refused: { ko: '부트페이가 키를 거절', en: 'Bootpay refuses our keys' },
  no_worker: { ko: '실행 중인 작업자 없음', en: 'No worker runs' },
  data_key_missing: {
    ko: '환불 계좌의 데이터 키 없음(그 환불만 멈춤)',
    en: 'A data key is missing (only refunds that need it wait)',
  },
  lane_held: { ko: '전송을 사람이 멈춤', en: 'Sending is held by a person' },
  bootpay_silent: { ko: '부트페이 응답 없음', en: 'Bootpay does not answer' },
  redis_not_writable: { ko: 'Redis에 쓸 수 없음', en: 'Redis takes no writes' },
};

export function standingLine(
  cause: keyof typeof causeNames,
  { since, about }: { readonly since: number; readonly about: Text | undefined },
): AlertLine {
  const name = causeNames[cause];
  const at = seoulMinute(since).slice(5);
  return {
    ...{ kind: 'standing', critical: cause !== 'lane_held' && cause !== 'bootpay_silent', path: '/review' },
    text: {
      ko: `환불이 멈췄어요: ${name.ko} (${at}부터)${about === undefined ? '' : `. ${about.ko}`}`,
      en: `Refunds stand still: ${name.en} (since ${at})${about === undefined ? '' : `. ${about.en}`}`,
    },
    data: { cause, since: new Date(since).toISOString() },
  };
}

export function endedLine({ cause, since, endedAt }: Ended): AlertLine {
  const name = causeNames[cause];
  const [from, to] = [
    seoulMinute(since).slice(5),
    seoulMinute(endedAt).slice(sameSeoulDay(since, endedAt) ? 11 : 5),
  ];
  return {
    ...{ kind: 'ended', critical: false, path: '/review' },
    text: { ko: `해결됨: ${name.ko} (${from}~${to})`, en: `Resolved: ${name.en} (${from} to ${to})` },
    data: { cause, since: new Date(since).toISOString(), ended_at: new Date(endedAt).toISOString() },
  };
}

interface Ended {
  readonly cause: keyof typeof causeNames;
  readonly since: number;
  readonly endedAt: number;
}

/** What `doctor` sends. */
export const testLine: AlertLine = {
  kind: 'test',
  critical: false,
  text: { ko: '시험 알림이에요. 이 방으로 알림이 와요.', en: 'A test: alerts come here.' },
  path: '/review',
  data: {},
};

/** What a person's hold says; who and why are on the page. */
export const laneHeldText: Text = {
  ko: '담당자가 전송을 멈췄어요. 다시 열 때까지 환불이 나가지 않아요',
  en: 'A person holds it: no refund is sent until it is resumed',
};

/** How much waits; null: not known. */
export function waitingText(
  waiting: { readonly refunds: number; readonly won: number; readonly uncounted: number } | null,
): Text | null {
  if (waiting === null || waiting.refunds === 0) return null;
  const [amount, more] = [won(waiting.won), waiting.uncounted > 0 ? '+' : ''];
  return {
    ko: `대기 ${numberOf(waiting.refunds)}건, ${amount.ko}${more}`,
    en: `${numberOf(waiting.refunds)} refunds wait, ${amount.en}${more}`,
  };
}

function namesOf({ first }: AlertSum): Text[] {
  const name = first.orderId ?? first.refundId;
  return [{ ko: name, en: name }, first.won === null ? noAmount : won(first.won)];
}

const noAmount: Text = { ko: '금액 모름', en: 'amount not known' };

function dueOf({ first: { period } }: AlertSum): Text[] {
  if (period === null) return [];
  const day = dayText(period.to);
  return [{ ko: `법정 기한 ${day.ko}`, en: `legal deadline ${day.en}` }];
}

function opensOf({ first: { opensAt } }: AlertSum, now: number): Text[] {
  if (opensAt === null || opensAt <= now) return [];
  // The page counts seconds; here the next whole minute is early enough.
  const at = seoulMinute(opensAt + 59_999).slice(11);
  return [{ ko: `${at}부터 처리 가능`, en: `can be decided from ${at}` }];
}

/** `같은 사유 12건 더, 430,000원`: without the one that is named. */
function restOf({ count, won: all, uncounted, first }: AlertSum, words: Text): Text[] {
  if (count === 1) return [];
  const amount = won(all - (first.won ?? 0));
  const unknown = uncounted - (first.won === null ? 1 : 0);
  const [more, number] = [unknown > 0 ? '+' : '', numberOf(count - 1)];
  return [
    {
      ko: `${words.ko} ${number}건 더, ${amount.ko}${more}`,
      en: `${number} ${words.en}, ${amount.en}${more}`,
    },
  ];
}

function pathOf({ count, first }: AlertSum, query: string): string {
  return count === 1 ? `/review/cases/${first.refundId}` : `/review/cases${query}`;
}

function dataOf({ count, won: amount, uncounted, first }: AlertSum): AlertLine['data'] {
  return {
    ...{ count, amount, amounts_not_known: uncounted },
    ...{ refund_id: first.refundId, order_id: first.orderId },
    refund_by: first.period === null ? null : new Date(first.period.to).toISOString(),
  };
}

function bothOf(parts: readonly Text[]): Text {
  return { ko: dotted(parts, 'ko'), en: dotted(parts, 'en') };
}

function dotted(parts: readonly Text[], language: keyof Text): string {
  return parts.map((part) => part[language]).join(' · ');
}

/** 12월 2일(수), Wed 2 Dec: the same on every host. */
function dayText(at: number): Text {
  const { month, day } = seoulDate(at);
  const weekday = seoulWeekday(at);
  return {
    ko: `${month}월 ${day}일(${[...'일월화수목금토'][weekday]})`,
    en: `${days[weekday]} ${day} ${months[month - 1]}`,
  };
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function numberOf(count: number): string {
  return count.toLocaleString('en-US');
}

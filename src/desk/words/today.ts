// What the page of the day says: the sentence on top, the figures, the chart and the way to Bootpay.
import type { Counts } from '../../domain/day-counts.ts';
import type { Reconciliation } from '../../domain/ledger.ts';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { seoulDayNumber } from '../../policies/seoul-time.ts';
import type { Waiting } from '../../standstills/standing.ts';
import { join, same } from './say.ts';
import { dayText, momentText } from './time.ts';

export const today = {
  now: { ko: '오늘 보기', en: 'Back to today' },
  days: { ko: '날짜', en: 'Days' },
  figures: { ko: '숫자', en: 'Figures' },
  unaided: { ko: '자동으로 끝난 비율', en: 'Ended without a person' },
  waiting: { ko: '사람을 기다리는 건', en: 'Waiting for a person' },
  due: { ko: '법정 기한(3영업일)', en: 'Legal deadline (3 business days)' },
  unknown: { ko: '결과 확인 중', en: 'Outcome being checked' },
  unknownNote: { ko: '부트페이에 조회하고 있어요', en: 'Look-ups at Bootpay find out' },
  accepted: { ko: '들어온 환불', en: 'Accepted' },
  toPeople: { ko: '담당자에게 넘어간 건', en: 'Passed to a person' },
  byPeople: { ko: '사람이 처리한 건', en: 'Handled by people' },
  none: { ko: '없음', en: 'none' },
  nonePassed: { ko: '기한을 넘긴 건 없음', en: 'none overdue' },
  noCases: { ko: '검토할 건이 없어요', en: 'No case is waiting' },
  chart: { ko: '시간별 환불', en: 'Refunds by the hour' },
  legendDone: { ko: '환불 완료', en: 'refunded' },
  legendPerson: { ko: '담당자에게 넘어간 건', en: 'passed to a person' },
  asTable: { ko: '표로 보기', en: 'As a table' },
  hour: { ko: '시각', en: 'Hour' },
  quietDay: { ko: '끝난 환불이 없어요.', en: 'No refund came to an end.' },
  first: { ko: '먼저 볼 건', en: 'First to look at' },
  allCases: { ko: '모두 보기', en: 'Show all' },
} as const satisfies Record<string, Text>;

export const wayFacts = {
  title: { ko: '부트페이로 가는 길', en: 'The way to Bootpay' },
  sending: { ko: '전송', en: 'Sending' },
  open: { ko: '열림', en: 'open' },
  held: { ko: '멈춤', en: 'held' },
  stands: { ko: '안 됨', en: 'not sending' },
  calls: { ko: '초당 호출', en: 'Calls per second' },
  queue: { ko: '대기열', en: 'In the queue' },
  answered: { ko: '마지막 응답', en: 'Last answer' },
  workers: { ko: '작업자', en: 'Workers' },
  reconciled: { ko: '마지막 대사', en: 'Last reconciliation' },
  never: { ko: '아직 없음', en: 'none yet' },
  trouble: { ko: '환불이 나가지 않고 있어요', en: 'Refunds are not being sent' },
} as const satisfies Record<string, Text>;

/** 오늘 23건, 913,900원을 돌려줬어요. */
export function dayTitle(
  { counts, cases }: { readonly counts: Counts; readonly cases: number },
  { day, now }: { readonly day: number; readonly now: number },
): Text {
  const { accepted, succeeded } = counts;
  const isToday = seoulDayNumber(day) === seoulDayNumber(now);
  const on = onDay(day, now);
  if (succeeded > 0) {
    const [number, amount] = [count(succeeded), won(counts.won)];
    return {
      ko: `${on.ko} ${number}건, ${amount.ko}을 돌려줬어요`,
      en: `${number} ${succeeded === 1 ? 'refund' : 'refunds'}, ${amount.en}, went back ${on.en}`,
    };
  }
  if (accepted > 0) {
    return {
      ko: `${on.ko} ${count(accepted)}건이 들어왔고, ${isToday ? '아직 ' : ''}돌려준 건은 없어요`,
      en: `${count(accepted)} came in ${on.en}, and none went back${isToday ? ' yet' : ''}`,
    };
  }
  if (!isToday) return { ko: `${on.ko} 들어온 환불이 없었어요`, en: `No refund came in ${on.en}` };
  return cases === 0
    ? { ko: '오늘은 조용해요. 검토할 환불도 없어요', en: 'A quiet day, and no case to review' }
    : {
        ko: `오늘 들어온 환불은 없고, 검토할 환불이 ${count(cases)}건 있어요`,
        en: `Nothing came in today; ${count(cases)} to review`,
      };
}

/** 오늘, 어제, 11월 27일(금)에. */
function onDay(day: number, now: number): Text {
  const text = dayText(day, now);
  const isNear = Math.abs(seoulDayNumber(day) - seoulDayNumber(now)) <= 1;
  return { ko: isNear ? text.ko : `${text.ko}에`, en: isNear ? text.en : `on ${text.en}` };
}

/** The day that a link leads to: 어제 보기, 11월 27일(금) 보기. */
export function dayLinkText(day: number, now: number): Text {
  const isYesterday = seoulDayNumber(day) === seoulDayNumber(now) - 1;
  const { ko, en } = dayText(day, now);
  return { ko: `${ko} 보기`, en: isYesterday ? 'Yesterday' : en };
}

export function countText(number: number): Text {
  return { ko: `${count(number)}건`, en: count(number) };
}

/** 47건 중 23건 */
export function outOfText(part: number, whole: number): Text {
  return { ko: `${count(whole)}건 중 ${count(part)}건`, en: `${count(part)} of ${count(whole)}` };
}

/** 1,003,900원 · 중요 2건 */
export function waitingNote(
  sum: { readonly won: number; readonly uncounted: number },
  critical: number,
): Text {
  const amount = won(sum.won);
  const more = sum.uncounted === 0 ? same('') : { ko: ' 이상', en: ' or more' };
  const urgent =
    critical === 0 ? same('') : { ko: ` · 중요 ${count(critical)}건`, en: ` · ${count(critical)} critical` };
  return join([amount, more, urgent], '');
}

export function passedText(number: number): Text {
  return { ko: `기한 넘긴 건 ${count(number)}건`, en: `${count(number)} overdue` };
}

export function earliestText(at: number, now: number): Text {
  const day = dayText(at, now);
  return { ko: `가장 이른 기한 ${day.ko}`, en: `the earliest is ${day.en}` };
}

export function handledText({ replayed, resolved }: Counts): Text {
  return {
    ko: `다시 시도 ${count(replayed)} · 종결 ${count(resolved)}`,
    en: `${count(replayed)} tried again · ${count(resolved)} closed`,
  };
}

/** Both numbers: a refund that a person sent again may be in both. */
export function busiestText(hour: number, counts: Counts): Text {
  const { ko, en } = hourCounts(hour, counts);
  return { ko: `가장 많은 시간 ${ko}`, en: `busiest hour ${en}` };
}

export function hourText(hour: number): Text {
  return { ko: `${hour}시`, en: `${hour}:00` };
}

/** 13시: 환불 완료 2건, 담당자에게 넘어간 건 3건. */
export function hourCounts(hour: number, { succeeded, dead_lettered: toPeople }: Counts): Text {
  const at = hourText(hour);
  return {
    ko: `${at.ko}: 환불 완료 ${count(succeeded)}건, 담당자에게 넘어간 건 ${count(toPeople)}건`,
    en: `${at.en}: ${count(succeeded)} refunded, ${count(toPeople)} passed to a person`,
  };
}

export function chartSummary({ succeeded, dead_lettered: toPeople }: Counts): Text {
  return {
    ko: `시간별 환불. 하루 동안 환불 완료 ${count(succeeded)}건, 담당자에게 넘어간 건 ${count(toPeople)}건.`,
    en: `Refunds by the hour. Over the day ${count(succeeded)} were refunded and ${count(toPeople)} passed to a person.`,
  };
}

/** 김민지 님이 오늘 10:02부터 전송을 멈춰 두었어요. 이유: 점검. */
export function heldText(
  { who, at, reason }: { readonly who: string; readonly at: number; readonly reason: string },
  now: number,
): Text {
  const since = momentText(at, now);
  return {
    ko: `${who} 님이 ${since.ko}부터 전송을 멈춰 두었어요. 이유: ${reason}`,
    en: `Held by ${who} since ${since.en}. Reason: ${reason}`,
  };
}

/** 오늘 10:02부터, 오늘 10:40까지. null where neither is known. */
export function spanText(since: number | null, until: number | null, now: number): Text | null {
  const [from, to] = [since, until].map((at) => (at === null ? null : momentText(at, now)));
  const parts: Text[] = [
    ...(from == null ? [] : [{ ko: `${from.ko}부터`, en: `since ${from.en}` }]),
    ...(to == null ? [] : [{ ko: `${to.ko}까지`, en: `until ${to.en}` }]),
  ];
  return parts.length === 0 ? null : join(parts, ', ');
}

/** 12건, 340,000원이 기다려요. */
export function waitingText({ refunds, won: amount, uncounted }: Waiting): Text {
  if (refunds === 0) return { ko: '기다리는 환불은 없어요.', en: 'No refund is waiting.' };
  const { ko, en } = won(amount);
  const more = uncounted > 0;
  return {
    ko: `환불 ${count(refunds)}건, ${ko}${more ? ' 이상' : ''}이 기다려요.`,
    en: `${refunds === 1 ? '1 refund waits' : `${count(refunds)} refunds wait`}, ${en}${more ? ' or more' : ''}.`,
  };
}

export function callsText(used: number, allowed: number): Text {
  return { ko: `${count(used)} / ${count(allowed)}번`, en: `${count(used)} of ${count(allowed)}` };
}

export function workersText(running: number): Text {
  return running === 0 ? { ko: '없음', en: 'none' } : same(count(running));
}

/** 오늘 03:10, 차이 없음. */
export function reconciledText({ at, compared, different, complete }: Reconciliation, now: number): Text {
  const when = momentText(at, now);
  const found =
    different === 0
      ? { ko: '차이 없음', en: 'no difference' }
      : { ko: `${count(different)}건 확인 필요`, en: `${count(different)} to look at` };
  const ended = complete ? same('') : { ko: ' (중간에 멈춤)', en: ' (stopped half way)' };
  return {
    ko: `${when.ko}, ${count(compared)}건 ${different === 0 ? '' : '중 '}${found.ko}${ended.ko}`,
    en: `${when.en}, ${count(compared)} compared, ${found.en}${ended.en}`,
  };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

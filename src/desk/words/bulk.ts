// What the pages of many at once say.
import { type Bulk, hasWork } from '../../domain/bulk.ts';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { bulkStateWords } from '../../policies/bulk-words.ts';
import { reasonWhy } from '../../policies/case-reasons.ts';
import { bootpayNames } from '../../policies/method-policies.ts';
import { knownRuleText } from './log.ts';
import { join } from './say.ts';
import { momentText } from './time.ts';

export const bulkWords = {
  title: { ko: '한꺼번에 다시 시도', en: 'Try many again' },
  subject: { ko: '대상', en: 'Which cases' },
  everything: { ko: '모든 검토 건', en: 'every case' },
  change: { ko: '검토 목록에서 조건 바꾸기', en: 'Choose others in the list of cases' },
  choose: {
    ko: '검토 목록에서 조건이나 묶음을 고른 뒤 “한꺼번에…”를 눌러 주세요.',
    en: 'Choose a filter or a group in the list of cases, then “Many at once…”.',
  },
  toCases: { ko: '검토 목록 열기', en: 'Open the list of cases' },
  preview: { ko: '미리 보기', en: 'Preview' },
  previewHint: {
    ko: '아무것도 보내지 않고, 부트페이에 200건까지 조회해 건마다 어떻게 될지 보여줘요.',
    en: 'Nothing is sent. Bootpay is asked about up to 200 cases, and each is shown with what would become of it.',
  },
  onlyReviewers: {
    ko: '조회자는 볼 수만 있어요. 시작과 멈춤은 검토자가 해요.',
    en: 'A viewer may look. Reviewers start and stop.',
  },
  noneFits: { ko: '이 조건에 맞는 검토 건이 없어요.', en: 'No case fits these filters.' },
  recent: { ko: '최근에 한 일', en: 'The latest ones' },
  none: { ko: '아직 없어요.', en: 'None yet.' },
  when: { ko: '언제', en: 'When' },
  who: { ko: '누가', en: 'Who' },
  state: { ko: '상태', en: 'State' },
  cases: { ko: '건수', en: 'Cases' },
  why: { ko: '이유', en: 'Why' },
  refresh: { ko: '새로 고침', en: 'Refresh' },
  stop: { ko: '멈추기', en: 'Stop' },
  stopHint: {
    ko: '처리 중인 몇 건까지만 하고 멈춰요. 이미 다시 시도한 건은 그대로 진행돼요.',
    en: 'It stops after the few cases in hand. Those that were tried again go on.',
  },
  stopping: { ko: '멈추는 중이에요…', en: 'It is being stopped…' },
  reason: { ko: '이유', en: 'Reason' },
  perMinute: { ko: '1분에 몇 건', en: 'Cases a minute' },
  perMinuteHint: { ko: '1에서 60,000까지', en: 'from 1 to 60,000' },
  perMinuteWrong: {
    ko: '1에서 60,000까지의 숫자를 적어 주세요.',
    en: 'Please give a number from 1 to 60,000.',
  },
  nothingToStart: { ko: '시작할 수 있는 건이 없어요.', en: 'There is nothing to start.' },
  before: {
    ko: '보내기 전에 건마다 다시 조회해요. 이미 환불됐으면 보내지 않고 완료로 바꿔요. 미리 본 뒤에 바뀐 건은 건너뛰어요.',
    en: 'Each payment is looked up again before anything is sent; what went back already is only noted. What has changed since this preview is left alone.',
  },
  again: { ko: '지금 조건으로 다시 미리 보기', en: 'Preview again as of now' },
  csv: { ko: '건별 결과 CSV', en: 'Results as CSV' },
  list: { ko: '건별 결과', en: 'Case by case' },
  order: { ko: '주문', en: 'Order' },
  amount: { ko: '금액', en: 'Amount' },
  shown: { ko: '미리 본 결과', en: 'In the preview' },
  result: { ko: '결과', en: 'Result' },
  now: { ko: '지금', en: 'Now' },
  open: { ko: '아직', en: 'not yet' },
  leftOver: { ko: '하지 않음', en: 'not done' },
  unknownOrder: { ko: '주문 번호 모름', en: 'order not known' },
  unknownAmount: { ko: '금액 모름', en: 'amount not known' },
  pages: { ko: '쪽', en: 'Pages' },
  first: { ko: '처음으로', en: 'First page' },
  next: { ko: '다음', en: 'Next' },
  link: { ko: '한꺼번에…', en: 'Many at once…' },
  groupLink: { ko: '이 묶음을 한꺼번에…', en: 'All of these at once…' },
  number: { ko: '번호', en: 'Number' },
  refund: { ko: '환불번호', en: 'Refund' },
  shownAmount: { ko: '미리 본 금액(원)', en: 'Amount in the preview (won)' },
  shownWhy: { ko: '미리 본 이유', en: 'Why, in the preview' },
  resultAmount: { ko: '결과 금액(원)', en: 'Amount of the result (won)' },
  resultWhy: { ko: '결과 이유', en: 'Why' },
  listAmount: { ko: '금액(원)', en: 'Amount (won)' },
} as const satisfies Record<string, Text>;

/** Of the groups of a preview, in the order in which they are shown; `note`: what a start does with them. */
export const previewGroups = {
  would_send: { ko: '다시 보내요', en: 'sent again' },
  already_refunded: { ko: '보내지 않고 완료로 바꿔요', en: 'noted, not sent' },
  would_be_refused: { ko: '건너뛰어요', en: 'skipped' },
  needs_person: { ko: '건너뛰어요', en: 'skipped' },
  not_asked: { ko: '보내기 전에 조회해요', en: 'looked up before sending' },
  moved: { ko: '건너뛰어요', en: 'skipped' },
} as const satisfies Record<string, Text>;

/** Said of one among many in other words than of the case itself. */
const ownRules: Readonly<Record<string, Text>> = {
  limit: { ko: '미리 보기는 200건까지만 조회해요', en: 'a preview asks about 200 at most' },
  acknowledge: { ko: '중요하거나 결과를 모르는 건이에요', en: 'it is critical, or its outcome is not known' },
  approval: { ko: '다른 사람의 승인이 필요한 금액이에요', en: 'the amount needs a second person' },
};

/** A rule of ours, a reason, or a code as it is. */
export function bulkRuleText(rule: string): Text {
  const code = Object.entries(bootpayNames).find(([name]) => name === rule)?.[1];
  return ownRules[rule] ?? knownRuleText(rule) ?? reasonWhy(code ?? rule);
}

export function countOf(count: number): Text {
  const number = count.toLocaleString('en-US');
  return { ko: `${number}건`, en: `${number} ${count === 1 ? 'case' : 'cases'}` };
}

/** 4건, 118,000원 */
export function sumText({
  count,
  won: amount,
  uncounted,
}: {
  count: number;
  won: number;
  uncounted: number;
}): Text {
  return join([countOf(count), uncounted === count ? bulkWords.unknownAmount : won(amount)], ', ');
}

/** Of one that was stopped: what is left of it is previewed anew. */
export function againText({ state, list, results }: Bulk): Text {
  const left = (list?.count ?? 0) - saidOf(results);
  if (state !== 'stopped' || left <= 0) return bulkWords.again;
  const number = left.toLocaleString('en-US');
  return {
    ko: `이어서 하기: 남은 ${number}건 다시 미리 보기`,
    en: `Go on: preview the ${number} that ${left === 1 ? 'is' : 'are'} left`,
  };
}

/** How many cases have something said of them. */
export function saidOf(sums: Bulk['results']): number {
  return Object.values(sums).reduce((all, { count }) => all + count, 0);
}

/** The answer first. */
export function bulkTitle(bulk: Bulk): Text {
  const { state, list, previews, results } = bulk;
  const all = list?.count ?? 0;
  const said = countText(saidOf(state === 'previewing' || bulk.start === null ? previews : results), all);
  switch (state) {
    case 'previewing':
      return list === null
        ? { ko: '대상을 정하고 있어요', en: 'Making the list' }
        : { ko: `미리 보는 중: ${said.ko}`, en: `Previewing: ${said.en}` };
    case 'previewed': {
      const { ko, en } = sumText(toStart(bulk));
      return { ko: `시작할 수 있는 건: ${ko}`, en: `Ready to start: ${en}` };
    }
    case 'running':
      return { ko: `진행 중: ${said.ko}`, en: `Under way: ${said.en}` };
    case 'done': {
      const { ko, en } = sumText(results['replayed'] ?? nothing);
      return { ko: `끝났어요: ${ko} 다시 시도`, en: `Done: ${en} tried again` };
    }
    case 'stopped':
      return { ko: `멈췄어요: ${said.ko}`, en: `Stopped: ${said.en}` };
  }
}

const nothing = { count: 0, won: 0, uncounted: 0 };

/** What a start would work on: all but what is skipped. */
export function toStart({ previews }: Pick<Bulk, 'previews'>): typeof nothing {
  return (['would_send', 'already_refunded', 'not_asked'] as const).reduce((sum, name) => {
    const { count, won: amount, uncounted } = previews[name] ?? nothing;
    return { count: sum.count + count, won: sum.won + amount, uncounted: sum.uncounted + uncounted };
  }, nothing);
}

function countText(some: number, all: number): Text {
  const [part, whole] = [some.toLocaleString('en-US'), all.toLocaleString('en-US')];
  return { ko: `${part}/${whole}건`, en: `${part} of ${whole}` };
}

export function startText(count: number): Text {
  const number = count.toLocaleString('en-US');
  return { ko: `${number}건 시작`, en: `Start ${number}` };
}

/** 김민지 님이 오늘 10:31에 시작했어요: “PG 복구” (1분에 30건). */
export function startedText({ start, made, stop }: Bulk, now: number): Text {
  const { who, at } = start ?? made;
  const when = momentText(at, now);
  const did =
    start === null
      ? { ko: '미리 봤어요', en: 'previewed it' }
      : {
          ko: `시작했어요: “${start.reason}” (1분에 ${start.perMinute.toLocaleString('en-US')}건)`,
          en: `started it: “${start.reason}” (${start.perMinute.toLocaleString('en-US')} a minute)`,
        };
  const stopped = stop === null ? null : momentText(stop.at, now);
  return {
    ko: `${who} 님이 ${when.ko}에 ${did.ko}.${stopped === null ? '' : ` ${stop?.who} 님이 ${stopped.ko}에 멈췄어요.`}`,
    en: `${who} ${did.en} ${when.en}.${stopped === null ? '' : ` Stopped by ${stop?.who} ${stopped.en}.`}`,
  };
}

export function newlyText(count: number): Text {
  const number = count.toLocaleString('en-US');
  return {
    ko: `이 목록을 만든 뒤 조건에 맞는 건이 ${number}건 더 생겼어요. 여기에는 포함하지 않아요.`,
    en: `${number} more ${count === 1 ? 'case fits' : 'cases fit'} since this list was made. They are not taken.`,
  };
}

export function busyText({ start, made }: Bulk): Text {
  const { who } = start ?? made;
  return {
    ko: `${who} 님이 시작한 일이 진행 중이에요. 한 번에 하나만 할 수 있어요. 입력한 내용은 그대로예요.`,
    en: `One that ${who} started is under way, and they run one at a time. What you typed is kept.`,
  };
}

export function stateText({ state, stop }: Bulk): Text {
  return hasWork(state) && stop !== null ? bulkWords.stopping : bulkStateWords[state];
}

export function rangeText(from: number, shown: number, all: number): Text {
  const [first, last, every] = [from + 1, from + shown, all].map((number) => number.toLocaleString('en-US'));
  return { ko: `${every}건 가운데 ${first}–${last}번째`, en: `${first} to ${last} of ${every}` };
}

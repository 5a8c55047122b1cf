// What happened to a refund, as sentences: its history and its attempts in one line of time.
import { z } from 'zod';
import type { StoredAction } from '../../domain/action.ts';
import type { Note } from '../../domain/beside.ts';
import { parseJson, type Text } from '../../domain/problem.ts';
import {
  type Attempt,
  type DeadLetterCase,
  deadLetterCases,
  type HistoryEntry,
  type Refund,
} from '../../domain/refund.ts';
import { won } from '../../policies/amounts.ts';
import { caseWords } from '../../policies/case-advice.ts';
import { errorRow } from '../../policies/error-table.ts';
import { sheetSource } from '../../policies/sheet-rows.ts';
import { outcomeWords } from '../../policies/state-words.ts';
import { stopWords } from '../../policies/stop-words.ts';
import { verdictSaid } from '../../policies/unread.ts';
import { outcomeOf } from '../../review/book-texts.ts';
import { noteTold } from './beside.ts';
import { actionOf, amountsTold, askedText, wholeRest } from './history-amounts.ts';
import { reasonTold, stopAmounts } from './history-reasons.ts';
import { same } from './say.ts';

export interface Happening {
  /** ms */
  readonly at: number;
  readonly tone: 'plain' | 'good' | 'bad';
  readonly text: Text;
  /** What belongs to it: an answer, a reason, by which way. */
  readonly notes: readonly Text[];
  /** For the developers. */
  readonly code: string | null;
  /** It happened so often, for the first time at `since`. */
  readonly times: number;
  readonly since: number;
}

interface HistoryFacts {
  readonly history: readonly HistoryEntry[];
  /** null: the record cannot be read. */
  readonly refund: Refund | null;
  readonly actions: readonly StoredAction[];
  readonly notes?: readonly Note[];
}

export function happenings({ history, refund, actions, notes = [] }: HistoryFacts): Happening[] {
  const latestOf = (what: string) => history.findLast((entry) => entry.what === what);
  const told = history.map((entry): Happening => {
    const isLatest = latestOf(entry.what) === entry;
    const stop = history.findLast(({ what, at }) => what === 'dead_letter' && at <= entry.at) ?? null;
    const told = tell(entry, { refund, actions, isLatest, stop });
    const { at, times = 1, since = at } = entry;
    return { at, times, since, tone: 'plain', notes: [], code: null, ...told };
  });
  return [...told, ...notes.map(noteTold)].sort((one, other) => one.at - other.at);
}

type Told = Pick<Happening, 'text'> & Partial<Happening>;

interface TellFacts extends Omit<HistoryFacts, 'history'> {
  /** The last entry of this name: what the record shows of it is about this one. */
  readonly isLatest: boolean;
  /** The latest stop by then. */
  readonly stop: HistoryEntry | null;
}

function tell(entry: HistoryEntry, facts: TellFacts): Told {
  const { what, who, reason } = entry;
  const { refund, isLatest } = facts;
  const attempt = /^attempt (\d+)$/.exec(what)?.[1];
  if (attempt !== undefined) return attemptTold(Number(attempt), facts);
  if (what.startsWith('resolve: ')) return resolveTold(entry, facts);
  if (what.startsWith('late reply to attempt ')) return { text: lateReply(what), code: reason };
  switch (what) {
    case 'accepted':
      return { text: announced(who) };
    case 'settle':
      return settledTold(entry, isLatest ? refund : null);
    case 'look_up_at':
      return because(entry.to === entry.from && !isOfLateReply(reason) ? lookLater : outcomeOpen, reason);
    case 'retry_at':
      return because(tryLater, reason);
    case 'wait_for_key':
      return because(reason?.startsWith('a worker has ') === true ? keyThere : keyAwaited, reason);
    case 'dead_letter':
      return stoppedTold(entry, facts);
    case 'look_up':
      return lookedTold(entry, refund);
    case 'replay':
    case 'replay, acknowledged':
      return replayTold(entry, facts);
    case 'conflicting event refused':
      return { text: conflict, tone: 'bad', ...contentTold(reason) };
    case 'event with this cancel_id refused':
      return { text: sameCancel, tone: 'bad', code: reason };
    default:
      return { text: same(what), code: reason };
  }
}

/** In words where there are some; the reason itself is for the developers. */
function because(text: Text, reason: string | null): Told {
  const told = reasonTold(reason);
  return { text, code: reason, ...(told !== null && { notes: [told] }) };
}

/** Of the notice that was not taken; as `contentOf` wrote it. */
const contentSchema = z.tuple([
  z.string(),
  z.string(),
  z.number().nullable(),
  z.number().nullable(),
  z.string().nullable(),
]);

function contentTold(reason: string | null): Pick<Told, 'notes' | 'code'> {
  if (reason?.startsWith('[') !== true) return { code: reason };
  const content = contentSchema.safeParse(parseJson(reason)).data;
  if (content === undefined) return {};
  const [order, receipt, amount, taxFree, cancelId] = content;
  const { ko, en } = amount === null ? wholeRest : won(amount);
  return {
    notes: [
      { ko: `그 알림의 내용: 주문 ${order}`, en: `It said: order ${order}` },
      { ko: `영수증 ${receipt}`, en: `receipt ${receipt}` },
      { ko, en },
      ...(taxFree === null
        ? []
        : [{ ko: `그중 면세 ${won(taxFree).ko}`, en: `of which tax-free ${won(taxFree).en}` }]),
      ...(cancelId === null ? [] : [{ ko: `취소 번호 ${cancelId}`, en: `cancel number ${cancelId}` }]),
    ],
  };
}

function announced(source: string): Text {
  if (source === sheetSource) {
    return {
      ko: '데스크에 올린 표로 취소를 접수했어요',
      en: 'The cancellation came from a spreadsheet uploaded at the desk',
    };
  }
  return source === 'orders'
    ? { ko: '주문 서비스가 취소를 알렸어요', en: 'The order service announced the cancellation' }
    : { ko: `${source}에서 취소를 알렸어요`, en: `${source} announced the cancellation` };
}

function attemptTold(number: number, { refund, isLatest }: TellFacts): Told {
  const text: Text = {
    ko: `부트페이에 취소를 요청했어요 (${number}번째)`,
    en: `A cancel was sent to Bootpay (try ${number})`,
  };
  const attempt = isLatest ? refund?.attempts.find((one) => one.number === number) : undefined;
  if (attempt === undefined) return { text };
  const { cancel, outcome } = attempt;
  return { text, notes: [askedText(cancel), answerText(outcome)], code: outcomeCode(outcome) };
}

function answerText(outcome: Attempt['outcome']): Text {
  if (outcome === null) return { ko: '답을 기다리는 중이에요', en: 'the answer is awaited' };
  switch (outcome.reply) {
    case 'accepted':
      return { ko: '부트페이가 받아들였어요', en: 'Bootpay accepted it' };
    case 'refused': {
      const why = outcome.code === null ? null : (errorRow(outcome.code)?.why ?? null);
      return why === null
        ? { ko: '부트페이가 거절했어요', en: 'Bootpay refused it' }
        : { ko: `부트페이의 답: ${why.ko}`, en: `Bootpay answered: ${why.en}` };
    }
    case 'throttled':
      return { ko: '부트페이가 잠시 뒤에 보내 달라고 했어요', en: 'Bootpay asked to send it later' };
    case 'unauthorized':
      return { ko: '부트페이가 우리 키를 거절했어요', en: 'Bootpay refused our keys' };
    case 'not_sent':
      return { ko: '요청이 나가지 않았어요', en: 'it did not leave our side' };
    case 'no_answer':
      return { ko: '답이 오지 않았어요', en: 'no answer came' };
    case 'unreadable':
      return { ko: '읽을 수 없는 답이 왔어요', en: 'the answer could not be read' };
  }
}

function outcomeCode(outcome: Attempt['outcome']): string | null {
  if (outcome === null) return null;
  const { code, pgCode, cause, message } = outcome;
  const parts = [code, pgCode === null ? null : `PG ${pgCode}`, cause, message];
  return parts.filter((part) => part != null && part !== '').join(' · ') || null;
}

function settledTold({ who, reason }: HistoryEntry, refund: Refund | null): Told {
  const amount = refund === null || refund.settledWon === null ? null : won(refund.settledWon);
  const text: Text =
    amount === null
      ? { ko: '환불이 끝났어요', en: 'The refund was completed' }
      : { ko: `환불이 끝났어요: ${amount.ko}`, en: `The refund was completed: ${amount.en}` };
  const byLook = reason === 'the look-up shows it';
  const note: Text =
    who === 'worker' && byLook
      ? { ko: '조회해 보니 돈이 이미 나가 있었어요', en: 'a look-up showed that the money had gone back' }
      : { ko: '금액이 요청과 맞는 것을 확인했어요', en: 'the amounts agree with what was asked for' };
  return { text, tone: 'good', notes: [note] };
}

/** While the case is open, as its page says it; afterwards as its line keeps it, or by the kind of case alone. */
function stoppedTold(entry: HistoryEntry, { refund, isLatest }: TellFacts): Told {
  const { reason } = entry;
  const open = isLatest ? (refund?.deadLetter ?? null) : null;
  const words = open === null ? stopWords(entry, refund) : caseWords(open, refund?.lastLookUp ?? null);
  const { ko, en } = words?.why ?? caseNames[caseIn(reason) ?? 'poison'];
  const text = { ko: `멈췄어요: ${ko}`, en: `It stopped: ${en}` };
  return { text, tone: 'bad', notes: stopAmounts(reason), code: reason };
}

function caseIn(reason: string | null): DeadLetterCase | null {
  return deadLetterCases.find((name) => reason?.startsWith(name) === true) ?? null;
}

const caseNames: Readonly<Record<DeadLetterCase, Text>> = {
  bootpay_refused: { ko: '부트페이가 거절했어요', en: 'Bootpay refused it' },
  retries_exhausted: { ko: '여러 번 시도했지만 모두 거절됐어요', en: 'refused again and again' },
  outcome_unknown: { ko: '결과를 끝내 확인하지 못했어요', en: 'the outcome could not be found out' },
  policy_refused: {
    ko: '조회해 보니 취소할 수 없는 결제예요',
    en: 'the look-up showed that it cannot be cancelled',
  },
  integrity_mismatch: { ko: '취소된 금액이 맞지 않아요', en: 'the totals do not fit' },
  deadline_passed: { ko: '자동으로 시도하는 시간이 끝났어요', en: 'automatic tries ran out of time' },
  poison: { ko: '프로그램이 처리하지 못했어요', en: 'the program could not work on it' },
  drift: { ko: '완료한 환불이 부트페이와 달라요', en: 'a completed refund differs from Bootpay' },
};

function lookedTold({ at, who }: HistoryEntry, refund: Refund | null): Told {
  const shown = refund?.lastLookUp?.at === at ? won(refund.lastLookUp.receipt.cancelledWon) : null;
  const by = who === 'worker' ? null : who;
  const koBy = by === null ? '' : `${by} 님이 `;
  const enBy = by === null ? 'Bootpay was asked' : `${by} asked Bootpay`;
  return {
    text:
      shown === null
        ? { ko: `${koBy}다시 조회했어요`, en: `${enBy} again` }
        : { ko: `${koBy}조회했어요: ${shown.ko} 취소됨`, en: `${enBy}: ${shown.en} cancelled` },
  };
}

function replayTold(entry: HistoryEntry, facts: TellFacts): Told {
  const { who, what } = entry;
  const checked = what !== 'replay';
  return {
    text: {
      ko: `${who} 님이 ${checked ? '확인하고 ' : ''}다시 시도했어요`,
      en: `${who} tried it again${checked ? ', having checked' : ''}`,
    },
    notes: [...amountsTold(entry, facts), ...byPerson(entry, facts)],
  };
}

function resolveTold(entry: HistoryEntry, facts: TellFacts): Told {
  const outcome = outcomeOf(entry.what);
  const { ko, en } = outcome === null ? same(entry.what) : outcomeWords[outcome];
  const resolution = facts.refund?.resolution?.at === entry.at ? facts.refund.resolution : null;
  // No record keeps how a case was closed that cannot be read: its line does.
  const { reason, ...line } = verdictSaid(entry.reason ?? '');
  const isInLine = facts.refund === null && entry.reason !== null;
  const { evidence = null, amountWon = null } = resolution ?? (isInLine ? line : {});
  return {
    text: { ko: `${entry.who} 님이 종결했어요: ${ko}`, en: `${entry.who} closed it: ${en}` },
    tone: 'good',
    notes: [
      ...(amountWon === null
        ? []
        : [{ ko: `보낸 금액: ${won(amountWon).ko}`, en: `Sent: ${won(amountWon).en}` }]),
      ...byPerson(isInLine ? { ...entry, reason } : entry, facts),
      ...(evidence === null ? [] : [{ ko: `근거: ${evidence}`, en: `Evidence: ${evidence}` }]),
    ],
  };
}

/** The reason, and by which way. */
function byPerson(entry: HistoryEntry, { actions }: TellFacts): Text[] {
  const { reason, approvedBy } = entry;
  const action = actionOf(entry, actions);
  const way = action === undefined ? null : wayOf(action);
  return [
    ...(reason === null ? [] : [{ ko: `이유: ${reason}`, en: `Reason: ${reason}` }]),
    ...(way === null ? [] : [way]),
    ...(approvedBy === undefined
      ? []
      : [{ ko: `${approvedBy} 님이 승인했어요`, en: `approved by ${approvedBy}` }]),
  ];
}

function wayOf({ via, bulk }: StoredAction): Text | null {
  if (bulk !== null) return { ko: '여럿을 한꺼번에', en: 'with many at once' };
  switch (via) {
    case 'desk':
      return { ko: '환불 데스크에서', en: 'at the refund desk' };
    case 'cli':
      return { ko: '터미널에서', en: 'in a terminal' };
    case 'http':
      return { ko: '다른 프로그램을 통해', en: 'through another program' };
    default:
      return null;
  }
}

function lateReply(what: string): Text {
  const number = what.slice('late reply to attempt '.length);
  return {
    ko: `${number}번째 요청의 답이 뒤늦게 왔어요`,
    en: `The answer to try ${number} came late`,
  };
}

function isOfLateReply(reason: string | null): boolean {
  return reason?.startsWith('late reply to attempt ') === true;
}

const lookLater: Text = {
  ko: '조회가 되지 않아 잠시 뒤에 다시 조회하기로 했어요',
  en: 'The look-up brought nothing; it is repeated a little later',
};
const outcomeOpen: Text = {
  ko: '돈이 나갔는지 조회로 확인하기로 했어요',
  en: 'Whether the money went back is to be found out by a look-up',
};
const tryLater: Text = {
  ko: '잠시 뒤에 다시 시도하기로 했어요',
  en: 'It is tried again a little later',
};
const keyAwaited: Text = {
  ko: '환불 계좌를 열 키를 기다리기로 했어요',
  en: 'It waits for the key that opens the refund account',
};
const keyThere: Text = {
  ko: '환불 계좌를 열 키가 생겨 이어서 하기로 했어요',
  en: 'The key that opens the refund account is there; it goes on',
};
const conflict: Text = {
  ko: '같은 알림이 다른 내용으로 다시 와서 받지 않았어요',
  en: 'The same notice came again with other content, and was not taken',
};
const sameCancel: Text = {
  ko: '다른 알림이 같은 취소 번호를 써서 받지 않았어요',
  en: 'Another notice with the same cancel number was not taken',
};

// The words that the forms of acts share: what was refused, what happened meanwhile, what was kept.
import type { Text } from '../../domain/problem.ts';
import { outcomeWords, stateWordsOf } from '../../policies/state-words.ts';
import { outcomeOf } from '../../review/book-texts.ts';
import type { Kept } from '../kept-input.ts';
import { momentText } from './time.ts';

export const acts = {
  reason: { ko: '이유', en: 'Reason' },
  reasonHint: { ko: '기록에 남아요', en: 'kept in the log' },
  cancel: { ko: '그만두기', en: 'Leave it' },
  notDone: { ko: '아직 하지 않았어요', en: 'Nothing was done' },
  won: { ko: '원', en: 'won' },
  unfinished: {
    ko: '빠졌거나 맞지 않는 곳이 있어요. 붉은 글씨로 표시한 곳을 고쳐 주세요.',
    en: 'Something is missing or does not fit. Please correct what is marked below.',
  },
  toCase: { ko: '이 환불 보기', en: 'See the refund' },
  typed: { ko: '입력했던 내용', en: 'What you typed' },
  stillPossible: {
    ko: '그래도 하려면 지금 상태를 보고 아래에서 다시 해 주세요. 입력한 내용은 그대로예요.',
    en: 'If it still has to be done, look at it as it is now and go on below. What you typed is kept.',
  },
  ready: { ko: '이제 할 수 있어요.', en: 'It can be done now.' },
} as const satisfies Record<string, Text>;

export function keptText(why: Kept['why']): Text {
  return why === 'stale'
    ? {
        ko: '화면이 오래돼 보내지 않았어요. 입력한 내용은 그대로 두었으니 확인하고 다시 눌러 주세요. 계좌는 다시 적어야 해요.',
        en: 'The page was too old, so nothing was done. What you typed is here again, but for an account. Please check it and press again.',
      }
    : {
        ko: '로그인이 끝나 있어서 보내지 않았어요. 입력한 내용은 그대로 두었으니 확인하고 다시 눌러 주세요. 계좌는 다시 적어야 해요.',
        en: 'Your session was over, so nothing was done. What you typed is here again, but for an account. Please check it and press again.',
      };
}

/** Who was faster, when and with what, and what the refund is now. */
export interface Moved {
  readonly state: string;
  /** null: nobody but the program. */
  readonly by: string | null;
  readonly what: string | null;
  /** ms */
  readonly at: number | null;
}

export function movedLead(by: string | null, person: string): Text {
  if (by === null) return { ko: '그사이 상태가 바뀌었어요', en: 'It has changed meanwhile' };
  return by === person
    ? { ko: '이미 하셨어요', en: 'You did this already' }
    : { ko: `${by} 님이 먼저 처리했어요`, en: `${by} was first` };
}

export function movedSentence({ state, by, what, at }: Moved, now: number): Text {
  const is = stateWordsOf(state);
  const when = at === null ? null : momentText(at, now);
  const did = what === null ? null : didWhat(what);
  const [ko, en] =
    by === null || did === null
      ? ['', '']
      : [
          `${by} 님이 ${when === null ? '' : `${when.ko}에 `}${did.ko}. `,
          `${by} ${did.en}${when === null ? '' : ` ${when.en}`}. `,
        ];
  return {
    ko: `${ko}지금은 “${is.ko}” 상태예요. 이번에는 아무것도 바뀌지 않았어요.`,
    en: `${en}It is “${is.en}” now. This time nothing was changed.`,
  };
}

function didWhat(what: string): Text {
  const outcome = outcomeOf(what);
  if (outcome !== null) {
    const { ko, en } = outcomeWords[outcome];
    return { ko: `종결했어요 (${ko})`, en: `closed it (${en})` };
  }
  return { ko: '다시 시도했어요', en: 'tried it again' };
}

/** 3분 20초 남았어요. */
export function waitText(ms: number): Text {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0
    ? { ko: `${rest}초 남았어요`, en: `${rest} s left` }
    : { ko: `${minutes}분 ${rest}초 남았어요`, en: `${minutes} min ${rest} s left` };
}

// The words for what people keep beside a case: notes, whose it is, who looks at it.
import type { Note } from '../../domain/beside.ts';
import type { Text } from '../../domain/problem.ts';
import type { Happening } from './history.ts';
import { same } from './say.ts';

export const beside = {
  title: { ko: '동료에게', en: 'For your colleagues' },
  note: { ko: '메모', en: 'Note' },
  noteHint: {
    ko: '이름과 함께 남아요. 계좌번호는 쓰지 마세요',
    en: 'kept with your name; no account number',
  },
  keep: { ko: '메모 남기기', en: 'Keep the note' },
  noteWrong: { ko: '메모를 1,000자까지 적어 주세요.', en: 'Please write a note of up to 1,000 characters.' },
  noteFull: { ko: '이 환불에는 메모가 너무 많아요.', en: 'This refund has as many notes as are kept.' },
  handOver: { ko: '담당 넘기기', en: 'Hand over' },
  to: { ko: '담당', en: 'To' },
  nobody: { ko: '아무도 아님', en: 'nobody' },
  word: { ko: '함께 남길 말', en: 'A message to go with it' },
  give: { ko: '넘기기', en: 'Hand over' },
  watch: { ko: '내가 볼게요', en: 'I am looking at it' },
  watching: { ko: '내가 보고 있어요', en: 'You are looking at it' },
  unwatch: { ko: '그만 보기', en: 'Stop' },
  nobodyToGive: { ko: '넘길 수 있는 운영자가 없어요.', en: 'There is no operator to hand it to.' },
} as const satisfies Record<string, Text>;

export function watchedText(who: string): Text {
  return { ko: `${who} 님이 보고 있어요`, en: `${who} is looking at it` };
}

export function assignedText(who: string): Text {
  return { ko: `담당 ${who}`, en: `assigned to ${who}` };
}

/** A note among what happened. */
export function noteTold({ at, who, what, text, to }: Note): Happening {
  const told = { at, since: at, times: 1, tone: 'plain', code: null } as const;
  return { ...told, text: titleOf({ who, what, to }), notes: text === null ? [] : [same(text)] };
}

function titleOf({ who, what, to }: Pick<Note, 'who' | 'what' | 'to'>): Text {
  switch (what) {
    case 'hand_over':
      return to === null
        ? { ko: `${who} 님이 담당을 비웠어요`, en: `${who} cleared the assignee` }
        : { ko: `${who} 님이 ${to} 님에게 넘겼어요`, en: `${who} handed it over to ${to}` };
    case 'ask_approval':
      return { ko: `${who} 님이 승인을 요청했어요`, en: `${who} asked for an approval` };
    case 'send_back':
      return { ko: `${who} 님이 승인 요청을 돌려보냈어요`, en: `${who} sent the request back` };
    default:
      return { ko: `${who} 님의 메모`, en: `A note by ${who}` };
  }
}

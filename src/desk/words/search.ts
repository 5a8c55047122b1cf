// The words of the search.
import type { Text } from '../../domain/problem.ts';
import type { State } from '../../domain/states.ts';
import { won } from '../../policies/amounts.ts';
import { stateWords } from '../../policies/state-words.ts';
import type { Answer } from './answers.ts';

export const search = {
  label: {
    ko: '주문 · 환불 · 영수증 · 취소 · 알림 번호',
    en: 'Number of an order, refund, receipt, cancel or notice',
  },
  find: { ko: '찾기', en: 'Find' },
  hint: {
    ko: '고객이 준 주문 번호면 충분해요. 번호 전체를 넣어 주세요.',
    en: 'The order number that the customer has is enough. Please enter it whole.',
  },
  customer: { ko: '고객에게 보낼 글', en: 'To send to the customer' },
  copy: { ko: '고객 안내문 복사', en: 'Copy the text' },
  noText: {
    ko: '정해진 안내문이 없어요. 내용을 확인하고 직접 안내해 주세요.',
    en: 'There is no ready text for this. Please read the record and write yourself.',
  },
  record: { ko: '전체 기록', en: 'Whole record' },
  toCase: { ko: '검토 건 보기', en: 'To the case' },
  sum: { ko: '이 결제의 모든 환불', en: 'All refunds of this payment' },
  yes: { ko: '네,', en: 'Yes,' },
  several: (count: number, more: boolean, settled: Text): Text => ({
    ko: `환불을 ${count}건${more ? ' 넘게' : ''} 찾았어요. ${more ? '여기에 보이는 것 중 ' : '모두 '}${settled.ko}이 환불됐어요.`,
    en: `${more ? `More than ${count}` : count} refunds were found; ${settled.en} went back${more ? ' through those shown' : ' in all'}.`,
  }),
  columns: {
    refund: { ko: '환불', en: 'Refund' },
    amount: { ko: '금액', en: 'Amount' },
    answer: { ko: '답', en: 'Answer' },
  },
  nothing: (q: string): Text => ({
    ko: `“${q}” 번호의 환불을 찾지 못했어요.`,
    en: `No refund with the number “${q}” was found.`,
  }),
  shortened: {
    ko: '이 번호는 화면에 맞게 줄인 것이에요. 화면의 번호를 누르면 전체가 복사되니, 복사한 번호를 넣어 주세요.',
    en: 'This number is shortened to fit a page. A click on it there copies the whole number: paste that here.',
  },
  nothingHelp: {
    ko: '번호를 빠짐없이 복사했는지 확인해 주세요. 취소가 방금 됐다면 주문 서비스가 아직 알리지 않았을 수 있어요.',
    en: 'Check that the number is whole. If the order was cancelled just now, the order service may not have told us yet.',
  },
} as const;

export function unreadAnswer(): Answer {
  return {
    isYes: false,
    lead: { ko: '아직 알 수 없어요. 기록을 읽지 못했어요.', en: 'Not known: the record cannot be read.' },
    rest: {
      ko: '개발팀이 확인해야 해요. 다시 요청하지 마세요.',
      en: 'The developers have to look. Do not ask for it again.',
    },
    customer: {
      ko: '안녕하세요.\n취소 요청을 담당자가 확인하고 있습니다. 확인되는 대로 알려 드리겠습니다.',
      en: 'Hello,\na colleague is looking into your cancellation. We will tell you as soon as we know.',
    },
  };
}

export function erasedAnswer(state: State): Answer {
  const { ko, en } = stateWords[state];
  return {
    isYes: false,
    lead: { ko: `오래전에 “${ko}” 상태로 끝난 환불이에요.`, en: `It ended long ago as “${en}”.` },
    rest: {
      ko: '보관 기간이 지나 금액과 날짜는 지웠어요.',
      en: 'Its amount and dates were erased after the time for which records are kept.',
    },
    customer: null,
  };
}

/** No refund of this payment is kept here. */
export function receiptAnswer({
  highestWon,
  settledWon,
}: {
  highestWon: number;
  settledWon: number;
}): Answer {
  const seen = won(highestWon);
  const outside = won(highestWon - settledWon);
  const rest: Text =
    highestWon === 0
      ? {
          ko: '부트페이에서도 취소된 금액을 본 적이 없어요.',
          en: 'Nor was anything cancelled at Bootpay when we last saw it.',
        }
      : highestWon > settledWon
        ? {
            ko: `부트페이에는 ${seen.ko} 취소가 있고, 그중 ${outside.ko}은 우리가 완료한 환불이 아니에요.`,
            en: `Bootpay showed ${seen.en} cancelled, of which no refund of ours completed ${outside.en}.`,
          }
        : {
            ko: `전에 ${won(settledWon).ko}을 돌려줬고, 그 기록은 보관 기간이 지나 지웠어요.`,
            en: `${won(settledWon).en} went back through us; that record was erased after the time it is kept.`,
          };
  return {
    isYes: false,
    lead: { ko: '이 결제의 환불 기록이 없어요.', en: 'There is no refund of this payment on record.' },
    rest,
    customer: null,
  };
}

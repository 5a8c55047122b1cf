// The words of "where is the money now?" and of looking again.
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import type { WhyNotLooked } from '../../review/look-again.ts';
import type { Money } from '../money.ts';
import { momentText } from './time.ts';

/** Asked, and not found. */
export const notThere: Text = {
  ko: '부트페이에 우리 상점의 이런 결제가 없어요.',
  en: 'Bootpay knows no such payment of this shop.',
};

export const moneyWords = {
  title: { ko: '돈은 지금 어디에 있나요', en: 'Where is the money now?' },
  paid: { ko: '결제한 돈', en: 'Paid' },
  cancelled: { ko: '부트페이에서 취소됨', en: 'Cancelled at Bootpay' },
  settled: { ko: '우리가 완료한 것', en: 'Completed by us' },
  left: { ko: '남은 돈', en: 'Left' },
  neverAsked: {
    ko: '부트페이에 아직 조회하지 않아 알 수 없어요.',
    en: 'Not known: Bootpay has not been asked yet.',
  },
  neverShown: {
    ko: '부트페이가 이 결제를 보여준 적이 없어요.',
    en: 'Bootpay has never shown this payment.',
  },
  notPaid: ({ ko, en }: Text): Text => ({
    ko: `아직 결제되지 않아 돌려줄 돈이 없어요. 결제를 요청한 금액은 ${ko}이에요.`,
    en: `Nothing has been paid, so there is no money to return. ${en} was asked for.`,
  }),
  bar: ({ paidWon, cancelledWon }: Money): Text => ({
    ko: `${won(paidWon).ko} 중 ${won(cancelledWon).ko} 취소됨`,
    en: `${won(cancelledWon).en} of ${won(paidWon).en} cancelled`,
  }),
  outside: ({ ko, en }: Text): Text => ({
    ko: `${ko}은 우리가 완료하지 않은 취소예요. 다른 곳에서 취소했거나 결과를 확인 중인 환불이에요.`,
    en: `${en} went back that we did not complete: cancelled elsewhere, or by a refund whose outcome is open.`,
  }),
  unseen: ({ ko, en }: Text): Text => ({
    ko: `우리가 완료한 ${ko}이 부트페이에 보이지 않아요. 다시 지급하지 말고 부트페이에 확인해 주세요.`,
    en: `${en} that we completed cannot be seen at Bootpay. Do not pay again; ask Bootpay.`,
  }),
  open: {
    ko: '결과를 모르는 환불이 있어서, 이 금액만으로는 돈이 나가지 않았다고 할 수 없어요.',
    en: 'A refund of unknown outcome is among them: these numbers do not prove that no money went back.',
  },
  byHand: {
    ko: '직접 환불한 돈은 부트페이에 보이지 않아 여기에 없어요.',
    en: 'Money refunded by hand is not seen at Bootpay, so it is not in these numbers.',
  },
  lower: ({ ko, en }: Text): Text => ({
    ko: `전에 본 것보다 ${ko} 적게 보여요. 잠시 뒤에 다시 조회해 주세요.`,
    en: `${en} less than was seen before. Please look again in a moment.`,
  }),
} as const;

export const lookWords = {
  again: { ko: '다시 조회', en: 'Look again' },
  done: { ko: '방금 부트페이에 조회했어요.', en: 'Bootpay was asked just now.' },
  unknownReceipt: {
    ko: '어느 결제인지 알 수 없어 조회하지 못했어요.',
    en: 'Not asked: the payment is not known.',
  },
} as const satisfies Record<string, Text>;

/** Said before anybody asks in vain. */
export function lookHeldText({ who, at }: { readonly who: string; readonly at: number }, now: number): Text {
  const since = momentText(at, now);
  return {
    ko: `${who} 님이 ${since.ko}부터 전송을 멈춰 두어 지금은 다시 조회할 수 없어요. 멈춤을 풀면 할 수 있어요.`,
    en: `Not possible now: ${who} has held the sending since ${since.en}. Once the hold is lifted you can look again.`,
  };
}

export const notLookedWords: Readonly<Record<WhyNotLooked, Text>> = {
  too_soon: {
    ko: '조회는 5초에 한 번만 해요. 방금 조회했으니 잠시 뒤에 다시 눌러 주세요.',
    en: 'One look in 5 seconds. Somebody looked just now; please try again in a moment.',
  },
  no_credentials: {
    ko: '이 서버에 부트페이 키가 없어 조회하지 못했어요. 개발팀에 알려 주세요.',
    en: 'Not asked: this server has no keys for Bootpay. Tell the developers.',
  },
  lane_held: {
    ko: '전송이 멈춰 있어 확인하지 못했어요. 멈춤을 풀면 다시 조회할 수 있어요.',
    en: 'Not asked: sending is held. Once the hold is lifted you can look again.',
  },
  credentials_refused: {
    ko: '부트페이가 우리 키를 거절해 전송이 멈춰 있어 확인하지 못했어요. 개발팀에 알려 주세요.',
    en: 'Not asked: Bootpay refuses our keys, so sending is held. Tell the developers.',
  },
  silent: {
    ko: '부트페이가 응답하지 않아 잠시 멈춘 상태라 확인하지 못했어요. 10초마다 자동으로 확인하고 있어요.',
    en: 'Not asked: Bootpay does not answer. It is tried every 10 seconds by itself.',
  },
  throttled: {
    ko: '부트페이가 잠시 멈춰 달라고 해 확인하지 못했어요. 조금 뒤에 다시 눌러 주세요.',
    en: 'Not asked: Bootpay asked for a pause. Please try again a little later.',
  },
  busy: {
    ko: '보낼 환불이 많아 순서를 기다리다 그만두었어요. 조금 뒤에 다시 눌러 주세요.',
    en: 'Not asked: many refunds are on their way. Please try again a little later.',
  },
  no_answer: {
    ko: '부트페이가 답하지 않았어요. 버튼 옆 시각의 결과가 마지막이에요.',
    en: 'Bootpay did not answer. The time beside the button is that of the last answer.',
  },
  unusable_answer: {
    ko: '부트페이의 답을 읽을 수 없었어요. 계속되면 개발팀에 알려 주세요.',
    en: 'The answer of Bootpay could not be read. Tell the developers if it lasts.',
  },
  not_there: {
    ko: '부트페이가 이 결제를 보여주지 않았어요. 영수증 번호나 상점 키가 다른 상점의 것일 수 있어요.',
    en: 'Bootpay has no such payment for us. The receipt or the keys may be those of another shop.',
  },
};

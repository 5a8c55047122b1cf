// The words of the page of one refund.
import type { Text } from '../../domain/problem.ts';
import type { PaymentMethod } from '../../domain/reply.ts';
import { methodWords } from '../../policies/method-words.ts';
import { seoulDayNumber } from '../../policies/seoul-time.ts';
import type { WaitingFor } from '../../policies/waiting-for.ts';
import { common } from './common.ts';
import { same } from './say.ts';
import { dateText, dayText, momentText } from './time.ts';

export const casePage = {
  title: (order: string, amount: Text | null): Text =>
    amount === null
      ? { ko: `${order}, 환불`, en: `${order}, a refund` }
      : { ko: `${order}, ${amount.ko} 환불`, en: `${order}, a refund of ${amount.en}` },
  titleOfAll: (order: string): Text => ({ ko: `${order}, 전액 환불`, en: `${order}, a refund in full` }),
  allOf: { ko: '남은 전액', en: 'all that is left' },
  noOrder: { ko: '주문을 알 수 없는 환불', en: 'A refund of an unknown order' },
  canDo: { ko: '할 수 있는 일', en: 'What can be done' },
  from: (at: number, now: number): Text => {
    const from = momentText(nextMinute(at), now);
    return {
      ko: `${from.ko} 이후에 처리할 수 있어요. 앞선 취소 요청이 그때까지는 처리될 수 있어서 기다려요.`,
      en: `Something can be done from ${from.en}. Until then the cancel that was sent may still go through.`,
    };
  },
  nothingYet: {
    ko: '지금은 결정할 일이 없어요.',
    en: 'There is nothing to decide now.',
  },
  seeNow: { ko: '어떻게 됐는지 보기', en: 'See what became of it' },
  burntId: {
    ko: '같은 취소 번호로는 아무것도 지급되지 않고 또 멈춰요.',
    en: 'With the same cancel number nothing is paid, and it stops again.',
  },
  checkFirst: {
    ko: '부트페이나 PG가 돈이 나가지 않았다고 확인해 준 뒤에만 다시 시도해 주세요.',
    en: 'Try again only after Bootpay or the PG confirmed that no money moved.',
  },
  landed: {
    ko: '조회로 이미 환불된 것이 보여요',
    en: 'Bootpay shows that it went back already',
  },
  stoppedFor: ({ ko, en }: Text): Text => ({ ko: `멈춘 이유: ${ko}`, en: `Why it stopped: ${en}` }),
  leave: { ko: '기다리기', en: 'Wait' },
  leaveMeans: {
    ko: '부트페이나 PG의 답을 기다리는 동안은 그대로 두어도 돼요. 알게 된 것은 메모로 남겨 주세요.',
    en: 'While Bootpay or the PG looks into it, it may be left as it is. Keep what you know as a note.',
  },
  handOver: { ko: '담당 넘기기', en: 'Hand over' },
  handOverMeans: {
    ko: '다른 사람이 맡아야 하면 동료에게 넘겨요.',
    en: 'When somebody else has to take care of it.',
  },
  causeFirst: {
    ko: '다시 시도는 위 안내대로 원인을 해결한 뒤에 해 주세요. 그대로 보내면 또 멈춰요.',
    en: 'Try again only once the cause is dealt with as said above; otherwise it stops again.',
  },
  lateDone: { ko: '기한을 넘겨 완료했어요', en: 'Completed after the legal deadline' },
  lateClosed: { ko: '기한을 넘겨 종결했어요', en: 'Closed after the legal deadline' },
  notPossible: ({ ko, en }: Text): Text => ({
    ko: `${ko}: 지금은 할 수 없어요.`,
    en: `${en}: not possible now.`,
  }),
  said: { ko: '부트페이나 PG가 남긴 말', en: 'What Bootpay or the PG said' },
  theOther: { ko: '그 환불 보기', en: 'See that refund' },
  waits: { ko: '지금 기다리는 것', en: 'What it waits for' },
  sum: { ko: '이 결제의 환불 모두', en: 'All refunds of this payment' },
  behind: { ko: '뒤에서 기다리는 환불', en: 'Refunds that wait behind it' },
  behindLead: (count: number): Text => ({
    ko: `이 환불이 끝나야 같은 결제의 환불 ${count}건이 이어져요.`,
    en: `${count === 1 ? 'One refund' : `${count} refunds`} of the same payment can only go on once this one is over.`,
  }),
  history: { ko: '지금까지 있었던 일', en: 'What happened so far' },
  details: { ko: '이 환불', en: 'This refund' },
  printed: (who: string, at: string): Text => ({
    ko: `${at}에 ${who} 님이 출력했어요.`,
    en: `Printed by ${who} at ${at}.`,
  }),
  print: { ko: '인쇄', en: 'Print' },
  unreadTitle: (order: string): Text => ({
    ko: `${order}, 읽을 수 없는 기록`,
    en: `${order}, a record that cannot be read`,
  }),
  erasedTitle: { ko: '상세 기록이 지워진 환불이에요', en: 'The details of this refund were erased' },
  toSearch: { ko: '다른 환불 찾기', en: 'Find another refund' },
} as const;

export const facts = {
  method: { ko: '수단', en: 'Method' },
  card: { ko: '카드', en: 'Card' },
  orderName: { ko: '주문 상품', en: 'Order' },
  purchased: { ko: '결제일', en: 'Paid on' },
  asked: { ko: '요청한 금액', en: 'Asked for' },
  taxFree: { ko: '그중 면세', en: 'Of which tax-free' },
  sentByHand: { ko: '직접 환불한 금액', en: 'Refunded by hand' },
  refunded: { ko: '환불한 금액', en: 'Refunded' },
  message: { ko: '사유', en: 'Reason' },
  username: { ko: '요청한 사람', en: 'Asked by' },
  account: { ko: '환불 계좌', en: 'Refund account' },
  accepted: { ko: '접수', en: 'Received' },
  refundBy: { ko: '법정 기한', en: 'Legal deadline' },
  order: { ko: '주문 번호', en: 'Order' },
  refund: { ko: '환불 번호', en: 'Refund' },
  receipt: { ko: '영수증 번호', en: 'Receipt' },
  cancel: { ko: '취소 번호', en: 'Cancel number' },
  event: { ko: '알림 번호', en: 'Notice' },
  receiptLink: { ko: '영수증 열기', en: 'Open the receipt' },
  none: { ko: '없음', en: 'none' },
} as const satisfies Record<string, Text>;

export const accountWords: Readonly<Record<'none' | 'kept' | 'erased', Text>> = {
  none: { ko: '없음', en: 'none' },
  kept: { ko: '암호화해 보관 중', en: 'kept, encrypted' },
  erased: { ko: '처리 후 삭제됨', en: 'erased after use' },
};

export function methodText(method: PaymentMethod | null, pg: string | null): Text {
  const { ko, en } = method === null ? common.unknown : methodWords[method];
  return pg === null ? { ko, en } : { ko: `${ko} · ${pg}`, en: `${en} · ${pg}` };
}

export const paymentWords = {
  paid: { ko: '결제한 돈', en: 'Paid' },
  left: { ko: '남은 돈', en: 'Left' },
  thisRefund: { ko: '이 환불', en: 'This refund' },
  aRefund: { ko: '환불', en: 'A refund' },
  refundOf: (at: Text): Text => ({ ko: `${at.ko} 접수`, en: `Received ${at.en}` }),
  asked: (amount: Text): Text => ({ ko: `요청 ${amount.ko}`, en: `${amount.en} asked for` }),
  erased: { ko: '기록이 지워진 환불', en: 'Refunds whose records are erased' },
  more: { ko: '더 오래된 환불', en: 'Older refunds' },
  outside: { ko: '우리가 완료하지 않은 취소', en: 'Cancelled, not completed by us' },
  unseen: { ko: '부트페이에 보이지 않는 것', en: 'Not to be seen at Bootpay' },
} as const;

/** 법정 기한 오늘까지, 12월 2일(수)까지, 지남. */
export function deadlineText(refundBy: number, now: number): Text {
  if (refundBy < now) {
    const day = dateText(refundBy, now);
    return { ko: `법정 기한 지남 (${day.ko})`, en: `Legal deadline passed (${day.en})` };
  }
  const isClose = seoulDayNumber(refundBy) - seoulDayNumber(now) < 2;
  const day = isClose ? dayText(refundBy, now) : dateText(refundBy, now);
  return { ko: `법정 기한 ${day.ko}까지`, en: `Legal deadline ${day.en}` };
}

/** What an open refund waits for, as a sentence. */
export function waitingSentence({ kind, until }: Pick<WaitingFor, 'kind' | 'until'>, now: number): Text {
  const at = until === null ? null : momentText(until, now);
  switch (kind) {
    case 'worker':
      return {
        ko: '환불을 보내는 프로그램이 멈춰 있어 기다리고 있어요. 개발팀에 알려 주세요.',
        en: 'It waits because the program that sends refunds does not run. Tell the developers.',
      };
    case 'credentials':
      return {
        ko: '부트페이가 우리 키를 거절해 기다리고 있어요. 키를 고치면 자동으로 이어져요.',
        en: 'It waits because Bootpay refuses our keys. It goes on by itself once they are right.',
      };
    case 'data_key':
      return {
        ko: '환불 계좌를 열 키가 없어 기다리고 있어요. 개발팀에 알려 주세요. 키가 추가되면 자동으로 이어져요.',
        en: 'It waits for the key to its refund account. Tell the developers; it goes on by itself once the key is there.',
      };
    case 'lane':
      return {
        ko: '담당자가 전송을 멈춰 두어 기다리고 있어요. 풀면 자동으로 이어져요.',
        en: 'It waits because somebody holds the sending. It goes on by itself afterwards.',
      };
    case 'receipt':
      return {
        ko: '같은 결제의 다른 환불이 끝나기를 기다리고 있어요.',
        en: 'It waits for another refund of the same payment.',
      };
    case 'retry':
      return at === null
        ? { ko: '곧 다시 시도해요.', en: 'The next try comes soon.' }
        : { ko: `${at.ko}에 다시 시도해요.`, en: `The next try is ${at.en}.` };
    case 'look_up':
      return at === null
        ? { ko: '곧 부트페이에 조회해요.', en: 'It is looked up at Bootpay in its turn.' }
        : { ko: `${at.ko}에 결과를 확인해요.`, en: `The outcome will be checked ${at.en}.` };
    case 'answer':
      return {
        ko: '지금 보냈고, 부트페이의 답을 기다리고 있어요.',
        en: 'It is being sent now; the answer of Bootpay is awaited.',
      };
    case 'breaker':
      return {
        ko: '부트페이가 답하지 않아 기다리고 있어요. 10초마다 확인해요.',
        en: 'It waits because Bootpay does not answer. It is tried every 10 seconds.',
      };
    case 'throttle':
      return at === null
        ? { ko: '부트페이가 잠시 멈춰 달라고 해 기다리고 있어요.', en: 'Bootpay asked for a pause.' }
        : {
            ko: `부트페이가 잠시 멈춰 달라고 해 ${at.ko}까지 기다려요.`,
            en: `Bootpay asked for a pause until ${at.en}.`,
          };
    case 'rate_limit':
      return { ko: '보낼 순서를 기다리고 있어요.', en: 'It waits for its turn.' };
  }
}

export const choiceWords: Readonly<
  Record<'replay' | 'replay_new_generation' | 'resolve', { name: Text; means: Text }>
> = {
  replay: {
    name: { ko: '다시 시도', en: 'Try again' },
    means: {
      ko: '먼저 다시 조회하고, 이미 환불됐으면 보내지 않아요. 금액을 고칠 수 있어요.',
      en: 'Bootpay is asked first, and nothing is sent if the money went back. The amount can be changed.',
    },
  },
  replay_new_generation: {
    name: { ko: '새 취소 번호로 다시 시도', en: 'Try again with a new cancel number' },
    means: {
      ko: '부트페이가 새로운 취소로 받아요. 앞선 요청으로 돈이 나가지 않은 것이 확실할 때만 해요.',
      en: 'Bootpay takes it for a new cancel. Only if the one before surely moved no money.',
    },
  },
  resolve: {
    name: { ko: '종결', en: 'Close' },
    means: {
      ko: '직접 환불했거나, 이미 환불됐거나, 환불하지 않기로 했을 때예요.',
      en: 'When it was refunded by hand, was refunded already, or will not be refunded.',
    },
  },
};

/** Rounded up: whoever comes at that minute is not refused. */
function nextMinute(at: number): number {
  return Math.ceil(at / 60_000) * 60_000;
}

export function orderOr(order: string | null): Text {
  return order === null ? casePage.noOrder : same(order);
}

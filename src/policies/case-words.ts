// What a clerk reads about a case: the words of our own reasons, and the short words that several codes share.
// The words for one code stand beside it, in the tables of codes; `case-advice.ts` chooses.
import type { Text } from '../domain/problem.ts';

/** In the words of the refund desk: no name of a field, no name of an action of the API. */
export interface CaseWords {
  /** A headline: why it stopped. */
  readonly why: Text;
  /** A phrase: what to do about it. */
  readonly toDo: Text;
  /** Both in full. */
  readonly advice: Text;
}

export type ShortWords = Pick<CaseWords, 'why' | 'toDo'>;

const refundByHand: Text = { ko: '직접 환불하고 종결', en: 'Refund by hand, then close' };
const tellDevelopers: Text = { ko: '개발팀에 알리기', en: 'Tell the developers' };

export const cancelledAlready: ShortWords = {
  why: { ko: '이미 취소된 결제예요', en: 'Cancelled already' },
  toDo: { ko: '누가 취소했는지 보고 종결', en: 'See by whom, then close' },
};

export const notOfThisShop: ShortWords = {
  why: { ko: '이 상점에 없는 결제예요', en: "Not this shop's payment" },
  toDo: { ko: '영수증 번호를 보고 종결', en: 'See the receipt number, then close' },
};

export const noPartialCancel: ShortWords = {
  why: { ko: '부분 취소가 안 되는 결제예요', en: 'No partial cancel for this payment' },
  toDo: {
    ko: '직접 환불하고 종결, 전부 돌려줘도 되면 전액으로',
    en: 'Refund by hand and close, or in full if all may go back',
  },
};

export const windowHasClosed: ShortWords = {
  why: { ko: '취소 기간이 지났어요', en: 'The cancel window has closed' },
  toDo: { ko: '계좌로 직접 환불하고 종결', en: 'Refund by hand, then close' },
};

export const noCancelAtPg: ShortWords = {
  why: { ko: 'PG에 취소 기능이 없어요', en: 'The PG cannot cancel this' },
  toDo: refundByHand,
};

export const noCancelFromBootpay: ShortWords = {
  why: { ko: '부트페이에서 취소할 수 없는 PG예요', en: 'Bootpay cannot cancel at this PG' },
  toDo: refundByHand,
};

export const settledAlready: ShortWords = {
  why: { ko: '이미 정산되어 취소할 수 없어요', en: 'Settled already, so it cannot be cancelled' },
  toDo: refundByHand,
};

export const keysRefused: ShortWords = {
  why: { ko: '부트페이가 우리 키를 거절했어요', en: 'Bootpay refuses our keys' },
  toDo: { ko: '개발팀에 키 확인 요청', en: 'Have the developers check the keys' },
};

export const foreignCurrency: CaseWords = {
  why: { ko: '원화 결제가 아니에요', en: 'Not paid in won' },
  toDo: {
    ko: '부트페이에서 취소하거나 직접 환불하고 종결',
    en: 'Cancel at Bootpay or refund by hand, then close',
  },
  advice: {
    ko: '원화(KRW) 결제가 아니라 자동으로 취소하지 않아요. 부트페이 관리자에서 취소하거나 고객에게 직접 환불한 뒤 종결해 주세요.',
    en: 'The payment is not in KRW, which this program does not cancel. Cancel it in the Bootpay admin or refund by hand, then close it.',
  },
};

export const nothingPaid: CaseWords = {
  why: { ko: '0원 결제예요', en: 'A payment of 0 won' },
  toDo: { ko: '쿠폰·포인트를 되돌려 주고 종결', en: 'Give back coupons or points, then close' },
  advice: {
    ko: '결제 금액이 0원이라 돌려줄 돈이 없어요. 쿠폰이나 포인트로 낸 주문이라면 그것을 직접 되돌려 주고 "환불하지 않아요"로 종결해 주세요.',
    en: 'The payment is one of 0 won: nothing was paid, so there is no money to return. If coupons or points paid for the order, give those back yourselves, and close it as "not to be refunded".',
  },
};

/** Our own reckoning, which may be wrong about a receipt. */
export const bootpayWindowClosed: CaseWords = {
  ...windowHasClosed,
  advice: {
    ko: '부트페이가 안내하는 취소 가능 기간이 지났어요(결제일 기준으로 계산했어요). 고객에게 직접 환불하고 근거를 남겨 "직접 환불했어요"로 종결해 주세요. 직접 환불하기 전에 부트페이에 한 번 요청해 보려면 "확인했어요"를 표시하고 다시 시도할 수 있어요. 이미 직접 환불했다면 다시 시도하지 마세요.',
    en: 'Bootpay\'s cancel window has closed, as counted from the day of payment. Refund by hand, and close it as "refunded by hand" with the evidence. Before you have refunded by hand, to try again and confirm that you checked asks Bootpay all the same; never try again once you have.',
  },
};

export const windowClosed: CaseWords = {
  ...windowHasClosed,
  advice: {
    ko: '취소 가능 기간이 지났어요. PG를 통한 취소는 불가능하니, 고객에게 직접 환불하고 근거를 남겨 "직접 환불했어요"로 종결해 주세요.',
    en: 'The cancel window has closed. No cancel through the PG is possible: refund by hand, and close it as "refunded by hand" with the evidence.',
  },
};

export const methodCannotPartial: CaseWords = {
  ...noPartialCancel,
  advice: {
    ko: '부분 취소가 안 되는 결제수단이에요. 그 금액을 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요. 전부 돌려줘도 되는 주문이고 아직 직접 환불하지 않았다면, 전액 취소로 바꿔 다시 시도할 수 있어요.',
    en: 'This method cannot be cancelled in part: refund by hand, and close it as "refunded by hand". If the whole payment may go back, and nothing was refunded by hand, try again as a full cancel.',
  },
};

export const accountMissing: CaseWords = {
  why: { ko: '환불받을 계좌가 없어요', en: 'No account to refund to' },
  toDo: { ko: '고객에게 계좌를 받아 넣고 다시 시도', en: 'Ask the customer for it, then try again with it' },
  advice: {
    ko: '가상계좌 환불에는 환불 계좌(은행, 계좌번호, 예금주)가 모두 필요해요. 고객에게 계좌를 받아 넣고 다시 시도해 주세요. 이전에 받은 계좌는 처리 후 삭제돼요.',
    en: 'A virtual account needs a refund account (bank, number, holder). Ask the customer for it and try again with it; an account given before is erased when a refund ends.',
  },
};

export const unpaidAccount: CaseWords = {
  why: { ko: '아직 입금되지 않았어요', en: 'Not paid yet' },
  toDo: { ko: '입금이 없으면 종결', en: 'Close it if no deposit comes' },
  advice: {
    ko: '가상계좌만 발급되고 입금되지 않았다면 돌려줄 돈이 없어요. 앞으로도 입금되지 않을 것을 확인했다면 "환불하지 않아요"로 종결해 주세요. 아직 모르면 입금을 기다려 보고, 입금되면 환불 계좌를 넣어 다시 시도해 주세요.',
    en: 'If the virtual account is only issued, nothing was paid and there is nothing to return. Once it is sure that no deposit will come, close it as "not to be refunded". Until then wait for the deposit; should it come, try again with a refund account.',
  },
};

export const lookUpUnusable: CaseWords = {
  why: { ko: '결제를 조회할 수 없어요', en: 'The payment cannot be looked up' },
  toDo: {
    ko: '개발팀과 부트페이에 알리고, 조회되면 다시 시도',
    en: 'Tell the developers and Bootpay, then try again',
  },
  advice: {
    ko: '결제를 조회할 때마다 부트페이가 답하지만 쓸 수 없는 내용이라 취소를 요청하지 않았어요. 같은 원인의 건이 더 있는지 보고, 개발팀과 부트페이에 알려 주세요. 조회가 다시 되면 다시 시도해 주세요.',
    en: 'Bootpay answers each look-up of this payment with something that cannot be used, so no cancel is sent. See whether other cases have the same cause, tell the developers and Bootpay, and try again once look-ups work.',
  },
};

export const cancelUnusable: CaseWords = {
  why: { ko: '오류 코드 없이 계속 거절됐어요', en: 'Refused again and again without a code' },
  toDo: { ko: '개발팀에 알리고, 고친 뒤 다시 시도', en: 'Tell the developers, then try again' },
  advice: {
    ko: '취소 요청이 세 번 연속 오류 코드 없이 거절됐고, 조회 결과 환불되지 않았어요. 개발팀에 알려 방화벽이나 프록시, 등록된 서버 IP, 부트페이의 변경 사항을 확인하고, 원인을 고친 뒤 다시 시도해 주세요.',
    en: 'The cancel was answered three times in a row without a code, and the look-up shows that the money did not go back. Have the developers check firewalls, proxies, the registered server addresses and changes at Bootpay; try again once the cause is gone.',
  },
};

export const unreadableCode: CaseWords = {
  why: { ko: '거절됐는데 이유를 읽을 수 없어요', en: 'Refused, and the reason cannot be read' },
  toDo: { ko: '환불됐는지 부트페이에 확인', en: 'Ask Bootpay whether it was refunded' },
  advice: {
    ko: '거절됐지만 오류 코드를 읽을 수 없어 결과를 단정할 수 없어요. 영수증의 취소 금액을 확인하고 부트페이에 문의해 주세요. 환불되지 않은 것이 확실할 때만 다시 시도해 주세요.',
    en: 'It was refused with something that is no readable code, so nothing is assumed about the outcome. Check the cancelled total of the receipt and ask Bootpay. Try again only if it surely was not refunded.',
  },
};

export const noCode: CaseWords = {
  why: { ko: '거절된 이유가 남아 있지 않아요', en: 'No reason was recorded' },
  toDo: { ko: '시도 내역과 결제를 보고 결정', en: 'Check the attempts and the payment, then decide' },
  advice: {
    ko: '거절 코드가 기록되지 않았어요. 시도 내역과 영수증을 확인한 뒤 다시 시도하거나 종결해 주세요.',
    en: 'No code was recorded. Check the attempts and the receipt, then try again or close it.',
  },
};

export function unlisted(codes: string): CaseWords {
  return {
    why: { ko: '처음 보는 오류예요', en: 'An error never seen before' },
    toDo: tellDevelopers,
    advice: {
      ko: `${codes}: 오류 표에 없는 코드라 결과를 단정할 수 없어요. 영수증의 취소 금액을 확인하고 부트페이에 코드의 뜻을 문의해 주세요. 환불되지 않은 것이 확실할 때만 다시 시도해 주세요.`,
      en: `${codes}: not in our error table, so nothing is assumed about the outcome. Check the cancelled total of the receipt and ask Bootpay what the code means. Try again only if it surely was not refunded.`,
    },
  };
}

/** @param key the id of the data key, never the key; empty: not known. */
export function keyMissing(key: string): CaseWords {
  const named = key === '' ? '' : ` ${key}`;
  return {
    why: { ko: '환불 계좌를 열 키가 없었어요', en: 'No key to open the refund account' },
    toDo: { ko: '개발팀에 알린 뒤 다시 시도', en: 'Tell the developers, then try again' },
    advice: {
      ko: `환불 계좌를 암호화한 데이터 키${key === '' ? '' : `(${key})`}를 가진 작업자가 기다리는 시간이 끝날 때까지 없었고, 그동안에는 취소를 보내지 않았어요. 그 전에 보낸 시도가 있다면 영수증의 취소 금액을 먼저 확인해 주세요. 개발팀에 그 키를 작업자에 추가해 달라고 한 뒤 다시 시도해 주세요. 키를 잃었다면 고객에게 계좌를 다시 받아, 그 계좌를 넣고 다시 시도해 주세요.`,
      en: `No worker had the data key${named}, which sealed the refund account, until the deadline; no cancel was sent while it waited for the key. If one was sent before, check the cancelled total of the payment first. Ask the developers to add it to the workers, then try again. If the key is lost, ask the customer for the account and try again with it.`,
    },
  };
}

export const retriesExhausted: CaseWords = {
  why: { ko: 'PG가 계속 거절했어요', en: 'Refused again and again' },
  toDo: { ko: 'PG가 정상인지 보고 다시 시도', en: 'Try again when the PG is back' },
  advice: {
    ko: '정해진 횟수만큼 다시 시도했지만 모두 거절됐어요.',
    en: 'Every attempt allowed was refused.',
  },
};

export const outcomeUnknown: CaseWords = {
  why: { ko: '결과를 끝내 확인하지 못했어요', en: 'No answer came that tells the outcome' },
  toDo: { ko: '다시 조회한 뒤 결정', en: 'Look again, then decide' },
  advice: {
    ko: '취소 요청의 결과를 끝내 확인하지 못했어요. 돈이 나갔을 수 있으니 직접 환불하지 말고, 영수증의 취소 금액과 PG 거래 내역을 먼저 확인해 주세요. 다시 시도하면 먼저 조회하고, 이미 환불됐으면 다시 보내지 않아요.',
    en: 'What became of the cancel could not be found out. The money may have gone back: do not refund by hand before you have checked the cancelled total of the receipt and the transaction at the PG. Trying again looks up first and sends nothing if the money went back.',
  },
};

export const integrityMismatch: CaseWords = {
  why: { ko: '취소된 금액이 이 환불과 맞지 않아요', en: 'The cancelled amounts do not fit this refund' },
  toDo: { ko: '같은 결제의 환불을 모두 맞춰 보기', en: 'Compare all refunds of this payment' },
  advice: {
    ko: '영수증의 취소 금액이 이 환불과 맞지 않아요. 다른 곳에서 취소했거나 앞서 보낸 취소가 뒤늦게 처리됐을 수 있으니, 같은 영수증의 모든 환불과 부트페이·PG 관리자 내역을 맞춰 본 뒤 다시 시도하거나 종결해 주세요. 확인 전에는 지급하지 마세요.',
    en: 'The totals of the receipt do not fit this refund. Somebody else may have cancelled, or an earlier request for this refund was carried out late: compare all refunds of this receipt with the Bootpay and PG admins, then try again or close it. Pay nothing before that.',
  },
};

export const deadlinePassed: CaseWords = {
  why: { ko: '자동으로 시도하는 시간이 끝났어요', en: 'Automatic tries ran out of time' },
  toDo: { ko: '왜 늦었는지 보고 다시 시도', en: 'See why, then try again' },
  advice: {
    ko: '자동으로 시도하는 시간 안에 처리하지 못했어요(법정 기한과는 다른 시간이에요). 영수증을 확인한 뒤 다시 시도하면 이 시간만 새로 시작되고, 법정 기한은 그대로예요. 취소 가능 기간까지 지났다면 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
    en: 'The program ran out of time for its automatic tries (its own deadline, not the legal one). Check the receipt; trying again gives it a new deadline, and the legal one stays. If the cancel window has closed too, refund by hand and close it as "refunded by hand".',
  },
};

export const poison: CaseWords = {
  why: { ko: '프로그램이 처리하지 못했어요', en: 'The program could not process it' },
  toDo: tellDevelopers,
  advice: {
    ko: '기록이나 작업을 읽지 못했거나 진행 없이 여러 번 멈췄어요. 프로그램의 결함이니 개발팀에 알려 로그에서 이 환불을 찾아 달라고 해 주세요. 취소가 이미 나갔을 수 있으니 영수증을 확인한 뒤에 다시 시도하거나 종결해 주세요.',
    en: 'The record or the job could not be read, or it stopped several times without progress: a fault of this program. Have the developers find the refund in the log, and check the receipt before you try again or close it, because a cancel may have been sent.',
  },
};

/** Whatever the advice: nothing of the record is known but what stands beside it. */
export const unreadableRecord: ShortWords = {
  why: { ko: '프로그램이 기록을 읽지 못했어요', en: 'The program cannot read the record' },
  toDo: tellDevelopers,
};

export const newerRecord: CaseWords = {
  why: { ko: '새 버전의 프로그램이 쓴 기록이에요', en: 'Written by a newer version of the program' },
  toDo: { ko: '개발팀에 업데이트 요청', en: 'Have the program updated' },
  advice: {
    ko: '더 새로운 버전의 프로그램이 쓴 기록이에요. 개발팀에 이 프로그램을 업데이트해 달라고 해 주세요.',
    en: 'A newer version of the program wrote this record; have this one updated.',
  },
};

export const drift: CaseWords = {
  why: { ko: '끝난 환불이 부트페이와 맞지 않아요', en: 'Closed, but Bootpay shows otherwise' },
  toDo: { ko: '다시 지급하지 말고 부트페이에 확인', en: 'Do not pay again, ask Bootpay' },
  advice: {
    ko: '끝난 환불인데 영수증의 금액이나 늦게 온 응답이 기록과 달라요. 부트페이와 PG에 실제로 환불됐는지 확인하고, 확인 전에는 다시 지급하지 마세요.',
    en: 'This refund was closed, but the receipt or a late reply contradicts our record. Ask Bootpay and the PG what was really returned, and do not pay again before you know.',
  },
};

/** Before the advice for a rule. */
export const nothingCalled: Text = {
  ko: '조회 결과 취소할 수 없어 취소를 요청하지 않았어요.',
  en: 'The look-up showed that this cannot be cancelled, so no cancel was sent.',
};

/** As the outside interface names them. */
export function wordsView({ why, toDo, advice }: CaseWords) {
  return { why, to_do: toDo, advice };
}

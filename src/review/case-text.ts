// What people read where a case may not be acted on: refusals, and records that cannot be read. In the words of the refund
// desk; the names of fields and actions stand beside them, for machines.
import type { ListItem } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { Receipt } from '../domain/reply.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import { caseWords } from '../policies/case-advice.ts';
import { reasonOf } from '../policies/case-reasons.ts';
import { type CaseWords, newerRecord, unreadableRecord } from '../policies/case-words.ts';
import { seoulMinute } from '../policies/seoul-time.ts';
import { stateWordsOf } from '../policies/state-words.ts';
import { approvalRefusalText } from './approval-text.ts';
import type { ReviewRefusal, ReviewResult } from './ports.ts';

export function refusalText(refusal: ReviewRefusal): Text {
  switch (refusal.rule) {
    case 'settle_window': {
      const time = nextMinute(refusal.notBefore);
      return {
        en: `A cancel of this refund has no definite answer and may still go through. Not before ${time} (Korean time).`,
        ko: `이 환불의 취소 요청 결과가 아직 확정되지 않아, 지금이라도 처리될 수 있어요. ${time}(한국 시간) 이후에 할 수 있어요.`,
      };
    }
    case 'landed':
      return {
        en: 'Bootpay shows that the money went back already. Close it as "already refunded", or confirm that you checked.',
        ko: '부트페이 조회 결과 이미 환불됐어요. "이미 환불됐어요"로 종결하거나, 알고 있다면 "확인했어요"를 표시해 주세요.',
      };
    case 'growth':
      return {
        en: 'The last look-up shows that money went back since the first attempt. A new cancel number could send it again.',
        ko: '마지막 조회에서 첫 시도 이후 환불된 금액이 보여요. 새 취소 번호를 쓰면 다시 환불될 수 있어요.',
      };
    case 'over_remaining': {
      const left = amountText(refusal.remainingWon);
      return {
        en: `Only ${left} won are left on the receipt.`,
        ko: `이 결제에 남은 취소 가능 금액은 ${left}원이에요.`,
      };
    }
    case 'tax_free_over': {
      const [amount, taxFree] = [amountText(refusal.amountWon), amountText(refusal.taxFreeWon)];
      return {
        en: `Of ${amount} won, ${taxFree} won cannot be tax-free. Give the tax-free share of the new amount as well.`,
        ko: `환불 금액 ${amount}원보다 면세 금액 ${taxFree}원이 더 커요. 새 금액에 맞는 면세 금액도 함께 입력해 주세요.`,
      };
    }
    case 'new_generation': {
      const total = refundedSoFar(refusal);
      return {
        en: `A new cancel number is only for a refund that Bootpay clearly refused under its present number, for another reason than that the number was used before. Where the very first attempt was answered with "used before", confirm first that you checked that no money went back (refunded so far: ${total.en}).`,
        ko: `새 취소 번호는 부트페이가 지금 번호의 요청을 분명히 거절했고, 그 이유가 "이미 쓴 번호"가 아닐 때만 쓸 수 있어요. 첫 시도부터 "이미 쓴 번호"라는 답을 받았다면, 돈이 나가지 않은 것을 확인하고 "확인했어요"를 표시한 뒤에 쓸 수 있어요 (지금까지 환불액: ${total.ko}).`,
      };
    }
    case 'acknowledge': {
      const total = refundedSoFar(refusal);
      return {
        en: `The outcome of this refund is not certain (refunded so far: ${total.en}). Confirm that you checked it.`,
        ko: `이 환불의 결과가 확실하지 않아요 (지금까지 환불액: ${total.ko}). 직접 확인한 뒤 "확인했어요"를 표시해 주세요.`,
      };
    }
    case 'newer_version':
      return newerRecord.advice;
    case 'unreadable':
      return refusal.resolves === null ? cannotBeTriedAgain : confirmUnreadable(refusal.resolves);
    case 'no_data_key':
      return {
        en: 'No key is configured here, the same as the workers have, to keep a refund account encrypted. Tell the developers.',
        ko: '환불 계좌를 암호화해 보관할, 작업자와 같은 키가 여기에 설정되지 않았어요. 개발팀에 알려 주세요.',
      };
    case 'stale_look_up': {
      const highest = amountText(refusal.highestWon);
      return {
        en: `Bootpay shows less refunded now than it has shown before (${highest} won), so this look-up is from the past, or money was taken back. Do it again a little later, run a reconciliation, or confirm that you checked and decide without it.`,
        ko: `부트페이가 이전에 보여준 환불액(${highest}원)보다 지금 더 적게 보여요. 조회 결과가 늦었거나 환불이 되돌려진 거예요. 잠시 뒤에 다시 하거나 대사를 실행하거나, 조회 없이 결정하려면 "확인했어요"를 표시해 주세요.`,
      };
    }
    case 'no_look_up':
      return {
        en: 'Bootpay could not be asked what the receipt shows, or another refund of this receipt is under way. Do it again a little later, or confirm that you checked and decide without it.',
        ko: '부트페이에서 결제 상태를 조회하지 못했거나, 같은 결제의 다른 환불이 진행 중이에요. 잠시 뒤에 다시 하거나, 조회 없이 결정하려면 "확인했어요"를 표시해 주세요.',
      };
    default:
      return approvalRefusalText(refusal);
  }
}

/** The case has moved since it was read. */
export function movedText({ state, by, at }: Extract<ReviewResult, { kind: 'moved' }>): Text {
  const now = stateWordsOf(state);
  const when = at === null ? unknownTime : { ko: seoulMinute(at), en: `${seoulMinute(at)} (Korean time)` };
  return {
    en: `The case is no longer the one you saw: ${by ?? 'somebody'} moved it at ${when.en}, and it is "${now.en}" now. Nothing was done.`,
    ko: `보고 계신 사이에 상태가 바뀌었어요(${by ?? '누군가'}, ${when.ko}). 지금은 "${now.ko}" 상태이고, 이번에는 아무것도 바뀌지 않았어요.`,
  };
}

/** What a list says about a case; null: it is none. */
export function listedWords(listed: ListItem): CaseWords | null {
  if ('unread' in listed) return unreadWords(listed);
  return listed.deadLetter === null ? null : caseWords(listed.deadLetter, listed.lastLookUp);
}

/** The reason of a case in a list, by its name. */
export function listedReason(listed: ListItem): string {
  if ('unread' in listed) return listed.unread === 'newer' ? 'newer_record' : 'unreadable_record';
  return listed.deadLetter === null ? '' : reasonOf(listed.deadLetter, listed.lastLookUp);
}

export function unreadWords(refund: UnreadRefund): CaseWords {
  return refund.unread === 'newer' ? newerRecord : { ...unreadableRecord, advice: unreadText(refund) };
}

/** What a list, or the page of the refund, shows about a record that cannot be read. */
export function unreadText(refund: UnreadRefund): Text {
  if (refund.unread === 'newer') return newerRecord.advice;
  const known = knownText(refund);
  return {
    en: `The stored record cannot be read, nor can the amount. ${known.en} Tell the developers, and check the receipt in the Bootpay admin. The case can only be closed, once you confirm that you checked.`,
    ko: `저장된 기록과 금액을 읽을 수 없어요. ${known.ko} 개발팀에 알리고 부트페이 관리자에서 결제를 확인해 주세요. 이 건은 "확인했어요"를 표시하고 종결하는 것만 할 수 있어요.`,
  };
}

function confirmUnreadable(refund: UnreadRefund): Text {
  const known = knownText(refund);
  return {
    en: `The stored record cannot be read, nor can the amount. ${known.en} Check the receipt in the Bootpay admin, then confirm that you checked and close it all the same.`,
    ko: `저장된 기록과 금액을 읽을 수 없어요. ${known.ko} 부트페이 관리자에서 결제를 확인한 뒤, 그래도 종결하려면 "확인했어요"를 표시해 주세요.`,
  };
}

function knownText({ orderId, receiptId, sent }: UnreadRefund): Text {
  const en = `Known: order ${orderId ?? 'not known'}, receipt number ${receiptId ?? 'not known'}.`;
  const ko = `확인된 것: 주문 ${orderId ?? '모름'}, 영수증 번호 ${receiptId ?? '모름'}.`;
  return sent
    ? { en: `${en} A cancel may have been sent for it.`, ko: `${ko} 취소 요청이 이미 나갔을 수 있어요.` }
    : { en: `${en} No cancel was sent for it.`, ko: `${ko} 취소 요청은 나가지 않았어요.` };
}

function refundedSoFar({ shown }: { readonly shown: Receipt | null }): Text {
  if (shown === null) return { ko: '알 수 없음', en: 'not known' };
  const total = `${amountText(shown.cancelledWon)} / ${amountText(shown.priceWon)}`;
  return { ko: `${total}원`, en: `${total} won` };
}

function amountText(won: number): string {
  return won.toLocaleString('en-US');
}

/** Rounded up: what is allowed from then on is not refused when people come at that minute. */
function nextMinute(at: number): string {
  return seoulMinute(Math.ceil(at / 60_000) * 60_000);
}

const unknownTime: Text = { ko: '시각 모름', en: 'an unknown time' };

const cannotBeTriedAgain: Text = {
  en: 'The stored record cannot be read, so it is not known how much to send and what was sent already: it cannot be tried again. Close it; if money has to go back, send a new cancellation.',
  ko: '저장된 기록을 읽을 수 없어 얼마를 보내야 하는지, 이미 무엇을 보냈는지 알 수 없으므로 다시 시도할 수 없어요. 종결하고, 환불이 필요하면 취소를 새로 보내 주세요.',
};

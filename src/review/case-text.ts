// What people read where a case may not be acted on: refusals, and records that cannot be read.
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import type { Receipt } from '../domain/reply.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import type { ReviewRefusal } from './ports.ts';

export function refusalText(refusal: ReviewRefusal): Text {
  switch (refusal.rule) {
    case 'settle_window': {
      const time = new Date(refusal.notBefore).toISOString();
      return {
        en: `A cancel of this refund has no definite answer and may still go through. Not before ${time}.`,
        ko: `이 환불의 취소 요청 결과가 아직 확정되지 않았어요. ${time} 이후에 다시 시도해 주세요.`,
      };
    }
    case 'landed':
      return {
        en: 'Bootpay shows that the money went back already. Resolve as already_refunded, or acknowledge that you know.',
        ko: '부트페이 조회 결과 이미 환불되었어요. already_refunded로 종결하거나, 알고 있음을 확인(acknowledge)해 주세요.',
      };
    case 'growth':
      return {
        en: 'The last look-up shows that money went back since the first attempt. A new cancel_id could send it again.',
        ko: '마지막 조회에서 첫 시도 이후 환불된 금액이 보여요. 새 cancel_id를 쓰면 다시 환불될 수 있어요.',
      };
    case 'over_remaining':
      return {
        en: `Only ${refusal.remainingWon} won are left on the receipt.`,
        ko: `이 결제에 남은 취소 가능 금액은 ${refusal.remainingWon}원이에요.`,
      };
    case 'tax_free_over': {
      const { amountWon, taxFreeWon } = refusal;
      return {
        en: `Of ${amountWon} won, ${taxFreeWon} won cannot be tax-free. Give the tax-free share of the new amount as well.`,
        ko: `환불 금액 ${amountWon}원보다 면세 금액 ${taxFreeWon}원이 더 커요. 새 금액에 맞는 면세 금액도 함께 입력해 주세요.`,
      };
    }
    case 'new_generation': {
      const total = refundedSoFar(refusal);
      return {
        en: `A new cancel_id needs an attempt of the old one that Bootpay answered with a code other than 2029, or, for a 2029 on the first attempt, your acknowledgement (refunded so far: ${total} won).`,
        ko: `새 cancel_id는 이전 cancel_id에 대해 부트페이가 2029 외의 코드로 응답했거나, 첫 시도가 2029인 경우 확인(acknowledge)했을 때만 쓸 수 있어요 (지금까지 환불액: ${total}원).`,
      };
    }
    case 'acknowledge': {
      const total = refundedSoFar(refusal);
      return {
        en: `The outcome of this refund is not certain (refunded so far: ${total} won). Acknowledge that you have checked it.`,
        ko: `이 환불의 결과가 확실하지 않아요 (지금까지 환불액: ${total}원). 확인했음을 acknowledge로 알려 주세요.`,
      };
    }
    case 'newer_version':
      return newerVersion;
    case 'unreadable':
      return refusal.resolves === null ? cannotBeReplayed : acknowledgeUnreadable(refusal.resolves);
    case 'no_data_key':
      return {
        en: 'A refund account can only be kept with DATA_KEYS configured.',
        ko: '환불 계좌를 보관하려면 DATA_KEYS 설정이 필요해요.',
      };
    case 'stale_look_up':
      return {
        en: `Bootpay shows less refunded now than it has shown before (${refusal.highestWon} won), so this look-up is from the past, or money was taken back. Try again, reconcile, or acknowledge that you decide without it.`,
        ko: `부트페이가 이전에 보여 준 환불액(${refusal.highestWon}원)보다 지금 더 적게 보여요. 조회 결과가 늦었거나 환불이 되돌려진 거예요. 다시 시도하거나 대사(reconcile)를 실행하거나, 조회 없이 결정함을 acknowledge로 알려 주세요.`,
      };
    case 'no_look_up':
      return {
        en: 'Bootpay could not be asked what the receipt shows, or another refund of this receipt is under way. Try again, or acknowledge that you decide without it.',
        ko: '부트페이에서 결제 상태를 조회하지 못했거나, 같은 결제의 다른 환불이 진행 중이에요. 다시 시도하거나, 조회 없이 결정함을 acknowledge로 알려 주세요.',
      };
    default:
      return assertNever(refusal);
  }
}

/** What a list, or the page of the refund, shows about a record that cannot be read. */
export function unreadText(refund: UnreadRefund): Text {
  if (refund.unread === 'newer') return newerVersion;
  const known = knownText(refund);
  return {
    en: `The stored record cannot be read, nor can the amount. ${known.en} Tell the developers, and check the receipt in the Bootpay admin. The case can only be closed, with resolve and an acknowledgement.`,
    ko: `저장된 기록과 금액을 읽을 수 없어요. ${known.ko} 개발팀에 알리고 부트페이 관리자에서 결제를 확인해 주세요. 이 건은 resolve(확인 필요)로 종결만 할 수 있어요.`,
  };
}

function acknowledgeUnreadable(refund: UnreadRefund): Text {
  const known = knownText(refund);
  return {
    en: `The stored record cannot be read, nor can the amount. ${known.en} Check the receipt in the Bootpay admin, then acknowledge that you close it all the same.`,
    ko: `저장된 기록과 금액을 읽을 수 없어요. ${known.ko} 부트페이 관리자에서 결제를 확인한 뒤, 그래도 종결함을 acknowledge로 알려 주세요.`,
  };
}

function knownText({ orderId, receiptId, sent }: UnreadRefund): Text {
  const en = `Known: order ${orderId ?? '?'}, receipt ${receiptId ?? '?'}.`;
  const ko = `확인된 것: 주문 ${orderId ?? '?'}, 결제 ${receiptId ?? '?'}.`;
  return sent
    ? { en: `${en} A cancel may have been sent for it.`, ko: `${ko} 취소 요청이 이미 나갔을 수 있어요.` }
    : { en: `${en} No cancel was sent for it.`, ko: `${ko} 취소 요청은 나가지 않았어요.` };
}

function refundedSoFar({ shown }: { readonly shown: Receipt | null }): string {
  return shown === null ? '?' : `${shown.cancelledWon} / ${shown.priceWon}`;
}

const newerVersion: Text = {
  en: 'A newer version of the program wrote this record; update this one.',
  ko: '더 새로운 버전의 프로그램이 쓴 기록이에요. 이 프로그램을 업데이트해 주세요.',
};

const cannotBeReplayed: Text = {
  en: 'The stored record cannot be read, so it is not known how much to send and what was sent already: it cannot be replayed. Close it with resolve; if money has to go back, send a new event.',
  ko: '저장된 기록을 읽을 수 없어 얼마를 보내야 하는지, 이미 무엇을 보냈는지 알 수 없으므로 재처리할 수 없어요. resolve로 종결하고, 환불이 필요하면 새 이벤트를 보내 주세요.',
};

// What may be done with a refund whose record cannot be read, and what people are shown. Little is known, nothing is
// guessed.

import type { Text } from '../domain/problem.ts';
import type { ResolveOutcome } from '../domain/refund.ts';
import type { UnreadCase, UnreadRefund } from '../domain/unread.ts';
import { type Refusal, settleWindowRefusal } from './replay-rules.ts';

/**
 * Whether the receipt lock may be released when a record turns out to be unreadable. Only where no call can be under way:
 * none was ever made, or the last one is definitely over.
 */
export function releasesReceipt({ state, sent }: Pick<UnreadRefund, 'state' | 'sent'>): boolean {
  return state === 'waiting_retry' || (state === 'queued' && !sent);
}

/** The case that such a record becomes. */
export const unreadableCase: UnreadCase = {
  case: 'poison',
  code: null,
  pgCode: null,
  severity: 'critical',
  at: null,
};

/** Its money may be in the totals of its receipt, and is counted nowhere. */
export function marksReceipt({ sent }: Pick<UnreadRefund, 'sent'>, outcome: ResolveOutcome): boolean {
  return sent || outcome !== 'not_to_be_refunded';
}

export function replayRefusalOf(refund: UnreadRefund): Refusal {
  return refund.unread === 'newer' ? newerVersion : { rule: 'unreadable', text: cannotBeReplayed };
}

export interface UnreadCaseFacts {
  readonly refund: UnreadRefund;
  /** The case keeps the receipt lock, because a cancel may be under way. */
  readonly keepsLock: boolean;
  readonly acknowledge: boolean;
  readonly now: number;
  /** The last step of the clock that was noticed, ms; null: none. */
  readonly jumpedAt: number | null;
  readonly settleWindowMs: number;
}

/** null: allowed. */
export function resolveRefusalOf(facts: UnreadCaseFacts): Refusal | null {
  if (facts.refund.unread === 'newer') return newerVersion;
  if (!facts.acknowledge) return { rule: 'unreadable', text: acknowledgeUnreadable(facts.refund) };
  return tooEarly(facts);
}

/** The last call was over when the record became a case; from then on its money may still show. */
function tooEarly({ refund, keepsLock, now, jumpedAt, settleWindowMs }: UnreadCaseFacts): Refusal | null {
  const since = refund.deadLetter?.at ?? null;
  if (!keepsLock || since === null) return null;
  return settleWindowRefusal(since, { now, jumpedAt, settleWindowMs }, (time) => ({
    en: `A cancel may have been sent for this refund and may still go through. Not before ${time}.`,
    ko: `이 환불의 취소 요청이 이미 나가 아직 처리 중일 수 있어요. ${time} 이후에 다시 시도해 주세요.`,
  }));
}

const newerText: Text = {
  en: 'A newer version of the program wrote this record; update this one.',
  ko: '더 새로운 버전의 프로그램이 쓴 기록이에요. 이 프로그램을 업데이트해 주세요.',
};

const newerVersion: Refusal = { rule: 'newer_version', text: newerText };

const cannotBeReplayed: Text = {
  en: 'The stored record cannot be read, so it is not known how much to send and what was sent already: it cannot be replayed. Close it with resolve; if money has to go back, send a new event.',
  ko: '저장된 기록을 읽을 수 없어 얼마를 보내야 하는지, 이미 무엇을 보냈는지 알 수 없으므로 재처리할 수 없어요. resolve로 종결하고, 환불이 필요하면 새 이벤트를 보내 주세요.',
};

function acknowledgeUnreadable(refund: UnreadRefund): Text {
  const known = knownText(refund);
  return {
    en: `The stored record cannot be read, nor can the amount. ${known.en} Check the receipt in the Bootpay admin, then acknowledge that you close it all the same.`,
    ko: `저장된 기록과 금액을 읽을 수 없어요. ${known.ko} 부트페이 관리자에서 결제를 확인한 뒤, 그래도 종결함을 acknowledge로 알려 주세요.`,
  };
}

/** What a list, or the page of the refund, shows about it. */
export function unreadText(refund: UnreadRefund): Text {
  if (refund.unread === 'newer') return newerText;
  const known = knownText(refund);
  return {
    en: `The stored record cannot be read, nor can the amount. ${known.en} Tell the developers, and check the receipt in the Bootpay admin. The case can only be closed, with resolve and an acknowledgement.`,
    ko: `저장된 기록과 금액을 읽을 수 없어요. ${known.ko} 개발팀에 알리고 부트페이 관리자에서 결제를 확인해 주세요. 이 건은 resolve(확인 필요)로 종결만 할 수 있어요.`,
  };
}

/** The actions that make sense, by name. */
export function unreadActions({ unread, state }: UnreadRefund): string[] {
  return unread === 'unreadable' && state === 'dead_lettered' ? ['resolve'] : [];
}

function knownText({ orderId, receiptId, sent }: UnreadRefund): Text {
  const en = `Known: order ${orderId ?? '?'}, receipt ${receiptId ?? '?'}.`;
  const ko = `확인된 것: 주문 ${orderId ?? '?'}, 결제 ${receiptId ?? '?'}.`;
  return sent
    ? {
        en: `${en} A cancel may have been sent for it.`,
        ko: `${ko} 취소 요청이 이미 나갔을 수 있어요.`,
      }
    : { en: `${en} No cancel was sent for it.`, ko: `${ko} 취소 요청은 나가지 않았어요.` };
}

// What a colleague tells a customer who asks about a refund, by its state: a sentence with a date, and a text to send.
// "Refunded" is said of a verified amount alone.
import { assertNever } from '../../domain/errors.ts';
import type { Text } from '../../domain/problem.ts';
import type { Refund } from '../../domain/refund.ts';
import { askedWon, won } from '../../policies/amounts.ts';
import { caseWords } from '../../policies/case-advice.ts';
import { reasonOf } from '../../policies/case-reasons.ts';
import { noCode } from '../../policies/case-words.ts';
import { type CustomerNews, customerNews, type WayBack, wayBack } from '../../policies/customer-text.ts';
import { isNotThere, needsAcknowledgement } from '../../policies/replay-rules.ts';
import type { WaitingFor } from '../../policies/waiting-for.ts';
import { waitingSentence } from './case-page.ts';
import { notThere } from './look.ts';
import { dateText, momentText } from './time.ts';

export interface Answer {
  /** Whether the money went back, as far as it is verified. */
  readonly isYes: boolean;
  /** The answer itself. */
  readonly lead: Text;
  readonly rest: Text;
  /** null: nothing to send; a person has to write. */
  readonly customer: Text | null;
}

export interface AnswerFacts {
  readonly refund: Refund;
  readonly now: number;
  /** When its last move was made, ms. */
  readonly movedAt: number;
  /** null: it waits for nothing of ours. */
  readonly waiting: Pick<WaitingFor, 'kind' | 'until'> | null;
  /** null: Bootpay shows nothing cancelled beyond what our refunds completed, or was not asked. */
  readonly outside: Outside | null;
  /** Whose case it is; null: nobody's. */
  readonly assignedTo?: string | null;
}

/** Cancelled at Bootpay, and completed by no refund of ours. */
export interface Outside {
  readonly amountWon: number;
  /** Some refund of this payment has an outcome that is not known. */
  readonly mayBeOurs: boolean;
}

export function answerOf(facts: AnswerFacts): Answer {
  const { state } = facts.refund;
  switch (state) {
    case 'succeeded':
      return succeeded(facts);
    case 'queued':
    case 'sending':
    case 'waiting_retry':
      return notYet(facts);
    case 'unknown':
      return unclear(facts);
    case 'dead_lettered':
      return inReview(facts);
    case 'resolved':
      return closed(facts);
    default:
      return assertNever(state);
  }
}

function succeeded(facts: AnswerFacts): Answer {
  const { refund, now, movedAt } = facts;
  if (refund.settledWon === null) return closed(facts);
  const amount = won(refund.settledWon);
  const at = momentText(movedAt, now);
  const news = customerNews(refund, movedAt);
  const shows = whenItShows(facts, news);
  const isVoided = wayOf(refund) === 'not_charged';
  return {
    isYes: true,
    lead: isVoided
      ? { ko: `${amount.ko}이 취소됐어요.`, en: `${amount.en} was cancelled.` }
      : { ko: `${amount.ko}이 환불됐어요.`, en: `${amount.en} was refunded.` },
    rest: { ko: `${at.ko}에 처리했고, ${shows.ko}`, en: `It was done ${at.en}. ${shows.en}` },
    customer:
      news === null
        ? letter(refund, {
            ko: `취소 금액 ${amount.ko}이 환불 처리되었습니다.`,
            en: `${amount.en} has been refunded.`,
          })
        : aboutOrder(refund, news.text),
  };
}

/** To the colleague. */
function whenItShows({ refund, now }: AnswerFacts, news: CustomerNews | null): Text {
  const way = wayOf(refund);
  if (news === null || way === null) return dependsOnMethod;
  const [from, to] = [dateText(noonOf(news.expected.from), now), dateText(noonOf(news.expected.to), now)];
  switch (way) {
    case 'not_charged':
      return {
        ko: '카드 승인이 취소돼 청구되지 않아요.',
        en: 'The card approval is gone; nothing is charged.',
      };
    case 'by_card':
      return {
        ko: `카드 명세서에는 ${from.ko}~${to.ko}에 보여요.`,
        en: `The card statement shows it between ${from.en} and ${to.en}.`,
      };
    case 'perhaps_by_card':
      return {
        ko: `카드로 결제했다면 늦어도 ${to.ko}까지 카드사에서, 아니면 빠르면 처리한 날 확인할 수 있어요.`,
        en: `If a card paid, its company shows it by ${to.en}; otherwise it may show the same day.`,
      };
    case 'to_account':
      return {
        ko: `빠르면 ${to.ko}에 고객 계좌로 돌아가고, 은행에 따라 더 걸릴 수 있어요.`,
        en: `The customer's account may show it on ${to.en}; the bank may take longer.`,
      };
    case 'to_wallet':
      return {
        ko: `빠르면 ${to.ko}에 간편결제 잔액이나 계좌로 돌아가고, 결제사에 따라 더 걸릴 수 있어요.`,
        en: `The wallet or its account may show it on ${to.en}; its provider may take longer.`,
      };
    case 'by_phone':
      return { ko: '휴대폰 요금에 청구되지 않아요.', en: 'It is not charged with the phone bill.' };
  }
}

function wayOf({ customerNotice, lastLookUp }: Refund): WayBack | null {
  return customerNotice === null ? null : wayBack(lastLookUp?.receipt ?? null, customerNotice.why);
}

const dependsOnMethod: Text = {
  ko: '언제 보이는지는 결제수단에 따라 달라요.',
  en: 'When it shows depends on the method of payment.',
};

function noonOf(day: string): number {
  return Date.parse(`${day}T12:00:00+09:00`);
}

function notYet({ refund, waiting, now }: AnswerFacts): Answer {
  const by = dateText(refund.refundBy, now);
  const waits = waiting === null ? onItsWay : waitingSentence(waiting, now);
  return {
    isYes: false,
    lead: { ko: '아직이에요.', en: 'Not yet.' },
    rest: {
      ko: `${waits.ko} 법정 기한은 ${by.ko}까지예요.`,
      en: `${waits.en} The legal deadline is ${by.en}.`,
    },
    customer: letter(refund, {
      ko: '취소 요청이 접수되어 처리 중입니다. 처리되면 다시 안내해 드리겠습니다.',
      en: 'your cancellation was received and is being processed. We will tell you when it is done.',
    }),
  };
}

const onItsWay: Text = { ko: '처리하는 중이에요.', en: 'It is on its way.' };

function unclear({ refund, waiting, now }: AnswerFacts): Answer {
  const waits = waiting === null ? onItsWay : waitingSentence(waiting, now);
  return {
    isYes: false,
    lead: {
      ko: '보냈지만 결과를 아직 몰라요. 다시 요청하지 마세요. 직접 환불하지도 마세요.',
      en: 'It was sent, and its outcome is not known yet. Do not ask for it again, and do not refund by hand.',
    },
    rest: waits,
    customer: letter(refund, {
      ko: '취소 결과를 확인하고 있으며, 확인되는 대로 알려 드리겠습니다.',
      en: 'we are checking the outcome of your cancellation and will tell you as soon as we know.',
    }),
  };
}

function inReview(facts: AnswerFacts): Answer {
  const { refund, now } = facts;
  const by = dateText(refund.refundBy, now);
  const { why, toDo } = refund.deadLetter === null ? noCode : caseWords(refund.deadLetter, refund.lastLookUp);
  const { lead, next } = leadOfCase(facts);
  const whose = facts.assignedTo == null ? nothing : assignedSentence(facts.assignedTo);
  return {
    isYes: false,
    lead,
    rest: {
      ko: `${next.ko} 멈춘 이유: ${why.ko}. 할 일: ${toDo.ko}. 법정 기한은 ${by.ko}까지예요. ${whose.ko}`.trim(),
      en: `${next.en} Why it stopped: ${why.en}. What to do: ${toDo.en}. The legal deadline is ${by.en}. ${whose.en}`.trim(),
    },
    customer: letter(refund, lettersOfCase.get(reasonIn(refund)) ?? beingLookedInto),
  };
}

function assignedSentence(who: string): Text {
  return { ko: `담당은 ${who} 님이에요.`, en: `${who} has it.` };
}

/** What may be said of the money first; then how to speak of it. */
function leadOfCase({ refund, outside }: AnswerFacts): { readonly lead: Text; readonly next: Text } {
  const elsewhere = outside === null ? nothing : outsideText(outside);
  if (needsAcknowledgement(refund)) {
    const next = {
      ko: `고객에게 환불됐다고도, 안 됐다고도 말하지 마세요. ${elsewhere.ko}`.trim(),
      en: `Tell the customer neither that it was refunded nor that it was not. ${elsewhere.en}`.trim(),
    };
    return {
      lead: { ko: '알 수 없어요. 사람이 확인해야 해요.', en: 'Not known. A person has to find out.' },
      next,
    };
  }
  const person = { ko: '담당자의 결정을 기다리고 있어요.', en: 'It waits for a person to decide.' };
  if (outside !== null) return { lead: elsewhere, next: person };
  if (isNotThere(refund)) return { lead: notThere, next: person };
  return { lead: { ko: `아직이에요. ${person.ko}`, en: `Not yet. ${person.en}` }, next: nothing };
}

const nothing: Text = { ko: '', en: '' };

/** Where another refund of the payment may have moved it, it is only said that none completed it. */
function outsideText({ amountWon, mayBeOurs }: Outside): Text {
  const { ko, en } = won(amountWon);
  return mayBeOurs
    ? {
        ko: `부트페이에는 ${ko}이 이미 취소되어 있어요. 우리가 완료한 환불은 아니지만, 결과를 모르는 환불일 수 있어요.`,
        en: `Bootpay shows ${en} cancelled that no refund of ours completed; one whose outcome is open may have.`,
      }
    : {
        ko: `부트페이에는 ${ko}이 이미 취소되어 있어요. 우리가 완료한 환불은 아니에요.`,
        en: `Bootpay shows ${en} cancelled already, and no refund of ours completed it.`,
      };
}

function reasonIn({ deadLetter, lastLookUp }: Refund): string {
  return deadLetter === null ? '' : reasonOf(deadLetter, lastLookUp);
}

const beingLookedInto: Text = {
  ko: '취소 요청을 담당자가 확인하고 있습니다. 확인되는 대로 알려 드리겠습니다.',
  en: 'a colleague is looking into your cancellation. We will tell you as soon as we know.',
};

/** By the reason, where the customer has to act, or has nothing to expect. */
const lettersOfCase: ReadonlyMap<string, Text> = new Map([
  [
    'account_missing',
    {
      ko: '취소 금액을 돌려드리려면 환불받으실 계좌가 필요합니다. 번거로우시겠지만 은행, 계좌번호, 예금주를 알려 주시면 바로 처리하겠습니다.',
      en: 'to return the money we need an account to refund to. Please tell us the bank, the account number and its holder, and we will go on at once.',
    },
  ],
  [
    'unpaid_account',
    {
      ko: '입금이 확인되지 않아 돌려드릴 금액이 없습니다. 이미 입금하셨다면 입금하신 날짜와 성함을 알려 주시기 바랍니다.',
      en: 'no payment has come in, so there is nothing to return. If you did pay, please tell us the day and the name under which you paid.',
    },
  ],
  [
    'nothing_paid',
    {
      ko: '결제 금액이 0원이어서 돌려드릴 금액이 없습니다.',
      en: 'the payment was for 0 won, so there is nothing to return.',
    },
  ],
]);

function closed(facts: AnswerFacts): Answer {
  const { refund, now, movedAt } = facts;
  const at = momentText(refund.resolution?.at ?? movedAt, now);
  const who = refund.resolution?.who ?? null;
  const rest: Text = {
    ko: `${at.ko}에${who === null ? '' : ` ${who} 님이`} 종결했어요. ${askedText(refund).ko} ${saidWhy(refund).ko}`.trim(),
    en: `Closed ${at.en}${who === null ? '' : ` by ${who}`}. ${askedText(refund).en} ${saidWhy(refund).en}`.trim(),
  };
  return {
    ...(refund.settledWon === null ? closedUnverified(refund) : closedVerified(refund, refund.settledWon)),
    rest,
  };
}

/** What is verified is said first, whatever it was closed as; where that says otherwise, a person has to write. */
function closedVerified(refund: Refund, settledWon: number): Omit<Answer, 'rest'> {
  const amount = won(settledWon);
  const refunded: Text = {
    ko: `취소 금액 ${amount.ko}이 환불 처리되었습니다.`,
    en: `${amount.en} has been refunded.`,
  };
  switch (refund.resolution?.outcome ?? null) {
    case 'already_refunded':
      return {
        isYes: true,
        lead: {
          ko: `${amount.ko}이 이미 환불되어 있어 종결했어요.`,
          en: `${amount.en} had gone back already, so it was closed.`,
        },
        customer: letter(refund, refunded),
      };
    case 'refunded_by_hand':
      return {
        isYes: true,
        lead: {
          ko: `${amount.ko}이 환불됐어요. 그런데 직접 환불한 것으로도 종결했으니 두 번 나가지 않았는지 확인해 주세요.`,
          en: `${amount.en} was refunded. It was closed as refunded by hand, too: check that it did not go back twice.`,
        },
        customer: null,
      };
    default:
      return {
        isYes: true,
        lead: {
          ko: `${amount.ko}이 환불됐어요. 그런데 환불하지 않는 것으로 종결했어요.`,
          en: `${amount.en} was refunded, although it was closed as not to be refunded.`,
        },
        customer: null,
      };
  }
}

function closedUnverified(refund: Refund): Omit<Answer, 'rest'> {
  switch (refund.resolution?.outcome ?? null) {
    case 'refunded_by_hand':
      return closedByHand(refund);
    case 'already_refunded':
      return { isYes: false, lead: closedAsRefunded(refund), customer: null };
    default:
      return {
        isYes: false,
        lead: { ko: '환불하지 않기로 하고 종결했어요.', en: 'It was closed without a refund.' },
        customer: null,
      };
  }
}

/** What the payment shows may be of other refunds as well. */
function closedAsRefunded({ lastLookUp }: Refund): Text {
  const cancelledWon = lastLookUp?.receipt.cancelledWon ?? 0;
  const amount = won(cancelledWon);
  return cancelledWon === 0
    ? {
        ko: '이미 환불된 것으로 보고 종결했어요. 우리가 확인한 금액은 없어요.',
        en: 'It was closed as refunded already; no amount was verified by us.',
      }
    : {
        ko: `이미 환불된 것으로 보고 종결했어요. 부트페이에는 이 결제에서 모두 ${amount.ko}이 취소되어 있어요.`,
        en: `It was closed as refunded already. Bootpay shows ${amount.en} of this payment cancelled in all.`,
      };
}

/** What was sent is said by the person who sent it; records of an earlier version do not say it. */
function closedByHand(refund: Refund): Omit<Answer, 'rest'> {
  const sentWon = refund.resolution?.amountWon;
  const sent = sentWon === undefined ? null : won(sentWon);
  return {
    isYes: false,
    lead:
      sent === null
        ? { ko: '직접 환불하고 종결했어요.', en: 'It was refunded by hand and closed.' }
        : {
            ko: `${sent.ko}을 직접 환불하고 종결했어요.`,
            en: `${sent.en} was refunded by hand, and it was closed.`,
          },
    customer: letter(refund, {
      ko: `취소 금액${sent === null ? '을' : ` ${sent.ko}을`} 고객님께 직접 환불해 드렸습니다. 알려 주신 계좌를 확인해 주세요.`,
      en: `we returned ${sent?.en ?? 'the money'} to you ourselves. Please check the account that you gave us.`,
    }),
  };
}

function askedText(refund: Refund): Text {
  const asked = askedWon(refund);
  const { ko, en } = asked === null ? { ko: '남은 전액', en: 'all that was left' } : won(asked);
  return { ko: `요청한 금액은 ${ko}이에요.`, en: `Asked for: ${en}.` };
}

function saidWhy({ resolution }: Refund): Text {
  if (resolution === null) return { ko: '', en: '' };
  const { reason, evidence } = resolution;
  return {
    ko: `이유: ${reason}${evidence === null ? '' : ` (근거: ${evidence})`}`,
    en: `Reason: ${reason}${evidence === null ? '' : ` (evidence: ${evidence})`}`,
  };
}

/** To the customer, in the formal speech of a shop. */
function letter({ orderId }: Refund, { ko, en }: Text): Text {
  return { ko: `안녕하세요.\n주문 ${orderId}의 ${ko}`, en: `Hello,\nregarding your order ${orderId}: ${en}` };
}

/** A sentence of its own, with the order it is about. */
function aboutOrder({ orderId }: Refund, { ko, en }: Text): Text {
  return { ko: `안녕하세요.\n주문 ${orderId}: ${ko}`, en: `Hello,\nregarding your order ${orderId}: ${en}` };
}

// What the customer may be told of a refund that succeeded: by when the money shows where they paid, and a text to send.
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { addBusinessDays } from './business-days.ts';
import { seoulDate, seoulDay, seoulWeekday } from './seoul-time.ts';

export interface CustomerNews {
  /** Days in Seoul, such as 2026-12-02, the last one included. */
  readonly expected: { readonly from: string; readonly to: string };
  readonly text: Text;
}

/** null: it did not succeed, or is in doubt again. */
export function customerNews(refund: Refund, succeededAt: number): CustomerNews | null {
  const { state, settledWon, customerNotice, lastLookUp } = refund;
  if (state !== 'succeeded' || settledWon === null || customerNotice === null) return null;
  const way = wayBack(lastLookUp?.receipt ?? null, customerNotice.why);
  const from = way === 'by_card' ? addBusinessDays(succeededAt, 3) : succeededAt;
  const to = way === 'by_card' || way === 'perhaps_by_card' ? addBusinessDays(succeededAt, 5) : succeededAt;
  return {
    expected: { from: seoulDay(from), to: seoulDay(to) },
    text: textFor(way, { won: wonText(settledWon), from: dayText(from), to: dayText(to) }),
  };
}

/** Where the money goes, as far as the receipt shows it. */
export type WayBack = 'not_charged' | 'by_card' | 'perhaps_by_card' | 'to_account' | 'to_wallet' | 'by_phone';

/**
 * The page, "부분취소·전표 매입 후 취소 시 안내": a card company tells of a full cancel at once, of all others after 3 to 5
 * business days. Of the rest it says only that a transfer is processed at once, so the text promises no day there. That
 * nothing is charged is said only where it was a card.
 */
export function wayBack(receipt: Receipt | null, why: NonNullable<Refund['customerNotice']>['why']): WayBack {
  const { method = null, funding = null } = receipt ?? {};
  switch (method) {
    case 'bank':
    case 'vbank':
      return 'to_account';
    case 'phone':
      return 'by_phone';
    case 'naverpay':
    case 'kakaopay':
    case 'payco':
      if (funding === 'money' || funding === 'account') return 'to_wallet';
      return funding === 'card' ? byCard(why) : 'perhaps_by_card';
    case 'card':
      return byCard(why);
    default:
      return 'perhaps_by_card';
  }
}

function byCard(why: NonNullable<Refund['customerNotice']>['why']): WayBack {
  return why === 'same_day_full' ? 'not_charged' : 'by_card';
}

interface Facts {
  readonly won: string;
  readonly from: Text;
  readonly to: Text;
}

function textFor(way: WayBack, { won, from, to }: Facts): Text {
  const ko = `${won}원 환불이 완료되었습니다.`;
  const en = `Your refund of ${won} won is complete.`;
  switch (way) {
    case 'not_charged':
      return {
        ko: `${won}원 결제가 취소되어 청구되지 않습니다.`,
        en: `Your payment of ${won} won was cancelled and will not be charged.`,
      };
    case 'by_card':
      return {
        ko: `${ko} ${from.ko}~${to.ko} 사이에(영업일 기준 3~5일) 카드사에서 확인하실 수 있습니다.`,
        en: `${en} Your card company will show it between ${from.en} and ${to.en} (3 to 5 business days).`,
      };
    case 'perhaps_by_card':
      return {
        ko: `${ko} 카드로 결제하셨다면 늦어도 ${to.ko}까지(영업일 기준 3~5일) 카드사에서, 다른 수단으로 결제하셨다면 빠르면 당일 확인하실 수 있습니다.`,
        en: `${en} If you paid by card, your card company will show it by ${to.en} (3 to 5 business days); otherwise it may show the same day.`,
      };
    case 'to_account':
      return {
        ko: `${ko} 빠르면 ${to.ko} 중에 계좌에서 확인하실 수 있으며, 은행에 따라 더 걸릴 수 있습니다.`,
        en: `${en} Your account may show it on ${to.en}; your bank may take longer.`,
      };
    case 'to_wallet':
      return {
        ko: `${ko} 빠르면 ${to.ko} 중에 결제하신 간편결제 잔액이나 계좌에서 확인하실 수 있으며, 결제사에 따라 더 걸릴 수 있습니다.`,
        en: `${en} The wallet or account you paid with may show it on ${to.en}; its provider may take longer.`,
      };
    case 'by_phone':
      return {
        ko: `${won}원 휴대폰 결제가 취소되어 통신 요금에 청구되지 않습니다.`,
        en: `Your phone payment of ${won} won was cancelled and will not be on your phone bill.`,
      };
    default:
      return assertNever(way);
  }
}

function wonText(won: number): string {
  return String(won).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The same on every host, whatever its ICU knows. */
function dayText(at: number): Text {
  const { month, day } = seoulDate(at);
  const weekday = seoulWeekday(at);
  return {
    ko: `${month}월 ${day}일(${[...'일월화수목금토'][weekday]})`,
    en: `${day} ${months[month - 1]} (${days[weekday]})`,
  };
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

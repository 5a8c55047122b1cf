// What the merchant has to tell the customer, and by when the law wants the money back.
import type { Cancel, Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { addBusinessDays } from './business-days.ts';
import { endOfSeoulDay, sameSeoulDay } from './seoul-time.ts';

type CustomerNotice = NonNullable<Refund['customerNotice']>;

/**
 * The page, "부분취소·전표 매입 후 취소 시 안내": the card company tells the holder of a full cancel at once, of a partial one
 * or one after capture only 3 to 5 business days later, so the merchant should. In doubt the notice is required.
 * `receipt` is the look-up before the call: a full cancel of a rest is a partial one to the card company.
 */
export function customerNotice({
  cancel,
  receipt,
  now,
}: {
  readonly cancel: Cancel;
  readonly receipt: Receipt | null;
  readonly now: number;
}): CustomerNotice {
  if (cancel.kind === 'partial' || isRest(receipt)) return { required: true, why: 'partial' };
  if (surelyNotByCard(receipt)) return { required: false, why: 'not_by_card' };
  const paidAt = receipt?.purchasedAt ?? null;
  if (paidAt !== null && sameSeoulDay(paidAt, now)) return { required: false, why: 'same_day_full' };
  return { required: true, why: 'after_capture' };
}

function isRest(receipt: Receipt | null): boolean {
  return receipt !== null && receipt.cancelledWon > 0 && receipt.cancelledWon < receipt.priceWon;
}

/** Wallets may be funded by a card; where the receipt does not say, they may. */
function surelyNotByCard(receipt: Receipt | null): boolean {
  switch (receipt?.method ?? null) {
    case 'bank':
    case 'vbank':
    case 'phone':
      return true;
    case 'naverpay':
    case 'kakaopay':
    case 'payco':
      return receipt?.funding === 'money' || receipt?.funding === 'account';
    default:
      return false;
  }
}

const legalBusinessDays = 3;

/** E-Commerce Act art. 18: the end of the third business day. Orders work and warns people, never stops a refund. */
export function refundByFor(occurredAt: number): number {
  return endOfSeoulDay(addBusinessDays(occurredAt, legalBusinessDays));
}

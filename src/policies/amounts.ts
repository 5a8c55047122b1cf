// What a refund is about, in won.
import type { Refund } from '../domain/refund.ts';

/** null: a full cancel. */
export function askedWon({ cancel }: Pick<Refund, 'cancel'>): number | null {
  return cancel.kind === 'full' ? null : cancel.amountWon;
}

/** Of a full cancel, what the last look-up leaves; null: there was none. */
export function leftWon(refund: Pick<Refund, 'cancel' | 'lastLookUp'>): number | null {
  const receipt = refund.lastLookUp?.receipt;
  return askedWon(refund) ?? (receipt === undefined ? null : receipt.priceWon - receipt.cancelledWon);
}

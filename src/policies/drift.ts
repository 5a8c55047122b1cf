// Reconciliation: does the gateway's total bear out what our ledger settled on a receipt? (design.md 13.16)
import type { ReceiptRow } from '../domain/ports.ts';
import type { Receipt } from '../domain/reply.ts';

/**
 * `outside`: more went back than through us. `below`: less, which a look-up that lags shows too. `busy`: a refund is
 * under way on the receipt, nothing can be said. `drift`: less in two look-ups a settle window apart, undisturbed.
 */
export type TotalsVerdict = 'agrees' | 'outside' | 'below' | 'busy' | 'drift';

export interface TotalsQuestion {
  readonly receipt: Receipt;
  /** The ledger's row before the look-up and after it. */
  readonly before: ReceiptRow;
  readonly after: ReceiptRow;
  readonly now: number;
  readonly settleWindowMs: number;
}

export function compareTotals({
  receipt,
  before,
  after,
  now,
  settleWindowMs,
}: TotalsQuestion): TotalsVerdict {
  const free = before.holder === null && after.holder === null;
  if (!free || before.fence !== after.fence || before.settledWon !== after.settledWon) return 'busy';
  if (receipt.cancelledWon === after.settledWon) return 'agrees';
  if (receipt.cancelledWon > after.settledWon) return 'outside';
  const { below } = after;
  const twice = below !== null && below.fence === after.fence && now - below.at >= settleWindowMs;
  return twice ? 'drift' : 'below';
}

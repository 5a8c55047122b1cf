// Reconciliation: does the gateway's total bear out what our ledger settled on a receipt? (docs/design.md 13.16)
// Only totals can be seen, so only `drift` acts; every other verdict is evidence for a person.
import type { ReceiptRow } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { isOpen } from '../domain/states.ts';
import { growthOf, refundGrowth } from './growth.ts';
import { totalsOfLastLookUp } from './replay-rules.ts';

/**
 * `outside`: more went back than through us. `below`: less than we settled, `went_down`: enough for what we settled, but
 * less than was shown before; a look-up that lags shows both, too. In two look-ups a settle window apart, undisturbed, they
 * become `drift` and `reversed`: money was taken back. `busy`: the receipt is held, or was meanwhile.
 */
export type TotalsVerdict = 'agrees' | 'outside' | 'went_down' | 'below' | 'busy' | 'drift' | 'reversed';

export interface TotalsQuestion {
  readonly receipt: Receipt;
  /** The ledger's row before the look-up and after it. */
  readonly before: ReceiptRow;
  readonly after: ReceiptRow;
  /** The refund that holds the receipt, if one does, moves nothing on it. */
  readonly holderStandsStill: boolean;
  /** When the look-up was asked for, at the latest: its answer may be much later. */
  readonly now: number;
  /** The last step of the clock that was noticed; null: none. */
  readonly jumpedAt: number | null;
  readonly settleWindowMs: number;
}

export function compareTotals(question: TotalsQuestion): TotalsVerdict {
  const { receipt, after, now } = question;
  const { settledWon, highestWon, holder } = after;
  const total = receipt.cancelledWon;
  const isLow = total < settledWon || total < highestWon;
  const mayJudge = holder === null || (isLow && question.holderStandsStill);
  if (!mayJudge || !isUndisturbed(question)) return 'busy';
  if (!isLow) return total === settledWon ? 'agrees' : 'outside';
  const first = firstBelow(question);
  const twice = first !== null && now >= first.countsAt;
  if (total < settledWon) return twice ? 'drift' : 'below';
  return twice ? 'reversed' : 'went_down';
}

/**
 * A refund that holds the receipt and moves nothing on it: a dead letter, or one that only waits for look-ups that are not
 * stale. With money taken back it would hold for ever, so that it does not stand in the way of the evidence.
 */
export function standsStill({ state, staleSince }: Refund): boolean {
  return state === 'dead_lettered' || (staleSince !== null && state !== 'sending');
}

/**
 * The look-up that first showed less of what less is shown now (settled, or shown before), if the receipt is still as it
 * was then. `countsAt`: another one counts from then on,
 * a whole settle window later on a clock that was not moved. A moment that lies ahead was named by a clock that was.
 */
export function firstBelow({
  receipt,
  after,
  now,
  jumpedAt,
  settleWindowMs,
}: Pick<TotalsQuestion, 'receipt' | 'after' | 'now' | 'jumpedAt' | 'settleWindowMs'>): {
  readonly countsAt: number;
} | null {
  const { below, version, settledWon } = after;
  if (below === null || below.version !== version || below.at > now) return null;
  if (receipt.cancelledWon < settledWon && below.totalWon >= settledWon) return null;
  return { countsAt: Math.max(below.at, jumpedAt ?? below.at) + settleWindowMs };
}

/** No attempt was made and nothing counted between the two readings: the total belongs to what the ledger says. */
export function isUndisturbed({ before, after }: Pick<TotalsQuestion, 'before' | 'after'>): boolean {
  return before.holder === after.holder && before.version === after.version;
}

/**
 * Where more went back than we settled. `unpaid_landed`: by exactly the amount of a refund that we did not pay (a dead
 * letter, or one closed without paying through us). `outside_before`: it was there before our first attempt.
 */
export type Surplus =
  | { readonly verdict: 'unpaid_landed'; readonly refunds: readonly Refund[] }
  | { readonly verdict: 'outside_before' | 'outside' | 'busy' };

/**
 * Whose money the surplus may be. An unpaid refund's money is only told, never settled or closed here: the same amount
 * may have been cancelled by hand, and the person's own look-up (resolve as already_refunded) counts it then.
 * @param refunds every refund of the receipt.
 */
export function explainSurplus(
  refunds: readonly Refund[],
  { receipt, row }: { readonly receipt: Receipt; readonly row: ReceiptRow },
): Surplus {
  // Tried and not ended: what landed may be its own, and its next look-up will say so.
  if (refunds.some(({ state, attempts }) => isOpen(state) && attempts.length > 0)) return { verdict: 'busy' };
  const landed = refunds.filter((refund) => isUnpaid(refund) && hasLanded(refund, { receipt, row }));
  if (landed.length > 0) return { verdict: 'unpaid_landed', refunds: landed };
  const known = outsideBeforeUs(refunds);
  const surplusWon = receipt.cancelledWon - row.settledWon;
  return { verdict: surplusWon <= known ? 'outside_before' : 'outside' };
}

/**
 * Which refunds a drift makes cases of: the one whose amount is exactly what is missing, the latest of several; where
 * none is, the latest until they cover it. Blaming another would leave one with missing money a success, and make the
 * receipt look as if somebody else had refunded. Only what counts as settled can be missing: never a refund by hand.
 * @param refunds every refund of the receipt that is not purged, latest first.
 */
export function contradicted(
  refunds: readonly Refund[],
  { missingWon, totalSettledWon }: { readonly missingWon: number; readonly totalSettledWon: number },
): readonly Refund[] {
  const counted = refunds.filter(
    ({ state, settledWon }) => (state === 'succeeded' || state === 'resolved') && (settledWon ?? 0) > 0,
  );
  const exact = counted.find(({ settledWon }) => settledWon === missingWon);
  if (exact !== undefined) return [exact];
  // What is settled and nobody's any more was purged: the missing money may be its, and a case that accuses another
  // one could be paid again. A person is told of the drift and finds out.
  if (counted.reduce((sum, { settledWon }) => sum + (settledWon ?? 0), 0) < totalSettledWon) return [];
  const chosen: Refund[] = [];
  let leftWon = missingWon;
  for (const refund of counted) {
    if (leftWon <= 0) break;
    chosen.push(refund);
    leftWon -= refund.settledWon ?? 0;
  }
  return chosen;
}

function isUnpaid({ state, settledWon }: Refund): boolean {
  return state === 'dead_lettered' || (state === 'resolved' && (settledWon ?? 0) === 0);
}

/**
 * A refund that never began is measured from the look-up that stopped it. This is only told: marks and drifts, which say that
 * it may be other money, stop nobody from looking.
 */
function hasLanded(
  refund: Refund,
  { receipt, row }: { readonly receipt: Receipt; readonly row: ReceiptRow },
): boolean {
  const shown = { receipt, account: { ...row, marks: 0, openDrifts: 0 } };
  if (refund.attempts.length > 0) return refundGrowth(refund, shown)?.kind === 'landed';
  const from = totalsOfLastLookUp(refund);
  return from !== null && growthOf(refund.cancel, from, shown).kind === 'landed';
}

/** What had gone back on the receipt before any attempt of ours is nobody's double payment. Infinite without one. */
function outsideBeforeUs(refunds: readonly Refund[]): number {
  const first = refunds.flatMap(({ attempts }) => attempts.slice(0, 1));
  return Math.min(...first.map(({ totalsBefore }) => totalsBefore.totalWon - totalsBefore.settledWon));
}

// Reconciliation: does the gateway's total bear out what our ledger settled on a receipt? (docs/design.md 13.16)
// Only totals can be seen, so only `drift` acts; every other verdict is evidence for a person.
import type { ReceiptRow } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { isOpen } from '../domain/states.ts';
import { growthOf, refundGrowth } from './growth.ts';
import { totalsOfLastLookUp } from './replay-rules.ts';

/**
 * `outside`: more went back than through us. `below`: less than we settled. `went_down`: enough for what we settled, but
 * less than was shown before. A look-up that lags shows the latter two as well; in two look-ups a settle window apart,
 * undisturbed, they become `drift` and `reversed`: money was taken back. `busy`: a refund has the receipt lock, or had it
 * meanwhile.
 */
export type TotalsVerdict = 'agrees' | 'outside' | 'went_down' | 'below' | 'busy' | 'drift' | 'reversed';

export interface TotalsFacts {
  readonly receipt: Receipt;
  /** The ledger's row before the look-up and after it. */
  readonly before: ReceiptRow;
  readonly after: ReceiptRow;
  /** The refund that has the receipt lock, if one has it, moves nothing on the receipt. */
  readonly holderStandsStill: boolean;
  /** When the look-up was sent, at the latest: its answer may come much later. */
  readonly now: number;
  /** The last step of the clock that was noticed; null: none. */
  readonly jumpedAt: number | null;
  readonly settleWindowMs: number;
}

export function compareTotals(facts: TotalsFacts): TotalsVerdict {
  const { receipt, after, now } = facts;
  const { settledWon, highestWon, holder } = after;
  const total = receipt.cancelledWon;
  const isLow = total < settledWon || total < highestWon;
  const mayJudge = holder === null || (isLow && facts.holderStandsStill);
  if (!mayJudge || !isUndisturbed(facts)) return 'busy';
  if (!isLow) return total === settledWon ? 'agrees' : 'outside';
  const first = firstBelow(facts);
  const twice = first !== null && now >= first.countsAt;
  if (total < settledWon) return twice ? 'drift' : 'below';
  return twice ? 'reversed' : 'went_down';
}

/**
 * Whether a refund with the receipt lock moves nothing on the receipt: a dead letter, or one that only waits for look-ups
 * that are not stale. If money was taken back it would keep the lock for ever, so its lock does not stop a verdict.
 */
export function standsStill({ state, staleSince }: Refund): boolean {
  return state === 'dead_lettered' || (staleSince !== null && state !== 'sending');
}

/**
 * The look-up that first showed too little (less than settled, or than was shown before), if the receipt is still as it
 * was then. Another look-up counts from `countsAt` on: a whole settle window later, on a clock that was not moved. A
 * first look-up that lies in the future was noted by a clock that was.
 */
export function firstBelow({
  receipt,
  after,
  now,
  jumpedAt,
  settleWindowMs,
}: Pick<TotalsFacts, 'receipt' | 'after' | 'now' | 'jumpedAt' | 'settleWindowMs'>): {
  readonly countsAt: number;
} | null {
  const { below, version, settledWon } = after;
  if (below === null || below.version !== version || below.at > now) return null;
  if (receipt.cancelledWon < settledWon && below.totalWon >= settledWon) return null;
  return { countsAt: Math.max(below.at, jumpedAt ?? below.at) + settleWindowMs };
}

/** No attempt was made and nothing counted between the two readings: the total can be compared with the ledger's. */
export function isUndisturbed({ before, after }: Pick<TotalsFacts, 'before' | 'after'>): boolean {
  return before.holder === after.holder && before.version === after.version;
}

/**
 * More went back than we settled. `unpaid_landed`: by exactly the amount of a refund that we did not pay (a dead
 * letter, or one closed without paying through us). `outside_before`: it was there before our first attempt.
 */
export type Surplus =
  | { readonly verdict: 'unpaid_landed'; readonly refunds: readonly Refund[] }
  | { readonly verdict: 'outside_before' | 'outside' | 'busy' };

/**
 * Which refund's money the surplus may be. An unpaid refund is only reported, never settled or closed here: the same
 * amount may have been cancelled by hand, and the look-up of a resolve (as already_refunded) counts it then.
 * @param refunds every refund of the receipt.
 */
export function explainSurplus(
  refunds: readonly Refund[],
  { receipt, row }: { readonly receipt: Receipt; readonly row: ReceiptRow },
): Surplus {
  // An open refund was tried: what landed may be its money, and its next look-up will show it.
  if (refunds.some(({ state, attempts }) => isOpen(state) && attempts.length > 0)) return { verdict: 'busy' };
  const landed = refunds.filter((refund) => isUnpaid(refund) && hasLanded(refund, { receipt, row }));
  if (landed.length > 0) return { verdict: 'unpaid_landed', refunds: landed };
  const known = outsideBeforeUs(refunds);
  const surplusWon = receipt.cancelledWon - row.settledWon;
  return { verdict: surplusWon <= known ? 'outside_before' : 'outside' };
}

/**
 * Which refunds a drift makes cases of: the one whose amount is exactly what is missing, the latest of several; where
 * none is, the latest until they cover it. With another choice a refund whose money is missing would stay a success,
 * and the receipt would look as if it had been refunded from outside. Only what counts as settled can be missing: never
 * a refund by hand.
 * @param refunds every refund of the receipt that is not purged, latest first.
 */
export function refundsContradicted(
  refunds: readonly Refund[],
  { missingWon, totalSettledWon }: { readonly missingWon: number; readonly totalSettledWon: number },
): readonly Refund[] {
  const counted = refunds.filter(
    ({ state, settledWon }) => (state === 'succeeded' || state === 'resolved') && (settledWon ?? 0) > 0,
  );
  const exact = counted.find(({ settledWon }) => settledWon === missingWon);
  if (exact !== undefined) return [exact];
  // Settled money that no refund here accounts for is that of a purged one. The missing money may be the same, and a case
  // made of another refund could be paid again. The drift is reported, and a person finds out.
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
 * A refund that never began is measured from the look-up that stopped it. The result is only reported, so marks and
 * drifts are left out: they mean that it may be other money, which a person finds out.
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

/** What went back on the receipt before our first attempt is no double payment of ours. Infinite without an attempt. */
function outsideBeforeUs(refunds: readonly Refund[]): number {
  const first = refunds.flatMap(({ attempts }) => attempts.slice(0, 1));
  return Math.min(...first.map(({ totalsBefore }) => totalsBefore.totalWon - totalsBefore.settledWon));
}

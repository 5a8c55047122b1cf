// One receipt: look it up, compare, and open a case where the total contradicts us. Never calls a cancel.
import type { PolicySettings } from '../domain/decision.ts';
import { assertNever } from '../domain/errors.ts';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { Ledger, ReceiptRow } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import type { Transition } from '../domain/transition.ts';
import { drift } from '../policies/decisions.ts';
import {
  compareTotals,
  explainSurplus,
  firstBelow,
  isUndisturbed,
  refundsContradicted,
  type Surplus,
  standsStill,
  type TotalsFacts,
  type TotalsVerdict,
} from '../policies/drift.ts';
import { totalOf, transitionFor, withLookUp } from '../policies/transition.ts';
import { type AskDeps, type AskResult, ask } from './ask.ts';

export interface CompareDeps extends AskDeps {
  readonly ledger: Pick<
    Ledger,
    'list' | 'readReceipt' | 'noteBelow' | 'lowerHighest' | 'commit' | 'lastAnsweredReceipt'
  >;
  readonly settings: PolicySettings;
  readonly openCase: (refund: Refund) => Promise<void>;
  /** The last step of the clock that was noticed, ms; null: none. */
  readonly jumpedAt: () => number | null;
}

/** `held`: a dead letter keeps the receipt until it is closed. `no_look_up`: nothing to compare with. */
export type Verdict = TotalsVerdict | Surplus['verdict'] | 'held' | 'no_look_up';

/** Amounts in won. */
export interface Comparison {
  readonly receiptId: ReceiptId;
  readonly verdict: Verdict;
  readonly settledWon: number;
  readonly cancelledWon: number | null;
  /** The refunds concerned: the cases that a drift opened, the unpaid refunds whose amount went back, the holder. */
  readonly refundIds: readonly RefundId[];
  /** `below` and `went_down` only, ms: a look-up that still shows less counts from then on. */
  readonly lookAgainAt: number | null;
  /** `no_look_up` only: what came instead. */
  readonly why: string | null;
}

type AskFailure = Exclude<AskResult, { kind: 'shown' }>;
type PartialComparison = Pick<Comparison, 'verdict'> & Partial<Comparison>;

export async function compare(
  deps: CompareDeps,
  receiptId: ReceiptId,
  signal?: AbortSignal,
): Promise<
  { readonly comparison: Comparison } | { readonly failure: AskFailure; readonly settledWon: number }
> {
  const before = await deps.ledger.readReceipt(receiptId);
  const asked = await ask(deps, receiptId, signal);
  if (asked.kind !== 'shown') return { failure: asked, settledWon: before.settledWon };
  const after = await deps.ledger.readReceipt(receiptId);
  const holder = after.holder === null ? null : await holderOf(deps, receiptId, after.holder);
  const holderStandsStill = holder !== null && standsStill(holder);
  const found = await judge(deps, { receipt: asked.receipt, at: asked.at, before, after, holderStandsStill });
  const { settledWon } = after;
  const { cancelledWon } = asked.receipt;
  const nothing = { refundIds: [], lookAgainAt: null, why: null };
  return { comparison: { receiptId, settledWon, cancelledWon, ...nothing, ...found } };
}

interface Observation {
  readonly receipt: Receipt;
  /** When it was asked for, in ms. */
  readonly at: number;
  readonly before: ReceiptRow;
  readonly after: ReceiptRow;
  readonly holderStandsStill: boolean;
}

async function judge(deps: CompareDeps, observed: Observation): Promise<PartialComparison> {
  const verdict = compareTotals(factsOf(deps, observed, observed.at));
  switch (verdict) {
    case 'agrees':
      await forgetBelow(deps, observed);
      return { verdict };
    case 'outside':
      await forgetBelow(deps, observed);
      return surplus(deps, observed);
    case 'below':
    case 'went_down':
      return { verdict, lookAgainAt: await rememberBelow(deps, observed) };
    case 'reversed':
      return { verdict: (await lowerHighest(deps, observed)) ? verdict : 'busy' };
    case 'busy':
      return heldBy(deps, observed);
    case 'drift':
      return openDrift(deps, observed);
    default:
      return assertNever(verdict);
  }
}

async function surplus(deps: CompareDeps, { receipt, after }: Observation): Promise<PartialComparison> {
  const refunds = await refundsOn(deps, receipt.receiptId);
  const explained = explainSurplus(refunds, { receipt, row: after });
  if (explained.verdict !== 'unpaid_landed') return explained;
  return { verdict: explained.verdict, refundIds: idsOf(explained.refunds) };
}

/** A lock kept by a dead letter is not released by waiting: that case is reported, and whether its money went back. */
async function heldBy(
  deps: CompareDeps,
  { receipt, before, after }: Observation,
): Promise<PartialComparison> {
  if (after.holder === null || !isUndisturbed({ before, after })) return { verdict: 'busy' };
  const refunds = await refundsOn(deps, receipt.receiptId);
  const holder = refunds.find(({ refundId }) => refundId === after.holder);
  if (holder?.state !== 'dead_lettered') return { verdict: 'busy' };
  const explained = explainSurplus(refunds, { receipt, row: after });
  return explained.verdict === 'unpaid_landed'
    ? { verdict: explained.verdict, refundIds: idsOf(explained.refunds) }
    : { verdict: 'held', refundIds: [holder.refundId] };
}

/** The receipt may have moved on since it was read: then nothing is written, and the next run begins anew. */
async function openDrift(deps: CompareDeps, observed: Observation): Promise<PartialComparison> {
  const { receipt, after } = observed;
  const { cancelledWon, receiptId } = receipt;
  const now = deps.now();
  const missing = refundsContradicted(await refundsOn(deps, receiptId), {
    missingWon: after.settledWon - cancelledWon,
    totalSettledWon: after.settledWon,
  });
  // What stays settled once all of them are cases: later look-ups are compared with it.
  const remainsWon = missing.reduce((left, refund) => left - (refund.settledWon ?? 0), after.settledWon);
  const decision = drift(`Bootpay shows ${cancelledWon} won cancelled, we settled ${after.settledWon}`);
  const opened: RefundId[] = [];
  let receiptVersion = after.version;
  // A holder that stands still has to write, and so to change the version, before it sends.
  const lock = after.holder === null ? 'free' : 'any';
  for (const refund of missing) {
    const seen = withLookUp(refund, receipt, { at: now, settledWon: remainsWon, marks: after.marks });
    const change: Transition = {
      ...transitionFor(seen, decision, { now, who: 'reconcile' }),
      seen: totalOf(receipt),
      lowersHighest: true,
    };
    const written = await deps.ledger.commit(change, { lookedAt: { receiptVersion, lock } });
    if (written.kind !== 'done') break;
    receiptVersion = written.receiptVersion;
    await deps.openCase(change.refund);
    opened.push(refund.refundId);
  }
  if (opened.length > 0) await forgetBelow(deps, observed);
  // None of our refunds explains it, but look-ups have to become usable again.
  else if (missing.length > 0 || !(await lowerHighest(deps, observed))) return { verdict: 'busy' };
  return { verdict: 'drift', refundIds: opened };
}

/** Two look-ups a settle window apart confirm the lower total; against the old one all later look-ups would be stale. */
function lowerHighest({ ledger, now }: CompareDeps, { receipt, after }: Observation): Promise<boolean> {
  const { cancelledWon: totalWon, receiptId } = receipt;
  return ledger.lowerHighest(receiptId, { totalWon, version: after.version, now: now() });
}

function factsOf({ settings, jumpedAt }: CompareDeps, observed: Observation, now: number): TotalsFacts {
  return { ...observed, now, jumpedAt: jumpedAt(), settleWindowMs: settings.settleWindowMs };
}

/** Returns from when on another look-up counts, in ms: a settle window after the first one ended. */
async function rememberBelow(deps: CompareDeps, observed: Observation): Promise<number> {
  const now = deps.now();
  const first = firstBelow(factsOf(deps, observed, now));
  if (first !== null) return first.countsAt;
  const { receipt, after } = observed;
  const below = { at: now, version: after.version, totalWon: receipt.cancelledWon };
  await deps.ledger.noteBelow(receipt.receiptId, below);
  return now + deps.settings.settleWindowMs;
}

async function forgetBelow({ ledger }: CompareDeps, { receipt, after }: Observation): Promise<void> {
  if (after.below !== null) await ledger.noteBelow(receipt.receiptId, null);
}

async function holderOf(deps: CompareDeps, receiptId: ReceiptId, id: string): Promise<Refund | null> {
  return (await refundsOn(deps, receiptId)).find(({ refundId }) => refundId === id) ?? null;
}

/** All of them, latest first. */
async function refundsOn({ ledger }: CompareDeps, receiptId: ReceiptId): Promise<Refund[]> {
  const refunds: Refund[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.list({ receiptId, limit: 200, cursor });
    refunds.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return refunds;
}

function idsOf(refunds: readonly Refund[]): RefundId[] {
  return refunds.map(({ refundId }) => refundId);
}

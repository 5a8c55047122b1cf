// Compares what our ledger settled with what the gateway shows, receipt by receipt. Finds; never calls a cancel.
import type { PolicySettings } from '../domain/decision.ts';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { CallGate, Gateway, Ledger } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import { drift } from '../policies/decide-next.ts';
import { compareTotals, type TotalsVerdict } from '../policies/drift.ts';
import { decided, totalsOf, withLookUp } from '../policies/next-record.ts';

export interface ReconcileDeps {
  readonly ledger: Pick<Ledger, 'list' | 'readReceipt' | 'noteBelow' | 'commit'>;
  readonly gateway: Gateway;
  readonly gate: CallGate;
  readonly now: () => number;
  /** 0..1, for the sample. */
  readonly chance: () => number;
  readonly settings: PolicySettings;
  readonly openCase: (refund: Refund) => Promise<void>;
}

export interface ReconcileRequest {
  /** Refunds accepted at or after, ms; absent: all. */
  readonly since?: number | undefined;
  /** Share of the receipts to look at, above 0 to 1; absent: all. */
  readonly sample?: number | undefined;
}

/** One line per receipt. Amounts in won. */
export interface Reconciled {
  readonly receiptId: ReceiptId;
  readonly verdict: TotalsVerdict | 'no_look_up';
  readonly settledWon: number;
  readonly cancelledWon: number | null;
  /** The case that a drift opened. */
  readonly refundId: RefundId | null;
}

/** As it happens; ends early when the signal aborts. */
export async function* reconcile(
  deps: ReconcileDeps,
  { since, sample = 1 }: ReconcileRequest,
  signal?: AbortSignal,
): AsyncGenerator<Reconciled> {
  const seen = new Set<ReceiptId>();
  for (const state of ['succeeded', 'resolved'] as const) {
    let cursor: string | undefined;
    do {
      const page = await deps.ledger.list({ state, since, cursor, limit: 200 });
      for (const refund of page.items) {
        if (signal?.aborted === true) return;
        if (seen.has(refund.receiptId)) continue;
        seen.add(refund.receiptId);
        if (deps.chance() < sample) yield await compare(deps, refund, signal);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

async function compare(deps: ReconcileDeps, refund: Refund, signal?: AbortSignal): Promise<Reconciled> {
  const { ledger, gate, gateway, settings } = deps;
  const { receiptId } = refund;
  const before = await ledger.readReceipt(receiptId);
  const passed = await gate.pass('look_up', signal === undefined ? {} : { signal });
  const reply = passed ? await gateway.lookUp(receiptId, signal) : null;
  const result = { receiptId, settledWon: before.settledWon, cancelledWon: null, refundId: null };
  if (reply?.kind !== 'accepted') return { ...result, verdict: 'no_look_up' };
  const receipt = reply.body;
  const after = await ledger.readReceipt(receiptId);
  const now = deps.now();
  const verdict = compareTotals({ receipt, before, after, now, settleWindowMs: settings.settleWindowMs });
  const { cancelledWon } = receipt;
  if (verdict === 'below' && after.below?.fence !== after.fence) {
    await ledger.noteBelow(receiptId, { at: now, fence: after.fence });
  }
  if (verdict === 'agrees' || verdict === 'outside') {
    if (after.below !== null) await ledger.noteBelow(receiptId, null);
  }
  if (verdict !== 'drift') return { ...result, verdict, cancelledWon };

  const looked = withLookUp(refund, receipt, { at: now, settledWon: after.settledWon });
  const reason = `Bootpay shows ${cancelledWon} won cancelled, we settled ${after.settledWon}`;
  const change = { ...decided(looked, drift(reason), { now, who: 'reconcile' }), seen: totalsOf(receipt) };
  const written = await ledger.commit(change, { fence: null });
  if (written.kind !== 'done') return { ...result, verdict: 'busy', cancelledWon };
  await deps.openCase(change.refund);
  return { ...result, verdict, cancelledWon, refundId: refund.refundId };
}

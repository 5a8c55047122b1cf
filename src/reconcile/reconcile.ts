// Compares what our ledger settled with what the gateway shows, receipt by receipt, one look-up at a time.
// Every refund that has ended is covered: paid, closed by a person, or waiting for one. Never calls a cancel.
import type { ReceiptId } from '../domain/ids.ts';
import type { State } from '../domain/states.ts';
import type { AskResult } from './ask.ts';
import { type CompareDeps, type Comparison, compare } from './compare.ts';

export interface ReconcileDeps extends CompareDeps {
  /** 0..1, for the sample. */
  readonly chance: () => number;
}

export interface ReconcileRequest {
  /** Receipts with a refund accepted at or after, ms; absent: all. */
  readonly since?: number | undefined;
  /** Share of the receipts to look at, above 0 to 1; absent: all. */
  readonly sample?: number | undefined;
}

/** One result, as it happens. `walked`: how many refunds of `reconciledStates` have been gone through by then. */
export type ReconcileItem = { readonly walked: number } & (
  | ({ readonly kind: 'receipt' } & Comparison)
  /** Its record is gone or cannot be read, so that its receipt is not known. */
  | { readonly kind: 'unreadable'; readonly refundId: string }
  /** The last item: every further receipt would fail in the same way. */
  | { readonly kind: 'gave_up'; readonly why: 'credentials' | 'no_answers' }
);

/**
 * Dead letters as well, because the person who reviews a case has to know whether its money went back. It is only
 * reported: an outside cancel of the same amount looks the same, so the case stays open.
 */
export const reconciledStates: readonly State[] = ['succeeded', 'resolved', 'dead_lettered'];

/** Receipts in a row for which Bootpay could not be asked; each takes a minute and a half at most, repeats included. */
export const mostConsecutiveFailures = 10;

/** Remembers the receipts it has met: about 100 MB for a million. Ends early when the signal aborts. */
export async function* reconcile(
  deps: ReconcileDeps,
  { since, sample = 1 }: ReconcileRequest,
  signal?: AbortSignal,
): AsyncGenerator<ReconcileItem> {
  let consecutiveFailures = 0;
  for await (const met of receipts(deps, since)) {
    const { walked } = met;
    if (signal?.aborted === true) return;
    if (met.kind === 'unreadable') yield met;
    if (met.kind === 'unreadable' || deps.chance() >= sample) continue;
    const result = await compare(deps, met.receiptId, signal);
    if ('comparison' in result) {
      consecutiveFailures = 0;
      yield { kind: 'receipt', walked, ...result.comparison };
      continue;
    }
    const { failure, settledWon } = result;
    if (failure.kind === 'stopped') return;
    if (failure.kind === 'credentials_refused') return yield { kind: 'gave_up', walked, why: 'credentials' };
    yield { kind: 'receipt', walked, ...notCompared(met.receiptId, settledWon, failure) };
    consecutiveFailures = failure.silent ? consecutiveFailures + 1 : 0;
    if (consecutiveFailures >= mostConsecutiveFailures)
      return yield { kind: 'gave_up', walked, why: 'no_answers' };
  }
}

type WalkedItem = { readonly walked: number } & (
  | { readonly kind: 'receipt'; readonly receiptId: ReceiptId }
  | { readonly kind: 'unreadable'; readonly refundId: string }
);

/** Each receipt once, by its latest refund. */
async function* receipts({ ledger }: ReconcileDeps, since: number | undefined): AsyncGenerator<WalkedItem> {
  const seen = new Set<ReceiptId>();
  let walked = 0;
  for (const state of reconciledStates) {
    let cursor: string | undefined;
    do {
      const page = await ledger.list({ state, since, cursor, limit: 200 });
      for (const refundId of page.unreadable) yield { kind: 'unreadable', refundId, walked: ++walked };
      for (const { receiptId } of page.items) {
        walked += 1;
        if (seen.has(receiptId)) continue;
        seen.add(receiptId);
        yield { kind: 'receipt', receiptId, walked };
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

function notCompared(
  receiptId: ReceiptId,
  settledWon: number,
  { why }: Extract<AskResult, { kind: 'not_shown' }>,
): Comparison {
  const nothing = { cancelledWon: null, refundIds: [], lookAgainAt: null };
  return { receiptId, verdict: 'no_look_up', settledWon, why, ...nothing };
}

// The verdict on a history that has ended: reads the gateway's book and our records, and nothing else.

import { receiptIdSchema, refundIdSchema } from '../src/domain/ids.ts';
import type { StoredRefund } from '../src/domain/ledger.ts';
import type { Refund } from '../src/domain/refund.ts';
import { isOpen, mayMove, type State } from '../src/domain/states.ts';
import { auditEnd } from './audit.ts';
import type { Context } from './context.ts';
import { judgeMoney, judgeSum } from './money.ts';

export interface Verdict {
  readonly violations: readonly string[];
  readonly lines: readonly string[];
  readonly digest: string;
  readonly calls: number;
  readonly ends: Readonly<Partial<Record<State | 'lost', number>>>;
  /** Paid twice or settled wrongly, where the scenario says that it may happen. */
  readonly excused: number;
}

export async function judge(context: Context): Promise<Verdict> {
  const { watch, ledger, transcript, book, bootpay } = context;
  const ends: Partial<Record<State | 'lost', number>> = {};
  const excuses: string[] = [];
  const count = (end: State | 'lost') => {
    ends[end] = (ends[end] ?? 0) + 1;
  };
  for (const id of context.acceptedEvents) {
    if (watch.records.has(id)) continue;
    if (watch.failedOver) count('lost');
    else watch.fail(`${id} was accepted and is not on record`);
  }
  for (const record of watch.records.values()) {
    const stored = await ledger.read(refundIdSchema.parse(record.refundId));
    count(stored?.state ?? 'lost');
    judgeRecord(context, record, stored);
    judgeMoney(context, record, excuses);
  }
  for (const { id: receiptId, price: priceWon } of bootpay.receipts.values()) {
    const movedWon = priceWon - book.left(receiptId).amount;
    if (movedWon > priceWon) watch.fail(`${receiptId}: ${movedWon} of ${priceWon} won went back`);
    judgeSum(context, receiptId, priceWon);
    await judgeLock(context, receiptId);
  }
  await auditEnd(context);
  if (context.jobs.unreadable.length > 0 && !watch.failedOver)
    watch.fail(`unreadable jobs ${context.jobs.unreadable.join(' ')}`);
  return {
    violations: watch.violations,
    lines: transcript.lines,
    digest: transcript.digest(),
    calls: [...watch.calls.values()].reduce((sum, calls) => sum + calls, 0),
    ends,
    excused: excuses.length,
  };
}

function judgeRecord(context: Context, record: Refund, stored: StoredRefund | null): void {
  const { watch } = context;
  const { eventId } = record;
  const refund = stored?.refund ?? null;
  if (stored === null || refund === null) {
    watch.fail(`${eventId} cannot be read`);
    return;
  }
  const kept = `v${stored.version} ${stored.state}`;
  const confirmed = `v${record.version} ${record.state}`;
  if (kept !== confirmed || stored.state !== refund.state || stored.version !== refund.version) {
    watch.fail(`${eventId} is stored as ${kept}, last confirmed as ${confirmed}`);
  }
  if (isOpen(stored.state)) watch.fail(`${eventId} is still ${stored.state}`);
  judgeEnd(context, refund);
  judgeHistory(context, stored, eventId);
}

/** In front of a person, or closed by one: never in silence. */
function judgeEnd({ watch, jobs }: Context, { state, eventId, deadLetter, resolution }: Refund): void {
  if (state === 'resolved' && resolution === null) watch.fail(`${eventId} is resolved without a resolution`);
  if (state !== 'dead_lettered') return;
  if (deadLetter === null) watch.fail(`${eventId} is a dead letter without a case`);
  else if (!jobs.cases.has(deadLetter.jobId)) watch.fail(`${eventId}: its case is not shown`);
}

/** Each move is in the table, and begins where the one before ended; once repeated ones are folded, no longer. */
function judgeHistory({ watch }: Context, stored: StoredRefund, eventId: string): void {
  let state: State | null = null;
  const folded = stored.history.some(({ times }) => times !== undefined);
  for (const { from, to } of stored.history) {
    if (to === null) continue;
    const known = from === null || from === to || mayMove(from, to);
    const follows = folded || from === state;
    if (!follows || !known) watch.fail(`${eventId} moved from ${from} to ${to} after ${state}`);
    state = to;
  }
  if (state !== stored.state) watch.fail(`${eventId}: history ends ${state}, record is ${stored.state}`);
}

async function judgeLock({ ledger, watch }: Context, receiptId: string): Promise<void> {
  const { holder } = await ledger.readReceipt(receiptIdSchema.parse(receiptId));
  if (holder === null) return;
  const record = watch.records.get(holder);
  if (record?.state !== 'dead_lettered' || record.deadLetter?.keepsLock !== true) {
    watch.fail(
      `${receiptId} is held by ${record?.eventId ?? holder}, which is ${record?.state ?? 'nowhere'}`,
    );
  }
}

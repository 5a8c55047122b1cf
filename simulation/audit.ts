// Looks into Redis itself: what the ledger keeps beside its records has to say the same as they do. Runs now and then
// while nothing else moves, and at the end.
import { receiptIdSchema } from '../src/domain/ids.ts';
import type { Refund } from '../src/domain/refund.ts';
import { isOpen, stateSchema } from '../src/domain/states.ts';
import type { Context } from './context.ts';
import { bankAccounts } from './plan.ts';

export async function audit(context: Context): Promise<void> {
  const { watch, bootpay } = context;
  for (const refund of watch.records.values()) await auditIndexes(context, refund);
  for (const receiptId of bootpay.receipts.keys()) await auditReceipt(context, receiptId);
}

/** Only what ended: then nothing may be left that waits, and no account. */
export async function auditEnd(context: Context): Promise<void> {
  await audit(context);
  await auditEvents(context);
  for (const refund of context.watch.records.values()) await auditAccount(context, refund);
}

/** The sweeper finds a lost job by the wake-ups, people find a refund by its state. */
async function auditIndexes({ redis, subject, prefix, watch }: Context, refund: Refund): Promise<void> {
  const keys = subject.keysFor(prefix);
  const { refundId, state, nextWakeUpAt } = refund;
  const score = await redis.zscore(keys.wakeUps, refundId);
  if (!isOpen(state) && score !== null) watch.fail(`${refundId} is ${state} and would be woken`);
  // A hint may wake it earlier.
  const late = score === null || Number(score) > (nextWakeUpAt ?? 0);
  if (isOpen(state) && late) watch.fail(`${refundId} wakes up at ${nextWakeUpAt}, the index says ${score}`);
  for (const one of stateSchema.options) {
    const listed = (await redis.zscore(keys.byState(one), refundId)) !== null;
    if (listed !== (one === state))
      watch.fail(`${refundId} is ${state} and ${listed ? '' : 'not '}listed as ${one}`);
  }
}

async function auditReceipt({ ledger, watch }: Context, receiptId: string): Promise<void> {
  const row = await ledger.readReceipt(receiptIdSchema.parse(receiptId));
  const known = watch.referee.known(receiptId);
  if (row.settledWon !== known.settledWon) {
    watch.fail(`${receiptId} is kept with ${row.settledWon} won settled, ${known.settledWon} were written`);
  }
  if (row.highestWon !== known.highestWon) {
    watch.fail(`${receiptId} is kept with ${row.highestWon} at most, ${known.highestWon} were shown`);
  }
  if (row.marks !== known.marks || row.openDrifts !== known.openDrifts) {
    const kept = `${row.marks} marks and ${row.openDrifts} drifts`;
    watch.fail(`${receiptId} is kept with ${kept}, written were ${known.marks} and ${known.openDrifts}`);
  }
  const holder = watch.referee.holder(receiptId);
  if (row.holder !== holder) watch.fail(`${receiptId} is kept as held by ${row.holder}, it was ${holder}`);
  const counted = [...watch.records.values()].filter((refund) => refund.receiptId === receiptId);
  const countedWon = counted.reduce((sum, { settledWon }) => sum + (settledWon ?? 0), 0);
  if (row.settledWon !== countedWon)
    watch.fail(`${receiptId} is kept with ${row.settledWon} won settled, its refunds have ${countedWon}`);
}

async function auditEvents({ redis, subject, prefix, watch }: Context): Promise<void> {
  if (watch.failedOver) return;
  const entries = await redis.xrange(subject.keysFor(prefix).events, '-', '+');
  const told = entries.map(([, fields]) => JSON.parse(fields[1] ?? '{}') as { id?: string; type?: string });
  for (const { refundId, version, type } of watch.told) {
    const times = told.filter((event) => event.id === `${refundId}-${version}` && event.type === type).length;
    if (times !== 1) watch.fail(`${refundId} v${version}: ${type} is told ${times} times`);
  }
}

/** Erased when the refund ends, and never anywhere in the clear. */
async function auditAccount({ redis, subject, prefix, watch }: Context, refund: Refund): Promise<void> {
  const keys = subject.keysFor(prefix);
  const { refundId, account, state } = refund;
  const kept = (await redis.hexists(keys.refund(refundId), 'account')) === 1;
  if (kept !== (account === 'kept'))
    watch.fail(`${refundId} says its account is ${account}, and ${kept} is kept`);
  const over = state === 'succeeded' || state === 'resolved';
  if (over && account === 'kept') watch.fail(`${refundId} is ${state} and keeps its account`);
  const written = [
    JSON.stringify(refund),
    ...Object.values(await redis.hgetall(keys.refund(refundId))),
    ...(await redis.lrange(keys.history(refundId), 0, -1)),
  ].join(' ');
  if (bankAccounts.some((number) => written.includes(number)))
    watch.fail(`${refundId} shows an account number`);
}

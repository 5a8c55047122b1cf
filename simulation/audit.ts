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
  await auditCases(context);
  await auditDays(context);
  await auditBook(context);
  for (const receiptId of bootpay.receipts.keys()) await auditReceipt(context, receiptId);
}

/** Only what ended: then nothing may be left that waits, and no account. */
export async function auditEnd(context: Context): Promise<void> {
  await audit(context);
  await auditEvents(context);
  await auditActions(context);
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

/** People find cases by what the law asks for, by money and by age, and read what they are in sum. */
async function auditCases({ redis, subject, prefix, watch, ledger }: Context): Promise<void> {
  const keys = subject.keysFor(prefix);
  const there = { count: 0, won: 0 };
  for (const refund of watch.records.values()) {
    const { refundId, state } = refund;
    const places = placesOf(refund);
    for (const sort of ['due', 'amount', 'age'] as const) {
      const score = await redis.zscore(keys.casesBy(sort), refundId);
      const place = places === null ? null : String(places[sort]);
      if (score !== place)
        watch.fail(`${refundId} is ${state} and stands at ${score} by ${sort}, not at ${place}`);
    }
    there.count += places === null ? 0 : 1;
    there.won += Math.max(places?.amount ?? 0, 0);
  }
  const { sums } = await ledger.caseTotals({ filter: {}, now: 0 });
  const told = sums.reduce(({ count, won }, one) => ({ count: count + one.count, won: won + one.won }), {
    count: 0,
    won: 0,
  });
  if (told.count !== there.count || told.won !== there.won)
    watch.fail(`${told.count} cases of ${told.won} won are told, ${there.count} of ${there.won} there are`);
}

/** Of one day the most urgent first. */
const earlier = { critical: 2, warning: 1, notice: 0 } as const;

/** null: it is no case. An amount that nobody knows stands at -1. */
function placesOf({ state, refundBy, cancel, lastLookUp, deadLetter }: Refund) {
  if (state !== 'dead_lettered') return null;
  const receipt = lastLookUp?.receipt;
  const left = receipt === undefined ? -1 : receipt.priceWon - receipt.cancelledWon;
  return {
    due: refundBy - earlier[deadLetter?.severity ?? 'notice'],
    amount: cancel.kind === 'full' ? left : cancel.amountWon,
    age: deadLetter?.at ?? 0,
  };
}

async function auditDays({ redis, subject, prefix, watch }: Context): Promise<void> {
  const { days, day } = subject.keysFor(prefix);
  const kept = new Map<string, number>();
  for (const key of await redis.keys(`${days}*`)) {
    const name = key.slice(days.length);
    for (const [field, count] of Object.entries(await redis.hgetall(day(name))))
      kept.set(`${name} ${field}`, Number(count));
  }
  const { counts } = watch.books;
  for (const name of new Set([...kept.keys(), ...counts.keys()])) {
    const [told, written] = [kept.get(name) ?? 0, counts.get(name) ?? 0];
    if (told !== written) watch.fail(`${name} is counted as ${told}, ${written} were written`);
  }
}

/** Accounting reads each end on its day, with what it paid back; the sum is that of the day's counters. */
async function auditBook({ redis, subject, prefix, ledger, watch }: Context): Promise<void> {
  const { books } = subject.keysFor(prefix);
  const kept: string[] = [];
  for (const key of await redis.keys(`${books}*`)) {
    const day = key.slice(books.length);
    for (const { refundId, version, from, to, won } of await ledger.book({
      day,
      after: null,
      limit: 100_000,
    }))
      kept.push(`${day} ${refundId} v${version} ${from} ${to} ${won}`);
  }
  const { ends } = watch.books;
  for (const end of new Set([...kept, ...ends])) {
    const times = kept.filter((one) => one === end).length;
    if (times !== (ends.has(end) ? 1 : 0)) watch.fail(`"${end}" stands in the book ${times} times`);
  }
}

/** Each move of a person is kept with it, once. */
async function auditActions({ ledger, watch }: Context): Promise<void> {
  const { items } = await ledger.actions({ limit: 100_000 });
  for (const refundId of watch.records.keys()) {
    const done = items.filter((action) => action.refundId === refundId && action.answer === 'done').length;
    const moves = watch.books.acts.get(refundId) ?? 0;
    if (done !== moves) watch.fail(`${refundId} was moved ${moves} times by people, ${done} acts are kept`);
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

// What goes wrong in a history at a moment of its own, besides what goes wrong at the ports.
import type { Refund } from '../src/domain/refund.ts';
import { isOpen } from '../src/domain/states.ts';
import { audit } from './audit.ts';
import type { Context } from './context.ts';
import { replayAll } from './operator.ts';
import { holdLane, resumeLane, sendEvent, sweep, webhook } from './people.ts';
import { isOpenQuestion } from './reading.ts';
import { reconcileAll } from './reconciliation.ts';

const minute = 60_000;

/** What happens at some moment of the time of faults, besides what happens at the ports. */
export function planTrouble(context: Context): void {
  const { chance, scheduler, faults, scenario, bootpay, rateLimiter, processes } = context;
  const { switches } = scenario;
  const sometime = () => chance.int(1_000, faults.untilMs);
  const times = (count: number, run: () => void | Promise<void>, afterMs = sometime) => {
    for (let time = 0; time < count; time += 1) scheduler.after(afterMs(), run);
  };
  const anyReceipt = () => chance.pick([...bootpay.receipts.keys()]);
  times(faults.deploys, () => processes.deploy());
  times(faults.hints, () => webhook(context, anyReceipt()));
  times(faults.reconciliations, () => reconcileAll(context));
  times(faults.bulkReplays, () => replayAll(context));
  for (let hold = 0; hold < faults.personHolds; hold += 1) {
    // Often while the events come in: then some refund is between a look-up and a call.
    const atMs = chance.int(1, chance.pick([1_500, minute, faults.untilMs]));
    scheduler.after(atMs, () => holdLane(context));
    scheduler.after(atMs + chance.pick([1_000, minute, 20 * minute]), () => resumeLane(context, false));
  }
  times(faults.credentialOutages, () => {
    const untilAt = scheduler.now() + chance.int(1_000, 20 * minute);
    rateLimiter.credentialsRefusedSince = scheduler.now();
    rateLimiter.credentialsRefusedUntil = Math.min(untilAt, context.faultsEndAt);
    context.transcript.say('bootpay', 'refuses our credentials for a time');
  });
  const early = scenario.habits.impatience ? () => chance.int(1, 2_000) : sometime;
  times(faults.lookUpOutages, () => lookUpsHang(context), early);
  if (switches.takesBack !== 'never') times(chance.int(1, 2), () => takeMoneyBack(context));
  times(faults.lostJob > 0 ? 3 : 0, () => loseJob(context));
  if (switches.always2029) {
    times(2, () => {
      bootpay.answer2029(true);
      scheduler.after(chance.int(minute, 40 * minute), () => bootpay.answer2029(false));
    });
  }
  if (switches.outside) times(chance.int(0, 3), () => cancelElsewhere(context, false));
  if (switches.pgAdmin) times(chance.int(0, 2), () => cancelElsewhere(context, true));
  // The alerts are read; the last ones may come late, from a process that stood still.
  times(2, () => resumeLane(context, false));
  const anyhow = chance.is(0.5);
  for (const minutes of [1, 16, 31, 61]) {
    scheduler.after(faults.untilMs + minutes * minute, () => resumeLane(context, anyhow));
  }
  for (let sweeps = 1; sweeps <= 3; sweeps += 1)
    scheduler.after((faults.untilMs * sweeps) / 3, () => sweep(context));
  times(3, () => audit(context));
}

/** What is still queued is repeated once a minute meanwhile. */
function lookUpsHang(context: Context): void {
  const { chance, scheduler, rateLimiter, transcript, watch } = context;
  const minutes = chance.int(4, 12);
  rateLimiter.lookUpsHangUntil = Math.min(scheduler.now() + minutes * minute, context.faultsEndAt);
  transcript.say('bootpay', `look-ups hang for ${minutes} min`);
  const repeat = () => {
    for (const { refundId, state } of watch.records.values()) {
      const event = state === 'queued' ? watch.orders.eventOf(refundId) : undefined;
      if (event !== undefined) sendEvent(context, event);
    }
  };
  for (let times = 1; times <= minutes; times += 1) scheduler.after(times * minute, repeat);
}

/** Money of a refund that has succeeded leaves the totals, in a quiet moment; reconciliations run while it is away. */
function takeMoneyBack(context: Context, triesLeft = 6): void {
  const { chance, scheduler, book, transcript, watch, scenario } = context;
  const now = scheduler.now();
  const paid = book.entries.filter(
    ({ refundId, receiptId, takenBackAt, hidden }) =>
      watch.records.get(refundId ?? '')?.state === 'succeeded' &&
      takenBackAt === undefined &&
      hidden === undefined &&
      isQuiet(context, receiptId),
  );
  if (paid.length === 0) {
    if (triesLeft > 0)
      scheduler.after(chance.int(minute, 10 * minute), () => takeMoneyBack(context, triesLeft - 1));
    return;
  }
  const entry = chance.pick(paid);
  const { receiptId, amount, cancelId } = entry;
  const minutes = chance.int(15, 60);
  const forGood = scenario.switches.takesBack === 'for_good';
  book.change(
    entry,
    forGood ? { takenBackAt: now } : { hidden: { from: now, until: now + minutes * minute } },
  );
  const how = forGood ? 'takes back' : `hides for ${minutes} min`;
  transcript.say('bootpay', `${how} ${amount} won of ${receiptId} for ${cancelId}`);
  for (const after of [1, 12, 23, 36]) {
    if (chance.is(0.8)) scheduler.after(after * minute + chance.int(0, minute), () => reconcileAll(context));
  }
}

/** Nothing of the receipt is under way, and all that moved on it is counted: what leaves the totals cannot be mixed up. */
function isQuiet({ book, watch, settings, scheduler }: Context, receiptId: string): boolean {
  const counted = book.entries.every(
    (entry) =>
      entry.receiptId !== receiptId || watch.records.get(entry.refundId ?? '')?.state === 'succeeded',
  );
  const isUnderWay = ({ state, attempts, receiptId: on }: Refund) => {
    const last = attempts.at(-1);
    if (on !== receiptId || last === undefined || state === 'succeeded') return false;
    const endedAt = last.outcome?.at ?? last.callUntil;
    return isOpenQuestion(last) && scheduler.now() < endedAt + settings.settleWindowMs;
  };
  return counted && ![...watch.records.values()].some(isUnderWay);
}

function cancelElsewhere({ chance, bootpay, transcript }: Context, invisible: boolean): void {
  const receiptId = chance.pick([...bootpay.receipts.keys()]);
  const amountWon = chance.pick([700, 1_000, 2_000]);
  const done = bootpay.cancelElsewhere(receiptId, amountWon, { invisible });
  if (done) transcript.say(invisible ? 'pg admin' : 'outside', `cancels ${amountWon} won of ${receiptId}`);
}

function loseJob({ watch, chance, jobs, transcript }: Context): void {
  if (chance.is(0.5) && jobs.loseCase()) transcript.say('operator', 'cleans a case away');
  const open = [...watch.records.values()].filter(({ state }) => isOpen(state));
  if (open.length === 0) return;
  const refund = chance.pick(open);
  if (jobs.loseAllOf(refund.refundId))
    transcript.say('operator', `cleans the jobs of ${refund.eventId} away`);
}

// The verdict on a history that has ended: reads the gateway's book and our records, and nothing else.

import { receiptIdSchema, refundIdSchema } from '../src/domain/ids.ts';
import type { Change, StoredRefund } from '../src/domain/ports.ts';
import type { Refund } from '../src/domain/refund.ts';
import { isOpen, mayMove, type State } from '../src/domain/states.ts';
import { auditEnd } from './audit.ts';
import { type Entry, isTakenBack } from './book.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';
import type { Facts } from './worlds.ts';

export interface Verdict {
  readonly violations: readonly string[];
  readonly lines: readonly string[];
  readonly digest: string;
  readonly calls: number;
  readonly ends: Readonly<Partial<Record<State | 'lost', number>>>;
  /** Paid twice or settled wrongly, where the world says that it may happen. */
  readonly excused: number;
}

export async function judge(stage: Stage): Promise<Verdict> {
  const { watch, ledger, transcript, book } = stage;
  const ends: Partial<Record<State | 'lost', number>> = {};
  const excuses: string[] = [];
  const count = (end: State | 'lost') => {
    ends[end] = (ends[end] ?? 0) + 1;
  };
  for (const id of stage.acceptedEvents) {
    if (watch.records.has(id)) continue;
    if (watch.failedOver) count('lost');
    else watch.fail(`${id} was accepted and is not on record`);
  }
  for (const record of watch.records.values()) {
    const stored = await ledger.read(refundIdSchema.parse(record.refundId));
    count(stored?.state ?? 'lost');
    judgeRecord(stage, record, stored);
    judgeMoney(stage, record, excuses);
  }
  for (const { receiptId, priceWon } of book.payments) {
    const movedWon = book.movedWon(receiptId);
    if (movedWon > priceWon) watch.fail(`${receiptId}: ${movedWon} of ${priceWon} won went back`);
    judgeSum(stage, receiptId, priceWon);
    await judgeHold(stage, receiptId);
  }
  await auditEnd(stage);
  if (stage.jobs.orphans.length > 0 && !watch.failedOver)
    watch.fail(`orphaned jobs ${stage.jobs.orphans.join(' ')}`);
  return {
    violations: watch.violations,
    lines: transcript.lines,
    digest: transcript.digest(),
    calls: [...watch.calls.values()].reduce((sum, calls) => sum + calls, 0),
    ends,
    excused: excuses.length,
  };
}

function judgeRecord(stage: Stage, record: Refund, stored: StoredRefund | null): void {
  const { watch } = stage;
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
  judgeEnd(stage, refund);
  judgeHistory(stage, stored, eventId);
}

/** In front of a person, or closed by one: never in silence. */
function judgeEnd({ watch, jobs }: Stage, { state, eventId, deadLetter, resolution }: Refund): void {
  if (state === 'resolved' && resolution === null) watch.fail(`${eventId} is resolved by nobody`);
  if (state !== 'dead_lettered') return;
  if (deadLetter === null) watch.fail(`${eventId} is a dead letter without a case`);
  else if (!jobs.cases.has(deadLetter.jobId)) watch.fail(`${eventId}: nobody sees its case`);
}

/** Each move is in the table, and begins where the one before ended; once repeated ones are folded, no longer. */
function judgeHistory({ watch }: Stage, stored: StoredRefund, eventId: string): void {
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

/** At the write itself: no more is counted than ever was in the totals, and a success is its own money's. */
export function judgeCounted(stage: Stage, { refund, settledWon, from }: Change): void {
  const { watch, book, world, transcript } = stage;
  const { receiptId, eventId, state } = refund;
  const counted = watch.referee.known(receiptId).settledWon;
  const everWon = book.everWon(receiptId);
  if (settledWon > 0 && counted > everWon && !world.switches.wrongTotals && !watch.failedOver)
    watch.fail(`${receiptId}: ${counted} won are counted, ${everWon} went back`);
  if (state !== 'succeeded' || settledWon <= 0) return;
  const ids = new Set<string | null>(refund.attempts.map(({ cancelId }) => cancelId));
  const own = [
    ...ownOf(stage, refund).filter(({ cancelId }) => ids.has(cancelId)),
    ...(from === 'dead_lettered' ? byHandFor(stage, refund) : []),
  ];
  const movedWon = own.reduce((sum, { amountWon }) => sum + amountWon, 0);
  if (own.length === 1 && movedWon === settledWon) return;
  const facts = factsOf(stage, refund, own);
  const what = `${eventId} succeeds with ${settledWon} won, ${movedWon} won moved in ${own.length} cancels of its ids`;
  if (!world.maySettleWrongly(facts) && !(own.length > 1 && world.mayPayTwice(facts))) watch.fail(what);
  else {
    stage.excused.add(refund.refundId);
    transcript.say('checker', `excused: ${what}`);
  }
}

/** What stayed paid through us for this refund. */
function ownOf({ book }: Stage, { refundId }: Refund): Entry[] {
  return book.entries.filter((entry) => entry.refundId === refundId && !isTakenBack(entry));
}

/** What was cancelled by hand for it: who closes its case may say that the refund has succeeded with it. */
function byHandFor({ book }: Stage, { refundId }: Refund): Entry[] {
  return book.entries.filter((entry) => entry.byHandFor === refundId);
}

/**
 * It was taken back after all, and a refund that looks the same was found to miss it; or nobody can find out, because the
 * receipt is still held, or holds money that nothing accounts for and the total does not lack any.
 */
function isMissed({ book, watch }: Stage, { refundId, receiptId }: Refund): boolean {
  const taken = book.entries.filter((entry) => entry.refundId === refundId).filter(isTakenBack);
  const covered = watch.referee.holder(receiptId) !== null || watch.referee.known(receiptId).marks > 0;
  return taken.some(
    ({ takenBackAt }) =>
      covered ||
      watch.traces.drifts.some((drift) => drift.receiptId === receiptId && drift.at >= takenBackAt),
  );
}

function judgeMoney(stage: Stage, refund: Refund, excuses: string[]): void {
  const { watch, world } = stage;
  const own = ownOf(stage, refund);
  const movedWon = own.reduce((sum, { amountWon }) => sum + amountWon, 0);
  const facts = factsOf(stage, refund, own);
  const blame = (what: string, excused: boolean) => {
    if (!excused) watch.fail(what);
    else {
      excuses.push(what);
      stage.transcript.say('checker', `excused: ${what}`);
    }
  };
  const name = refund.eventId;
  if (own.length > 0 && refund.state === 'dead_lettered' && surelyUnpaid(refund)) {
    const known = facts.failedOver || own.every(({ thoughRefused }) => thoughRefused);
    blame(`${name} is a case that says nothing was paid, and ${movedWon} won moved`, known);
  }
  if (own.length > 1) blame(`${name} was paid ${own.length} times`, world.mayPayTwice(facts));
  const byHandWon = byHandFor(stage, refund).reduce((sum, { amountWon }) => sum + amountWon, 0);
  const isByHand = own.length === 0 && byHandWon === refund.settledWon;
  const isOwn = own.length === 1 && movedWon === refund.settledWon;
  if (refund.state === 'succeeded' && !isOwn && !isByHand) {
    const known = stage.excused.has(refund.refundId) || isMissed(stage, refund);
    const excused = known || world.maySettleWrongly(facts) || (own.length > 1 && world.mayPayTwice(facts));
    blame(
      `${name} succeeded with ${refund.settledWon} won, ${movedWon} won moved in ${own.length} cancels`,
      excused,
    );
  }
}

/** Codes that say nothing about the money. */
const unclear = ['RC_CANCEL_ID_ALREADY_EXIST', 'RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'];

/** Every attempt on the record was answered with a refusal, or never left. */
function surelyUnpaid({ attempts }: Refund): boolean {
  return attempts.every(({ outcome }) => {
    if (outcome?.reply === 'refused') return !unclear.includes(outcome.code ?? '');
    return outcome !== null && ['throttled', 'unauthorized', 'not_sent'].includes(outcome.reply);
  });
}

/** Whoever was paid for whom: not more than all refunds of the receipt asked for. */
function judgeSum({ watch, world, book, hastyClerk }: Stage, receiptId: string, priceWon: number): void {
  if (!world.sumHolds || hastyClerk) return;
  const own = book.entries.filter(
    (entry) => entry.receiptId === receiptId && entry.refundId !== null && !isTakenBack(entry),
  );
  if (own.some((entry) => replayedAhead(watch, entry))) return;
  const movedWon = own.reduce((sum, { amountWon }) => sum + amountWon, 0);
  const refunds = [...watch.records.values()].filter((refund) => refund.receiptId === receiptId);
  const askedWon = refunds.reduce((sum, refund) => sum + mostAskedWon(refund, priceWon), 0);
  if (movedWon > askedWon) watch.fail(`${receiptId}: ${movedWon} won went back, ${askedWon} were asked for`);
}

/** A person may have changed the amount between two attempts. */
function mostAskedWon({ cancel, attempts }: Refund, priceWon: number): number {
  const asked = [cancel, ...attempts.map((attempt) => attempt.cancel)];
  return Math.max(...asked.map((one) => (one.kind === 'full' ? priceWon : one.amountWon)));
}

/** A cancel by hand, and nobody has said yet for which refund. */
function isUnclaimed({ traces: { closings } }: Watch, { byHandFor, at }: Entry): boolean {
  if (byHandFor === null) return false;
  const claims = ['refunded_by_hand', 'already_refunded'];
  return !closings.some((one) => one.refundId === byHandFor && one.at >= at && claims.includes(one.as));
}

/** A refund whose T0 lacks hidden money, once a person had closed the case of it. */
function hidBefore({ watch, world }: Stage, refund: Refund, { hidden, receiptId }: Entry): boolean {
  const startedAt = watch.traces.startedAt.get(refund.refundId) ?? 0;
  if (hidden === null || startedAt < hidden.from || startedAt > hidden.until + world.switches.lagMs)
    return false;
  return watch.traces.closings.some(
    (one) => one.receiptId === receiptId && one.wasDrift && one.at <= startedAt,
  );
}

function factsOf(stage: Stage, refund: Refund, own: readonly Entry[]): Facts {
  const { watch, book, settings, hastyClerk } = stage;
  const here = book.entries.filter(({ receiptId }) => receiptId === refund.receiptId);
  const alone =
    [...watch.records.values()].filter(({ receiptId }) => receiptId === refund.receiptId).length === 1;
  const lastSentAt = own.at(-1)?.sentAt ?? 0;
  const acknowledgements = (watch.traces.acknowledgedAt.get(refund.refundId) ?? []).filter(
    (at) => at <= lastSentAt,
  );
  const tooLate = (entry: Entry) => entry.at - entry.sentAt > settings.settleWindowMs;
  return {
    alone,
    acknowledged: acknowledgements.length >= own.length - 1,
    movedTooLate: own.some(tooLate),
    replayedAhead: own.some((entry) => replayedAhead(watch, entry)),
    movedThoughRefused: own.some(({ thoughRefused }) => thoughRefused),
    othersCancelled: here.some(({ refundId }) => refundId === null),
    unclaimed: here.some((entry) => isUnclaimed(watch, entry)),
    startedBlind: here.some((entry) => hidBefore(stage, refund, entry)),
    othersTakenBack: here.some((entry) => entry.refundId !== refund.refundId && isTakenBack(entry)),
    failedOver: watch.failedOver,
    hastyClerk,
    mayBeMixedUp: !alone && here.some((entry) => tooLate(entry) || entry.thoughRefused),
  };
}

/** Refused, sent back by a person, and only then moved: no look-up of the replay could show it. */
function replayedAhead(watch: Watch, { refundId, thoughRefused, sentAt, at }: Entry): boolean {
  const replays = watch.traces.replayedAt.get(refundId ?? '') ?? [];
  return thoughRefused && replays.some((replayAt) => replayAt >= sentAt && replayAt <= at);
}

async function judgeHold({ ledger, watch }: Stage, receiptId: string): Promise<void> {
  const { holder } = await ledger.readReceipt(receiptIdSchema.parse(receiptId));
  if (holder === null) return;
  const record = watch.records.get(holder);
  if (record?.state !== 'dead_lettered' || record.deadLetter?.keepsHold !== true) {
    watch.fail(
      `${receiptId} is held by ${record?.eventId ?? holder}, which is ${record?.state ?? 'nowhere'}`,
    );
  }
}

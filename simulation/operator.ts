// The operator: comes to a case some time after it opened, gives a verdict, twice if need be, and comes again where it was
// refused.

import type { Refund } from '../src/domain/refund.ts';
import type { ReviewResult } from '../src/review/ports.ts';
import { bulkDeps } from './bulk-port.ts';
import type { Context } from './context.ts';
import { ledgerFor } from './ledger-port.ts';
import { act, reviewer, sendEvent } from './people.ts';
import { bankAccounts, eventFor, refundAccount } from './plan.ts';
import { careful, hasty, type Named, needsAccount, replay } from './verdicts.ts';

const mostVisits = 5;

/** Called whenever a refund became a dead letter. */
export function expectOperator(context: Context, refund: Refund): void {
  const { chance, scheduler, operator } = context;
  if (!chance.is(operator.diligence)) return;
  const afterMs = chance.pick([2_000, 60_000, 12 * 60_000, 60 * 60_000]);
  scheduler.after(chance.int(1, afterMs), () => visit(context, refund.refundId));
}

function visit(context: Context, refundId: Refund['refundId']): void {
  const { watch, operator, chance, scheduler } = context;
  const visits = operator.visits.get(refundId) ?? 0;
  if (scheduler.now() > operator.untilAt || visits >= mostVisits) return;
  if (watch.records.get(refundId)?.state !== 'dead_lettered') return;
  operator.visits.set(refundId, visits + 1);
  act(context, 'operator', async (actor) => {
    const ledger = ledgerFor(context, actor);
    const refund = (await ledger.read(refundId))?.refund;
    if (refund?.state !== 'dead_lettered') return;
    const account = await ledger.readReceipt(refund.receiptId);
    rush(context, refund);
    const decide = () => (context.hastyOperator ? hasty(context, refund) : careful(context, refund, account));
    const verdict = decide();
    const soon = () => chance.int(0, 50);
    scheduler.after(soon(), () => give(context, refund, verdict, 'operator1'));
    // A double click, or a colleague who thinks otherwise.
    const second = chance.weighted({ none: 8, same: 2, other: 1 });
    if (second === 'none') return;
    const again = second === 'same' ? verdict : decide();
    scheduler.after(soon(), () => give(context, refund, again, 'operator2'));
  });
}

/** While a person is at a case, a new refund of the same receipt may come in. */
function rush(context: Context, { receiptId }: Refund): void {
  const { chance, operator, bootpay, scenario, scheduler, startAt } = context;
  const { crowd } = scenario.habits;
  if (!chance.is(crowd ? 0.4 : 0.1) || operator.rushes >= 2) return;
  operator.rushes += 1;
  const receipt = bootpay.receipt(receiptId);
  const event = eventFor(chance, receipt, { name: `rush-${operator.rushes}`, startAt, crowd });
  scheduler.after(chance.int(0, chance.pick([50, 500, 60_000])), () => sendEvent(context, event));
}

/** In Bootpay's admin, what this refund asks for; once. */
function cancelByHand({ bootpay, book, transcript }: Context, { refundId, receiptId, cancel }: Refund): void {
  if (book.entries.some(({ byHandFor }) => byHandFor === refundId)) return;
  const amountWon = cancel.kind === 'full' ? book.left(receiptId).amount : cancel.amountWon;
  if (amountWon <= 0 || !bootpay.cancelElsewhere(receiptId, amountWon, { byHandFor: refundId })) return;
  transcript.say('admin', `cancels ${amountWon} won of ${receiptId} by hand`);
}

/** A person who has found out that the money was taken back sends it again. */
export function expectReplay(context: Context, refundId: Refund['refundId']): void {
  const refund = context.watch.records.get(refundId);
  if (refund === undefined) return;
  const newGeneration = context.scenario.switches.bootpay.refusesUsedCancelId !== false;
  const edits = needsAccount(context, refund) ? { account: refundAccount(bankAccounts[0]) } : {};
  give(context, refund, replay(context, refund, { acknowledge: true, newGeneration, edits }), 'operator1');
}

/**
 * Many at once: what needs no acknowledgement comes back into the queue, behind fresh refunds. One runs at a time, and
 * whoever comes next goes on with what another left behind.
 */
export function replayAll(context: Context): void {
  act(context, 'bulk', async (actor) => {
    const { store, ...deps } = bulkDeps(context, actor);
    const [id, owner] = [deps.newId(), deps.newId()];
    const start = { who: 'lee', via: 'cli' as const, at: deps.now(), reason: 'all again', perMinute: 60 };
    const begun = await store.make(id, { who: 'lee', via: 'cli', at: deps.now(), filter: {} }, start);
    const running = begun.kind === 'busy' ? begun.id : id;
    if ((await store.hold(running, owner, leaseMs)) !== 'held') return;
    const { signal } = new AbortController();
    await context.subject.makeList({ ...deps, store }, { id: running, owner }, signal);
    const bulk = await store.read(running);
    if (bulk === null) return;
    await context.subject.replayAll({ ...deps, store }, bulk, signal);
    await store.end(running, 'done', deps.now());
    for (const { refundId, result } of await store.cases(running, 0, mostTold))
      context.transcript.say('bulk', `${context.watch.records.get(refundId)?.eventId}: ${result?.result}`);
  });
}

/** Redis' own clock goes on while a history stands still. */
const leaseMs = 3_600_000;
const mostTold = 1_000;

function give(context: Context, refund: Refund, named: Named, who: string): void {
  const { what, run } = named;
  const { transcript, scheduler, chance } = context;
  if (named.byHand === true) cancelByHand(context, refund);
  act(context, who, async (actor) => {
    transcript.say(who, `${what} ${refund.eventId}`);
    const reviewed = await run(reviewer(context, actor), { who, actor });
    checkDone(context, { refund, named }, reviewed);
    const rule = reviewed.kind === 'refused' ? ` by ${reviewed.rule}` : '';
    transcript.say(who, `${what} ${refund.eventId}: ${reviewed.kind}${rule}`);
    if (reviewed.kind === 'refused' && reviewed.rule === 'settle_window') {
      scheduler.at(reviewed.notBefore + chance.int(0, 60_000), () => visit(context, refund.refundId));
    }
    const { anyway } = named;
    const unshown =
      reviewed.kind === 'refused' && (reviewed.rule === 'no_look_up' || reviewed.rule === 'stale_look_up');
    if (unshown && anyway !== undefined && chance.is(0.6)) {
      scheduler.after(chance.int(10, 2_000), () => give(context, refund, anyway, who));
      return;
    }
    if (reviewed.kind === 'refused') {
      scheduler.after(chance.int(60_000, 600_000), () => visit(context, refund.refundId));
    }
  });
}

/** A person told that it is done finds the case closed and a replay enqueued, and has been told of money that went back. */
function checkDone(
  { jobs, subject, watch }: Context,
  { refund, named }: { readonly refund: Refund; readonly named: Named },
  reviewed: ReviewResult,
): void {
  if (reviewed.kind !== 'done' || watch.failedOver) return;
  const { refundId, state, resolution, settledWon } = reviewed.refund;
  const closed = jobs.wasClosed(refund.deadLetter?.jobId ?? '');
  if (!closed) watch.fail(`${refundId} is done with, and its case is still shown`);
  const enqueued = state !== 'queued' || jobs.wasAdded(subject.refundJobId(reviewed.refund));
  if (!enqueued) watch.fail(`${refundId} is replayed, and no job is enqueued`);
  const untold = resolution !== null && resolution.outcome !== 'already_refunded' && !named.acknowledge;
  if (untold && settledWon !== null) watch.fail(`${refundId} is ${named.what}, and its money went back`);
}

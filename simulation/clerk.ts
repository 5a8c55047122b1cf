// The clerk: comes to a case some time after it opened, and replays or resolves it. A careful one reads what the case
// shows before acknowledging; a hasty one clicks, twice if need be, and acknowledges everything.
import type { ReplayRequest, ResolveRequest, Reviewed } from '../src/dead-letter/ports.ts';
import type { ReceiptAccount, Refund } from '../src/domain/refund.ts';
import { type Entry, isTakenBack } from './book.ts';
import { ledgerFor } from './ledger-port.ts';
import { act, type Reviewer, reviewer, sendEvent } from './people.ts';
import { bankAccounts, eventFor, refundAccount } from './plan.ts';
import { shownBy } from './reading.ts';
import type { Actor } from './scheduler.ts';
import type { Stage } from './stage.ts';

const mostVisits = 5;

/** Called whenever a refund became a dead letter. */
export function expectClerk(stage: Stage, refund: Refund): void {
  const { chance, scheduler, clerk } = stage;
  if (!chance.is(clerk.diligence)) return;
  const afterMs = chance.pick([2_000, 60_000, 12 * 60_000, 60 * 60_000]);
  scheduler.after(chance.int(1, afterMs), () => visit(stage, refund.refundId));
}

function visit(stage: Stage, refundId: Refund['refundId']): void {
  const { watch, clerk, chance, scheduler } = stage;
  const visits = clerk.visits.get(refundId) ?? 0;
  if (scheduler.now() > clerk.untilAt || visits >= mostVisits) return;
  if (watch.records.get(refundId)?.state !== 'dead_lettered') return;
  clerk.visits.set(refundId, visits + 1);
  act(stage, 'clerk', async (actor) => {
    const ledger = ledgerFor(stage, actor);
    const refund = (await ledger.read(refundId))?.refund;
    if (refund?.state !== 'dead_lettered') return;
    const account = await ledger.readReceipt(refund.receiptId);
    rush(stage, refund);
    const decide = () => (stage.hastyClerk ? hasty(stage, refund) : careful(stage, refund, account));
    const verdict = decide();
    const soon = () => chance.int(0, 50);
    scheduler.after(soon(), () => give(stage, refund, verdict, 'clerk1'));
    // A double click, or a colleague who thinks otherwise.
    const second = chance.weighted({ none: 8, same: 2, other: 1 });
    if (second === 'none') return;
    const again = second === 'same' ? verdict : decide();
    scheduler.after(soon(), () => give(stage, refund, again, 'clerk2'));
  });
}

/** While somebody is at a case, a new refund of the same receipt may come in. */
function rush(stage: Stage, { receiptId }: Refund): void {
  const { chance, clerk, book, world, scheduler, startAt } = stage;
  const payment = book.payment(receiptId);
  const { crowd } = world.habits;
  if (!chance.is(crowd ? 0.4 : 0.1) || payment === undefined || clerk.rushes >= 2) return;
  clerk.rushes += 1;
  const event = eventFor(chance, payment, { name: `rush-${clerk.rushes}`, startAt, crowd });
  scheduler.after(chance.int(0, chance.pick([50, 500, 60_000])), () => sendEvent(stage, event));
}

/** In Bootpay's admin, what this refund asks for; once. */
function cancelByHand({ bootpay, book, transcript }: Stage, { refundId, receiptId, cancel }: Refund): void {
  if (book.entries.some(({ byHandFor }) => byHandFor === refundId)) return;
  const leftWon = (book.payment(receiptId)?.priceWon ?? 0) - book.movedWon(receiptId);
  const amountWon = cancel.kind === 'full' ? leftWon : cancel.amountWon;
  if (amountWon <= 0 || !bootpay.cancelElsewhere(receiptId, amountWon, { byHandFor: refundId })) return;
  transcript.say('admin', `cancels ${amountWon} won of ${receiptId} by hand`);
}

/** A person who has found out that the money was taken back sends it again. */
export function expectReplay(stage: Stage, refundId: Refund['refundId']): void {
  const refund = stage.watch.records.get(refundId);
  if (refund === undefined) return;
  const newGeneration = stage.world.switches.idGuard === 'all';
  const edits = needsAccount(stage, refund) ? { account: refundAccount(bankAccounts[0]) } : {};
  give(stage, refund, replay(stage, refund, { acknowledge: true, newGeneration, edits }), 'clerk1');
}

/** Many at once: what needs nobody's acknowledgement comes back into the queue, behind fresh refunds. */
export function replayAll(stage: Stage): void {
  act(stage, 'bulk', async (actor) => {
    const request = { filter: {}, who: 'lee', reason: 'all again', dryRun: false, perMinute: 60 };
    for await (const { refundId, result } of reviewer(stage, actor).replayMany(request)) {
      stage.transcript.say('bulk', `${stage.watch.records.get(refundId)?.eventId}: ${result}`);
    }
  });
}

type Verdict = (reviewer: Reviewer, by: { who: string; actor: Actor }) => Promise<Reviewed>;
interface Named {
  readonly what: string;
  readonly acknowledge: boolean;
  readonly run: Verdict;
  /** Where there is no look-up to decide by. */
  readonly anyway?: Named;
  /** Done first: the money goes back by hand. */
  readonly byHand?: boolean;
}

function give(stage: Stage, refund: Refund, named: Named, who: string): void {
  const { what, run } = named;
  const { transcript, scheduler, chance } = stage;
  if (named.byHand === true) cancelByHand(stage, refund);
  act(stage, who, async (actor) => {
    transcript.say(who, `${what} ${refund.eventId}`);
    const reviewed = await run(reviewer(stage, actor), { who, actor });
    checkDone(stage, { refund, named }, reviewed);
    const rule = reviewed.kind === 'refused' ? ` by ${reviewed.rule}` : '';
    transcript.say(who, `${what} ${refund.eventId}: ${reviewed.kind}${rule}`);
    if (reviewed.kind === 'refused' && reviewed.notBefore !== undefined) {
      scheduler.at(reviewed.notBefore + chance.int(0, 60_000), () => visit(stage, refund.refundId));
    }
    const { anyway } = named;
    const unshown =
      reviewed.kind === 'no_look_up' || (reviewed.kind === 'refused' && reviewed.rule === 'stale_look_up');
    if (unshown && anyway !== undefined && chance.is(0.6)) {
      scheduler.after(chance.int(10, 2_000), () => give(stage, refund, anyway, who));
      return;
    }
    if (reviewed.kind === 'no_look_up' || reviewed.kind === 'refused') {
      scheduler.after(chance.int(60_000, 600_000), () => visit(stage, refund.refundId));
    }
  });
}

/** Who is told that it is done finds the case closed and a replay rung, and has been told of money that went back. */
function checkDone(
  { jobs, subject, watch }: Stage,
  { refund, named }: { readonly refund: Refund; readonly named: Named },
  reviewed: Reviewed,
): void {
  if (reviewed.kind !== 'done' || watch.failedOver) return;
  const { refundId, state, resolution, settledWon } = reviewed.refund;
  const closed = jobs.wasClosed(refund.deadLetter?.jobId ?? '');
  if (!closed) watch.fail(`${refundId} is done with, and its case is still shown`);
  const rung = state !== 'queued' || jobs.wasAdded(subject.refundJobId(reviewed.refund));
  if (!rung) watch.fail(`${refundId} is replayed, and nobody rang`);
  const untold = resolution !== null && resolution.outcome !== 'already_refunded' && !named.acknowledge;
  if (untold && settledWon !== null) watch.fail(`${refundId} is ${named.what}, and its money went back`);
}

function replay({ watch }: Stage, refund: Refund, wish: Partial<ReplayRequest>): Named {
  const { newGeneration = false, acknowledge = false, edits = {} } = wish;
  const words = [newGeneration && 'new generation', acknowledge && 'acknowledged', edits.full && 'in full'];
  return {
    what: `replay ${words.filter(Boolean).join(', ')}`.trim(),
    acknowledge,
    run: (deadLetters, { who, actor }) => {
      const request = { who, reason: 'again', version: refund.version, newGeneration, acknowledge, edits };
      watch.orders.asks(actor, request);
      watch.referee.wants(actor, request);
      return deadLetters.replay(refund.refundId, request);
    },
  };
}

function resolve(
  stage: Stage,
  refund: Refund,
  wish: Pick<ResolveRequest, 'outcome'> & Partial<ResolveRequest>,
): Named {
  const { outcome, acknowledge = false } = wish;
  return {
    what: `resolve ${outcome}${acknowledge ? ' acknowledged' : ''}`,
    acknowledge,
    run: (deadLetters, { who, actor }) => {
      const request = { who, reason: 'seen', version: refund.version, outcome, evidence: null, acknowledge };
      stage.watch.referee.wants(actor, request);
      return deadLetters.resolve(refund.refundId, request);
    },
    ...(!acknowledge && { anyway: resolve(stage, refund, { ...wish, acknowledge: true }) }),
  };
}

const outcomes = ['refunded_by_hand', 'not_to_be_refunded', 'already_refunded'] as const;

/** What a person does who believes the page: closes what landed, acknowledges only what the window has cleared. */
function careful(stage: Stage, refund: Refund, account: ReceiptAccount): Named {
  const { subject, chance, world, scheduler } = stage;
  const { crowd, byHand } = world.habits;
  if (subject.landedByLastLookUp({ refund, account }))
    return resolve(stage, refund, { outcome: chance.is(0.9) ? 'already_refunded' : 'refunded_by_hand' });
  const unclear = subject.needsAcknowledgement(refund);
  const isTaken = refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  if (refund.deadLetter?.case === 'drift') return missed(stage, refund);
  if (refund.deadLetter?.case === 'integrity_mismatch' || isUnexplained(refund, account))
    return mismatched(stage, refund);
  const clearAt = (refund.attempts.at(-1)?.outcome?.at ?? 0) + stage.settings.settleWindowMs;
  if (byHand && chance.is(0.5) && (!unclear || scheduler.now() > clearAt)) {
    const outcome = chance.pick(['refunded_by_hand', 'already_refunded'] as const);
    return { ...resolve(stage, refund, { outcome, acknowledge: chance.is(0.5) }), byHand: true };
  }
  if (isTaken && chance.is(0.5)) return replay(stage, refund, {});
  if (!unclear) return ordinary(stage, refund);
  if (chance.is(crowd ? 0.6 : 0.4)) {
    const outcome = chance.pick(crowd ? outcomes : (['refunded_by_hand', 'not_to_be_refunded'] as const));
    return resolve(stage, refund, { outcome });
  }
  const edits = chance.is(0.3) ? editsFor(stage, refund) : {};
  return replay(stage, refund, { acknowledge: chance.is(0.8), newGeneration: isTaken, edits });
}

/** Bootpay's admin shows each cancel with its id: a person can find out what the totals do not tell. */
function missed(stage: Stage, refund: Refund): Named {
  const { chance, book, world } = stage;
  const { receiptId, attempts } = refund;
  const taken = book.entries.filter((entry) => entry.receiptId === receiptId && isTakenBack(entry));
  const asked = attempts.at(-1)?.cancel;
  const isAsked = ({ amountWon }: Entry) => asked?.kind === 'full' || asked?.amountWon === amountWon;
  if (taken.some(isAsked) && chance.is(0.7))
    return replay(stage, refund, { acknowledge: true, newGeneration: chance.is(0.6) });
  const replays = world.switches.takesBack === 'for_a_time' && chance.is(0.2);
  if (replays) return replay(stage, refund, { acknowledge: true });
  return resolve(stage, refund, { outcome: chance.pick(['already_refunded', ...outcomes]) });
}

/** The case shows money that it cannot explain. */
function isUnexplained(refund: Refund, account: ReceiptAccount): boolean {
  const { lastLookUp } = refund;
  if (lastLookUp === null) return false;
  const { receipt, settledWon, marks } = lastLookUp;
  return shownBy(refund, receipt, { ...account, settledWon, marks, change: 0 }).shown === 'neither';
}

function mismatched(stage: Stage, refund: Refund): Named {
  const { chance, book } = stage;
  const paid = book.entries.some((entry) => entry.refundId === refund.refundId && !isTakenBack(entry));
  if (!paid && chance.is(0.4))
    return replay(stage, refund, { acknowledge: true, edits: editsFor(stage, refund) });
  return resolve(stage, refund, { outcome: chance.pick(['already_refunded', ...outcomes]) });
}

function ordinary(stage: Stage, refund: Refund): Named {
  const { chance } = stage;
  const edits = editsFor(stage, refund);
  return chance.is(0.7)
    ? replay(stage, refund, { newGeneration: chance.is(0.3), edits })
    : resolve(stage, refund, { outcome: chance.pick(outcomes) });
}

/** Another amount, more than is left and less than the tax-free share included; another account, above all where none came. */
function editsFor(stage: Stage, refund: Refund): ReplayRequest['edits'] {
  const { chance } = stage;
  const partial = refund.cancel.kind === 'partial';
  const account = chance.is(needsAccount(stage, refund) ? 0.8 : 0.05)
    ? refundAccount(bankAccounts[1])
    : undefined;
  const amountWon =
    partial && chance.is(0.25) ? chance.pick([300, 500, 500, 1_500, 2_000, 50_000]) : undefined;
  const taxFreeWon = chance.is(0.05) ? chance.pick([0, 300, 1_800]) : undefined;
  return {
    ...(partial && chance.is(0.1) ? { full: true } : { amountWon }),
    ...(taxFreeWon !== undefined && { taxFreeWon }),
    ...(chance.is(0.1) && { message: 'as the customer asked' }),
    account,
  };
}

function needsAccount({ book }: Stage, { receiptId, account }: Refund): boolean {
  return book.payment(receiptId)?.method === 'vbank' && account !== 'kept';
}

function hasty(stage: Stage, refund: Refund): Named {
  const { chance } = stage;
  const acknowledge = chance.is(0.7);
  if (chance.is(0.7)) return replay(stage, refund, { acknowledge, newGeneration: chance.is(0.5) });
  return resolve(stage, refund, { outcome: chance.pick(outcomes), acknowledge });
}

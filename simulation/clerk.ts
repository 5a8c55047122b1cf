// The clerk: comes to a case some time after it opened, and replays or resolves it. A careful one reads what the case
// shows before acknowledging; a hasty one clicks, twice if need be, and acknowledges everything.
import type { ReplayRequest, ResolveRequest, Reviewed } from '../src/dead-letter/ports.ts';
import type { ReceiptAccount, Refund } from '../src/domain/refund.ts';
import { ledgerFor } from './ledger-port.ts';
import { act, type Reviewer, reviewer } from './people.ts';
import { bankAccounts, refundAccount } from './plan.ts';
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
type Named = { readonly what: string; readonly acknowledge: boolean; readonly run: Verdict };

function give(stage: Stage, refund: Refund, named: Named, who: string): void {
  const { what, run } = named;
  const { transcript, scheduler, chance } = stage;
  act(stage, who, async (actor) => {
    transcript.say(who, `${what} ${refund.eventId}`);
    const reviewed = await run(reviewer(stage, actor), { who, actor });
    checkDone(stage, { refund, named }, reviewed);
    const rule = reviewed.kind === 'refused' ? ` by ${reviewed.rule}` : '';
    transcript.say(who, `${what} ${refund.eventId}: ${reviewed.kind}${rule}`);
    if (reviewed.kind === 'refused' && reviewed.notBefore !== undefined) {
      scheduler.at(reviewed.notBefore + chance.int(0, 60_000), () => visit(stage, refund.refundId));
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
  { watch }: Stage,
  refund: Refund,
  wish: Pick<ResolveRequest, 'outcome'> & Partial<ResolveRequest>,
): Named {
  const { outcome, acknowledge = false } = wish;
  return {
    what: `resolve ${outcome}${acknowledge ? ' acknowledged' : ''}`,
    acknowledge,
    run: (deadLetters, { who, actor }) => {
      const request = { who, reason: 'seen', version: refund.version, outcome, evidence: null, acknowledge };
      watch.referee.wants(actor, request);
      return deadLetters.resolve(refund.refundId, request);
    },
  };
}

/** What a person does who believes the page: closes what landed, acknowledges only what the window has cleared. */
function careful(stage: Stage, refund: Refund, account: ReceiptAccount): Named {
  const { subject, chance } = stage;
  if (subject.landedByLastLookUp({ refund, account }))
    return resolve(stage, refund, { outcome: chance.is(0.9) ? 'already_refunded' : 'refunded_by_hand' });
  const unclear = subject.needsAcknowledgement(refund);
  const isTaken = refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  if (refund.deadLetter?.case === 'drift' || refund.deadLetter?.case === 'integrity_mismatch') {
    return resolve(stage, refund, { outcome: chance.pick(['already_refunded', 'not_to_be_refunded']) });
  }
  if (isTaken && chance.is(0.5)) return replay(stage, refund, {});
  if (unclear) {
    return chance.is(0.6)
      ? replay(stage, refund, { acknowledge: chance.is(0.8), newGeneration: isTaken })
      : resolve(stage, refund, { outcome: chance.pick(['refunded_by_hand', 'not_to_be_refunded']) });
  }
  return ordinary(stage, refund);
}

function ordinary(stage: Stage, refund: Refund): Named {
  const { chance } = stage;
  const edits = editsFor(stage, refund);
  return chance.is(0.7)
    ? replay(stage, refund, { newGeneration: chance.is(0.3), edits })
    : resolve(stage, refund, {
        outcome: chance.pick(['refunded_by_hand', 'not_to_be_refunded', 'already_refunded']),
      });
}

/** Another amount, more than is left included; another account, above all where none came. */
function editsFor({ chance, book }: Stage, refund: Refund): ReplayRequest['edits'] {
  const partial = refund.cancel.kind === 'partial';
  const needsAccount = book.payment(refund.receiptId)?.method === 'vbank' && refund.account !== 'kept';
  const account = chance.is(needsAccount ? 0.8 : 0.05) ? refundAccount(bankAccounts[1]) : undefined;
  const amountWon = partial && chance.is(0.15) ? chance.pick([500, 500, 50_000]) : undefined;
  return {
    ...(partial && chance.is(0.1) ? { full: true } : { amountWon }),
    ...(chance.is(0.1) && { message: 'as the customer asked' }),
    account,
  };
}

function hasty(stage: Stage, refund: Refund): Named {
  const { chance } = stage;
  const acknowledge = chance.is(0.7);
  if (chance.is(0.7)) return replay(stage, refund, { acknowledge, newGeneration: chance.is(0.5) });
  const outcome = chance.pick(['refunded_by_hand', 'not_to_be_refunded', 'already_refunded'] as const);
  return resolve(stage, refund, { outcome, acknowledge });
}

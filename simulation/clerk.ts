// The clerk: comes to a case some time after it opened, and replays or resolves it. A careful one reads what the case
// shows before acknowledging; a hasty one clicks, twice if need be, and acknowledges everything.
import type { ReplayRequest, ResolveRequest, Reviewed } from '../src/dead-letter/ports.ts';
import type { ReceiptAccount, Refund } from '../src/domain/refund.ts';
import { ledgerFor } from './ledger-port.ts';
import { act, type Reviewer, reviewer } from './people.ts';
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

type Verdict = (reviewer: Reviewer, who: string) => Promise<Reviewed>;
type Named = { readonly what: string; readonly run: Verdict };

function give(stage: Stage, refund: Refund, { what, run }: Named, who: string): void {
  const { transcript, scheduler, chance } = stage;
  act(stage, who, async (actor) => {
    transcript.say(who, `${what} ${refund.eventId}`);
    const reviewed = await run(reviewer(stage, actor), who);
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

function replay(refund: Refund, wish: Partial<ReplayRequest>): Named {
  const { newGeneration = false, acknowledge = false, edits = {} } = wish;
  const words = [newGeneration && 'new generation', acknowledge && 'acknowledged', edits.full && 'in full'];
  return {
    what: `replay ${words.filter(Boolean).join(', ')}`.trim(),
    run: (deadLetters, who) => {
      const request = { who, reason: 'again', version: refund.version, newGeneration, acknowledge, edits };
      return deadLetters.replay(refund.refundId, request);
    },
  };
}

function resolve(refund: Refund, wish: Pick<ResolveRequest, 'outcome'> & Partial<ResolveRequest>): Named {
  const { outcome, acknowledge = false } = wish;
  return {
    what: `resolve ${outcome}${acknowledge ? ' acknowledged' : ''}`,
    run: (deadLetters, who) => {
      const request = { who, reason: 'seen', version: refund.version, outcome, evidence: null, acknowledge };
      return deadLetters.resolve(refund.refundId, request);
    },
  };
}

/** What a person does who believes the page: closes what landed, acknowledges only what the window has cleared. */
function careful(stage: Stage, refund: Refund, account: ReceiptAccount): Named {
  const { subject, chance } = stage;
  if (subject.landedByLastLookUp({ refund, account }))
    return resolve(refund, { outcome: 'already_refunded' });
  const unclear = subject.needsAcknowledgement(refund);
  const isTaken = refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  if (refund.deadLetter?.case === 'drift' || refund.deadLetter?.case === 'integrity_mismatch') {
    return resolve(refund, { outcome: chance.pick(['already_refunded', 'not_to_be_refunded']) });
  }
  if (isTaken && chance.is(0.5)) return replay(refund, {});
  if (unclear) {
    return chance.is(0.6)
      ? replay(refund, { acknowledge: true, newGeneration: isTaken })
      : resolve(refund, { outcome: chance.pick(['refunded_by_hand', 'not_to_be_refunded']) });
  }
  return ordinary(stage, refund);
}

function ordinary({ chance }: Stage, refund: Refund): Named {
  const full = refund.cancel.kind === 'partial' && chance.is(0.1);
  const amountWon = refund.cancel.kind === 'partial' && chance.is(0.1) ? 500 : undefined;
  const edits = full ? { full } : { ...(amountWon !== undefined && { amountWon }) };
  return chance.is(0.7)
    ? replay(refund, { newGeneration: chance.is(0.3), edits })
    : resolve(refund, {
        outcome: chance.pick(['refunded_by_hand', 'not_to_be_refunded', 'already_refunded']),
      });
}

function hasty({ chance }: Stage, refund: Refund): Named {
  const acknowledge = chance.is(0.7);
  if (chance.is(0.7)) return replay(refund, { acknowledge, newGeneration: chance.is(0.5) });
  const outcome = chance.pick(['refunded_by_hand', 'not_to_be_refunded', 'already_refunded'] as const);
  return resolve(refund, { outcome, acknowledge });
}

// The referee: judges each written move by the design's own rules, from what it has itself seen of the receipt, the
// reply and the activation. What it knows of a receipt is added up from confirmed writes, never read from the ledger.
import type { PolicySettings } from '../src/domain/decision.ts';
import type { BeginRequest } from '../src/domain/ledger.ts';
import type { Attempt, Refund } from '../src/domain/refund.ts';
import type { CancelReply, LookUpReply, Receipt } from '../src/domain/reply.ts';
import type { CommitResult, Transition } from '../src/domain/transition.ts';
import { everyLookUp, freshReceipt } from './look-up-rules.ts';
import { fromACase } from './person-rules.ts';
import { answeredWon, heardLate, isOpenQuestion, type Known, nameOfTry, stops, tryOf } from './reading.ts';
import { createReceipts } from './receipts.ts';
import { everyMove, type Move, mostActivations, type Rule } from './rules.ts';
import type { Actor } from './scheduler.ts';
import { createSightings } from './sightings.ts';
import { fromUnknown } from './unknown-rules.ts';
import { afterTheCall, beforeSending } from './worker-rules.ts';

export interface Referee {
  /** An activation has taken the receipt lock. */
  began(actor: Actor, request: BeginRequest): void;
  /** An actor has read the receipt's row, asks Bootpay for the receipt, is shown it. */
  reads(actor: Actor, receiptId: string): void;
  /** An actor lists the refunds of a receipt. */
  lists(actor: Actor, refunds: readonly Refund[]): void;
  asks(actor: Actor, receiptId: string): void;
  shown(actor: Actor, receiptId: string, reply: LookUpReply): void;
  /** The same of a reconciliation, which may conclude something from two of them. */
  reconciled(actor: Actor, receipt: Receipt): void;
  /** @param attempt as `tryOf` names it. */
  heard(attempt: string, reply: CancelReply): void;
  lastHeard(refund: Refund): CancelReply | null;
  /** A person asks for a replay or an end. */
  wants(actor: Actor, wish: { readonly acknowledge: boolean }): void;
  /** The highest total was lowered without a case. */
  lowered(actor: Actor, receiptId: string, totalWon: number): void;
  /** A person's hold of the lane begins or ends. */
  laneHeld(held: boolean): void;
  judge(
    actor: Actor,
    moved: { readonly before: Refund; readonly change: Transition; readonly called: boolean },
  ): void;
  /** What the ledger answers to a write. */
  answered(actor: Actor, change: Transition, answer: CommitResult): void;
  known(receiptId: string): Known;
  holder(receiptId: string): string | null;
  /** Redis forgot: calling the answer forgets too. */
  snapshot(): () => void;
}

export interface RefereeDeps {
  readonly now: () => number;
  readonly settings: PolicySettings;
  readonly fail: (what: string) => void;
  /** The last confirmed version of a refund. */
  readonly record: (refundId: string) => Refund | undefined;
  /** Have our credentials been refused for every receipt, for a while? */
  readonly lockedOut: () => boolean;
}

const rules: Readonly<Record<Refund['state'], Rule>> = {
  queued: beforeSending,
  waiting_retry: beforeSending,
  sending: afterTheCall,
  unknown: fromUnknown,
  dead_lettered: fromACase,
  succeeded: () => [],
  resolved: () => [],
};

/** A refusal is its case; an acceptance is looked up if it is the last call's and the outcome was open, else a case. */
function endsAsHeard(
  before: Refund,
  { state, nextWakeUpAt, deadLetter }: Refund,
  { late, now }: { readonly late: Attempt; readonly now: number },
): boolean {
  if (late.outcome?.reply === 'refused') {
    return deadLetter?.case === 'bootpay_refused' && deadLetter.code === late.outcome.code;
  }
  const isLast = before.state === 'unknown' && before.attempts.at(-1)?.number === late.number;
  return isLast ? state === 'unknown' && nextWakeUpAt === now : deadLetter?.case === 'integrity_mismatch';
}

/** It is not closed, and it is not known whether it was paid. */
function mayBePaid({ state, attempts }: Refund): boolean {
  return state !== 'succeeded' && state !== 'resolved' && attempts.some(isOpenQuestion);
}

export function createReferee({ now, settings, fail, lockedOut, record }: RefereeDeps): Referee {
  const receipts = createReceipts(fail);
  const sightings = createSightings({ receipts, now, settings, fail, record });
  /** By refund: of each job, since the last write. */
  const activations = new Map<string, Map<string, number>>();
  const activationOf = new WeakMap<
    Actor,
    { readonly refundId: string; readonly jobId: string; readonly count: number }
  >();
  const others = new WeakMap<Actor, readonly Refund[]>();
  const wishes = new WeakMap<Actor, { readonly acknowledge: boolean }>();
  const heard = new Map<string, CancelReply>();
  /** A write may arrive a second time, and is refused then because of itself. */
  const written = new WeakSet<Transition>();
  let laneIsHeld = false;
  let failedOver = false;

  const { known, holder } = receipts;
  const lastHeard = (refund: Refund) => heard.get(tryOf(refund)) ?? null;

  function moveOf(actor: Actor, before: Refund, change: Transition, called: boolean): Move {
    const { refund } = change;
    const { refundId, receiptId } = refund;
    const jobId = activationOf.get(actor)?.jobId ?? '';
    return {
      before,
      refund,
      change,
      called,
      settings,
      failedOver,
      decidedAt: change.history.at,
      ...receipts.view(actor, receiptId),
      known: known(receiptId),
      holder: holder(receiptId),
      receipt: freshReceipt(before, refund),
      heard: failedOver ? null : lastHeard(refund),
      contested: (others.get(actor) ?? []).some((other) => other.refundId !== refundId && mayBePaid(other)),
      acknowledged: wishes.get(actor)?.acknowledge ?? false,
      activations: activations.get(refundId)?.get(jobId) ?? 0,
    };
  }

  /** A person's hold stops cancels; refused credentials are no refund's fault. */
  function* judgeLane({ before, refund }: Move): Iterable<string> {
    if (refund.state === 'sending' && laneIsHeld && !failedOver)
      yield 'is sent while a person holds the lane';
    const blamed = refund.deadLetter?.code === 'TOKEN_KEY_INVALID' && before.state !== 'dead_lettered';
    if (blamed && lockedOut()) yield 'is blamed for our credentials';
  }

  /**
   * A reply that was heard after its attempt was given up, and stops the refund before it is sent again: an acceptance of
   * the last call by a look-up, while the receipt was kept for it. It keeps the receipt, or marks it for the refund that
   * has it by now.
   */
  function* judgeLate(
    { before, refund, change, holder: holderNow, decidedAt }: Move,
    late: Attempt,
  ): Iterable<string> {
    const { outcome } = late;
    const reply = heard.get(nameOfTry(refund.refundId, late));
    const isHeard =
      reply?.kind === outcome?.reply && (reply?.kind !== 'refused' || reply.code === outcome?.code);
    if (!isHeard) yield `writes ${outcome?.reply} to attempt ${late.number}, which was not heard`;
    const { deadLetter } = refund;
    const right = endsAsHeard(before, refund, { late, now: decidedAt });
    if (!stops(late) || !right) yield `is ${refund.state}, ${deadLetter?.case}, by a late ${outcome?.reply}`;
    const isHeld = holderNow !== null && holderNow !== refund.refundId;
    const keeps = deadLetter?.keepsLock !== false && change.lock === 'keep';
    if ((deadLetter !== null && keeps === isHeld) || (change.marks === true) !== isHeld)
      yield `${keeps ? 'keeps' : 'lets go of'} a receipt that ${isHeld ? 'another refund holds' : 'is free'}`;
  }

  /** The total of an answer that agreed and was written, in time or late; one that was lost on its way is not known. */
  function writtenAnswerWon(refund: Refund, attempt: Attempt | undefined): number[] {
    const reply = heard.get(nameOfTry(refund.refundId, attempt));
    if (reply?.kind !== 'accepted' || attempt?.outcome?.reply !== 'accepted') return [];
    return answeredWon(attempt, reply) === null ? [] : [reply.body.cancelledWon ?? 0];
  }

  /** A reply to a try that a failover took off the record, and whose number another one has by now. */
  function isOfALostTry({ history }: Transition, late: Attempt | null): boolean {
    return failedOver && late === null && /late reply to attempt/.test(history.reason ?? '');
  }

  function lateAnswerWon(change: Transition, late: Attempt | null): number[] {
    if (!isOfALostTry(change, late)) return writtenAnswerWon(change.refund, late ?? undefined);
    return change.seen === null ? [] : [change.seen.totalWon];
  }

  function remember(actor: Actor, { before, refund, change, receipt }: Move): void {
    const seenWon = [
      ...(receipt === null ? [] : [receipt.cancelledWon]),
      ...(change.from === 'sending' ? writtenAnswerWon(refund, refund.attempts.at(-1)) : []),
      ...lateAnswerWon(change, heardLate(before, refund)),
    ];
    const tries = refund.state === 'sending' && before.state !== 'sending';
    receipts.written(actor, change, { seenWon, tries });
    if (refund.state !== 'sending') activations.delete(refund.refundId);
  }

  /** A write is only refused because of the receipt if it is another one by now: two jobs of one refund never stop each other. */
  function judgeRefusal(actor: Actor, change: Transition): void {
    const { refund } = change;
    const { receiptId, refundId } = refund;
    activations.delete(refundId);
    const { begun } = receipts.view(actor, receiptId);
    const mine = holder(receiptId) === null || holder(receiptId) === refundId;
    const lost = activationOf.has(actor) && holder(receiptId) !== refundId;
    if (begun.change === known(receiptId).change && mine && !lost && !failedOver && !written.has(change))
      fail(`${refundId} is refused a write, and its receipt is as it was`);
  }

  return {
    known,
    holder,
    lastHeard,
    began(actor, { refundId, receiptId, jobId }) {
      receipts.taken(actor, { refundId, receiptId });
      const counts = activations.get(refundId) ?? new Map<string, number>();
      const count = (counts.get(jobId) ?? 0) + 1;
      activations.set(refundId, counts.set(jobId, count));
      activationOf.set(actor, { refundId, jobId, count });
    },
    reads: receipts.read,
    lists: (actor, refunds) => void others.set(actor, refunds),
    asks(actor, receiptId) {
      receipts.asked(actor, receiptId);
      sightings.asked(actor, receiptId);
      const { count = 0 } = activationOf.get(actor) ?? {};
      if (count > mostActivations && !failedOver)
        fail(`${actor.name} is activation ${count} without progress`);
    },
    shown: receipts.shown,
    reconciled: sightings.shown,
    heard: (attempt, reply) => void heard.set(attempt, reply),
    wants: (actor, { acknowledge }) => void wishes.set(actor, { acknowledge }),
    lowered(actor, receiptId, totalWon) {
      if (!failedOver) sightings.judgeLowered(actor, receiptId, totalWon);
      receipts.lowered(receiptId, totalWon);
    },
    laneHeld(held) {
      laneIsHeld = held;
    },
    judge(actor, { before, change, called }) {
      const move = moveOf(actor, before, change, called);
      const always: readonly Rule[] = [everyLookUp];
      const late = heardLate(before, change.refund);
      const byState: Rule = late === null ? rules[before.state] : () => judgeLate(move, late);
      const ofMoves: readonly Rule[] = [
        everyMove,
        ...(isOfALostTry(change, late) ? [] : [byState]),
        judgeLane,
      ];
      for (const rule of change.refund.version === before.version ? always : [...always, ...ofMoves]) {
        for (const wrong of rule(move)) fail(`${change.refund.refundId} ${wrong}`);
      }
      if (change.history.who === 'reconcile' && !failedOver) sightings.judgeDrift(actor, move);
      remember(actor, move);
    },
    answered(actor, change, answer) {
      if (answer.kind === 'done') {
        written.add(change);
        receipts.checkVersion(change.refund.receiptId, answer);
      }
      if (answer.kind === 'disturbed') judgeRefusal(actor, change);
    },
    snapshot() {
      const rollBack = receipts.snapshot();
      return () => {
        failedOver = true;
        rollBack();
      };
    },
  };
}

// A written move with what its writer knew, and the rules that hold whatever the move is. A rule
// answers with what is wrong; nothing means that it has nothing to say.
import type { PolicySettings } from '../src/domain/decision.ts';
import type { DeadLetter, Refund } from '../src/domain/refund.ts';
import type { CancelReply, Receipt } from '../src/domain/reply.ts';
import type { Transition } from '../src/domain/transition.ts';
import { heardLate, isUsed, type Known, meaningOf } from './reading.ts';

export interface Move {
  readonly before: Refund;
  readonly refund: Refund;
  readonly change: Transition;
  /** Its write may have waited long in a broken connection. */
  readonly decidedAt: number;
  readonly settings: PolicySettings;
  /** The receipt when the activation began, or a person's look-up was asked for, or after its own last write; and now. */
  readonly begun: Known;
  readonly known: Known;
  /** The receipt as the person last read it. */
  readonly read: Known;
  /** The refund that holds the receipt. */
  readonly holder: string | null;
  /** The receipt as the writer's last look-up showed it, kept or not. */
  readonly saw: Receipt | null;
  /** The receipt as this very move's look-up shows it; null: it made none. */
  readonly receipt: Receipt | null;
  /** What the worker heard to the last attempt; null: nothing, or it cannot be known any more. */
  readonly heard: CancelReply | null;
  /** The last attempt's call left. */
  readonly called: boolean;
  /** Another refund of the receipt may have been paid, too, when the writer last looked at them. */
  readonly contested: boolean;
  /** The person asked for it with an acknowledgement. */
  readonly acknowledged: boolean;
  /** Activations of this very job since the last write, this one included. */
  readonly activations: number;
  readonly failedOver: boolean;
}

export type Rule = (move: Move) => Iterable<string>;

const open = ['queued', 'waiting_retry', 'sending', 'unknown'];
export const mostActivations = 5;

export function* everyMove(move: Move): Iterable<string> {
  yield* time(move);
  yield* counters(move);
  yield* keeping(move);
  yield* telling(move);
  yield* counting(move);
}

/** Each open state has a next wake-up and a deadline, and only a replay sets a later one. */
function* time({ before, refund, decidedAt, settings, change }: Move): Iterable<string> {
  const waits = open.includes(refund.state);
  if (waits !== (refund.nextWakeUpAt !== null))
    yield `is ${refund.state} and wakes up ${refund.nextWakeUpAt}`;
  const replayed = before.state === 'dead_lettered' && refund.state === 'queued';
  const deadlineAt = replayed ? decidedAt + settings.retryDeadlineMs : before.deadlineAt;
  if (refund.deadlineAt !== deadlineAt) yield `has another deadline after ${change.history.what}`;
  const early = refund.deadLetter?.case === 'deadline_passed' && decidedAt < before.deadlineAt;
  if (early) yield 'is given up before its deadline';
}

/** Only an answered attempt is used up; a replay begins anew. */
function* counters({ before, refund, settings }: Move): Iterable<string> {
  const replayed = before.state === 'dead_lettered' && refund.state === 'queued';
  const last = refund.attempts.at(-1);
  const fresh = before.state === 'sending' && last !== undefined && last.outcome !== null && isUsed(last);
  const used = replayed ? 0 : before.attemptsUsed + (fresh ? 1 : 0);
  if (refund.attemptsUsed !== used) yield `counts ${refund.attemptsUsed} attempts, ${used} are used`;
  const over = open.includes(refund.state) && refund.attemptsUsed >= settings.retryMaxAttempts;
  if (over && refund.state === 'waiting_retry') yield `goes on after ${refund.attemptsUsed} attempts`;
}

/** An unclear case keeps the receipt, until it is closed or replayed and looked up. */
function* keeping(move: Move): Iterable<string> {
  const { before, refund, change, activations } = move;
  const { state, deadLetter } = refund;
  if (state === 'dead_lettered' && deadLetter !== null && before.state !== 'dead_lettered') {
    const keeps = deadLetter.keepsLock && change.lock === 'keep';
    // A receipt that another refund has by now is marked instead.
    if (isUnclear(before, deadLetter) && !keeps && change.marks !== true)
      yield `lets go of its receipt as ${deadLetter.case}`;
    const early = deadLetter.case === 'poison' && activations <= mostActivations;
    if (early) yield `is poison after ${activations} activations of its job`;
  }
  const stays = state === 'sending' || state === 'unknown';
  if (stays && change.lock === 'release') yield `lets go of its receipt as ${state}`;
  const goes = ['waiting_retry', 'succeeded', 'resolved'].includes(state);
  if (goes && change.lock === 'keep') yield `keeps its receipt as ${state}`;
}

/** A drift is open from its case to the case's end; only a person, and what is heard too late, leaves money uncounted. */
function* counting({ before, refund, change }: Move): Iterable<string> {
  const isDrift = ({ deadLetter }: Refund) => deadLetter?.case === 'drift';
  const opened = Number(isDrift(refund)) - Number(isDrift(before));
  if ((change.openDrifts ?? 0) !== opened)
    yield `counts ${change.openDrifts ?? 0} open drifts more, there are ${opened}`;
  if (change.marks === true && before.state !== 'dead_lettered' && heardLate(before, refund) === null)
    yield 'marks its receipt as no case of a person';
  if (change.lowersHighest === true && change.history.who !== 'reconcile')
    yield 'lowers what was shown on its receipt';
}

function isUnclear(before: Refund, { case: name, code, pgCode }: DeadLetter): boolean {
  const underWay = before.state === 'sending' || before.state === 'unknown';
  if (!underWay) return name === 'integrity_mismatch';
  if (name === 'retries_exhausted') return false;
  if (name !== 'bootpay_refused') return true;
  // Said of the call itself, "used already" and "not that much left" speak against the look-up before it.
  const unclear = ['critical', 'unlisted', ...(before.state === 'sending' ? ['id_taken', 'look_first'] : [])];
  return code !== null && unclear.includes(meaningOf(code, pgCode, before.lastLookUp?.receipt.pg ?? null));
}

/** Each end and each replay is told to those outside. */
function* telling({ before, refund, change }: Move): Iterable<string> {
  const { state } = refund;
  const moved = state !== before.state;
  const told = {
    succeeded: 'refund.succeeded',
    dead_lettered: 'refund.dead_lettered',
    resolved: 'refund.resolved',
    queued: moved ? 'refund.replayed' : null,
    waiting_retry: null,
    sending: null,
    unknown: null,
  }[state];
  if (change.event !== told) yield `became ${state} and tells ${change.event}`;
  if (state !== 'dead_lettered' && refund.deadLetter !== null) yield `is ${state} and still shows a case`;
  if (before.state !== 'succeeded' && before.state !== 'resolved') return;
  const takenBackWon = -(before.settledWon ?? 0);
  if (change.settledWon !== takenBackWon) yield `reopened, and ${change.settledWon} won are taken back`;
}

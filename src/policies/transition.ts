// From a decision to the next version of the record: pure, so that the ledger's scripts only compare and set.

import type { Decision, ToDeadLetter } from '../domain/decision.ts';
import { assertNever, InvariantError } from '../domain/errors.ts';
import { versionId } from '../domain/ids.ts';
import type { Attempt, Refund, Totals } from '../domain/refund.ts';
import { type CancelAnswer, type CancelReply, causeOf, type Receipt } from '../domain/reply.ts';
import { mayMove, type State } from '../domain/states.ts';
import type { Transition } from '../domain/transition.ts';
import { isSameTry, wasTurnedAway } from './growth.ts';
import { cancelIdFor } from './identity.ts';
import { cancelWindowEndsAt } from './method-policies.ts';
import { customerNotice } from './notices.ts';

/** Time, author and reason of a move, for the history. */
interface HistoryReason {
  readonly now: number;
  readonly who: string;
  readonly what: string;
  readonly reason: string | null;
  /** The second person, of an act that took two. */
  readonly approvedBy?: string;
}

/** A move to another state. Refused with an InvariantError when the table of moves does not know it. */
export function moved(
  refund: Refund,
  to: State,
  because: HistoryReason,
  changes: Partial<Refund>,
): Pick<Transition, 'refund' | 'comparedVersion' | 'from' | 'history'> {
  if (!mayMove(refund.state, to)) throw new InvariantError(`no move from ${refund.state} to ${to}`);
  const { now, ...entry } = because;
  return {
    refund: { ...refund, ...changes, state: to, version: refund.version + 1 },
    comparedVersion: refund.version,
    from: refund.state,
    history: { at: now, ...entry, from: refund.state, to },
  };
}

/** The attempt is written before the call: `sending`, with everything known by then. */
export function beginAttempt(
  refund: Refund,
  totalsBefore: Totals,
  times: { now: number; callUntil: number },
): Transition {
  const folded = foldedTries(refund);
  const kept = folded > 0 ? refund.attempts.slice(0, -1) : refund.attempts;
  const attempt: Attempt = {
    number: (kept.at(-1)?.number ?? 0) + 1,
    folded,
    revision: refund.revision,
    generation: refund.generation,
    cancelId: cancelIdFor(refund.firstCancelId, refund.generation),
    cancel: refund.cancel,
    sentAt: times.now,
    callUntil: times.callUntil,
    totalsBefore,
    outcome: null,
  };
  const because = { now: times.now, who: 'worker', what: `attempt ${attempt.number}`, reason: null };
  return {
    ...moved(refund, 'sending', because, {
      attempts: [...kept, attempt],
      totalsBefore: refund.totalsBefore ?? totalsBefore,
      deadlineAt: boundedByWindow(refund),
      nextWakeUpAt: times.callUntil,
    }),
    lock: 'keep',
    settledWon: 0,
    seen: { totalWon: totalsBefore.totalWon },
    event: null,
    ...(folded > 0 && { folds: true }),
  };
}

/**
 * A try that was not sent is made again under its own number, and so is one of several that were turned away, so that
 * no throttle and no outage makes a record grow without end. That some try reached Bootpay stays on record: a 2029 is
 * judged by it.
 */
function foldedTries({ attempts, generation }: Refund): number {
  const [before, last] = [attempts.at(-2), attempts.at(-1)];
  if (last === undefined || last.generation !== generation) return 0;
  const again = before?.generation === generation && wasTurnedAway(before) && wasTurnedAway(last);
  return again || last.outcome?.reply === 'not_sent' ? last.folded + 1 : 0;
}

/** The call began and its process died: as of `callUntil` it has no answer. */
export function withoutOutcome(refund: Refund): Refund {
  const last = refund.attempts.at(-1);
  if (last === undefined || last.outcome !== null) return refund;
  return withOutcome(refund, { kind: 'no_answer', cause: 'process_ended' }, last.callUntil);
}

/** Writes the reply into the refund's last attempt. Only an answered attempt is used up. */
export function withOutcome(refund: Refund, reply: CancelReply, at: number): Refund {
  const last = refund.attempts.at(-1);
  if (last === undefined) throw new InvariantError('a reply without an attempt');
  const used =
    reply.kind === 'accepted' || (reply.kind === 'refused' && reply.code !== 'RC_CANCEL_ID_ALREADY_EXIST');
  return {
    ...refund,
    attempts: [...refund.attempts.slice(0, -1), { ...last, outcome: outcomeOf(reply, { at, used }) }],
    attemptsUsed: refund.attemptsUsed + (used ? 1 : 0),
  };
}

type Outcome = NonNullable<Attempt['outcome']>;

function outcomeOf(reply: CancelReply, when: Pick<Outcome, 'at' | 'used'>): Outcome {
  const refused = reply.kind === 'refused' ? reply : null;
  return {
    reply: reply.kind,
    code: refused?.code ?? (reply.kind === 'unauthorized' ? reply.code : null),
    pgCode: refused?.pgCode ?? null,
    httpStatus: 'httpStatus' in reply ? reply.httpStatus : null,
    ...wordsAndCause(reply),
    ...when,
  };
}

/** The cause where no code says it, and what was said about it. */
function wordsAndCause(reply: CancelReply): { cause?: string; message?: string } {
  const message = 'message' in reply && reply.message ? { message: reply.message } : {};
  if (reply.kind === 'refused')
    return { ...(reply.cause !== undefined && { cause: reply.cause }), ...message };
  return 'cause' in reply ? { cause: causeOf(reply), ...message } : message;
}

/**
 * Writes a late reply in place of "no answer". The attempt was not counted as used, and stays so. One that a failover took
 * off the record is on it again, unless another try has its number by now or is under way.
 */
export function withLateReply(refund: Refund, late: Attempt, reply: CancelReply, at: number): Refund {
  const answered = { ...late, outcome: outcomeOf(reply, { at, used: false }) };
  const { attempts } = refund;
  if (late.number > (attempts.at(-1)?.number ?? 0) && refund.state !== 'sending') {
    const totalsBefore = refund.totalsBefore ?? late.totalsBefore;
    return { ...refund, totalsBefore, attempts: [...attempts, answered] };
  }
  return { ...refund, attempts: attempts.map((one) => (isSameTry(one, late) ? answered : one)) };
}

/**
 * A case that a late reply makes a critical one. Its version stays, so that its job and a person who has it open still find
 * it; what may be done with it is judged by the record as it is by then.
 */
export function asCriticalCase(refund: Refund, decision: ToDeadLetter, now: number): Transition {
  const { deadLetter, state } = refund;
  if (deadLetter === null) throw new InvariantError('a case without its reason');
  const { case: name, code, pgCode, severity } = decision;
  const { at, jobId } = deadLetter;
  const keepsLock = deadLetter.keepsLock || decision.keepsLock;
  const became = { case: name, code, pgCode, ...whyOf(decision), severity, at, keepsLock, jobId };
  const reason = reasonOf(decision);
  return {
    refund: { ...refund, deadLetter: became },
    comparedVersion: refund.version,
    from: state,
    lock: 'keep',
    settledWon: 0,
    seen: null,
    history: { at: now, who: 'worker', what: decision.kind, from: state, to: state, reason },
    event: null,
  };
}

/** Applies a decision to a record whose last attempt already carries its outcome, if it has one. */
export function transitionFor(
  refund: Refund,
  decision: Exclude<Decision, { kind: 'hold_lane' }>,
  { now, who = 'worker' }: { readonly now: number; readonly who?: string },
): Transition {
  const because = { now, who, what: decision.kind, reason: reasonOf(decision) };
  const quiet = { settledWon: 0, seen: null, event: null } as const;
  switch (decision.kind) {
    case 'settle':
      return { ...settled(refund, decision.settledWon, because), seen: null };
    case 'look_up_at': {
      const to = refund.state === 'sending' ? 'unknown' : refund.state;
      const lock = to === 'unknown' || isUnclear(refund) ? 'keep' : 'release';
      const again = to === refund.state && { folds: true as const };
      return { ...moved(refund, to, because, { nextWakeUpAt: decision.at }), lock, ...quiet, ...again };
    }
    case 'wait_for_key': {
      const { wait: keyWait, deadlineAt, at: nextWakeUpAt } = decision;
      return {
        ...moved(refund, refund.state, because, { keyWait, deadlineAt, nextWakeUpAt }),
        lock: isUnclear(refund) ? 'keep' : 'release',
        ...quiet,
        folds: true,
      };
    }
    case 'retry_at': {
      const to = refund.state === 'queued' ? 'queued' : 'waiting_retry';
      const generation = refund.generation + (decision.nextGeneration ? 1 : 0);
      const usedNothing = ['throttled', 'unauthorized', 'not_sent'].includes(
        refund.attempts.at(-1)?.outcome?.reply ?? '',
      );
      return {
        ...moved(refund, to, because, { nextWakeUpAt: decision.at, generation }),
        lock: 'release',
        ...quiet,
        ...(usedNothing && { folds: true as const }),
      };
    }
    case 'dead_letter': {
      const { code, pgCode, severity, keepsLock } = decision;
      const version = refund.version + 1;
      const jobId = versionId({ ...refund, version });
      const why = whyOf(decision);
      const deadLetter = { case: decision.case, code, pgCode, ...why, severity, at: now, keepsLock, jobId };
      return {
        ...moved(refund, 'dead_lettered', because, {
          nextWakeUpAt: null,
          deadLetter,
          // The case has its cause. A replay begins to count anew.
          lookUpFailure: undefined,
          keyWait: undefined,
          settledWon: null,
          resolution: null,
        }),
        ...quiet,
        ...takenBack(refund),
        lock: keepsLock ? 'keep' : 'release',
        event: 'refund.dead_lettered',
        ...(decision.case === 'drift' && { openDrifts: 1 }),
      };
    }
    default:
      return assertNever(decision);
  }
}

/** A drift takes back what was counted as settled, so that the money is recognised if it shows again. */
function takenBack({ settledWon, resolution }: Refund): Pick<Transition, 'settledWon' | 'byHandWon'> {
  const byHandWon = resolution?.amountWon ?? 0;
  return { settledWon: -(settledWon ?? 0), ...(byHandWon > 0 && { byHandWon: -byHandWon }) };
}

/** Replayed with an unclear outcome: until a look-up has cleared it, its money may pass for another refund's. */
function isUnclear({ state, attempts }: Refund): boolean {
  return state === 'queued' && attempts.length > 0;
}

/** What is not there is left out: a record without it reads as one of an earlier version. */
function whyOf({ rule, cause, message }: ToDeadLetter): Pick<ToDeadLetter, 'rule' | 'cause' | 'message'> {
  return {
    ...(rule !== undefined && { rule }),
    ...(cause !== undefined && { cause }),
    ...(message !== undefined && { message }),
  };
}

/** The money went back and we know how much: the end. */
export function settled(
  refund: Refund,
  settledWon: number,
  because: HistoryReason,
): Omit<Transition, 'seen'> {
  const receipt = beforeTheCall(refund);
  return {
    ...moved(refund, 'succeeded', because, {
      nextWakeUpAt: null,
      settledWon,
      deadLetter: null,
      account: refund.account === 'kept' ? 'erased' : refund.account,
      customerNotice:
        receipt === null ? null : customerNotice({ cancel: refund.cancel, receipt, now: because.now }),
    }),
    lock: 'release',
    settledWon,
    event: 'refund.succeeded',
  };
}

/**
 * The receipt as it stood before the call: with the refund's own money a cancel of the rest would look like a full one.
 */
function beforeTheCall({ lastLookUp, attempts }: Refund): Receipt | null {
  if (lastLookUp === null) return null;
  const cancelledWon = attempts.at(-1)?.totalsBefore.totalWon ?? lastLookUp.receipt.cancelledWon;
  return { ...lastLookUp.receipt, cancelledWon };
}

export function withLookUp(
  refund: Refund,
  receipt: Receipt,
  seen: Omit<NonNullable<Refund['lastLookUp']>, 'receipt'>,
): Refund {
  return { ...answered(refund), lastLookUp: { ...seen, receipt }, staleSince: null };
}

/** A stale look-up is not kept as the last one, because decisions are made from that one. */
export function withStaleLookUp(refund: Refund, now: number): Refund {
  return { ...answered(refund), staleSince: refund.staleSince ?? now };
}

function answered({ lookUpFailure: _, ...refund }: Refund): Refund {
  return refund;
}

/** A look-up attached to a case. The version stays, so that a person who read the case before may still act on it. */
export function withEvidence(refund: Refund, lookUp: NonNullable<Refund['lastLookUp']>): Transition {
  return {
    refund: { ...refund, lastLookUp: lookUp },
    comparedVersion: refund.version,
    from: refund.state,
    lock: 'keep',
    settledWon: 0,
    seen: totalOf(lookUp.receipt),
    history: {
      at: lookUp.at,
      who: 'worker',
      what: 'look_up',
      from: null,
      to: null,
      reason: 'attached to the case',
    },
    event: null,
  };
}

/** The total that a look-up or an agreeing answer shows. */
export function totalOf({ cancelledWon }: Pick<CancelAnswer, 'cancelledWon'>): Transition['seen'] {
  return cancelledWon === null ? null : { totalWon: cancelledWon };
}

function boundedByWindow(refund: Refund): number {
  const receipt = refund.lastLookUp?.receipt;
  const windowEndsAt = receipt === undefined || refund.acknowledged ? null : cancelWindowEndsAt(receipt);
  return windowEndsAt === null ? refund.deadlineAt : Math.min(refund.deadlineAt, windowEndsAt);
}

function reasonOf(decision: Exclude<Decision, { kind: 'hold_lane' }>): string {
  if (decision.kind === 'settle') return decision.by === 'answer' ? 'accepted' : 'the look-up shows it';
  if (decision.kind !== 'dead_letter') return decision.reason;
  const { reason, cause } = decision;
  const isSaid = cause === undefined || reason.includes(cause);
  return `${decision.case}: ${reason}${isSaid ? '' : ` (${cause})`}`;
}

// What a reply to a cancel decides about its refund, and what a reply does that comes after its attempt was given up as
// lost. What each code means is a row of `error-table.ts`; `docs/design.md` 6 is the source of every rule. Times in ms.
import type { Decision, LookUpAt, ToDeadLetter } from '../domain/decision.ts';
import { assertNever } from '../domain/errors.ts';
import type { Attempt, Refund } from '../domain/refund.ts';
import { type CancelReply, causeOf, type RefusedReply } from '../domain/reply.ts';
import { isEnded } from '../domain/states.ts';
import {
  type AuthorizedReply,
  deadLetter,
  deadlineOf,
  drift,
  earlierOfGeneration,
  look,
  mismatch,
  outcomeUnknown,
  retry,
  type Situation,
  wordsOf,
} from './decisions.ts';
import { type ErrorRow, errorRow } from './error-table.ts';
import { isSameTry, lacksDefiniteAnswer, settledByAnswer } from './growth.ts';
import { cancelWindowEndsAt } from './method-policies.ts';
import { pgErrorRow } from './pg-error-table.ts';
import { nextLookUpAt, nextRetryAt } from './retry-schedule.ts';
import { throttleMs } from './throttle.ts';

/** What the reply to a cancel means. The attempt is the refund's last one. */
export function decideReply(
  situation: Situation,
  attempt: Attempt,
  reply: AuthorizedReply<CancelReply>,
): Decision {
  const { now, refund, settings } = situation;
  switch (reply.kind) {
    case 'accepted': {
      const settledWon = settledByAnswer(attempt.cancel, attempt.totalsBefore, reply.body);
      return settledWon === null
        ? look(now, 'accepted with missing or other amounts')
        : { kind: 'settle', settledWon, by: 'answer' };
    }
    case 'refused':
      return decideRefusal(situation, attempt, reply);
    case 'throttled':
      return retry(Math.min(now + throttleMs(reply.retryAfterMs), deadlineOf(situation)), 'throttled');
    case 'not_sent':
      return retry(retryTime(situation, unsentInARow(refund)), `not sent: ${reply.cause}`);
    case 'no_answer':
    case 'unreadable':
      return look(nextLookUpAt({ originAt: now, now, settings }), `${reply.kind}: ${causeOf(reply)}`);
    default:
      return assertNever(reply);
  }
}

function decideRefusal(situation: Situation, attempt: Attempt, reply: RefusedReply): Decision {
  const { refund, now, settings } = situation;
  const row = rowOf(reply);
  const terminal = deadLetter('bootpay_refused', refusalOf(reply), causeOf(reply));
  const mayHavePaid = { ...terminal, keepsLock: true };
  if (row === null) return mayHavePaid;
  switch (row.disposition) {
    case 'retry':
      return decideServerError(situation, attempt, reply);
    case 'check_first':
      return checkFirst(situation, attempt, terminal);
    case 'id_exists':
      return earlierOfGeneration(refund, attempt).some(({ outcome }) => outcome?.reply !== 'not_sent')
        ? look(nextLookUpAt({ originAt: now, now, settings }), 'the cancel_id exists already')
        : mayHavePaid;
    case 'critical':
      return mayHavePaid;
    case 'dead_letter':
    case 'unauthorized':
      return terminal;
    default:
      return assertNever(row.disposition);
  }
}

/** 2032 is a catch-all: the PG's own code splits it, where the PG is known and the pair is in the table. */
function decideServerError(situation: Situation, attempt: Attempt, reply: RefusedReply): Decision {
  const { refund, settings } = situation;
  const what = { ...refusalOf(reply), severity: 'warning' } as const;
  const terminal = deadLetter('bootpay_refused', what, causeOf(reply));
  const pgRow = pgErrorRow(refund.lastLookUp?.receipt.pg ?? null, reply.pgCode);
  if (pgRow?.disposition === 'permanent') return terminal;
  if (pgRow?.disposition === 'already_cancelled') return checkFirst(situation, attempt, terminal);
  const used = refund.attemptsUsed + 1;
  if (used >= settings.retryMaxAttempts) {
    return deadLetter('retries_exhausted', what, `${used} attempts, all refused`);
  }
  return retry(retryTime(situation, used), causeOf(reply));
}

/**
 * "Already cancelled" and "too much" may be the effect of an earlier attempt of ours that got no answer. Without such an
 * attempt they contradict the look-up before the call: money moved in between, perhaps by a copy of this very call.
 */
function checkFirst(situation: Situation, attempt: Attempt, terminal: ToDeadLetter): Decision {
  const earlier = situation.refund.attempts.filter(({ number }) => number < attempt.number);
  return earlier.some(lacksDefiniteAnswer)
    ? look(situation.now, `${terminal.code} after a lost answer`)
    : { ...terminal, keepsLock: true };
}

/** After a 401: where the credentials work for another receipt, only this receipt is not ours; else the lane is held. */
export function decideUnauthorized(refund: Refund, code: string | null, credentialsWork: boolean): Decision {
  if (!credentialsWork) return { kind: 'hold_lane', reason: code ?? '401' };
  const reason = 'the receipt belongs to another project';
  return refund.attempts.some(lacksDefiniteAnswer)
    ? outcomeUnknown(code, reason)
    : deadLetter('bootpay_refused', { code, severity: 'warning' }, reason);
}

/**
 * A reply that comes after its attempt was given up as lost. After three replies a refund must never be sent again, however
 * late they come: accepted, 2086, and a code that is not in the table. A refund that is still open stops now: it is looked
 * up where its last call was accepted and the receipt was kept for it ever since, else a person sees it. A case becomes a
 * critical one. A refund that ended otherwise is a drift. null: the reply is only evidence. While another attempt is under
 * way, that one's end comes first.
 */
export function decideLateReply(
  refund: Refund,
  attempt: Attempt,
  reply: CancelReply,
  now: number,
): LookUpAt | ToDeadLetter | null {
  if (!mayHaveMoved(reply)) return null;
  const what = `late reply to attempt ${attempt.number}`;
  const last = refund.attempts.at(-1);
  if (isEnded(refund.state)) return contradicts(refund, attempt, reply) ? drift(what) : null;
  if (refund.state === 'sending' && last?.outcome === null) return null;
  if (refund.deadLetter?.severity === 'critical' && refund.state === 'dead_lettered') return null;
  if (reply.kind === 'refused') {
    return deadLetter('bootpay_refused', refusalOf(reply), `${what}: ${causeOf(reply)}`, true);
  }
  return refund.state === 'unknown' && last !== undefined && isSameTry(last, attempt)
    ? look(now, `${what}: accepted`)
    : mismatch(`${what}: accepted`);
}

/** Whether a reply that is heard late must keep its refund from being sent again. */
export function mayHaveMoved(
  reply: CancelReply,
): reply is Extract<CancelReply, { kind: 'accepted' | 'refused' }> {
  if (reply.kind !== 'refused') return reply.kind === 'accepted';
  const row = rowOf(reply);
  return row === null || row.disposition === 'critical';
}

/**
 * Whether the refund ended by something else than the call whose reply comes too late. A 2086 tells a person who closed the
 * case nothing new.
 */
function contradicts({ state, attempts }: Refund, late: Attempt, { kind }: CancelReply): boolean {
  if (state === 'resolved') return kind === 'accepted';
  const last = attempts.at(-1);
  if (last?.outcome?.reply === 'accepted') return !isSameTry(last, late);
  const written = attempts.find((one) => isSameTry(one, late));
  return written === undefined || !lacksDefiniteAnswer(written);
}

function retryTime(situation: Situation, attemptsUsed: number): number {
  const { refund, now, chance, settings } = situation;
  const receipt = refund.lastLookUp?.receipt;
  const windowEndsAt = receipt === undefined || refund.acknowledged ? null : cancelWindowEndsAt(receipt);
  const deadlineAt = deadlineOf(situation);
  return nextRetryAt({ now, attemptsUsed, deadlineAt, windowEndsAt, chance, settings });
}

/** The attempt being decided has no outcome yet and counts as the first. Tries that were folded into it count, too. */
function unsentInARow(refund: Refund): number {
  const sent = refund.attempts.findLastIndex(
    ({ outcome }) => outcome !== null && outcome.reply !== 'not_sent',
  );
  return Math.max(1, refund.attempts.length - 1 - sent) + (refund.attempts.at(-1)?.folded ?? 0);
}

/** null: not in the table, or no code that can be kept. */
function rowOf({ code }: RefusedReply): ErrorRow | null {
  return code === null ? null : errorRow(code);
}

function refusalOf(reply: RefusedReply) {
  const { code, pgCode, cause } = reply;
  const severity = rowOf(reply)?.severity ?? 'critical';
  return { code, pgCode, severity, ...(cause !== undefined && { cause }), ...wordsOf(reply) };
}

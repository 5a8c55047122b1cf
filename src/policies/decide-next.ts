// The three decisions about a refund, as pure functions: may it be sent, what does the reply mean, what became of a call
// without an answer. Times in ms, amounts in won; `docs/design.md` 5 and 6 are the source of every rule.
import type {
  Decision,
  LookUpAt,
  PolicySettings,
  RetryAt,
  Send,
  Settle,
  ToDeadLetter,
} from '../domain/decision.ts';
import { assertNever } from '../domain/errors.ts';
import type { Attempt, DeadLetterCase, ReceiptAccount, Refund, Severity } from '../domain/refund.ts';
import {
  type CancelReply,
  causeOf,
  type FailedReply,
  type Receipt,
  type RefusedReply,
} from '../domain/reply.ts';
import { isEnded } from '../domain/states.ts';
import { type ErrorRow, errorRow } from './error-table.ts';
import {
  isPaidAsAsked,
  isSameTry,
  isStale,
  lacksDefiniteAnswer,
  type RefundGrowth,
  refundGrowth,
  settledByAnswer,
  totalsFrom,
  unknownSince,
  wasDefinitelyRefused,
} from './growth.ts';
import { cancelWindowEndsAt, policyRefusal } from './method-policies.ts';
import { pgErrorRow } from './pg-error-table.ts';
import { nextLookUpAt, nextRetryAt } from './retry-schedule.ts';
import { type ClockHistory, deadlineOn, hasJustJumped } from './steady-clock.ts';
import { throttleMs } from './throttle.ts';
import { isUnusableTooLong, lastCause, wasUnusableInARow } from './unusable-answers.ts';

/** Everything a decision may depend on besides the reply. `chance` is 0..1, for jitter. */
export interface Situation extends ClockHistory {
  readonly refund: Refund;
  readonly account: ReceiptAccount;
  readonly chance: number;
  readonly settings: PolicySettings;
}

type AuthorizedReply<Reply> = Exclude<Reply, { kind: 'unauthorized' }>;

/** The receipt was looked up for a refund that waits to be sent: send, settle without a call, or stop. */
export function decideBeforeSending(situation: Situation, receipt: Receipt): Decision | Send {
  const { refund, account, now } = situation;
  if (isStale(receipt, account)) return lookAgainSoon(situation);
  const growth = refundGrowth(refund, { receipt, account });
  if (growth !== null && growth.kind !== 'zero') return decideGrown(refund, growth, account);
  const { cancel, acknowledged } = refund;
  // A clock that was moved a moment ago does not surely close a window: it was open when the event came.
  const judgedAt = hasJustJumped(situation) ? Math.min(now, refund.acceptedAt) : now;
  const refusal = policyRefusal({ cancel, account: refund.account, receipt, now: judgedAt, acknowledged });
  if (refusal !== null) {
    const { reason, ...what } = refusal;
    return deadLetter('policy_refused', what, reason);
  }
  return { kind: 'send', totalsBefore: totalsFrom(receipt, account) };
}

/**
 * The look-up itself got no usable answer, and the refund has noted it. No attempt is used; the deadline ends the trying,
 * and so does an answer that stays unusable: a changed shape must not let a day of refunds run into their deadlines.
 */
export function decideLookUpFailure(situation: Situation, reply: AuthorizedReply<FailedReply>): Decision {
  const { refund, now } = situation;
  if (reply.kind === 'refused' && reply.code === 'RC_NOT_FOUND') {
    return refund.attempts.some(lacksDefiniteAnswer)
      ? outcomeUnknown(reply.code, 'the receipt can no longer be found')
      : deadLetter(
          'bootpay_refused',
          { code: reply.code, severity: severityOf(reply.code) },
          'no such receipt',
        );
  }
  const deadlineAt = deadlineOf(situation);
  if (now >= deadlineAt) return atDeadline(refund);
  if (isUnusableTooLong(refund, situation) && !hasJustJumped(situation)) return lookUpUnusable(refund, reply);
  if (reply.kind === 'throttled')
    return look(Math.min(now + throttleMs(reply.retryAfterMs), deadlineAt), 'throttled');
  return lookAgain(situation, `the look-up failed: ${reply.kind}: ${causeOf(reply)}`);
}

function lookUpUnusable(refund: Refund, reply: AuthorizedReply<FailedReply>): ToDeadLetter {
  const code = reply.kind === 'refused' ? reply.code : null;
  const reason = 'look-ups are answered with nothing that can be used';
  const why = { rule: 'look_up_unusable', cause: causeOf(reply), ...wordsOf(reply) } as const;
  return refund.attempts.some(lacksDefiniteAnswer)
    ? { ...outcomeUnknown(code, reason), ...why }
    : { ...deadLetter('bootpay_refused', { code, severity: 'warning' }, reason), ...why };
}

function wordsOf(reply: CancelReply | FailedReply): { message?: string } {
  return 'message' in reply && reply.message ? { message: reply.message } : {};
}

/** No call can be made now (rate limiter shut, credentials unclear): wait, until the deadline. No attempt is used up. */
export function decideNoLookUp(
  situation: Pick<Situation, 'refund' | 'now' | 'jumpedAt' | 'settings'>,
  { at, reason }: Pick<LookUpAt, 'at' | 'reason'>,
): Decision {
  const { refund, now } = situation;
  const deadlineAt = deadlineOf(situation);
  // A call that was refused for its credentials moved nothing: the next activation checks the deadline.
  if (refund.state === 'sending') return retry(at, reason);
  return now >= deadlineAt ? atDeadline(refund) : look(Math.min(at, deadlineAt), reason);
}

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

/** After a 401: where the credentials work for another receipt, only this receipt is not ours; else the lane is held. */
export function decideUnauthorized(refund: Refund, code: string | null, credentialsWork: boolean): Decision {
  if (!credentialsWork) return { kind: 'hold_lane', reason: code ?? '401' };
  const reason = 'the receipt belongs to another project';
  return refund.attempts.some(lacksDefiniteAnswer)
    ? outcomeUnknown(code, reason)
    : deadLetter('bootpay_refused', { code, severity: 'warning' }, reason);
}

/**
 * A call got no answer that settles it, and the receipt was looked up. "Not there" counts once a whole settle window has
 * passed on a clock that was not moved. Where that is after the deadline, a person takes over.
 */
export function decideUnknown(situation: Situation, receipt: Receipt): Decision {
  const { refund, account, now, settings } = situation;
  const last = refund.attempts.at(-1);
  const originAt = unknownSince(refund);
  if (last === undefined || originAt === null || refund.totalsBefore === null) {
    return poison(refund, 'unknown without an attempt');
  }
  const windowEndsAt = Math.max(originAt, situation.steadySince) + settings.settleWindowMs;
  const isTooLate = now >= Math.max(deadlineOf(situation), originAt + settings.settleWindowMs);
  if (isStale(receipt, account)) return isTooLate ? atDeadline(refund) : lookAgainSoon(situation);
  const growth = refundGrowth(refund, { receipt, account });
  if (growth !== null && growth.kind !== 'zero') return decideGrown(refund, growth, account);
  if (now < windowEndsAt) return isTooLate ? atDeadline(refund) : lookAgainAt(situation, originAt);
  return decideNotThere(refund, last, now);
}

function lookAgainAt({ now, settings, steadySince }: Situation, originAt: number): LookUpAt {
  return look(nextLookUpAt({ originAt, now, settings, steadySince }), 'not there yet');
}

/**
 * The total has moved since the first attempt: by what an attempt of ours asked for, or by money that cannot be
 * attributed.
 */
function decideGrown(
  refund: Refund,
  growth: Exclude<RefundGrowth, { kind: 'zero' }>,
  { openDrifts, settledWon, marks }: ReceiptAccount,
): Settle | ToDeadLetter {
  if (growth.kind === 'landed') {
    if (isPaidAsAsked(growth, refund)) return { kind: 'settle', settledWon: growth.amountWon, by: 'look_up' };
    return lacksDefiniteAnswer(growth.attempt)
      ? mismatch(
          `attempt ${growth.attempt.number} went through with the ${growth.amountWon} won it asked for then`,
        )
      : mismatch('the money went back although that attempt was refused');
  }
  const { totalsBefore } = refund;
  if (openDrifts > 0 || (totalsBefore !== null && settledWon < totalsBefore.settledWon)) {
    return mismatch('money that was settled on this receipt was taken back: its total proves nothing');
  }
  const why = totalsBefore !== null && marks > totalsBefore.marks ? ', and nothing accounts for it' : '';
  return mismatch(`the total grew by ${growth.amountWon} won since the first attempt${why}`);
}

/** The deadline came before the answer: a person takes over, and an unclear outcome keeps the receipt lock. */
export function atDeadline(refund: Refund): ToDeadLetter {
  const why = refund.staleSince === null ? null : staleUntilDeadline;
  const ended = hasUnclearOutcome(refund)
    ? outcomeUnknown(null, why ?? 'no usable look-up until the deadline')
    : deadLetter('deadline_passed', { code: null, severity: 'warning' }, why ?? 'the deadline passed');
  if (refund.keyWait !== undefined) {
    return { ...ended, rule: 'data_key_missing', cause: refund.keyWait.keyId };
  }
  const cause = lastCause(refund);
  return cause === undefined ? ended : { ...ended, cause };
}

/** Five activations without progress, or a record that makes no sense. */
export function poison(refund: Refund, reason: string): ToDeadLetter {
  return deadLetter('poison', { code: null, severity: 'critical' }, reason, hasUnclearOutcome(refund));
}

/** Whether money may have moved that no look-up has shown since; so too in a replayed case that was not looked up yet. */
function hasUnclearOutcome({ state, attempts }: Refund): boolean {
  return (
    state === 'unknown' || state === 'sending' || (state === 'queued' && attempts.some(lacksDefiniteAnswer))
  );
}

/** What we took for certain is contradicted: by the gateway's totals, or by a reply that came too late. */
export function drift(reason: string): ToDeadLetter {
  return deadLetter('drift', { code: null, severity: 'critical' }, reason);
}

function decideNotThere(refund: Refund, last: Attempt, now: number): Decision {
  const code = last.outcome?.code ?? null;
  switch (last.outcome?.reply) {
    case undefined:
    case 'no_answer':
      return retry(now, 'not there after the settle window');
    case 'unreadable':
      if (wasUnusableInARow(refund)) return cancelUnusable(last);
      return retry(now, 'not there after the settle window');
    case 'accepted':
      return mismatch('accepted, and not there after the settle window');
    default:
      if (code === 'RC_CANCEL_ID_ALREADY_EXIST' && onlyTheIdIsBurnt(refund, last)) {
        return {
          kind: 'retry_at',
          at: now,
          nextGeneration: true,
          reason: 'the cancel_id was used up, and paid nothing since',
        };
      }
      return deadLetter(
        'bootpay_refused',
        { code, severity: 'critical' },
        'refused, and the money did not go back',
      );
  }
}

/** The look-up shows that it paid nothing, and the next call would be answered in the same way. */
function cancelUnusable({ outcome }: Attempt): ToDeadLetter {
  const reason = 'calls of the cancel are answered without a code';
  return {
    ...deadLetter('bootpay_refused', { code: null, severity: 'warning' }, reason),
    rule: 'cancel_unusable',
    cause: outcome?.cause ?? 'unreadable',
    ...(outcome?.message !== undefined && { message: outcome.message }),
  };
}

/**
 * Whether every earlier attempt of the generation is known to have paid nothing, and one of them may have used up the
 * id. An accepted attempt paid before a person replayed the refund, acknowledging that its money is not there (any
 * more): growth is measured from that replay on.
 */
function onlyTheIdIsBurnt(refund: Refund, last: Attempt): boolean {
  const earlier = earlierOfGeneration(refund, last);
  const burnsTheId = (attempt: Attempt) =>
    wasDefinitelyRefused(attempt) || (refund.acknowledged && attempt.outcome?.reply === 'accepted');
  return (
    earlier.some(burnsTheId) &&
    earlier.every(
      (attempt) =>
        burnsTheId(attempt) ||
        attempt.outcome?.reply === 'not_sent' ||
        attempt.outcome?.code === 'RC_CANCEL_ID_ALREADY_EXIST',
    )
  );
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

function earlierOfGeneration(refund: Refund, attempt: Attempt): Attempt[] {
  return refund.attempts.filter(
    ({ number, generation }) => number < attempt.number && generation === attempt.generation,
  );
}

function deadlineOf(situation: Pick<Situation, 'refund' | 'jumpedAt' | 'settings'>): number {
  return deadlineOn(situation.refund.deadlineAt, situation);
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

/** Waits half of the time already spent trying: seconds at first, minutes later, without a counter to keep. */
function lookAgain(situation: Situation, reason: string, longestMs = 5 * 60_000): LookUpAt {
  const { refund, now, settings } = situation;
  const since = unknownSince(refund) ?? refund.acceptedAt;
  const shortestMs = Math.min(2_000, settings.retryBaseMs);
  const delayMs = Math.max(Math.min((now - since) / 2, longestMs), shortestMs);
  return look(Math.min(Math.round(now + delayMs), Math.max(deadlineOf(situation), now + shortestMs)), reason);
}

function lookAgainSoon(situation: Situation): Decision {
  const { refund, now } = situation;
  if (refund.state !== 'unknown' && now >= deadlineOf(situation)) return atDeadline(refund);
  return lookAgain(situation, 'the look-up is older than what was seen before', 10_000);
}

/** After money was taken back, look-ups stay below what was shown before, until a reconciliation has seen it twice. */
const staleUntilDeadline =
  'look-ups until the deadline showed less than was seen before: look-ups lag, or money was taken back (reconcile)';

function severityOf(code: string): Severity {
  return errorRow(code)?.severity ?? 'critical';
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

function look(at: number, reason: string): LookUpAt {
  return { kind: 'look_up_at', at, reason };
}

function retry(at: number, reason: string): RetryAt {
  return { kind: 'retry_at', at, nextGeneration: false, reason };
}

function mismatch(reason: string): ToDeadLetter {
  return deadLetter('integrity_mismatch', { code: null, severity: 'critical' }, reason, true);
}

function outcomeUnknown(code: string | null, reason: string): ToDeadLetter {
  return deadLetter('outcome_unknown', { code, severity: 'critical' }, reason, true);
}

function deadLetter(
  name: DeadLetterCase,
  what: Pick<ToDeadLetter, 'code' | 'severity' | 'rule' | 'cause' | 'message'> & { pgCode?: string | null },
  reason: string,
  keepsLock = false,
): ToDeadLetter {
  const { pgCode = null, ...rest } = what;
  return { kind: 'dead_letter', case: name, ...rest, pgCode, keepsLock, reason };
}

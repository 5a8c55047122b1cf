// The rules for the worker's moves around a call (design.md, sections 5 and 6): what may be sent, what a reply allows.
import type { Attempt, Refund } from '../src/domain/refund.ts';
import type { CancelReply } from '../src/domain/reply.ts';
import {
  answeredWon,
  isItsOwn,
  isOpenQuestion,
  meaningOf,
  type Reading,
  sameStart,
  shownBy,
} from './reading.ts';
import type { Move } from './rules.ts';

/** `call_until` beyond the call's own time-out, ms. */
const callMarginMs = 5_000;
const throttleMs = 5_000;
/** A wait for the rate limiter may end this long after the deadline that was checked before it, ms. */
const permitMs = 130_000;

/** From `queued` and `waiting_retry`. */
export function* beforeSending(move: Move): Iterable<string> {
  const { before, refund, change, receipt, begun, decidedAt } = move;
  const reading = receipt === null ? null : shownBy(before, receipt, begun);
  const shown = reading?.shown ?? null;
  yield* grownTo(move, reading);
  switch (refund.state) {
    case 'sending':
      yield* sending(move);
      if (shown === null || shown === 'stale') yield `is sent after ${shown ?? 'no'} look-up`;
      return;
    case 'succeeded':
      if (shown !== 'landed') yield `is settled by a look-up that shows ${shown}`;
      return;
    case 'dead_lettered':
      if (refund.deadLetter?.case !== 'integrity_mismatch') return;
      if (shown !== 'landed' && shown !== 'neither') yield `is a mismatch, and its look-up shows ${shown}`;
      return;
    default:
      if (decidedAt > before.deadlineAt + permitMs)
        yield `waits after its deadline (${change.history.reason})`;
  }
}

/**
 * Once tried, a refund whose receipt has grown is never sent: its own money ends it, any other goes to a person. The
 * money is its own if an attempt without a definite answer asked for it, and the refund asks for it still.
 */
export function* grownTo({ before, refund, change }: Move, reading: Reading | null): Iterable<string> {
  if (reading === null || (reading.shown !== 'landed' && reading.shown !== 'neither')) return;
  const { shown, wonSince, attempt } = reading;
  if (!isItsOwn(reading, before)) {
    const mismatch = refund.deadLetter?.case === 'integrity_mismatch';
    const by = attempt === null ? '' : ` by attempt ${attempt.number}`;
    if (!mismatch) yield `is ${refund.state}, and its look-up shows ${shown}${by}, which is not its own`;
    return;
  }
  if (refund.state !== 'succeeded') yield `is ${refund.state} although the look-up shows its money`;
  else if (change.settledWon !== wonSince)
    yield `is settled with ${change.settledWon} won, ${wonSince} landed`;
}

function* sending({ before, refund, receipt, begun, settings, decidedAt }: Move): Iterable<string> {
  const attempt = refund.attempts.at(-1);
  if (attempt === undefined) return;
  if ((before.nextWakeUpAt ?? 0) > decidedAt) yield 'is sent before its wake-up';
  if (decidedAt > before.deadlineAt + permitMs) yield 'is sent after its deadline';
  if (attempt.callUntil !== attempt.sentAt + settings.callTimeoutMs + callMarginMs) {
    yield `may be called for ${attempt.callUntil - attempt.sentAt} ms`;
  }
  if (receipt === null) return;
  const seen = {
    totalWon: receipt.cancelledWon,
    taxFreeWon: receipt.cancelledTaxFreeWon,
    settledWon: begun.settledWon,
    marks: begun.marks,
  };
  if (!sameStart(attempt.totalsBefore, seen))
    yield `writes totals before that no look-up showed: ${JSON.stringify(attempt.totalsBefore)}`;
  if (!sameStart(refund.totalsBefore, before.totalsBefore ?? attempt.totalsBefore))
    yield 'has other totals before than its first attempt';
  const { cancel } = attempt;
  const leftWon = receipt.priceWon - receipt.cancelledWon;
  if (leftWon <= 0 || (cancel.kind === 'partial' && cancel.amountWon > leftWon)) {
    yield `asks for more than the ${leftWon} won that are left`;
  }
}

/** From `sending`: the reply to the one call, or none. */
export function* afterTheCall(move: Move): Iterable<string> {
  const { refund, heard, called, failedOver } = move;
  const attempt = refund.attempts.at(-1);
  if (attempt === undefined || refund.deadLetter?.case === 'poison') return;
  if (attempt.outcome === null) {
    yield `left the call as ${refund.state} without an outcome`;
    return;
  }
  if (!failedOver) yield* credible(attempt, { heard, called, decidedAt: move.decidedAt });
  const allowed = allowedAfter(move, attempt);
  const states: readonly string[] = isGivenUp(move) ? ['dead_lettered'] : allowed;
  if (!states.includes(refund.state)) {
    yield `is ${refund.state} after ${attempt.outcome.reply} ${attempt.outcome.code ?? ''}`;
  }
  if (refund.generation !== attempt.generation) yield 'changes its cancel_id with a reply';
  yield* backoff(move, attempt);
}

/** Its job was lost until its deadline: a person hears of it, without a look-up. */
function isGivenUp({ before, refund, change, decidedAt }: Move): boolean {
  const isUnclear = refund.deadLetter?.case === 'outcome_unknown';
  return isUnclear && change.history.who === 'sweeper' && decidedAt >= before.deadlineAt;
}

/** What is written was heard, or the call's time is over. */
function* credible(
  { outcome, callUntil }: Attempt,
  { heard, called, decidedAt }: Pick<Move, 'heard' | 'called' | 'decidedAt'>,
): Iterable<string> {
  if (outcome === null) return;
  const code = heard?.kind === 'refused' ? heard.code : null;
  if (heard !== null && outcome.reply === heard.kind && (code === null || code === outcome.code)) return;
  if (!called && outcome.reply === 'not_sent') return;
  const over = decidedAt >= callUntil && outcome.at >= callUntil;
  if (outcome.reply !== 'no_answer' || !over) yield `writes ${outcome.reply}, which was not heard`;
}

function allowedAfter(move: Move, attempt: Attempt): readonly Refund['state'][] {
  const { before, refund, heard, settings } = move;
  const { outcome } = attempt;
  switch (outcome?.reply) {
    case 'accepted':
      if (heard?.kind !== 'accepted') return ['succeeded', 'unknown'];
      return agrees(move, attempt, heard) ? ['succeeded'] : ['unknown'];
    case 'throttled':
    case 'not_sent':
      return ['waiting_retry'];
    case 'unauthorized':
      return ['waiting_retry', 'dead_lettered'];
    case 'refused':
      break;
    default:
      return ['unknown'];
  }
  const earlier = before.attempts.slice(0, -1);
  const pg = before.lastLookUp?.receipt.pg ?? null;
  switch (meaningOf(outcome?.code ?? '', outcome?.pgCode ?? null, pg)) {
    case 'may_pass':
      return refund.attemptsUsed >= settings.retryMaxAttempts ? ['dead_lettered'] : ['waiting_retry'];
    case 'look_first':
      return earlier.some(isOpenQuestion) ? ['unknown'] : ['dead_lettered'];
    case 'id_taken':
      return earlier.some((one) => one.generation === attempt.generation && one.outcome?.reply !== 'not_sent')
        ? ['unknown']
        : ['dead_lettered'];
    default:
      return ['dead_lettered'];
  }
}

function agrees({ refund, change }: Move, attempt: Attempt, heard: CancelReply): boolean {
  const won = answeredWon(attempt, heard);
  return won !== null && (refund.state !== 'succeeded' || change.settledWon === won);
}

/** Not before the backoff or `Retry-After`, but never after the deadline. */
function* backoff({ before, refund, heard, settings, decidedAt }: Move, attempt: Attempt): Iterable<string> {
  if (refund.state !== 'waiting_retry') return;
  const at = attempt.outcome?.at ?? decidedAt;
  const { reply } = attempt.outcome ?? {};
  const askedMs = heard?.kind === 'throttled' ? (heard.retryAfterMs ?? throttleMs) : 0;
  const leastMs = reply === 'refused' || reply === 'not_sent' ? settings.retryBaseMs / 2 : askedMs;
  const wakeUpAt = refund.nextWakeUpAt ?? 0;
  if (wakeUpAt < Math.min(at + leastMs, before.deadlineAt)) yield `comes back too soon after ${reply}`;
  if (wakeUpAt > Math.max(before.deadlineAt, decidedAt + permitMs)) yield 'waits beyond its deadline';
}

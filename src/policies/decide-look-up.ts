// What a look-up of the receipt decides about a refund: may it be sent, what became of a call without an answer, what to do
// where no look-up comes. Times in ms, amounts in won; `docs/design.md` 5 and 6 are the source of every rule.
import type { Decision, LookUpAt, Send, Settle, ToDeadLetter } from '../domain/decision.ts';
import type { Attempt, ReceiptAccount, Refund, Severity } from '../domain/refund.ts';
import { causeOf, type FailedReply, type Receipt } from '../domain/reply.ts';
import {
  type AuthorizedReply,
  atDeadline,
  deadLetter,
  deadlineOf,
  earlierOfGeneration,
  look,
  mismatch,
  outcomeUnknown,
  poison,
  retry,
  type Situation,
  wordsOf,
} from './decisions.ts';
import { errorRow } from './error-table.ts';
import {
  isPaidAsAsked,
  isStale,
  lacksDefiniteAnswer,
  type RefundGrowth,
  refundGrowth,
  totalsFrom,
  unknownSince,
  wasDefinitelyRefused,
} from './growth.ts';
import { policyRefusal } from './method-policies.ts';
import { nextLookUpAt } from './retry-schedule.ts';
import { hasJustJumped } from './steady-clock.ts';
import { throttleMs } from './throttle.ts';
import { isUnusableTooLong, wasUnusableInARow } from './unusable-answers.ts';

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

function severityOf(code: string): Severity {
  return errorRow(code)?.severity ?? 'critical';
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

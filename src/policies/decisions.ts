// What every decision about a refund is made from, and the decisions that more than one of them ends with. Pure; times in ms.
import type { LookUpAt, PolicySettings, RetryAt, ToDeadLetter } from '../domain/decision.ts';
import type { Attempt, DeadLetterCase, ReceiptAccount, Refund } from '../domain/refund.ts';
import type { CancelReply, FailedReply } from '../domain/reply.ts';
import { lacksDefiniteAnswer } from './growth.ts';
import { type ClockHistory, deadlineOn } from './steady-clock.ts';
import { lastCause } from './unusable-answers.ts';

/** Everything a decision may depend on besides the reply. `chance` is 0..1, for jitter. */
export interface Situation extends ClockHistory {
  readonly refund: Refund;
  readonly account: ReceiptAccount;
  readonly chance: number;
  readonly settings: PolicySettings;
}

/** Refused credentials are decided apart: they say nothing about the refund. */
export type AuthorizedReply<Reply> = Exclude<Reply, { kind: 'unauthorized' }>;

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

/** After money was taken back, look-ups stay below what was shown before, until a reconciliation has seen it twice. */
const staleUntilDeadline =
  'look-ups until the deadline showed less than was seen before: look-ups lag, or money was taken back (reconcile)';

/** Whether money may have moved that no look-up has shown since; so too in a replayed case that was not looked up yet. */
function hasUnclearOutcome({ state, attempts }: Refund): boolean {
  return (
    state === 'unknown' || state === 'sending' || (state === 'queued' && attempts.some(lacksDefiniteAnswer))
  );
}

/** Five activations without progress, or a record that makes no sense. */
export function poison(refund: Refund, reason: string): ToDeadLetter {
  return deadLetter('poison', { code: null, severity: 'critical' }, reason, hasUnclearOutcome(refund));
}

/** What we took for certain is contradicted: by the gateway's totals, or by a reply that came too late. */
export function drift(reason: string): ToDeadLetter {
  return deadLetter('drift', { code: null, severity: 'critical' }, reason);
}

/** @param at ms */
export function look(at: number, reason: string): LookUpAt {
  return { kind: 'look_up_at', at, reason };
}

/** @param at ms */
export function retry(at: number, reason: string): RetryAt {
  return { kind: 'retry_at', at, nextGeneration: false, reason };
}

/** The total moved by money that cannot be attributed to this refund: it keeps its receipt. */
export function mismatch(reason: string): ToDeadLetter {
  return deadLetter('integrity_mismatch', { code: null, severity: 'critical' }, reason, true);
}

/** Whether the money went back is not known: the refund keeps its receipt. */
export function outcomeUnknown(code: string | null, reason: string): ToDeadLetter {
  return deadLetter('outcome_unknown', { code, severity: 'critical' }, reason, true);
}

export function deadLetter(
  name: DeadLetterCase,
  what: Pick<ToDeadLetter, 'code' | 'severity' | 'rule' | 'cause' | 'message'> & { pgCode?: string | null },
  reason: string,
  keepsLock = false,
): ToDeadLetter {
  const { pgCode = null, ...rest } = what;
  return { kind: 'dead_letter', case: name, ...rest, pgCode, keepsLock, reason };
}

/** Bootpay's own words, where it gave some. */
export function wordsOf(reply: CancelReply | FailedReply): { message?: string } {
  return 'message' in reply && reply.message ? { message: reply.message } : {};
}

/** Of the automatic tries, ms; a clock that was moved is allowed for. */
export function deadlineOf(situation: Pick<Situation, 'refund' | 'jumpedAt' | 'settings'>): number {
  return deadlineOn(situation.refund.deadlineAt, situation);
}

/** Attempts before this one that carried the same cancel_id. */
export function earlierOfGeneration(refund: Refund, attempt: Attempt): Attempt[] {
  return refund.attempts.filter(
    ({ number, generation }) => number < attempt.number && generation === attempt.generation,
  );
}

// A reply that comes after another writer gave its call up: evidence in the history, and where the refund must not be
// sent again, a write into the record as it is by then.
import type { LookUpAt, ToDeadLetter } from '../domain/decision.ts';
import type { Activation } from '../domain/ledger.ts';
import type { Attempt, Refund } from '../domain/refund.ts';
import { type CancelReply, causeOf } from '../domain/reply.ts';
import { isEnded } from '../domain/states.ts';
import type { CommitOptions, Transition } from '../domain/transition.ts';
import { decideLateReply, mayHaveMoved } from '../policies/decide-reply.ts';
import { settledByAnswer } from '../policies/growth.ts';
import {
  asCriticalCase,
  totalOf,
  transitionFor,
  withLateReply,
  withoutOutcome,
} from '../policies/transition.ts';
import type { WorkerDeps } from './ports.ts';
import { afterAnotherWriterMs, callMarginMs, commit, type JobResult, overtaken } from './write.ts';

/** How often the record is read anew because another activation wrote meanwhile. */
const mostTries = 10;

export interface AttemptReply {
  readonly attempt: Attempt;
  readonly reply: CancelReply;
}

/** An answer that does not agree with the refund is not believed: its total must not make later look-ups stale. */
export function agreeingTotal({ attempt, reply }: AttemptReply): Transition['seen'] {
  if (reply.kind !== 'accepted') return null;
  const { cancel, totalsBefore } = attempt;
  return settledByAnswer(cancel, totalsBefore, reply.body) === null ? null : totalOf(reply.body);
}

/** Another writer came first: the reply is kept as evidence, and decides where the refund must not be sent again. */
export async function keepLateReply(
  deps: WorkerDeps,
  { refund, jobId }: Activation,
  late: AttemptReply,
): Promise<JobResult> {
  const { refundId } = refund;
  const { attempt, reply } = late;
  const stored = (await deps.ledger.read(refundId))?.refund ?? null;
  const outcome = stored?.attempts.find(({ number }) => number === attempt.number)?.outcome ?? null;
  const isOurOwn = outcome !== null && outcome.at === refund.attempts.at(-1)?.outcome?.at;
  if (isOurOwn) return overtaken(deps);
  const at = deps.clock.now();
  const what = `late reply to attempt ${attempt.number}`;
  const reason = reply.kind === 'accepted' ? reply.kind : evidenceOf(reply);
  await deps.ledger.note(refundId, { at, who: 'worker', what, from: null, to: null, reason });
  return mayHaveMoved(reply) ? stopBeforeTheNextCall(deps, { refundId, jobId }, late) : overtaken(deps);
}

function evidenceOf(reply: Exclude<CancelReply, { kind: 'accepted' }>): string {
  return reply.kind === 'refused' ? causeOf(reply) : `${reply.kind}: ${causeOf(reply)}`;
}

/** A late reply that forbids another call: written into the record as it is now, or as a call under way leaves it. */
async function stopBeforeTheNextCall(
  deps: WorkerDeps,
  { refundId, jobId }: { readonly refundId: Refund['refundId']; readonly jobId: string },
  late: AttemptReply,
): Promise<JobResult> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const stored = await afterTheCallUnderWay(deps, refundId);
    const now = deps.clock.now();
    const decision = stored === null ? null : decideLateReply(stored, late.attempt, late.reply, now);
    if (stored === null || decision === null) break;
    let isWritten = true;
    const onLate = async () => {
      isWritten = false;
      return overtaken(deps);
    };
    const { transition, lookedAt } = await lateTransition(deps, stored, { ...late, decision, now });
    const options = { jobId, ...(lookedAt !== null && { lookedAt }) };
    const result = await commit(deps, transition, options, onLate);
    if (isWritten) return result;
    await deps.clock.sleep(afterAnotherWriterMs);
  }
  return overtaken(deps);
}

/** Another refund that has the receipt by now must not take this money for its own. */
async function lateTransition(
  { ledger }: WorkerDeps,
  stored: Refund,
  { attempt, reply, decision, now }: AttemptReply & { decision: LookUpAt | ToDeadLetter; now: number },
): Promise<{ transition: Transition; lookedAt: NonNullable<CommitOptions['lookedAt']> | null }> {
  if (isEnded(stored.state)) {
    return { transition: transitionFor(stored, decision, { now }), lookedAt: null };
  }
  const { holder, version: receiptVersion } = await ledger.readReceipt(stored.receiptId);
  const isFree = holder === null || holder === stored.refundId;
  const heard = withLateReply(stored, attempt, reply, now);
  const written = decision.kind === 'dead_letter' ? { ...decision, keepsLock: isFree } : decision;
  const transition =
    written.kind === 'dead_letter' && stored.state === 'dead_lettered'
      ? asCriticalCase(heard, written, now)
      : transitionFor(heard, written, { now });
  const marks = isFree ? {} : { marks: true as const };
  return {
    transition: { ...transition, seen: agreeingTotal({ attempt, reply }), ...marks },
    lookedAt: { receiptVersion, lock: isFree ? 'free' : 'any' },
  };
}

/**
 * The record, once no call of the refund is under way: the reply to that one counts first. A call that is still there when
 * any call would be over has lost its process, and has no answer. Waits by durations, for a clock may have been moved, and
 * through a stop, for this reply is known here alone.
 */
async function afterTheCallUnderWay(deps: WorkerDeps, refundId: Refund['refundId']): Promise<Refund | null> {
  const longestMs = deps.settings.callTimeoutMs + callMarginMs;
  for (let waitedMs = 0; ; waitedMs += afterAnotherWriterMs) {
    const stored = (await deps.ledger.read(refundId))?.refund ?? null;
    if (stored?.state !== 'sending') return stored;
    if (waitedMs >= longestMs) return withoutOutcome(stored);
    await deps.clock.sleep(afterAnotherWriterMs);
  }
}

// From permission to outcome: the attempt is written before the call, the call is made once, what came back is written.
import type { Send } from '../domain/decision.ts';
import { assertNever, InvariantError } from '../domain/errors.ts';
import type { Activation } from '../domain/ledger.ts';
import type { Permit } from '../domain/rate-limiter.ts';
import type { Attempt, Refund } from '../domain/refund.ts';
import type { CancelReply } from '../domain/reply.ts';
import { decideReply } from '../policies/decide-reply.ts';
import { isStale } from '../policies/growth.ts';
import { methodPolicies } from '../policies/method-policies.ts';
import { beginAttempt, withEvidence, withOutcome } from '../policies/transition.ts';
import { redisFault } from '../redis/fault.ts';
import { waitForKey } from './key-wait.ts';
import { type AttemptReply, agreeingTotal, keepLateReply } from './late-reply.ts';
import type { WorkerDeps } from './ports.ts';
import {
  callMarginMs,
  type JobResult,
  laneIsHeld,
  overtaken,
  resultFrom,
  situationOf,
  unauthorized,
  withoutPermit,
  write,
} from './write.ts';

/** A call that starts later than this after its attempt was written is not made. In ms. */
const latestCallMs = 2_000;
/** Before a reply that Redis did not take is written once more. In ms. */
const writeAgainMs = 1_000;

export async function callOnce(
  deps: WorkerDeps,
  activation: Activation,
  { totalsBefore }: Send,
): Promise<JobResult> {
  const { ledger, gateway } = deps;
  const { sealedAccount } = activation;
  const opened =
    sealedAccount === null || !takesAccount(activation.refund)
      ? null
      : await ledger.openAccount(sealedAccount, activation.refund.refundId, deps.clock.now());
  if (opened?.kind === 'no_key') return waitForKey(deps, activation, opened, { followsLookUp: true });
  const permit = await deps.rateLimiter.acquire('cancel', { signal: deps.stopping });
  if (permit === null) return withoutPermit(deps, activation);
  const written = await writeAttempt(deps, activation, totalsBefore);
  if (written.kind === 'not_written') return written.result;
  const { attempt } = written;
  const { refund } = written.activation;
  const reply: CancelReply =
    (await notSentNow(deps, attempt, permit)) ??
    (await gateway.cancel({
      receiptId: refund.receiptId,
      cancelId: attempt.cancelId,
      cancel: attempt.cancel,
      username: refund.username,
      message: refund.message,
      account: opened?.account ?? null,
    }));
  return judge(deps, written.activation, { attempt, reply });
}

/** Money of other methods goes back the way it came: the account of a customer stays here. */
function takesAccount({ lastLookUp }: Refund): boolean {
  const method = lastLookUp?.receipt.method ?? null;
  return method === null || methodPolicies[method].needsAccount;
}

type WriteAttemptResult =
  | { readonly kind: 'written'; readonly activation: Activation; readonly attempt: Attempt }
  | { readonly kind: 'not_written'; readonly result: JobResult };

async function writeAttempt(
  deps: WorkerDeps,
  activation: Activation,
  totalsBefore: Send['totalsBefore'],
): Promise<WriteAttemptResult> {
  const { account, jobId, about } = activation;
  const now = deps.clock.now();
  const callUntil = now + deps.settings.callTimeoutMs + callMarginMs;
  const transition = beginAttempt(activation.refund, totalsBefore, { now, callUntil });
  const lookedAt = { receiptVersion: account.version, lock: 'own' } as const;
  const answer = await deps.ledger.commit(transition, { lookedAt, jobId, about });
  switch (answer.kind) {
    case 'done': {
      const { refund } = transition;
      const attempt = refund.attempts.at(-1);
      if (attempt === undefined) throw new InvariantError('an attempt was written and is not there');
      const highestWon = Math.max(account.highestWon, totalsBefore.totalWon);
      const accountAfter = { ...account, highestWon, version: answer.receiptVersion };
      const after = { ...activation, refund, account: accountAfter, about: null };
      return { kind: 'written', attempt, activation: after };
    }
    case 'moved':
    case 'disturbed':
      return { kind: 'not_written', result: overtaken(deps) };
    case 'lane_held':
      return { kind: 'not_written', result: await laneIsHeld(deps, activation, answer.by) };
    default:
      return assertNever(answer);
  }
}

/** Asks for another permit where this one is no longer fresh; null: the call may be made now. */
async function notSentNow(
  { clock, rateLimiter, stopping }: WorkerDeps,
  attempt: Attempt,
  permit: Permit,
): Promise<CancelReply | null> {
  const leftMs = () => attempt.sentAt + latestCallMs - clock.now();
  const options = { signal: stopping, longestMs: Math.max(leftMs(), 0), priority: 'first' } as const;
  const allowed =
    rateLimiter.isFresh(permit) || (leftMs() >= 0 && (await rateLimiter.acquire('cancel', options)));
  if (stopping.aborted) return { kind: 'not_sent', cause: 'stopped' };
  return allowed && leftMs() >= 0 ? null : { kind: 'not_sent', cause: 'late' };
}

async function judge(
  deps: WorkerDeps,
  activation: Activation,
  { attempt, reply }: AttemptReply,
): Promise<JobResult> {
  const refund = withOutcome(activation.refund, reply, deps.clock.now());
  const { code, cause, httpStatus: http_status } = refund.attempts.at(-1)?.outcome ?? {};
  const ids = { refund_id: refund.refundId, attempt: attempt.number, cancel_id: attempt.cancelId };
  deps.log.info({ ...ids, reply: reply.kind, code, cause, http_status }, 'cancel_answered');

  const answered = { ...activation, refund };
  const onLate = () => keepLateReply(deps, answered, { attempt, reply });
  if (reply.kind === 'unauthorized') {
    return untilTaken(deps, ids, () => unauthorized(deps, answered, reply.code, { onLate }));
  }
  const decision = decideReply(situationOf(deps, activation), attempt, reply);
  const seen = agreeingTotal({ attempt, reply });
  const options = { onLate, ...(seen !== null && { seen }) };
  const result = await untilTaken(deps, ids, () => write(deps, answered, decision, options));
  const isCritical = decision.kind === 'dead_letter' && decision.code === 'RC_CANCEL_CRITICAL_ERROR';
  return isCritical ? attachLookUp(deps, activation, result) : result;
}

/**
 * Writes what a call was answered until Redis takes it: it is known here alone, and the record would call it lost. A
 * Redis that answers may refuse a write all the same (too few replicas, out of memory, a disk that is full); what a lost
 * connection did not bring is sent again by the client. Every try compares the same version, so one of them counts.
 */
async function untilTaken(
  { clock, log }: WorkerDeps,
  ids: { readonly refund_id: string; readonly attempt: number },
  write: () => Promise<JobResult>,
): Promise<JobResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await write();
      if (tries > 1) log.info({ ...ids, tries }, 'reply_written');
      return result;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (tries === 1) {
        // Its words only: Redis' errors carry the command, and with it the record.
        const { message } = error;
        log.error({ ...ids, fault: redisFault(error), error: message }, 'reply_not_written');
      }
      await clock.sleep(writeAgainMs);
    }
  }
}

/** Not what Redis says to this very write, a mistake of ours, nor a connection that was closed on purpose. */
function mayPass(error: unknown): error is Error {
  const fault = redisFault(error);
  const isClosed = error instanceof Error && error.message.startsWith('Connection is closed');
  return fault !== null && fault !== 'refused' && !isClosed;
}

/** 2086: the person gets the receipt as it is now. The machine never closes such a case by itself. */
async function attachLookUp(
  deps: WorkerDeps,
  { account }: Activation,
  result: JobResult,
): Promise<JobResult> {
  if (result.kind !== 'dead_letter') return result;
  const permit = await deps.rateLimiter.acquire('look_up', { signal: deps.stopping });
  const looked = permit && (await deps.gateway.lookUp(result.refund.receiptId, deps.stopping));
  if (looked?.kind !== 'accepted' || isStale(looked.body, account)) return result;
  const { settledWon, marks, version: receiptVersion } = account;
  const at = deps.clock.now();
  const evidence = withEvidence(result.refund, { at, receipt: looked.body, settledWon, marks });
  const lookedAt = { receiptVersion, lock: 'own' } as const;
  const answer = await deps.ledger.commit(evidence, { lookedAt, about: looked.about ?? null });
  return answer.kind === 'done' ? resultFrom(evidence.refund) : result;
}

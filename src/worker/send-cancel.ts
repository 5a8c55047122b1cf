// From permission to outcome: the attempt is written before the call, the call is made once, what came back is written.
import type { Send } from '../domain/decision.ts';
import { assertNever, InvariantError } from '../domain/errors.ts';
import type { Activation, Permit } from '../domain/ports.ts';
import type { Attempt, Refund } from '../domain/refund.ts';
import type { CancelReply } from '../domain/reply.ts';
import { decideLateReply, decideReply, drift } from '../policies/decide-next.ts';
import { isStale } from '../policies/growth.ts';
import {
  beginAttempt,
  contradicts,
  decided,
  totalOf,
  withEvidence,
  withLateReply,
  withOutcome,
} from '../policies/next-record.ts';
import {
  conclude,
  type JobOutcome,
  leaveTheLane,
  leaveTheLimiter,
  situationOf,
  superseded,
  unauthorized,
  write,
} from './conclude.ts';
import type { AttemptDeps } from './ports.ts';

/** Written into `call_until` beyond the call's own time-out, in ms. */
const callMarginMs = 5_000;
/** A call that starts later than this after its attempt was written is not made. In ms. */
const latestCallMs = 2_000;

export async function send(
  deps: AttemptDeps,
  activation: Activation,
  { totalsBefore }: Send,
): Promise<JobOutcome> {
  const { ledger, gateway } = deps;
  const { sealedAccount } = activation;
  const account =
    sealedAccount === null ? null : ledger.openAccount(sealedAccount, activation.refund.refundId);
  const written = await writeAttempt(deps, activation, totalsBefore);
  if (written.kind !== 'written') return written.ended;
  const { refund, attempt, account: accountAfter } = written;
  deps.at?.('attempt_written', refund);
  const refusal = await notNow(deps, written);
  const reply: CancelReply =
    refusal ??
    (await gateway.cancel({
      receiptId: refund.receiptId,
      cancelId: attempt.cancelId,
      cancel: attempt.cancel,
      username: refund.username,
      message: refund.message,
      account,
    }));
  deps.at?.('answered', refund);
  return finish(deps, { ...activation, refund, account: accountAfter }, { attempt, reply });
}

/** Asks for another permit where the attempt's own is no longer fresh; answers why the call is not made, or null. */
async function notNow(deps: AttemptDeps, { attempt, permit }: WrittenAttempt): Promise<NotSent | null> {
  const { clock, rateLimiter, stopping } = deps;
  const leftMs = () => attempt.sentAt + latestCallMs - clock.now();
  const first = permit === null ? {} : { first: permit };
  const passed =
    leftMs() >= 0 &&
    (await rateLimiter.acquire('cancel', { signal: stopping, longestMs: leftMs(), eager: true, ...first }));
  if (stopping.aborted) return { kind: 'not_sent', cause: 'stopped' };
  return passed && leftMs() >= 0 ? null : { kind: 'not_sent', cause: 'late' };
}

type NotSent = Extract<CancelReply, { kind: 'not_sent' }>;

interface WrittenAttempt {
  readonly refund: Refund;
  readonly attempt: Attempt;
  readonly permit: Permit | null;
  /** Of the receipt, as the attempt left it. */
  readonly account: Activation['account'];
}

type Written =
  | ({ readonly kind: 'written' } & WrittenAttempt)
  | { readonly kind: 'not_written'; readonly ended: JobOutcome };

/** The permit and the attempt are one atomic write, so that no attempt waits in the gate. */
async function writeAttempt(
  deps: AttemptDeps,
  activation: Activation,
  totalsBefore: Send['totalsBefore'],
): Promise<Written> {
  const { ledger, clock, settings, stopping, rateLimiter } = deps;
  const { account, jobId } = activation;
  const lookedAt = { receiptVersion: account.version, lock: 'own' } as const;
  const seen = { totalWon: totalsBefore.totalWon };
  const tryToWrite = async () => {
    const now = clock.now();
    const callUntil = now + settings.callTimeoutMs + callMarginMs;
    const change = beginAttempt(activation.refund, totalsBefore, { now, callUntil });
    const answer = await ledger.commit(change, { lookedAt, jobId, withPermit: true });
    return answer.kind === 'done' ? { ...answer, refund: change.refund } : answer;
  };
  const answer = await rateLimiter.askInLine('cancel', tryToWrite, { signal: stopping });
  if (answer === null) return { kind: 'not_written', ended: await leaveTheLimiter(deps, activation, seen) };
  switch (answer.kind) {
    case 'done': {
      const { refund, permit, receiptVersion: version } = answer;
      const attempt = refund.attempts.at(-1);
      if (attempt === undefined) throw new InvariantError('an attempt was written and is not there');
      const highestWon = Math.max(account.highestWon, totalsBefore.totalWon);
      return { kind: 'written', refund, attempt, permit, account: { ...account, highestWon, version } };
    }
    case 'moved':
    case 'disturbed':
      return { kind: 'not_written', ended: superseded(deps) };
    case 'lane_held':
      return { kind: 'not_written', ended: await leaveTheLane(deps, activation, { by: answer.by, seen }) };
    default:
      return assertNever(answer);
  }
}

async function finish(
  deps: AttemptDeps,
  activation: Activation,
  { attempt, reply }: { readonly attempt: Attempt; readonly reply: CancelReply },
): Promise<JobOutcome> {
  const { clock, log } = deps;
  const now = clock.now();
  const { refund } = activation;
  const answered = { ...activation, refund: withOutcome(refund, reply, now) };
  const fields = { refund_id: refund.refundId, attempt: attempt.number, cancel_id: attempt.cancelId };
  log.info(
    { ...fields, reply: reply.kind, code: answered.refund.attempts.at(-1)?.outcome?.code },
    'cancel_answered',
  );

  const late = () => keepLateReply(deps, answered, { attempt, reply });
  if (reply.kind === 'unauthorized') return unauthorized(deps, answered, reply.code, late);
  const decision = decideReply(situationOf(deps, activation), attempt, reply);
  // An answer that does not agree with the refund is not believed: its total must not make look-ups look stale.
  const seen = decision.kind === 'settle' && reply.kind === 'accepted' ? totalOf(reply.body) : null;
  const ended = await conclude(deps, answered, decision, { seen, late });
  if (decision.kind === 'dead_letter' && decision.code === 'RC_CANCEL_CRITICAL_ERROR') {
    return attachLookUp(deps, ended, activation);
  }
  return ended;
}

/**
 * A late writer changes nothing; its reply is evidence, and a case where it speaks against how the refund ended, or against
 * sending it again.
 */
async function keepLateReply(
  deps: AttemptDeps,
  { refund, jobId }: Activation,
  { attempt, reply }: { readonly attempt: Attempt; readonly reply: CancelReply },
): Promise<JobOutcome> {
  const stored = (await deps.ledger.read(refund.refundId))?.refund ?? null;
  const written = stored?.attempts.find(({ number }) => number === attempt.number)?.outcome ?? null;
  if (written !== null && written.at === refund.attempts.at(-1)?.outcome?.at) return superseded(deps);
  const now = deps.clock.now();
  const what = `late reply to attempt ${attempt.number}`;
  const reason = reply.kind === 'refused' ? reply.code : reply.kind;
  await deps.ledger.note(refund.refundId, { at: now, who: 'worker', what, from: null, to: null, reason });
  if (stored === null) return superseded(deps);
  if (contradicts(stored, attempt.number, reply)) {
    return write(deps, decided(stored, drift(what), { now }), { jobId });
  }
  return stopBeforeTheNextCall(deps, { refundId: refund.refundId, jobId }, { attempt, reply });
}

/** How often the record is read anew because another activation wrote meanwhile. */
const mostTries = 10;

async function stopBeforeTheNextCall(
  deps: AttemptDeps,
  { refundId, jobId }: { readonly refundId: Refund['refundId']; readonly jobId: string },
  { attempt, reply }: { readonly attempt: Attempt; readonly reply: CancelReply },
): Promise<JobOutcome> {
  if (reply.kind !== 'refused') return superseded(deps);
  for (let time = 1; time <= mostTries; time += 1) {
    const stored = (await deps.ledger.read(refundId))?.refund ?? null;
    const decision = stored === null ? null : decideLateReply(stored, attempt, reply);
    if (stored === null || decision === null) break;
    const { holder, version: receiptVersion } = await deps.ledger.readReceipt(stored.receiptId);
    const now = deps.clock.now();
    const answered = withLateReply(stored, attempt.number, reply, now);
    const keepsLock = holder === null || holder === refundId;
    const change = decided(answered, { ...decision, keepsLock }, { now });
    const lookedAt = { receiptVersion, lock: keepsLock ? 'free' : 'any' } as const;
    let isLate = false;
    // Another refund that holds the receipt by now must not take this money for its own.
    const marked = keepsLock ? change : { ...change, marks: true as const };
    const ended = await write(deps, marked, { jobId, lookedAt }, async () => {
      isLate = true;
      return superseded(deps);
    });
    if (!isLate) return ended;
  }
  return superseded(deps);
}

/** 2086: the person gets the receipt as it is now. The machine never closes such a case by itself. */
async function attachLookUp(
  deps: AttemptDeps,
  ended: JobOutcome,
  { account }: Activation,
): Promise<JobOutcome> {
  if (ended.kind !== 'dead_lettered') return ended;
  const passed = await deps.rateLimiter.acquire('look_up', { signal: deps.stopping });
  const looked = passed ? await deps.gateway.lookUp(ended.refund.receiptId, deps.stopping) : null;
  if (looked?.kind !== 'accepted' || isStale(looked.body, account)) return ended;
  const change = withEvidence(ended.refund, {
    at: deps.clock.now(),
    receipt: looked.body,
    settledWon: account.settledWon,
    marks: account.marks,
  });
  const lookedAt = { receiptVersion: account.version, lock: 'own' } as const;
  const answer = await deps.ledger.commit(change, { lookedAt });
  return answer.kind === 'done' ? { kind: 'dead_lettered', refund: change.refund } : ended;
}

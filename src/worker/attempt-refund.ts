// One activation told as a story: begin, look, decide, write, call once, write what came back (design.md, section 5).
// BullMQ is not in it: the story ends in one of a few ways, and `queue-verbs.ts` says them to the queue.
import type { Decision, Send, ToDeadLetter } from '../domain/decision.ts';
import { assertNever, InvariantError } from '../domain/errors.ts';
import type { Activation, Change, Ring } from '../domain/ports.ts';
import type { Attempt, Refund } from '../domain/refund.ts';
import type { CancelAnswer, CancelReply, Receipt } from '../domain/reply.ts';
import {
  atDeadline,
  decideBeforeSending,
  decideLookUpFailure,
  decideReply,
  decideUnauthorized,
  decideUnknown,
  poison,
  type Situation,
} from '../policies/decide-next.ts';
import {
  beginAttempt,
  contradicts,
  decided,
  moved,
  withLookUp,
  withOutcome,
  withoutOutcome,
} from '../policies/next-record.ts';
import { nextLookUpAt } from '../policies/retry-schedule.ts';
import { credentialsWork } from './credentials.ts';
import type { AttemptDeps } from './ports.ts';

/** How an activation ends. The ledger has been written by then. */
export type Ended =
  /** Nothing to come back for: closed, or another activation has taken over. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'dead_lettered'; readonly refund: Refund }
  | { readonly kind: 'come_back'; readonly at: number; readonly refund: Refund | null }
  /** Back into the row, to start when the lane is resumed or another process takes it. */
  | { readonly kind: 'hand_back' }
  /** A job without a readable record: a person has to see it. */
  | { readonly kind: 'orphan'; readonly why: string };

/** Written into `call_until` beyond the call's own time-out, in ms. */
const callMarginMs = 5_000;
/** A call that starts later than this after its attempt was written is not made. In ms. */
const latestCallMs = 2_000;
/** How long to leave a refund alone while a person holds the lane (a resume wakes it), or the gate is shut. In ms. */
const personHoldCheckMs = 10 * 60_000;
const shutGateCheckMs = 30_000;
const mostActivations = 5;

export async function attemptRefund(deps: AttemptDeps, job: Omit<Ring, 'now'>): Promise<Ended> {
  const now = deps.clock.now();
  const begun = await deps.ledger.begin({ ...job, now });
  switch (begun.kind) {
    case 'missing':
      return { kind: 'orphan', why: 'no record' };
    case 'foreign':
      return { kind: 'orphan', why: 'the job names another receipt than the record' };
    case 'unreadable':
      await deps.ledger.quarantine(job.refundId, now);
      return { kind: 'orphan', why: 'the record cannot be read' };
    case 'closed':
      return begun.state === 'dead_lettered' && begun.refund !== null
        ? { kind: 'dead_lettered', refund: begun.refund }
        : { kind: 'finished' };
    case 'early':
      return { kind: 'come_back', at: begun.at, refund: null };
    case 'lane_held':
      return begun.by === 'credentials'
        ? { kind: 'hand_back' }
        : { kind: 'come_back', at: now + personHoldCheckMs, refund: null };
    case 'receipt_held':
      return waitForReceipt(deps, { ...begun, jobId: job.jobId });
    case 'go':
      deps.gate.noteSilences(begun.silences);
      deps.at?.('begun');
      return proceed(deps, begun);
    default:
      return assertNever(begun);
  }
}

/** Another refund is between its look-up and its outcome: 1 s, growing to a minute, or until it lets go. */
async function waitForReceipt(
  deps: AttemptDeps,
  held: { readonly refund: Refund | null; readonly waits: number; readonly jobId: string },
): Promise<Ended> {
  const now = deps.clock.now();
  const { refund, waits, jobId } = held;
  if (refund !== null && refund.state !== 'unknown' && now >= refund.deadlineAt) {
    return write(
      deps,
      { ...decided(refund, atDeadline(refund), { now }), hold: 'keep' },
      { fence: null, jobId },
    );
  }
  const delayMs = Math.min(1_000 * 2 ** Math.min(waits - 1, 6), 60_000);
  const jittered = delayMs * (0.75 + deps.chance() / 4);
  return { kind: 'come_back', at: Math.round(now + Math.min(jittered, heldWaitCapMs(deps))), refund };
}

/** Tests and demos shorten every wait by shortening the first retry. */
function heldWaitCapMs({ settings }: AttemptDeps): number {
  return Math.max(settings.retryBaseMs * 2, 50);
}

async function proceed(deps: AttemptDeps, activation: Activation): Promise<Ended> {
  const { refund, activations } = activation;
  const now = deps.clock.now();
  if (activations > mostActivations) {
    return conclude(deps, activation, poison(refund, `${activations - 1} activations without progress`));
  }
  if (refund.state === 'sending') return askWhatBecameOfIt(deps, activation);
  if (refund.state !== 'unknown' && now >= refund.deadlineAt) {
    return conclude(deps, activation, atDeadline(refund));
  }
  const passed = await deps.gate.pass('look_up', { signal: deps.stopping, first: activation.permit });
  if (!passed) return leaveTheGate(deps, activation);
  const looked = await deps.gateway.lookUp(refund.receiptId, deps.stopping);
  deps.at?.('looked_up');
  if (looked.kind === 'accepted') return decideOn(deps, activation, looked.body);
  if (looked.kind === 'unauthorized') return unauthorized(deps, activation, looked.code);
  if (deps.stopping.aborted) return leaveTheGate(deps, activation);
  return conclude(deps, activation, decideLookUpFailure(situationOf(deps, activation), looked));
}

/** The process that made the call is gone, and nobody wrote what came back: ask before anything else. */
function askWhatBecameOfIt(deps: AttemptDeps, activation: Activation): Promise<Ended> {
  const refund = withoutOutcome(activation.refund);
  const originAt = refund.attempts.at(-1)?.callUntil ?? deps.clock.now();
  const at = nextLookUpAt({ originAt, now: deps.clock.now(), settings: deps.settings });
  const decision: Decision = { kind: 'look_up_at', at, reason: 'the call was cut off' };
  return conclude(deps, { ...activation, refund }, decision);
}

async function decideOn(deps: AttemptDeps, before: Activation, receipt: Receipt): Promise<Ended> {
  const refund = withLookUp(before.refund, receipt, deps.clock.now());
  const activation = { ...before, refund };
  const situation = situationOf(deps, activation);
  const decision: Decision | Send =
    refund.state === 'unknown' ? decideUnknown(situation, receipt) : decideBeforeSending(situation, receipt);
  if (decision.kind === 'send') return send(deps, activation, decision);
  return conclude(deps, activation, decision, totalsOf(receipt));
}

async function send(deps: AttemptDeps, activation: Activation, { t0 }: Send): Promise<Ended> {
  const { ledger, clock, gateway } = deps;
  const { sealedAccount, fence, jobId } = activation;
  const account =
    sealedAccount === null ? null : ledger.openAccount(sealedAccount, activation.refund.refundId);
  const written = await writeAttempt(deps, activation, t0);
  if (written.kind !== 'written') return written.ended;
  deps.at?.('attempt_written');

  const { refund, attempt } = written;
  const tooLate = deps.stopping.aborted || clock.now() - attempt.sentAt > latestCallMs;
  const { receiptId, cancelId } = { ...refund, ...attempt };
  const reply: CancelReply = tooLate
    ? { kind: 'not_sent', cause: deps.stopping.aborted ? 'stopped' : 'late' }
    : await gateway.cancel({
        receiptId,
        cancelId,
        cancel: attempt.cancel,
        username: refund.username,
        message: refund.message,
        account,
      });
  deps.at?.('answered');
  return finish(deps, { ...activation, refund, fence, jobId }, { attempt, reply });
}

type Written =
  | { readonly kind: 'written'; readonly refund: Refund; readonly attempt: Attempt }
  | { readonly kind: 'not_written'; readonly ended: Ended };

/** The permit and the attempt are one atomic write, so that no attempt waits in the gate. */
async function writeAttempt(deps: AttemptDeps, activation: Activation, t0: Send['t0']): Promise<Written> {
  const { ledger, clock, settings, stopping } = deps;
  const { fence, jobId } = activation;
  const startedAt = clock.now();
  let ticket = '0';
  for (;;) {
    const now = clock.now();
    const callUntil = now + settings.callTimeoutMs + callMarginMs;
    const change = beginAttempt(activation.refund, t0, { now, callUntil });
    const answer = await ledger.commit(change, { fence, jobId, cancelTicket: ticket });
    switch (answer.kind) {
      case 'done': {
        const attempt = change.refund.attempts.at(-1);
        if (attempt === undefined) throw new InvariantError('an attempt was written and is not there');
        return { kind: 'written', refund: change.refund, attempt };
      }
      case 'moved':
        return { kind: 'not_written', ended: { kind: 'finished' } };
      case 'lane_held':
        return { kind: 'not_written', ended: await leaveTheLane(deps, activation, answer.by) };
      case 'wait': {
        const waitMs = answer.permit.kind === 'wait' ? answer.permit.waitMs : 0;
        const bounded = clock.now() - startedAt + waitMs <= 60_000;
        if (bounded) await clock.sleep(waitMs, stopping);
        if (!bounded || stopping.aborted) {
          return { kind: 'not_written', ended: await leaveTheGate(deps, activation) };
        }
        ticket = answer.permit.kind === 'wait' ? answer.permit.ticket : '0';
        break;
      }
      default:
        return assertNever(answer);
    }
  }
}

async function finish(
  deps: AttemptDeps,
  activation: Activation,
  { attempt, reply }: { readonly attempt: Attempt; readonly reply: CancelReply },
): Promise<Ended> {
  const { clock, log } = deps;
  const now = clock.now();
  const { refund } = activation;
  const answered = { ...activation, refund: withOutcome(refund, reply, now) };
  const fields = { refund_id: refund.refundId, attempt: attempt.number, cancel_id: attempt.cancelId };
  log.info(
    { ...fields, reply: reply.kind, code: answered.refund.attempts.at(-1)?.outcome?.code },
    'cancel_answered',
  );

  if (reply.kind === 'unauthorized') return unauthorized(deps, answered, reply.code);
  const decision = decideReply(situationOf(deps, activation), attempt, reply);
  // An answer that does not agree with the refund is not believed: its total must not make look-ups look stale.
  const seen = decision.kind === 'settle' && reply.kind === 'accepted' ? totalsOf(reply.body) : null;
  const ended = await conclude(deps, answered, decision, seen, (version) =>
    keepLateReply(deps, answered, { attempt, reply, version }),
  );
  deps.at?.('outcome_written');
  if (decision.kind === 'dead_letter' && decision.code === 'RC_CANCEL_CRITICAL_ERROR') {
    return attachLookUp(deps, ended);
  }
  return ended;
}

/** Credentials or receipt? The last receipt that was answered tells; without an answer, nothing is concluded. */
async function unauthorized(deps: AttemptDeps, activation: Activation, code: string | null): Promise<Ended> {
  const work = await credentialsWork(deps);
  const now = deps.clock.now();
  const { refund } = activation;
  const decision =
    work === null
      ? ({ kind: 'hold_lane', reason: 'credentials could not be checked' } as const)
      : decideUnauthorized(refund, code, work);
  if (decision.kind !== 'hold_lane') return conclude(deps, activation, decision);
  const wait = { at: now, reason: decision.reason };
  const waiting: Decision =
    refund.state === 'sending'
      ? { kind: 'retry_at', nextGeneration: false, ...wait }
      : { kind: 'look_up_at', ...wait };
  if (work === null) return conclude(deps, activation, { ...waiting, at: now + shutGateCheckMs });
  const ended = await conclude(deps, activation, waiting);
  await deps.holdLane(decision.reason);
  deps.log.error({ refund_id: refund.refundId, code }, 'lane_held');
  return ended.kind === 'come_back' ? { kind: 'hand_back' } : ended;
}

/** The gate stayed shut, or the process stops: give the receipt back and come again. Nothing is used up. */
async function leaveTheGate(deps: AttemptDeps, activation: Activation): Promise<Ended> {
  const now = deps.clock.now();
  const stopped = deps.stopping.aborted;
  const at = stopped ? now : Math.round(now + shutGateCheckMs * (1 + deps.chance() / 2));
  const reason = stopped ? 'stopped while waiting for the gate' : 'the gate is shut';
  const ended = await conclude(deps, activation, { kind: 'look_up_at', at, reason });
  return stopped && ended.kind === 'come_back' ? { kind: 'hand_back' } : ended;
}

async function leaveTheLane(
  deps: AttemptDeps,
  activation: Activation,
  by: 'person' | 'credentials',
): Promise<Ended> {
  const now = deps.clock.now();
  const reason = `the lane is held by ${by === 'person' ? 'a person' : 'refused credentials'}`;
  const ended = await conclude(deps, activation, { kind: 'look_up_at', at: now, reason });
  if (ended.kind !== 'come_back') return ended;
  return by === 'credentials' ? { kind: 'hand_back' } : { ...ended, at: now + personHoldCheckMs };
}

/** Writes a decision in one step and says how the activation ends. `late` hears of a writer that came first. */
async function conclude(
  deps: AttemptDeps,
  activation: Activation,
  decision: Decision,
  seen: Change['seen'] = null,
  late?: (version: number) => Promise<Ended>,
): Promise<Ended> {
  if (decision.kind === 'hold_lane') throw new InvariantError('a lane is not held by writing a record');
  const { fence, jobId } = activation;
  const change = { ...decided(activation.refund, decision, { now: deps.clock.now() }), seen };
  return write(deps, change, { fence, jobId }, late);
}

async function write(
  deps: AttemptDeps,
  change: Change,
  options: { readonly fence: string | null; readonly jobId: string },
  late?: (version: number) => Promise<Ended>,
): Promise<Ended> {
  const answer = await deps.ledger.commit(change, options);
  const { refund, history } = change;
  if (answer.kind !== 'done') {
    const version = answer.kind === 'moved' ? answer.version : 0;
    deps.log.warn({ refund_id: refund.refundId, version }, 'write_refused');
    return late === undefined ? { kind: 'finished' } : late(version);
  }
  const fields = {
    refund_id: refund.refundId,
    receipt_id: refund.receiptId,
    from: history.from,
    to: refund.state,
  };
  deps.log.info({ ...fields, what: history.what, reason: history.reason }, 'refund_moved');
  if (answer.nextWaiter !== null) await deps.wakeWaiter(answer.nextWaiter);
  if (refund.state === 'dead_lettered') return { kind: 'dead_lettered', refund };
  if (refund.nextWakeUpAt === null) return { kind: 'finished' };
  return { kind: 'come_back', at: refund.nextWakeUpAt, refund };
}

/** A late writer changes nothing; its reply is evidence, and a case where it speaks against how the refund ended. */
async function keepLateReply(
  deps: AttemptDeps,
  { refund, jobId }: Activation,
  { attempt, reply }: { readonly attempt: Attempt; readonly reply: CancelReply; readonly version: number },
): Promise<Ended> {
  const now = deps.clock.now();
  const what = `late reply to attempt ${attempt.number}`;
  const reason = reply.kind === 'refused' ? reply.code : reply.kind;
  await deps.ledger.note(refund.refundId, { at: now, who: 'worker', what, from: null, to: null, reason });
  const stored = await deps.ledger.read(refund.refundId);
  if (stored?.refund == null || !contradicts(stored.refund, attempt.number, reply))
    return { kind: 'finished' };
  return write(deps, decided(stored.refund, drift(what), { now }), { fence: null, jobId });
}

function drift(reason: string): ToDeadLetter {
  const nothing = { code: null, pgCode: null, keepsHold: false } as const;
  return { kind: 'dead_letter', case: 'drift', severity: 'critical', reason, ...nothing };
}

/** 2086: the person gets the receipt as it is now. The machine never closes such a case by itself. */
async function attachLookUp(deps: AttemptDeps, ended: Ended): Promise<Ended> {
  if (ended.kind !== 'dead_lettered') return ended;
  const passed = await deps.gate.pass('look_up', { signal: deps.stopping });
  const looked = passed ? await deps.gateway.lookUp(ended.refund.receiptId, deps.stopping) : null;
  if (looked?.kind !== 'accepted') return ended;
  const now = deps.clock.now();
  const because = { now, who: 'worker', what: 'look_up', reason: 'attached to the case' };
  const receipt = looked.body;
  const change: Change = {
    ...moved(ended.refund, 'dead_lettered', because, { lastLookUp: { at: now, receipt } }),
    hold: 'keep',
    settledWon: 0,
    seen: totalsOf(receipt),
    event: null,
  };
  const answer = await deps.ledger.commit(change, { fence: null });
  return answer.kind === 'done' ? { kind: 'dead_lettered', refund: change.refund } : ended;
}

function totalsOf({
  cancelledWon,
  cancelledTaxFreeWon,
}: Pick<CancelAnswer, 'cancelledWon' | 'cancelledTaxFreeWon'>): Change['seen'] {
  return cancelledWon === null ? null : { totalWon: cancelledWon, taxFreeWon: cancelledTaxFreeWon ?? 0 };
}

function situationOf(deps: AttemptDeps, { refund, account }: Activation): Situation {
  return { refund, account, now: deps.clock.now(), chance: deps.chance(), settings: deps.settings };
}

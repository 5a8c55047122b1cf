// The life of a refund, as one job after another finds it (docs/design.md, section 5). The record is the program counter:
// what a job does is read from its state, and what becomes of the job from the record that it wrote.
//
//   begin                      not now (the receipt is locked, the lane is held, too early), nothing to do, or run:
//   queued, waiting_retry  ->  prepareAndSend: look up, judge, write the attempt, call once, judge the reply
//   sending                ->  recoverInterrupted: the process that called is gone, ask before anything else
//   unknown                ->  checkOutcome: look up, conclude or wait
//
// Each ends in one atomic write that compares the record's version. A job that loses it comes back and reads the record
// again, so that several live jobs of one refund are harmless.
import { assertNever } from '../domain/errors.ts';
import { type RefundId, versionId } from '../domain/ids.ts';
import type { Activation, BeginRequest } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { decideBeforeSending, decideLookUpFailure, decideUnknown } from '../policies/decide-look-up.ts';
import { atDeadline, poison } from '../policies/decisions.ts';
import { isStale } from '../policies/growth.ts';
import { longestReceiptWaitMs } from '../policies/retry-schedule.ts';
import { believable, deadlineOn } from '../policies/steady-clock.ts';
import {
  totalOf,
  transitionFor,
  withLookUp,
  withoutOutcome,
  withStaleLookUp,
} from '../policies/transition.ts';
import { withFailedLookUp } from '../policies/unusable-answers.ts';
import { callOnce } from './call-once.ts';
import { waitForKey, withItsKey } from './key-wait.ts';
import type { WorkerDeps } from './ports.ts';
import { markUnreadable, unreadableJob } from './unread.ts';
import {
  commit,
  type JobResult,
  overtaken,
  resultFrom,
  situationOf,
  unauthorized,
  untilResumed,
  withoutPermit,
  write,
} from './write.ts';

/** Activations in a row that may end without a write before the refund counts as poison. */
const mostActivations = 5;
/** How long to leave a record of a newer version alone, in ms. */
const newerCheckMs = 60_000;

export async function runRefundJob(deps: WorkerDeps, job: Omit<BeginRequest, 'now'>): Promise<JobResult> {
  const begun = await deps.ledger.begin({ ...job, now: deps.clock.now() });
  switch (begun.kind) {
    case 'missing':
      return unreadableJob(deps.log, job, 'no record');
    case 'foreign':
      return unreadableJob(deps.log, job, 'the job names another receipt than the record');
    case 'newer':
      return leaveAlone(deps, job.refundId, begun.nextWaiter);
    case 'unreadable':
      return showUnreadable(deps, job.refundId);
    case 'closed':
      return begun.refund === null ? { kind: 'done' } : resultFrom(begun.refund);
    case 'early':
      return { kind: 'delayed', until: begun.at, refund: null };
    case 'lane_held':
      if (begun.by === 'person') return untilResumed(deps, null);
      await deps.ensurePaused();
      return { kind: 'handed_back' };
    case 'receipt_held':
      return waitForReceipt(deps, { ...begun, jobId: job.jobId });
    case 'go':
      return run(deps, begun);
    default:
      return assertNever(begun);
  }
}

async function run(deps: WorkerDeps, begun: Activation): Promise<JobResult> {
  const { clock, settings } = deps;
  const refund = believable(begun.refund, { now: clock.now(), settings });
  const activation = { ...begun, refund };
  const { activations } = activation;
  if (activations > mostActivations) {
    return write(deps, activation, poison(refund, `${activations - 1} activations without progress`));
  }
  if (refund.state === 'sending') return recoverInterrupted(deps, activation);
  if (refund.state === 'unknown') return checkOutcome(deps, activation);
  const key = await withItsKey(deps, activation);
  if (key.kind === 'no_key') return waitForKey(deps, activation, key);
  if (deadlineHasPassed(deps, key.refund)) return write(deps, activation, atDeadline(key.refund));
  return prepareAndSend(deps, { ...activation, refund: key.refund });
}

async function prepareAndSend(deps: WorkerDeps, before: Activation): Promise<JobResult> {
  const looked = await lookUp(deps, before);
  if (looked.kind === 'ended') return looked.result;
  const { activation, receipt } = looked;
  const decision = decideBeforeSending(situationOf(deps, activation), receipt);
  return decision.kind === 'send'
    ? callOnce(deps, activation, decision)
    : write(deps, activation, decision, { followsLookUp: true });
}

async function checkOutcome(deps: WorkerDeps, before: Activation): Promise<JobResult> {
  const looked = await lookUp(deps, before);
  if (looked.kind === 'ended') return looked.result;
  const { activation, receipt } = looked;
  const decision = decideUnknown(situationOf(deps, activation), receipt);
  return write(deps, activation, decision, { followsLookUp: true });
}

/**
 * The process that made the call is gone, and its reply with it: Bootpay is asked before anything else, by the activation
 * that follows at once. If the money is not there yet, the schedule goes on from `call_until`.
 */
async function recoverInterrupted(deps: WorkerDeps, activation: Activation): Promise<JobResult> {
  const now = deps.clock.now();
  const overAt = callIsOverAt(deps, activation.refund);
  // The clock was moved while the call may be under way: its process may still be there.
  if (overAt > now) return { kind: 'delayed', until: overAt, refund: null };
  const refund = withoutOutcome(activation.refund);
  const reason = 'the call was cut off';
  return write(deps, { ...activation, refund }, { kind: 'look_up_at', at: now, reason });
}

type LookUpResult =
  | { readonly kind: 'seen'; readonly activation: Activation; readonly receipt: Receipt }
  | { readonly kind: 'ended'; readonly result: JobResult };

/** The receipt as Bootpay shows it, noted on the record; or how the job ends without it. */
async function lookUp(deps: WorkerDeps, activation: Activation): Promise<LookUpResult> {
  const { refund, account } = activation;
  const ended = async (result: Promise<JobResult>): Promise<LookUpResult> => ({
    kind: 'ended',
    result: await result,
  });
  const permit = await deps.rateLimiter.acquire('look_up', { signal: deps.stopping });
  if (permit === null) return ended(withoutPermit(deps, activation));
  const looked = await deps.gateway.lookUp(refund.receiptId, deps.stopping);
  if (looked.kind !== 'accepted') {
    if (deps.stopping.aborted && looked.kind !== 'unauthorized')
      return ended(withoutPermit(deps, activation));
    const failed = { ...activation, refund: withFailedLookUp(refund, looked, deps.clock.now()) };
    return ended(
      looked.kind === 'unauthorized'
        ? unauthorized(deps, failed, looked.code)
        : write(deps, failed, decideLookUpFailure(situationOf(deps, failed), looked)),
    );
  }
  const { body: receipt, about = null } = looked;
  const at = deps.clock.now();
  const noted = isStale(receipt, account)
    ? withStaleLookUp(refund, at)
    : withLookUp(refund, receipt, { at, settledWon: account.settledWon, marks: account.marks });
  const seen = totalOf(receipt);
  return { kind: 'seen', receipt, activation: { ...activation, refund: noted, seen, about } };
}

/** The latest end, ms, of a call that was under way when the clock was moved; 0: there is none. */
function callIsOverAt({ clock }: WorkerDeps, { attempts }: Refund): number {
  const last = attempts.at(-1);
  const jumpedAt = clock.jumpedAt();
  if (last === undefined || last.outcome !== null || jumpedAt === null) return 0;
  return jumpedAt < last.sentAt ? 0 : jumpedAt + (last.callUntil - last.sentAt);
}

/** Another refund has the receipt lock: waits 1 s, growing to 30 s. A release of the lock wakes this job before that. */
async function waitForReceipt(
  deps: WorkerDeps,
  { refund, waits, jobId }: { readonly refund: Refund; readonly waits: number; readonly jobId: string },
): Promise<JobResult> {
  const now = deps.clock.now();
  if (refund.state !== 'unknown' && deadlineHasPassed(deps, refund)) {
    // It releases no lock but its own: another job of this refund may have taken the receipt meanwhile.
    return commit(deps, transitionFor(refund, { ...atDeadline(refund), keepsLock: false }, { now }), {
      jobId,
    });
  }
  const delayMs = Math.min(1_000 * 2 ** Math.min(waits - 1, 6), longestReceiptWaitMs);
  // Tests and demos shorten every wait by shortening the first retry.
  const capMs = Math.max(deps.settings.retryBaseMs * 2, 50);
  const at = Math.round(now + Math.min(delayMs * (0.75 + deps.chance() / 4), capMs));
  return { kind: 'delayed', until: at, refund };
}

function deadlineHasPassed({ clock, settings }: WorkerDeps, { deadlineAt }: Refund): boolean {
  return clock.now() >= deadlineOn(deadlineAt, { jumpedAt: clock.jumpedAt(), settings });
}

/** A process of that version works on it. What this activation took was given back. */
async function leaveAlone(
  deps: WorkerDeps,
  refundId: RefundId,
  nextWaiter: string | null,
): Promise<JobResult> {
  deps.noteNewer(refundId);
  if (nextWaiter !== null) await deps.wakeWaiter(nextWaiter);
  return { kind: 'delayed', until: deps.clock.now() + newerCheckMs, refund: null };
}

async function showUnreadable(deps: WorkerDeps, refundId: RefundId): Promise<JobResult> {
  const marked = await markUnreadable(deps, refundId);
  if (marked === null) return overtaken(deps);
  const { receiptId, orderId } = marked.refund;
  const ids = { receipt_id: receiptId, order_id: orderId };
  return { kind: 'unreadable_job', caseId: versionId(marked.refund), why: 'the record cannot be read', ids };
}

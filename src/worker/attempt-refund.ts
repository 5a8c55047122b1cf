// One activation told as a story (docs/design.md, section 5): begin, look, decide, write, call once, write what came back.
// BullMQ is not in it: the story ends in one of a few ways, and `queue-verbs.ts` says them to the queue.
import type { Decision, Send } from '../domain/decision.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Activation, BeginRequest } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import {
  atDeadline,
  decideBeforeSending,
  decideLookUpFailure,
  decideUnknown,
  poison,
} from '../policies/decide-next.ts';
import { isStale } from '../policies/growth.ts';
import { decided, totalOf, withLookUp, withoutOutcome, withStaleLookUp } from '../policies/next-record.ts';
import { nextLookUpAt } from '../policies/retry-schedule.ts';
import { believable, deadlineOn } from '../policies/steady-clock.ts';
import {
  conclude,
  type JobOutcome,
  leaveTheLimiter,
  situationOf,
  superseded,
  unauthorized,
  waitForPerson,
  write,
} from './conclude.ts';
import type { AttemptDeps } from './ports.ts';
import { send } from './send-cancel.ts';
import { caseIdOf, markUnreadable } from './unread.ts';

/** Activations in a row that may end without a write before the refund counts as poison. */
const mostActivations = 5;
/** How long to leave a record of a newer version alone, in ms. */
const newerCheckMs = 60_000;

export async function attemptRefund(deps: AttemptDeps, job: Omit<BeginRequest, 'now'>): Promise<JobOutcome> {
  const now = deps.clock.now();
  const begun = await deps.ledger.begin({ ...job, now });
  switch (begun.kind) {
    case 'missing':
      return orphan(deps, job, 'no record');
    case 'foreign':
      return orphan(deps, job, 'the job names another receipt than the record');
    case 'newer':
      return leaveAlone(deps, job.refundId, begun.nextWaiter);
    case 'unreadable':
      return showUnreadable(deps, job.refundId);
    case 'closed':
      return begun.state === 'dead_lettered' && begun.refund !== null
        ? { kind: 'dead_lettered', refund: begun.refund }
        : { kind: 'finished' };
    case 'early':
      return { kind: 'come_back', at: begun.at, refund: null };
    case 'lane_held':
      if (begun.by === 'person') return waitForPerson(now, null);
      await deps.ensurePaused();
      return { kind: 'hand_back' };
    case 'receipt_held':
      return waitForReceipt(deps, { ...begun, jobId: job.jobId });
    case 'go':
      deps.rateLimiter.noteFailures(begun.consecutiveFailures);
      deps.at?.('begun', begun.refund);
      return proceed(deps, begun);
    default:
      return assertNever(begun);
  }
}

function orphan(
  { log }: AttemptDeps,
  { refundId, jobId }: Omit<BeginRequest, 'now'>,
  why: string,
): JobOutcome {
  const caseId = `orphan-${jobId}`;
  log.error({ refund_id: refundId, job_id: jobId, case_id: caseId, why }, 'job_without_record');
  return { kind: 'orphan', caseId, why };
}

/** A process of that version works on it. What this activation took was given back. */
async function leaveAlone(
  deps: AttemptDeps,
  refundId: RefundId,
  nextWaiter: string | null,
): Promise<JobOutcome> {
  deps.noteNewer(refundId);
  if (nextWaiter !== null) await deps.wakeWaiter(nextWaiter);
  return { kind: 'come_back', at: deps.clock.now() + newerCheckMs, refund: null };
}

async function showUnreadable(deps: AttemptDeps, refundId: RefundId): Promise<JobOutcome> {
  const marked = await markUnreadable(deps, refundId);
  if (marked === null) return superseded(deps);
  const { receiptId, orderId } = marked.refund;
  return {
    kind: 'orphan',
    caseId: caseIdOf(marked),
    why: 'the record cannot be read',
    known: { receipt_id: receiptId, order_id: orderId },
  };
}

async function proceed(deps: AttemptDeps, begun: Activation): Promise<JobOutcome> {
  const now = deps.clock.now();
  const refund = believable(begun.refund, { now, settings: deps.settings });
  const activation = { ...begun, refund };
  const { activations } = activation;
  if (activations > mostActivations) {
    return conclude(deps, activation, poison(refund, `${activations - 1} activations without progress`));
  }
  if (refund.state === 'sending') {
    const overAt = callIsOverAt(deps, refund);
    // The clock was moved while the call may be under way: nothing says yet that its process is gone.
    if (overAt > now) return { kind: 'come_back', at: overAt, refund: null };
    return askWhatBecameOfIt(deps, activation);
  }
  if (refund.state !== 'unknown' && deadlineHasPassed(deps, refund)) {
    return conclude(deps, activation, atDeadline(refund));
  }
  const passed = await deps.rateLimiter.acquire('look_up', {
    signal: deps.stopping,
    first: activation.permit,
  });
  if (!passed) return leaveTheLimiter(deps, activation);
  const looked = await deps.gateway.lookUp(refund.receiptId, deps.stopping);
  deps.at?.('looked_up', refund);
  if (looked.kind === 'accepted') return decideOn(deps, activation, looked.body);
  if (looked.kind === 'unauthorized') return unauthorized(deps, activation, looked.code);
  if (deps.stopping.aborted) return leaveTheLimiter(deps, activation);
  return conclude(deps, activation, decideLookUpFailure(situationOf(deps, activation), looked));
}

/** When the longest call is over that was begun before the clock was last moved, ms. */
function callIsOverAt({ clock }: AttemptDeps, { attempts }: Refund): number {
  const last = attempts.at(-1);
  const jumpedAt = clock.jumpedAt();
  if (last === undefined || last.outcome !== null || jumpedAt === null) return 0;
  return jumpedAt < last.sentAt ? 0 : jumpedAt + (last.callUntil - last.sentAt);
}

/** The process that made the call is gone, and nobody wrote what came back: ask before anything else. */
function askWhatBecameOfIt(deps: AttemptDeps, activation: Activation): Promise<JobOutcome> {
  const refund = withoutOutcome(activation.refund);
  const originAt = refund.attempts.at(-1)?.callUntil ?? deps.clock.now();
  const steadySince = deps.clock.steadySince();
  const at = nextLookUpAt({ originAt, now: deps.clock.now(), settings: deps.settings, steadySince });
  const decision: Decision = { kind: 'look_up_at', at, reason: 'the call was cut off' };
  return conclude(deps, { ...activation, refund }, decision);
}

async function decideOn(deps: AttemptDeps, before: Activation, receipt: Receipt): Promise<JobOutcome> {
  const { account } = before;
  const seen = { at: deps.clock.now(), settledWon: account.settledWon, marks: account.marks };
  const refund = isStale(receipt, account)
    ? withStaleLookUp(before.refund, seen.at)
    : withLookUp(before.refund, receipt, seen);
  const activation = { ...before, refund };
  const situation = situationOf(deps, activation);
  const decision: Decision | Send =
    refund.state === 'unknown' ? decideUnknown(situation, receipt) : decideBeforeSending(situation, receipt);
  if (decision.kind === 'send') return send(deps, activation, decision);
  const lookedAt = { receiptVersion: account.version, lock: 'own' } as const;
  return conclude(deps, activation, decision, { seen: totalOf(receipt), lookedAt });
}

/** Another refund is between its look-up and its outcome: 1 s, growing to a minute, or until it lets go. */
async function waitForReceipt(
  deps: AttemptDeps,
  held: { readonly refund: Refund; readonly waits: number; readonly jobId: string },
): Promise<JobOutcome> {
  const now = deps.clock.now();
  const { refund, waits, jobId } = held;
  if (refund.state !== 'unknown' && deadlineHasPassed(deps, refund)) {
    // It frees nobody's hold but its own: another job of this refund may have taken the receipt meanwhile.
    return write(deps, decided(refund, { ...atDeadline(refund), keepsLock: false }, { now }), { jobId });
  }
  const delayMs = Math.min(1_000 * 2 ** Math.min(waits - 1, 6), 60_000);
  const jittered = delayMs * (0.75 + deps.chance() / 4);
  const at = Math.round(now + Math.min(jittered, heldWaitCapMs(deps)));
  return { kind: 'come_back', at, refund, waitsFor: 'receipt' };
}

function deadlineHasPassed({ clock, settings }: AttemptDeps, { deadlineAt }: Refund): boolean {
  return clock.now() >= deadlineOn(deadlineAt, { jumpedAt: clock.jumpedAt(), settings });
}

/** Tests and demos shorten every wait by shortening the first retry. */
function heldWaitCapMs({ settings }: AttemptDeps): number {
  return Math.max(settings.retryBaseMs * 2, 50);
}

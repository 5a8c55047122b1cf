// How a step ends: its decision becomes one atomic write, and the job's result is the record that was written. Also the
// ends in which nothing was decided: no permit came, the lane is held, the credentials were refused.
import { credentialsWork } from '../bootpay/credentials.ts';
import type { Decision } from '../domain/decision.ts';
import { InvariantError } from '../domain/errors.ts';
import type { Activation } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { CommitOptions, Transition } from '../domain/transition.ts';
import type { Logger } from '../logging/logger.ts';
import { leftWon } from '../policies/amounts.ts';
import { decideNoLookUp } from '../policies/decide-look-up.ts';
import { decideUnauthorized } from '../policies/decide-reply.ts';
import type { Situation } from '../policies/decisions.ts';
import { personHoldCheckMs } from '../policies/retry-schedule.ts';
import { transitionFor } from '../policies/transition.ts';
import type { WorkerDeps } from './ports.ts';

/** What becomes of a job. The ledger has been written by then; `settle-job.ts` hands it to BullMQ. */
export type JobResult =
  /** Nothing is left to do. */
  | { readonly kind: 'done' }
  /** Again at that time (ms). `refund`: for the job's priority, where it was read. */
  | { readonly kind: 'delayed'; readonly until: number; readonly refund: Refund | null }
  /** The queue is paused: first in it when the lane is resumed. */
  | { readonly kind: 'handed_back' }
  /** A person has to see the dead letter. */
  | { readonly kind: 'dead_letter'; readonly refund: Refund }
  /** There is no record to read: a person has to see the job. `ids`: those that the job itself does not carry. */
  | {
      readonly kind: 'unreadable_job';
      readonly caseId: string;
      readonly why: string;
      readonly ids?: Readonly<Record<string, string | null>>;
    };

/** How long to leave a refund alone when no permit comes. In ms. */
const noPermitCheckMs = 30_000;
/** Written into `call_until` beyond the call's own time-out, in ms. */
export const callMarginMs = 5_000;
/** Before looking at what another writer made of the record. In ms. */
export const afterAnotherWriterMs = 1_000;

export interface WriteOptions {
  /** The decision follows from a look-up: written only while the receipt is as it was looked at. */
  readonly followsLookUp?: boolean;
  /** The total that an agreeing answer has shown, instead of the last look-up's. */
  readonly seen?: Transition['seen'];
  /** What to do when another writer came first. */
  readonly onLate?: () => Promise<JobResult>;
}

export async function write(
  deps: WorkerDeps,
  activation: Activation,
  decision: Decision,
  { followsLookUp = false, seen = activation.seen, onLate }: WriteOptions = {},
): Promise<JobResult> {
  if (decision.kind === 'hold_lane') throw new InvariantError('a lane is not held by writing a record');
  const { refund, account, jobId } = activation;
  const transition = { ...transitionFor(refund, decision, { now: deps.clock.now() }), seen };
  const lookedAt = { receiptVersion: account.version, lock: 'own' } as const;
  const { about } = activation;
  return commit(deps, transition, { jobId, about, ...(followsLookUp && { lookedAt }) }, onLate);
}

export async function commit(
  deps: WorkerDeps,
  transition: Transition,
  options: CommitOptions,
  onLate: () => Promise<JobResult> = async () => overtaken(deps),
): Promise<JobResult> {
  const answer = await deps.ledger.commit(transition, options);
  const { refund, history } = transition;
  const { refundId: refund_id, receiptId: receipt_id } = refund;
  const { what, reason, from } = history;
  if (answer.kind !== 'done') {
    deps.log.warn({ refund_id, what, answer: answer.kind }, 'write_refused');
    return onLate();
  }
  deps.log.info({ refund_id, receipt_id, from, to: refund.state, what, reason }, 'refund_moved');
  logDeadLetter(deps.log, transition);
  if (answer.nextWaiter !== null) await deps.wakeWaiter(answer.nextWaiter);
  return resultFrom(refund);
}

/** A case is a warning, a critical one an error, with the money and the day by which the law wants it back. */
export function logDeadLetter(
  log: Logger,
  { refund, history }: Pick<Transition, 'refund' | 'history'>,
): void {
  const { deadLetter, refundId: refund_id, orderId: order_id, refundBy } = refund;
  if (refund.state !== 'dead_lettered' || deadLetter === null) return;
  const { case: name, code, rule, pgCode: pg_error_code, severity } = deadLetter;
  const why = { case: name, code, rule, pg_error_code, severity, reason: history.reason };
  const money = { amount: leftWon(refund), refund_by: new Date(refundBy).toISOString() };
  const level = severity === 'critical' ? 'error' : 'warn';
  log[level]({ refund_id, order_id, ...why, ...money }, 'refund_dead_lettered');
}

/** The record is the program counter: what becomes of a job is read from it. */
export function resultFrom(refund: Refund): JobResult {
  if (refund.state === 'dead_lettered') return { kind: 'dead_letter', refund };
  return refund.nextWakeUpAt === null
    ? { kind: 'done' }
    : { kind: 'delayed', until: refund.nextWakeUpAt, refund };
}

/**
 * Another writer came first, or the same write was sent twice over a broken connection. The job stays until the record
 * itself says that nothing is left to do.
 */
export function overtaken({ clock }: Pick<WorkerDeps, 'clock'>): JobResult {
  return { kind: 'delayed', until: clock.now() + afterAnotherWriterMs, refund: null };
}

/** A look-up of the last answered receipt shows whether the credentials work; without an answer nothing is concluded. */
export async function unauthorized(
  deps: WorkerDeps,
  activation: Activation,
  code: string | null,
  options: Pick<WriteOptions, 'onLate'> = {},
): Promise<JobResult> {
  const work = await credentialsWork(deps, deps.stopping);
  const situation = situationOf(deps, activation);
  if (work === null) {
    const reason = `${code ?? '401'}: the credentials could not be checked`;
    const wait = { at: situation.now + noPermitCheckMs, reason };
    return write(deps, activation, decideNoLookUp(situation, wait), options);
  }
  const decision = decideUnauthorized(activation.refund, code, work);
  if (decision.kind !== 'hold_lane') return write(deps, activation, decision, options);
  const wait = { at: situation.now, reason: decision.reason };
  const result = await write(deps, activation, decideNoLookUp(situation, wait), options);
  await deps.holdLane(decision.reason);
  deps.log.error({ refund_id: activation.refund.refundId, code }, 'lane_held');
  return result.kind === 'delayed' ? { kind: 'handed_back' } : result;
}

/**
 * No permit came, or the process stops: gives the receipt back and comes again, until the deadline. Nothing is used up.
 */
export async function withoutPermit(deps: WorkerDeps, activation: Activation): Promise<JobResult> {
  const situation = situationOf(deps, activation);
  const { now } = situation;
  if (deps.stopping.aborted) {
    // Not handed back to the queue: that would wake no other worker, but a delay that is over does.
    const reason = 'stopped while waiting for the rate limiter';
    return write(deps, activation, { kind: 'look_up_at', at: now, reason });
  }
  const at = Math.round(now + noPermitCheckMs * (1 + deps.chance() / 2));
  return write(deps, activation, decideNoLookUp(situation, { at, reason: 'the rate limiter is shut' }));
}

export async function laneIsHeld(
  deps: WorkerDeps,
  activation: Activation,
  by: 'person' | 'credentials',
): Promise<JobResult> {
  const now = deps.clock.now();
  const reason = `the lane is held by ${by === 'person' ? 'a person' : 'refused credentials'}`;
  const result = await write(deps, activation, { kind: 'look_up_at', at: now, reason });
  if (result.kind !== 'delayed') return result;
  return by === 'credentials' ? { kind: 'handed_back' } : untilResumed(deps, activation.refund);
}

export function untilResumed({ clock }: Pick<WorkerDeps, 'clock'>, refund: Refund | null): JobResult {
  return { kind: 'delayed', until: clock.now() + personHoldCheckMs, refund };
}

export function situationOf(deps: WorkerDeps, { refund, account }: Activation): Situation {
  const { clock, settings } = deps;
  const history = { now: clock.now(), steadySince: clock.steadySince(), jumpedAt: clock.jumpedAt() };
  return { refund, account, ...history, chance: deps.chance(), settings };
}

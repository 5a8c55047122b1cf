// How an activation ends: a decision becomes one write, and the end is told to whoever rang. Also the ends in which
// nothing was decided: the gate stayed shut, the lane is held, the credentials were refused.

import { credentialsWork } from '../bootpay/credentials.ts';
import type { Decision } from '../domain/decision.ts';
import { InvariantError } from '../domain/errors.ts';
import type { Activation, Change, CommitOptions } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import { decideNoLookUp, decideUnauthorized, type Situation } from '../policies/decide-next.ts';
import { decided } from '../policies/next-record.ts';
import type { AttemptDeps } from './ports.ts';

/** What somebody else gives back and calls for: a receipt's hold, the lane that a person holds. */
export type WaitsFor = 'receipt' | 'person';

/** How an activation ends. The ledger has been written by then. */
export type JobOutcome =
  /** Nothing to come back for. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'dead_lettered'; readonly refund: Refund }
  | {
      readonly kind: 'come_back';
      readonly at: number;
      readonly refund: Refund | null;
      /** Somebody calls when it is free, perhaps while the job is still on its way to wait: looked at once it is there. */
      readonly waitsFor?: WaitsFor;
    }
  /** Back into the row, to start when the lane is resumed. */
  | { readonly kind: 'hand_back' }
  /** A job without a readable record: a person has to see it. */
  | {
      readonly kind: 'orphan';
      readonly caseId: string;
      readonly why: string;
      /** Ids that the job itself does not carry. */
      readonly known?: Readonly<Record<string, string | null>>;
    };

/** How long to leave a refund alone while a person holds the lane (a resume wakes it), or the gate is shut. In ms. */
const personHoldCheckMs = 10 * 60_000;
const shutLimiterCheckMs = 30_000;
/** Before looking at what another writer made of the record. In ms. */
const afterAnotherWriterMs = 1_000;

/** Writes a decision in one step and says how the activation ends. */
export async function conclude(
  deps: AttemptDeps,
  activation: Activation,
  decision: Decision,
  { seen = null, lookedAt, late }: Conclusion = {},
): Promise<JobOutcome> {
  if (decision.kind === 'hold_lane') throw new InvariantError('a lane is not held by writing a record');
  const change = { ...decided(activation.refund, decision, { now: deps.clock.now() }), seen };
  const options = { jobId: activation.jobId, ...(lookedAt !== undefined && { lookedAt }) };
  return write(deps, change, options, late);
}

export interface Conclusion {
  /** What a look-up or an agreeing answer has shown. */
  readonly seen?: Change['seen'];
  /** The receipt as it was when it was looked up, where the decision follows from a look-up. */
  readonly lookedAt?: NonNullable<CommitOptions['lookedAt']>;
  /** What to do when another writer came first. */
  readonly late?: (() => Promise<JobOutcome>) | undefined;
}

export async function write(
  deps: AttemptDeps,
  change: Change,
  options: Pick<CommitOptions, 'lookedAt'> & { readonly jobId: string },
  late: () => Promise<JobOutcome> = async () => superseded(deps),
): Promise<JobOutcome> {
  const answer = await deps.ledger.commit(change, options);
  const { refund, history } = change;
  if (answer.kind !== 'done') {
    deps.log.warn({ refund_id: refund.refundId, what: history.what, answer: answer.kind }, 'write_refused');
    return late();
  }
  const fields = {
    refund_id: refund.refundId,
    receipt_id: refund.receiptId,
    from: history.from,
    to: refund.state,
  };
  deps.log.info({ ...fields, what: history.what, reason: history.reason }, 'refund_moved');
  deps.at?.('outcome_written', refund);
  if (answer.nextWaiter !== null) await deps.wakeWaiter(answer.nextWaiter);
  if (refund.state === 'dead_lettered') return { kind: 'dead_lettered', refund };
  if (refund.nextWakeUpAt === null) return { kind: 'finished' };
  return { kind: 'come_back', at: refund.nextWakeUpAt, refund };
}

/**
 * Somebody else wrote first, or our own write was sent twice over a broken connection. The job stays until the
 * record itself says that nothing is left to do: a ring is never given up on a guess.
 */
export function superseded({ clock }: Pick<AttemptDeps, 'clock'>): JobOutcome {
  return { kind: 'come_back', at: clock.now() + afterAnotherWriterMs, refund: null };
}

/**
 * Credentials or receipt? The last receipt that was answered tells; without an answer, nothing is concluded. `late`
 * hears of a writer that came first.
 */
export async function unauthorized(
  deps: AttemptDeps,
  activation: Activation,
  code: string | null,
  late?: () => Promise<JobOutcome>,
): Promise<JobOutcome> {
  const work = await credentialsWork(deps, deps.stopping);
  const { refund } = activation;
  const situation = situationOf(deps, activation);
  if (work === null) {
    const wait = { at: situation.now + shutLimiterCheckMs, reason: 'credentials could not be checked' };
    return conclude(deps, activation, decideNoLookUp(situation, wait), { late });
  }
  const decision = decideUnauthorized(refund, code, work);
  if (decision.kind !== 'hold_lane') return conclude(deps, activation, decision, { late });
  const wait = { at: situation.now, reason: decision.reason };
  const ended = await conclude(deps, activation, decideNoLookUp(situation, wait), { late });
  await deps.holdLane(decision.reason);
  deps.log.error({ refund_id: refund.refundId, code }, 'lane_held');
  return ended.kind === 'come_back' ? { kind: 'hand_back' } : ended;
}

/**
 * The gate stayed shut, or the process stops: give the receipt back and come again, until the deadline. Nothing is used
 * up; what a look-up has shown by then stays known, so that an older one is still recognised.
 */
export async function leaveTheLimiter(
  deps: AttemptDeps,
  activation: Activation,
  seen: Change['seen'] = null,
): Promise<JobOutcome> {
  const situation = situationOf(deps, activation);
  const { now } = situation;
  if (deps.stopping.aborted) {
    const reason = 'stopped while waiting for the gate';
    // Not handed back: that would wake no other worker, a wait that is over does.
    return conclude(deps, activation, { kind: 'look_up_at', at: now, reason }, { seen });
  }
  const wait = {
    at: Math.round(now + shutLimiterCheckMs * (1 + deps.chance() / 2)),
    reason: 'the gate is shut',
  };
  return conclude(deps, activation, decideNoLookUp(situation, wait), { seen });
}

export async function leaveTheLane(
  deps: AttemptDeps,
  activation: Activation,
  { by, seen }: { readonly by: 'person' | 'credentials'; readonly seen: Change['seen'] },
): Promise<JobOutcome> {
  const now = deps.clock.now();
  const reason = `the lane is held by ${by === 'person' ? 'a person' : 'refused credentials'}`;
  const ended = await conclude(deps, activation, { kind: 'look_up_at', at: now, reason }, { seen });
  if (ended.kind !== 'come_back') return ended;
  return by === 'credentials' ? { kind: 'hand_back' } : waitForPerson(now, ended.refund);
}

export function waitForPerson(now: number, refund: Refund | null): JobOutcome {
  return { kind: 'come_back', at: now + personHoldCheckMs, refund, waitsFor: 'person' };
}

export function situationOf(deps: AttemptDeps, { refund, account }: Activation): Situation {
  const { clock, settings } = deps;
  const history = { now: clock.now(), steadySince: clock.steadySince(), jumpedAt: clock.jumpedAt() };
  return { refund, account, ...history, chance: deps.chance(), settings };
}

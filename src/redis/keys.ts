// Where everything lives in Redis. All keys share the prefix's hash tag, so that scripts run on a cluster too.
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { State } from '../domain/states.ts';

export const refundQueueName = 'refunds';
export const deadLetterQueueName = 'dead-letters';

export type Keys = ReturnType<typeof keysFor>;

/** Every key of the ledger, the rate limiter and the lane under one prefix, such as `{refunds}`. */
export function keysFor(prefix: string) {
  const cases = `${prefix}:index:case:`;
  return {
    prefix,
    /**
     * Hash: body (JSON, packed once the refund has ended), version, state, receipt, content, account and mac while
     * kept; wake, written, deadline, job, waits, resting, activations and hinted while it is open; sent once an attempt
     * was written; case, code and group while it is a dead letter.
     */
    refund: (id: RefundId) => `${prefix}:refund:${id}`,
    /** The same for an id that was not checked, such as another event's `cancel_id`. */
    anyRefund: (id: string) => `${prefix}:refund:${id}`,
    /** BullMQ's own key of a job. */
    job: (queue: string, jobId: string) => `${prefix}:${queue}:${jobId}`,
    /** BullMQ's own lists of the jobs in one state, such as `delayed`. */
    jobsIn: (queue: string, state: string) => `${prefix}:${queue}:${state}`,
    /** List of JSON arrays, only ever appended to: at, who, what, from, to, reason. */
    history: (id: RefundId) => `${prefix}:refund:${id}:history`,
    /**
     * Hash: lock, version, highest totals, settled, marks, drifts; below_at, below_version and below_won while a
     * look-up was below.
     */
    receipt: (id: ReceiptId) => `${prefix}:receipt:${id}`,
    /** The same for a receipt that a script knows. */
    anyReceipt: (id: string) => `${prefix}:receipt:${id}`,
    /** Sorted set of job ids that wait for the receipt's lock, by the time at which they began to wait. */
    waiting: (id: ReceiptId) => `${prefix}:receipt:${id}:waiting`,
    /** String: the refund_id that an event's own cancel_id belongs to. */
    cancelId: (id: string) => `${prefix}:cancel-id:${id}`,
    /** Sorted sets of refund ids by time of acceptance. */
    byState: (state: State) => `${prefix}:index:state:${state}`,
    byReceipt: (id: string) => `${prefix}:index:receipt:${id}`,
    byOrder: (id: string) => `${prefix}:index:order:${id}`,
    /** The same of dead letters, by kind, by code or by both; '' stands for any. */
    byCase: (kind: string, code: string) => `${cases}${kind}:${code}`,
    cases,
    /** Set of the names of groups of dead letters alike in kind, code, severity and the PG's code, as JSON. */
    caseGroups: `${cases}groups`,
    /** Sorted set of the refund ids of such a group, by the time they became dead letters. */
    caseGroup: (name: string) => `${cases}group:${name}`,
    /** Sorted set of open refund ids by next wake-up. */
    wakeUps: `${prefix}:wake-ups`,
    /** Stream of outcome events. */
    events: `${prefix}:events`,
    /** Hash of JSON by entry of that stream: how often its delivery to the webhook failed, and when it is tried again. */
    eventTries: `${prefix}:events:tries`,
    /** Stream of the outcome events that the webhook refused too often, with how and since when. */
    eventsSetAside: `${prefix}:events:set-aside`,
    /** Hash: the rate limiter and the circuit breaker. */
    rateLimiter: `${prefix}:rate-limiter`,
    /** String: the receipt of the last usable look-up. */
    answered: `${prefix}:answered`,
    /** Hash: the holds on the lane, with author and reason. */
    lane: `${prefix}:lane`,
    /** Hash: progress of a bulk replay. */
    replays: (id: string) => `${prefix}:replays:${id}`,
    /** String with an expiry: one process does this work now. */
    claim: (work: string) => `${prefix}:claim:${work}`,
    /** String: when a process last noticed that Redis' clock was moved, ms. */
    clockStep: `${prefix}:clock-step`,
    /** Hash: when each worker last gave a sign of life, ms. */
    workers: `${prefix}:workers`,
    /** String: written to see whether Redis takes writes. */
    probe: `${prefix}:probe`,
    /** Hash of counters. */
    counters: `${prefix}:counters`,
  };
}

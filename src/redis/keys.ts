// Where everything lives in Redis. All keys share the prefix's hash tag, so that scripts run on a cluster too.
import type { Verdicts } from '../domain/bulk.ts';
import type { CaseSort } from '../domain/case-query.ts';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { State } from '../domain/states.ts';

export const refundQueueName = 'refunds';
export const deadLetterQueueName = 'dead-letters';

export type Keys = ReturnType<typeof keysFor>;

/** Every key of the ledger, the rate limiter and the lane under one prefix, such as `{refunds}`. */
export function keysFor(prefix: string) {
  const cases = `${prefix}:index:case:`;
  const days = `${prefix}:day:`;
  const books = `${prefix}:book:`;
  return {
    prefix,
    /**
     * Hash: body (JSON, packed once the refund has ended), version, state, receipt, content, account and mac while
     * kept; wake, written, deadline, job, waits, resting, activations and hinted while it is open; sent once an attempt
     * was written; helped once it was a case that moved on; act: which write of a person was the latest; case, code, group
     * and method while it is a dead letter; assigned (JSON) once a case of it was somebody's.
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
    /** List of JSON: what people wrote beside the refund. */
    notes: (id: RefundId) => `${prefix}:refund:${id}:notes`,
    /** Hash: until when people are looking at the case, ms, by name; expires with the last of them. */
    watchers: (id: RefundId) => `${prefix}:refund:${id}:watchers`,
    /**
     * Hash: id, version, until, approval (JSON) and account (sealed) of the act on its case that waits for a second
     * person; expires a day after it ends.
     */
    approval: (id: RefundId) => `${prefix}:refund:${id}:approval`,
    /** Sorted set of the refund ids that have one, by when it was asked for. */
    approvals: `${prefix}:index:approvals`,
    /**
     * Hash: lock, version, highest totals, settled, marks, drifts; about (JSON) until its refunds are purged; below_at, below_version and below_won while a
     * look-up was below.
     */
    receipt: (id: ReceiptId) => `${prefix}:receipt:${id}`,
    /** The same for a receipt that a script knows. */
    anyReceipt: (id: string) => `${prefix}:receipt:${id}`,
    /** Sorted set of job ids that wait for the receipt's lock, by the time at which they began to wait. */
    waiting: (id: ReceiptId) => `${prefix}:receipt:${id}:waiting`,
    /** String: JSON of what a person's look-up last showed of the receipt; expires after a day. */
    look: (id: ReceiptId) => `${prefix}:receipt:${id}:look`,
    /** String: the refund_id that an event's own cancel_id belongs to. */
    cancelId: (id: string) => `${prefix}:cancel-id:${id}`,
    /** Set: the sources that events came from. */
    sources: `${prefix}:sources`,
    /** Sorted sets of refund ids by time of acceptance. */
    byState: (state: State) => `${prefix}:index:state:${state}`,
    byReceipt: (id: string) => `${prefix}:index:receipt:${id}`,
    byOrder: (id: string) => `${prefix}:index:order:${id}`,
    /** The same of dead letters, by kind, by code or by both; '' stands for any. */
    byCase: (kind: string, code: string) => `${cases}${kind}:${code}`,
    cases,
    /**
     * Sorted sets of all dead letters by `refund_by`, by amount and by since when they are dead letters. Processes of 0.4
     * do not keep them: see `ledger/case-places.ts`.
     */
    casesBy: (sort: CaseSort) => `${cases}by-${sort}`,
    /** Hash: `severity:reason` of each refund id in these orders. */
    caseReasons: `${cases}reasons`,
    /** Hash: how many and how much they are, by that. */
    caseSums: `${cases}sums`,
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
    /** String: JSON of an uploaded spreadsheet with what became of its rows; expires. */
    sheet: (id: string) => `${prefix}:sheet:${id}`,
    /** Hash: state and counters of many cases at once, and JSON of who made, started and stopped it. */
    bulk: (id: string) => `${prefix}:bulk:${id}`,
    /** List of JSON arrays: the cases, as they were when the list was made. */
    bulkCases: (id: string) => `${prefix}:bulk:${id}:cases`,
    /** Hash of JSON arrays by place in that list: what is known of each case. */
    bulkVerdicts: (id: string, kind: Verdicts) => `${prefix}:bulk:${id}:${kind}`,
    /** String with an expiry: the process that works on it. */
    bulkOwner: (id: string) => `${prefix}:bulk:${id}:owner`,
    /** String: the id of the one that runs. */
    bulkRunning: `${prefix}:bulk-running`,
    /** Set of ids: those that have work left. */
    bulksOpen: `${prefix}:bulks-open`,
    /** Sorted set of ids by when they were made. */
    bulks: `${prefix}:bulks`,
    /** String with an expiry: one process does this work now. */
    claim: (work: string) => `${prefix}:claim:${work}`,
    /** String: when a process last noticed that Redis' clock was moved, ms. */
    clockStep: `${prefix}:clock-step`,
    /** Hash: when each worker last gave a sign of life, ms. */
    workers: `${prefix}:workers`,
    /** Hash of JSON by data key id: the keys that seal, and when they last did. */
    sealingKeys: `${prefix}:data-keys:sealing`,
    /** Hash of JSON by worker: the data keys it has. */
    workerKeys: `${prefix}:data-keys:workers`,
    /** Sorted set of refund ids that wait for a data key, by the time at which they began to wait. */
    keyWaits: `${prefix}:data-keys:waits`,
    /** String: JSON of one desk session; expires after half an hour without a request. */
    deskSession: (id: string) => `${prefix}:desk:session:${id}`,
    /** Hash: before when the desk sessions of an operator, by name, are over, ms. */
    deskSignedOut: `${prefix}:desk:signed-out`,
    /** String: what the servers of this prefix sign their session cookies with. */
    deskSecret: `${prefix}:desk:secret`,
    /** String with an expiry: the process that alerts people now. */
    alertOwner: `${prefix}:alerts:owner`,
    /** String: JSON of what people were told and what they are not told yet. */
    alertState: `${prefix}:alerts:state`,
    /** Hash of JSON by refund id: the cases that alerts know of. */
    alertCases: `${prefix}:alerts:cases`,
    /** Sorted set of their refund ids by when their legal deadline is to be told next, ms. */
    alertDeadlines: `${prefix}:alerts:deadlines`,
    /** String: written to see whether Redis takes writes. */
    probe: `${prefix}:probe`,
    /** Hash of counters. */
    counters: `${prefix}:counters`,
    /** Hash: what happened on a day in Seoul, such as 2026-11-29, by kind and hour (`won:09`). */
    day: (seoulDay: string) => `${days}${seoulDay}`,
    days,
    /** Stream: the ends of refunds on a day in Seoul, such as 2026-11-29, and what of them was taken back. */
    book: (seoulDay: string) => `${books}${seoulDay}`,
    books,
    /** String: JSON of how the latest reconciliation ended. */
    reconciliation: `${prefix}:reconciliation`,
    /** Stream of what people did, and of what they wanted and a rule refused. */
    actions: `${prefix}:actions`,
  };
}

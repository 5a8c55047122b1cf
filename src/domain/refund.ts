// The refund record: one cancellation event, every attempt to pay it, and where it stands.
//
// The words of this code (docs/design.md has the rules):
//   refund            one cancellation of an order or of a part of it, and its record in the ledger
//   receipt           a payment at Bootpay; several refunds may share one
//   attempt           one call of POST /v2/cancel, written before it is made
//   generation        the attempts under one cancel_id; the next one has another cancel_id
//   totals before     what a receipt showed before a call; growth is measured from there
//   growth            what a receipt's total grew by beyond what the ledger settled: zero, landed (just what an attempt asked
//                     for) or neither
//   settled           what the ledger counts as paid back on a receipt, won
//   mark              money may be in a receipt's totals that nothing accounts for
//   drift             a receipt shows less than the ledger settled
//   receipt lock      one refund of a receipt at a time is between its look-up and a definite outcome
//   transition        one atomic write: the next record, a line of history, an event, what it counts, the lock
//   activation        one run of the worker on a job
//   permit            the rate limiter's leave to make one call now
//   lane              the way to Bootpay as a whole; refused credentials or a person can hold it
//   dead letter, case a refund that the machine may not go on with, in front of a person
//   replay, resolve   a person sends a case back into the queue, or closes it
//   settle window     how long a call without an answer may still move money
import { z } from 'zod';
import {
  cancelIdSchema,
  eventIdSchema,
  orderIdSchema,
  receiptIdSchema,
  refundIdSchema,
  sourceSchema,
  wonSchema,
} from './ids.ts';
import { receiptSchema, replyKinds } from './reply.ts';
import { stateSchema } from './states.ts';

/** Full and partial are two different things: full means whatever is left on the receipt when it is paid. */
const cancelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('full'), taxFreeWon: wonSchema.nullable() }),
  z.strictObject({ kind: z.literal('partial'), amountWon: wonSchema, taxFreeWon: wonSchema.nullable() }),
]);
export type Cancel = z.infer<typeof cancelSchema>;

/**
 * Where a receipt stood: Bootpay's total, what our own ledger had settled on it by then, and how many marks for money
 * that nothing accounts for.
 */
const totalsSchema = z.strictObject({
  totalWon: wonSchema,
  /** null: the look-up did not show it. */
  taxFreeWon: wonSchema.nullable(),
  settledWon: wonSchema,
  marks: z.int().nonnegative(),
});
export type Totals = z.infer<typeof totalsSchema>;

export const attemptSchema = z.strictObject({
  number: z.int(),
  /** How many tries right before it were folded into it: throttled, refused for our credentials, or surely not sent. */
  folded: z.int().nonnegative(),
  revision: z.int(),
  generation: z.int(),
  cancelId: cancelIdSchema,
  cancel: cancelSchema,
  /** ms; written before the call. */
  sentAt: z.number(),
  /** ms; from then on a missing outcome means that the process died: look it up, never send. */
  callUntil: z.number(),
  totalsBefore: totalsSchema,
  /** null while the call is under way. */
  outcome: z
    .strictObject({
      reply: z.enum(replyKinds),
      code: z.string().nullable(),
      pgCode: z.string().nullable(),
      httpStatus: z.int().nullable(),
      /** Why there is no answer or no code, in our words and codes (`causeOf`); absent where the code says it all. */
      cause: z.string().optional(),
      /** What Bootpay or the PG said about it, as far as it may be kept. */
      message: z.string().optional(),
      at: z.number(),
      /** Counts against RETRY_MAX_ATTEMPTS: only an answered attempt does. */
      used: z.boolean(),
    })
    .nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const deadLetterCases = [
  'bootpay_refused',
  'retries_exhausted',
  'outcome_unknown',
  'policy_refused',
  'integrity_mismatch',
  'deadline_passed',
  'poison',
  'drift',
] as const;
export type DeadLetterCase = (typeof deadLetterCases)[number];

/** Reasons of our own for a case. The first of them are what a look-up shows before a call. */
export const caseRules = [
  'foreign_currency',
  'not_paid',
  'nothing_paid',
  'nothing_left',
  'over_remaining',
  'tax_free_over',
  'window_closed',
  'method_cannot_partial',
  'account_missing',
  /** Look-ups were answered, again and again, with nothing that can be used. */
  'look_up_unusable',
  /** So were calls of the cancel. */
  'cancel_unusable',
  /** No worker had the data key that sealed its account. */
  'data_key_missing',
] as const;
export type CaseRule = (typeof caseRules)[number];

const severities = ['notice', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const deadLetterSchema = z.strictObject({
  case: z.enum(deadLetterCases),
  /**
   * The name that Bootpay gave, or has for the very reason for which a policy refused; null where there is none. Never
   * stands for a reason of our own: that is the `rule`.
   */
  code: z.string().nullable(),
  pgCode: z.string().nullable(),
  /** Absent, as `cause` and `message` are, in a case that has none, and in those of an earlier version. */
  rule: z.enum(caseRules).optional(),
  /** What the last call or look-up got instead of an answer, in our words and codes. */
  cause: z.string().optional(),
  /** What Bootpay or the PG said about it, as far as it may be kept. */
  message: z.string().optional(),
  severity: z.enum(severities),
  at: z.number(),
  /** The case keeps the receipt lock until it is closed. */
  keepsLock: z.boolean(),
  /** The job that shows this case in the dead-letter queue. */
  jobId: z.string(),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

export const resolveOutcomes = ['refunded_by_hand', 'already_refunded', 'not_to_be_refunded'] as const;
export type ResolveOutcome = (typeof resolveOutcomes)[number];

/**
 * Strict at every depth: a field that is not known here was written by a newer version, and must not get lost. A new field
 * is optional, or no stored record can be read any more.
 */
export const refundSchema = z.strictObject({
  schema: z.literal(1),
  refundId: refundIdSchema,
  source: sourceSchema,
  eventId: eventIdSchema,
  orderId: orderIdSchema,
  receiptId: receiptIdSchema,
  /** The cancel_id of generation 1: the event's own, or the refund_id. */
  firstCancelId: cancelIdSchema,
  generation: z.int(),
  /** Grows with each edit in a replay. */
  revision: z.int(),
  cancel: cancelSchema,
  username: z.string().nullable(),
  message: z.string().nullable(),
  /** Whether an encrypted refund account is kept beside the record. */
  account: z.enum(['none', 'kept', 'erased']),
  occurredAt: z.number(),
  acceptedAt: z.number(),
  /** The legal clock: orders work and warns people, never stops a refund. */
  refundBy: z.number(),
  deadlineAt: z.number(),
  state: stateSchema,
  version: z.int(),
  /** ms; null: the refund has ended, or waits for a person. */
  nextWakeUpAt: z.number().nullable(),
  /** Attempts used since acceptance or the latest replay. */
  attemptsUsed: z.int(),
  /** Replayed as one of many at once: its job queues behind fresh refunds. */
  bulk: z.boolean(),
  /** A person asked to try although a policy or an unclear outcome speaks against it. */
  acknowledged: z.boolean(),
  /** Where the receipt stood before the first attempt, or as an acknowledged replay saw it. */
  totalsBefore: totalsSchema.nullable(),
  attempts: z.array(attemptSchema),
  /** With what our ledger had settled and marked on the receipt when it was made. Never a stale one. */
  lastLookUp: z
    .strictObject({
      at: z.number(),
      receipt: receiptSchema,
      settledWon: wonSchema,
      marks: z.int().nonnegative(),
    })
    .nullable(),
  /** Since when look-ups have shown less than was seen before, ms; null: the latest one did not. */
  staleSince: z.number().nullable(),
  /** Look-ups without a usable answer, since the last one that had one; absent: none. */
  lookUpFailure: z
    .strictObject({
      /** Of the latest one. */
      cause: z.string(),
      /** Those in which Bootpay did answer: the first one, ms (null: none did), and how many. */
      unusableSince: z.number().nullable(),
      unusable: z.int().nonnegative(),
    })
    .optional(),
  /**
   * Since when, ms, it waits for the data key that sealed its account, and what was left of its deadline then; absent: it
   * waits for none.
   */
  keyWait: z
    .strictObject({ keyId: z.string(), since: z.number(), leftMs: z.number().nonnegative() })
    .optional(),
  settledWon: wonSchema.nullable(),
  deadLetter: deadLetterSchema.nullable(),
  resolution: z
    .strictObject({
      outcome: z.enum(resolveOutcomes),
      /** What a person sent, of one refunded by hand; absent: not said, as in records of an earlier version. */
      amountWon: wonSchema.optional(),
      evidence: z.string().nullable(),
      reason: z.string(),
      who: z.string(),
      at: z.number(),
    })
    .nullable(),
  customerNotice: z
    .strictObject({
      required: z.boolean(),
      why: z.enum(['partial', 'after_capture', 'same_day_full', 'not_by_card']),
    })
    .nullable(),
});
export type Refund = z.infer<typeof refundSchema>;

/** One line of a record's history. Times in ms. `times`, `since`: it happened so often, for the first time then. */
export const historyEntrySchema = z.object({
  at: z.number(),
  who: z.string(),
  what: z.string(),
  from: stateSchema.nullable(),
  to: stateSchema.nullable(),
  reason: z.string().nullable(),
  times: z.int().optional(),
  since: z.number().optional(),
  /** The second person, of an act that took two. */
  approvedBy: z.string().optional(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** What our ledger knows about a receipt beyond any single refund. */
export interface ReceiptAccount {
  /** The highest cancelled total that any reply or look-up has shown; a look-up below it is stale. */
  readonly highestWon: number;
  /** What our own refunds have settled on it. */
  readonly settledWon: number;
  /** How often money may have gone back on it that nothing accounts for. */
  readonly marks: number;
  /** Open dead letters for settled money that was taken back (drift). */
  readonly openDrifts: number;
  /** Grows with every attempt on the receipt and with every change of the numbers above. */
  readonly version: number;
}

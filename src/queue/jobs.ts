// What a job carries: ids and amounts only. The ledger is the truth; a job only means that it is time to read the record.
import type { JobsOptions } from 'bullmq';
import { z } from 'zod';
import { receiptIdSchema, refundIdSchema, versionId } from '../domain/ids.ts';
import type { Refund } from '../domain/refund.ts';
import { jobPriority } from '../policies/job-priority.ts';
import { backoffMs } from '../policies/retry-schedule.ts';

export const refundJobSchema = z.object({
  schema: z.literal(1),
  refund_id: refundIdSchema,
  receipt_id: receiptIdSchema,
  /** null: full. */
  cancel_price: z.number().nullable(),
});
type RefundJob = z.infer<typeof refundJobSchema>;

interface DeadLetterJob extends RefundJob {
  readonly case: string;
  readonly code: string | null;
  readonly rule: string | null;
  readonly pg_error_code: string | null;
  readonly severity: string;
  readonly order_id: string;
}

/**
 * The job id of a refund that was accepted or replayed and has no job yet. It has the version in it: BullMQ ignores a job
 * whose id exists, and an older job of the refund may have done its work and be about to end.
 */
export function refundJobId(refund: Pick<Refund, 'refundId' | 'version'>): string {
  return versionId(refund);
}

export function refundJobData(refund: Refund): RefundJob {
  return {
    schema: 1,
    refund_id: refund.refundId,
    receipt_id: refund.receiptId,
    cancel_price: refund.cancel.kind === 'full' ? null : refund.cancel.amountWon,
  };
}

export function deadLetterJobData(refund: Refund): DeadLetterJob {
  return {
    ...refundJobData(refund),
    case: refund.deadLetter?.case ?? 'poison',
    code: refund.deadLetter?.code ?? null,
    rule: refund.deadLetter?.rule ?? null,
    pg_error_code: refund.deadLetter?.pgCode ?? null,
    severity: refund.deadLetter?.severity ?? 'critical',
    order_id: refund.orderId,
  };
}

/**
 * Attempts at Bootpay are counted by the ledger. BullMQ's own count only sees errors of ours (Redis lost in the middle, a
 * bug): such a job is run again after a growing wait, until the ledger's count makes the refund poison.
 */
export function refundJobOptions(refund: Refund, jobId: string | null): JobsOptions {
  return {
    jobId: jobId ?? refundJobId(refund),
    priority: jobPriority(refund),
    attempts: 1_000_000,
    backoff: { type: 'custom' },
    // Ended jobs are removed: BullMQ ignores an add under an existing id, and a record that was lost and accepted again
    // needs its job.
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/** The wait after the n-th error of ours, in ms: 1 s, doubling up to a minute. */
export function unexpectedErrorBackoffMs(errors: number): number {
  return backoffMs(errors, { firstMs: 1_000, longestMs: 60_000 });
}

// The one place where the end of an activation becomes a BullMQ verb: return, delay, hand back or fail.
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { assertNever } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { jobPriority } from '../policies/job-priority.ts';
import { type RefundJob, refundJobSchema } from '../queue/jobs.ts';
import type { JobOutcome, WaitsFor } from './conclude.ts';
import type { AtPoint } from './ports.ts';

export interface WaitingJob {
  readonly jobId: string;
  readonly receiptId: RefundJob['receipt_id'];
}

export interface QueueVerbs {
  readonly openCase: (refund: Refund) => Promise<void>;
  readonly openUnreadableJob: (
    caseId: string,
    data: Readonly<Record<string, string | null>>,
  ) => Promise<void>;
  /** The ledger's time as this host's clock names it. */
  readonly toLocal: (at: number) => number;
  /** Is what it waits for free, or given to others, without a call to this job? */
  readonly missedCall: (what: WaitsFor, job: WaitingJob) => Promise<boolean>;
  readonly wake: (jobId: string) => Promise<unknown>;
  readonly at?: AtPoint;
}

/** Throws what BullMQ expects to be thrown; the ledger has been written before. */
export async function sayToQueue(
  verbs: QueueVerbs,
  job: Job,
  { ended, token }: { readonly ended: JobOutcome; readonly token: string | undefined },
): Promise<string> {
  switch (ended.kind) {
    case 'finished':
      return 'finished';
    case 'come_back':
      if (ended.refund !== null) await reprioritize(job, jobPriority(ended.refund));
      await job.moveToDelayed(Math.max(verbs.toLocal(ended.at), 1), token);
      verbs.at?.('job_moved', ended.refund);
      if (ended.waitsFor !== undefined) await answerMissedCall(verbs, job, ended.waitsFor);
      throw new DelayedError();
    case 'hand_back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'dead_lettered': {
      await verbs.openCase(ended.refund);
      verbs.at?.('case_shown', ended.refund);
      const { deadLetter } = ended.refund;
      throw new UnrecoverableError(`${deadLetter?.case ?? 'dead_letter'} ${deadLetter?.code ?? ''}`.trim());
    }
    case 'orphan':
      await verbs.openUnreadableJob(ended.caseId, { ...idsOf(job.data), ...ended.known });
      throw new UnrecoverableError(`poison: ${ended.why}`);
    default:
      return assertNever(ended);
  }
}

/** A job on its way to wait cannot be woken: who called in between is noticed here, or it would sleep its whole wait. */
async function answerMissedCall(verbs: QueueVerbs, job: Job, waitsFor: WaitsFor): Promise<void> {
  const data = refundJobSchema.safeParse(job.data);
  if (!data.success || job.id === undefined) return;
  const { receipt_id: receiptId } = data.data;
  if (await verbs.missedCall(waitsFor, { jobId: job.id, receiptId })) await verbs.wake(job.id);
}

/** A due retry and a look-up of an unknown go before fresh refunds. */
async function reprioritize(job: Job, priority: number): Promise<void> {
  if (job.opts.priority !== priority && job.priority !== priority) await job.changePriority({ priority });
}

function idsOf(data: unknown): Record<string, string | null> {
  const text = (name: string) => {
    const value = typeof data === 'object' && data !== null ? Reflect.get(data, name) : null;
    return typeof value === 'string' ? value.slice(0, 100) : null;
  };
  return { refund_id: text('refund_id'), receipt_id: text('receipt_id') };
}

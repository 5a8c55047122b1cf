// Records and jobs that cannot be read: a record of a newer version is left alone and logged once, all else goes to a
// person.
import type { RefundId } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { MarkedUnreadable } from '../domain/unread.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../redis/clock.ts';
import type { JobResult } from './write.ts';

interface MarkUnreadableDeps {
  readonly ledger: Pick<Ledger, 'markUnreadable'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly wakeWaiter: (jobId: string) => Promise<unknown>;
}

/** null: there is no unreadable record (any more). */
export async function markUnreadable(
  { ledger, clock, log, wakeWaiter }: MarkUnreadableDeps,
  refundId: RefundId,
): Promise<MarkedUnreadable | null> {
  const marked = await ledger.markUnreadable(refundId, clock.now());
  if (marked === null) return null;
  const { refund, nextWaiter } = marked;
  log.error(
    { refund_id: refundId, receipt_id: refund.receiptId, version: refund.version },
    'record_unreadable',
  );
  if (nextWaiter !== null) await wakeWaiter(nextWaiter);
  return marked;
}

/** A job that leads to no record is a case of its own. */
export function unreadableJob(
  log: Logger,
  { jobId, refundId }: { readonly jobId: string; readonly refundId?: RefundId },
  why: string,
): JobResult {
  const caseId = `unreadable-${jobId}`;
  log.error({ refund_id: refundId, job_id: jobId, case_id: caseId, why }, 'job_without_record');
  return { kind: 'unreadable_job', caseId, why };
}

/** How many refunds are remembered; past that the memory is cleared, and each is logged once more. */
const mostRemembered = 100_000;

/** Warns of each record of a newer version once in the life of the process. */
export function createNewerNotice(log: Logger): (refundId: RefundId) => void {
  const logged = new Set<RefundId>();
  return (refundId) => {
    if (logged.has(refundId)) return;
    if (logged.size >= mostRemembered) logged.clear();
    logged.add(refundId);
    log.warn({ refund_id: refundId }, 'record_of_newer_version');
  };
}

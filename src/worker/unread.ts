// Records that cannot be read: one of a newer version is left alone and told of once, any other goes to a person.
import type { RefundId } from '../domain/ids.ts';
import type { Ledger, Quarantined } from '../domain/ports.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../redis/clock.ts';

export interface QuarantineDeps {
  readonly ledger: Pick<Ledger, 'quarantine'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly wakeWaiter: (jobId: string) => Promise<unknown>;
}

/** null: there is nothing to quarantine (any more). */
export async function quarantine(
  { ledger, clock, log, wakeWaiter }: QuarantineDeps,
  refundId: RefundId,
): Promise<Quarantined | null> {
  const quarantined = await ledger.quarantine(refundId, clock.now());
  if (quarantined === null) return null;
  const { refund, nextWaiter } = quarantined;
  log.error(
    { refund_id: refundId, receipt_id: refund.receiptId, version: refund.version },
    'record_unreadable',
  );
  if (nextWaiter !== null) await wakeWaiter(nextWaiter);
  return quarantined;
}

/** Of the case in the dead-letter queue. */
export function caseIdOf({ refund }: Quarantined): string {
  return `${refund.refundId}-${refund.version}`;
}

/** So many refunds are remembered; those met after that are told of again. */
const mostRemembered = 100_000;

/** Warns of each record of a newer version once in the life of the process. */
export function createNewerNotice(log: Logger): (refundId: RefundId) => void {
  const told = new Set<RefundId>();
  return (refundId) => {
    if (told.has(refundId)) return;
    if (told.size >= mostRemembered) told.clear();
    told.add(refundId);
    log.warn({ refund_id: refundId }, 'record_of_newer_version');
  };
}

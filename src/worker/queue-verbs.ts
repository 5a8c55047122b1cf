// The one place where the end of an activation becomes a BullMQ verb: return, delay, hand back or fail.
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { assertNever } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { jobPriority } from '../policies/job-priority.ts';
import type { Ended } from './conclude.ts';
import type { CrashPoint } from './ports.ts';

export interface QueueVerbs {
  readonly openCase: (refund: Refund) => Promise<void>;
  readonly openOrphan: (caseId: string, data: Readonly<Record<string, string | null>>) => Promise<void>;
  /** The ledger's time as this host's clock names it. */
  readonly toLocal: (at: number) => number;
  readonly at?: (point: CrashPoint) => void;
}

/** Throws what BullMQ expects to be thrown; the ledger has been written before. */
export async function sayToQueue(
  verbs: QueueVerbs,
  job: Job,
  { ended, token }: { readonly ended: Ended; readonly token: string | undefined },
): Promise<string> {
  switch (ended.kind) {
    case 'finished':
      return 'finished';
    case 'come_back':
      if (ended.refund !== null) await reprioritize(job, jobPriority(ended.refund));
      await job.moveToDelayed(Math.max(verbs.toLocal(ended.at), 1), token);
      throw new DelayedError();
    case 'hand_back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'dead_lettered': {
      await verbs.openCase(ended.refund);
      verbs.at?.('case_shown');
      const { deadLetter } = ended.refund;
      throw new UnrecoverableError(`${deadLetter?.case ?? 'dead_letter'} ${deadLetter?.code ?? ''}`.trim());
    }
    case 'orphan':
      await verbs.openOrphan(ended.caseId, idsOf(job.data));
      throw new UnrecoverableError(`poison: ${ended.why}`);
    default:
      return assertNever(ended);
  }
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

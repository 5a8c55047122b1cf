// The one place that knows BullMQ's verbs.
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { assertNever } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { jobPriority } from '../policies/job-priority.ts';
import type { JobResult } from './write.ts';

export interface SettleDeps {
  readonly openCase: (refund: Refund) => Promise<void>;
  readonly openUnreadableJob: (
    caseId: string,
    data: Readonly<Record<string, string | null>>,
  ) => Promise<void>;
  /** The ledger's time as this host's clock names it. */
  readonly toLocal: (at: number) => number;
}

/** Throws what BullMQ expects to be thrown; the ledger has been written before. */
export async function settleJob(
  deps: SettleDeps,
  job: Job,
  { result, token }: { readonly result: JobResult; readonly token: string | undefined },
): Promise<string> {
  switch (result.kind) {
    case 'done':
      return 'done';
    case 'delayed':
      if (result.refund !== null) await reprioritize(job, jobPriority(result.refund));
      await job.moveToDelayed(Math.max(deps.toLocal(result.until), 1), token);
      throw new DelayedError();
    case 'handed_back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'dead_letter': {
      await deps.openCase(result.refund);
      const { case: name = 'dead_letter', code = null, rule = '' } = result.refund.deadLetter ?? {};
      throw new UnrecoverableError(`${name} ${code ?? rule}`.trim());
    }
    case 'unreadable_job':
      await deps.openUnreadableJob(result.caseId, { ...idsOf(job.data), ...result.ids });
      throw new UnrecoverableError(`poison: ${result.why}`);
    default:
      return assertNever(result);
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

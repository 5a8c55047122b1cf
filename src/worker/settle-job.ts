// The one place that knows BullMQ's verbs: what becomes of a job is read from the record that it wrote.
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { assertNever } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { jobPriority } from '../policies/job-priority.ts';
import type { JobResult } from './write.ts';

export type JobFate =
  | { readonly kind: 'done' }
  | { readonly kind: 'delayed'; readonly until: number; readonly refund: Refund | null }
  | { readonly kind: 'handed_back' }
  | { readonly kind: 'shown'; readonly refund: Refund }
  | Extract<JobResult, { kind: 'unreadable_job' }>;

export function fateOf(result: JobResult): JobFate {
  switch (result.kind) {
    case 'record': {
      const { refund } = result;
      if (refund.state === 'dead_lettered') return { kind: 'shown', refund };
      return refund.nextWakeUpAt === null
        ? { kind: 'done' }
        : { kind: 'delayed', until: refund.nextWakeUpAt, refund };
    }
    case 'not_now':
      return { kind: 'delayed', until: result.at, refund: result.refund };
    case 'paused':
      return { kind: 'handed_back' };
    case 'done':
    case 'unreadable_job':
      return result;
    default:
      return assertNever(result);
  }
}

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
  const fate = fateOf(result);
  switch (fate.kind) {
    case 'done':
      return 'done';
    case 'delayed':
      if (fate.refund !== null) await reprioritize(job, jobPriority(fate.refund));
      await job.moveToDelayed(Math.max(deps.toLocal(fate.until), 1), token);
      throw new DelayedError();
    case 'handed_back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'shown': {
      await deps.openCase(fate.refund);
      const { deadLetter } = fate.refund;
      throw new UnrecoverableError(`${deadLetter?.case ?? 'dead_letter'} ${deadLetter?.code ?? ''}`.trim());
    }
    case 'unreadable_job':
      await deps.openUnreadableJob(fate.caseId, { ...idsOf(job.data), ...fate.ids });
      throw new UnrecoverableError(`poison: ${fate.why}`);
    default:
      return assertNever(fate);
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

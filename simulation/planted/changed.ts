// What several planted bugs have in common: a record with another last attempt, a job with other ports.
import type { Attempt, Refund } from '../../src/domain/refund.ts';
import type { WorkerDeps } from '../../src/worker/ports.ts';
import type { Replacements } from '../planted-bugs.ts';

export function withLastAttempt(refund: Refund, changes: Partial<Attempt>): Refund {
  const last = refund.attempts.at(-1);
  return last === undefined
    ? refund
    : { ...refund, attempts: [...refund.attempts.slice(0, -1), { ...last, ...changes }] };
}

/** @param change called for each job anew. */
export function jobWith(change: (deps: WorkerDeps) => Partial<WorkerDeps>): Replacements {
  return {
    'worker/refund-job.ts#runRefundJob': (real) => (deps, job) => real({ ...deps, ...change(deps) }, job),
  };
}

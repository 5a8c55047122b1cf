// What several planted bugs have in common: a record with another last attempt, a job with other ports.
import type { Attempt, Refund } from '../../src/domain/refund.ts';
import type { WorkerDeps } from '../../src/worker/ports.ts';
import type { Replacements } from '../planted-bugs.ts';

export function withLastAttempt(refund: Refund, changes: Partial<Attempt>): Refund {
  const last = refund.attempts.at(-1);
  const attempts = last && [...refund.attempts.slice(0, -1), { ...last, ...changes }];
  return { ...refund, attempts: attempts ?? [] };
}

type Ports = { readonly [Port in 'ledger' | 'gateway' | 'clock']?: Partial<WorkerDeps[Port]> };

/** @param change made for each job anew: what takes the place of members of its ports. */
export function jobWith(change: (deps: WorkerDeps) => Ports): Replacements {
  return {
    'worker/refund-job.ts#runRefundJob': (real) => (deps, job) => {
      const { ledger, gateway, clock } = change(deps);
      const ports = {
        ledger: { ...deps.ledger, ...ledger },
        gateway: { ...deps.gateway, ...gateway },
        clock: { ...deps.clock, ...clock },
      };
      return real({ ...deps, ...ports }, job);
    },
  };
}

/** The same call, and something else once it is answered. */
export function andThen<Args extends unknown[], Value>(
  call: (...args: Args) => Promise<Value>,
  next: (value: Value, ...args: Args) => unknown,
): (...args: Args) => Promise<Value> {
  return async (...args) => {
    const value = await call(...args);
    await next(value, ...args);
    return value;
  };
}

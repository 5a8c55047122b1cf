// Jobs that work on a refund: while one is there, nothing may make a second one.
import type { Actor } from './scheduler.ts';

export interface LiveJobs {
  /** A job has begun for a refund, whether it may work on it or not. */
  works(refundId: string, jobId: string): void;
  /** Nothing works on it any more. */
  rests(refundId: string): void;
  /** An actor learns which jobs work on which refunds; from the last list of them that it asked for. */
  meets(actor: Actor): void;
  /** The same, unless it has learnt it before. */
  reads(actor: Actor): void;
  /** It enqueues a job for one of them. @param lives is that job still there? */
  enqueues(actor: Actor, request: BeginRequest, lives: (jobId: string) => boolean): void;
}

interface BeginRequest {
  readonly refundId: string;
  readonly jobId: string;
}

export function createLiveJobs(fail: (what: string) => void): LiveJobs {
  const working = new Map<string, string>();
  const met = new WeakMap<Actor, ReadonlyMap<string, string>>();
  return {
    works: (refundId, jobId) => void working.set(refundId, jobId),
    rests: (refundId) => void working.delete(refundId),
    meets: (actor) => void met.set(actor, new Map(working)),
    reads(actor) {
      if (!met.has(actor)) met.set(actor, new Map(working));
    },
    enqueues(actor, { refundId, jobId }, lives) {
      const known = met.get(actor)?.get(refundId);
      if (known === undefined || known !== working.get(refundId) || known === jobId) return;
      if (lives(known) && !lives(jobId))
        fail(`${refundId} is enqueued as ${jobId} while ${known} works on it`);
    },
  };
}

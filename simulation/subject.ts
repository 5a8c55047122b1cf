// The code under test, loaded from a folder: `src` itself, or a copy of it with a planted bug.

import type * as ledger from '../src/ledger/index.ts';
import type * as replayRules from '../src/policies/replay-rules.ts';
import type * as enqueue from '../src/producer/enqueue.ts';
import type * as jobs from '../src/queue/jobs.ts';
import type * as lane from '../src/queue/lane.ts';
import type * as reconcile from '../src/reconcile/reconcile.ts';
import type * as names from '../src/redis/keys.ts';
import type * as deadLetter from '../src/review/index.ts';
import type * as attempt from '../src/worker/refund-job.ts';
import type * as sweeper from '../src/worker/sweeper.ts';

export type Subject = Pick<typeof attempt, 'runRefundJob'> &
  Pick<typeof ledger, 'createLedger'> &
  Pick<typeof deadLetter, 'createDeadLetters'> &
  Pick<typeof enqueue, 'createEnqueue'> &
  Pick<typeof sweeper, 'createSweep' | 'sweeperDefaults'> &
  Pick<typeof reconcile, 'reconcile'> &
  Pick<typeof lane, 'createLane'> &
  Pick<typeof names, 'keysFor'> &
  Pick<typeof jobs, 'refundJobId'> &
  Pick<typeof replayRules, 'landedByLastLookUp' | 'needsAcknowledgement'>;

export const ourSource = new URL('../src/', import.meta.url);

/** @param source a folder laid out like `src`, as a file URL that ends in a slash. */
export async function loadSubject(source: URL = ourSource): Promise<Subject> {
  const load = (path: string) => import(new URL(path, source).href);
  const modules = await Promise.all(
    [
      'worker/refund-job.ts',
      'ledger/index.ts',
      'review/index.ts',
      'producer/enqueue.ts',
      'worker/sweeper.ts',
      'reconcile/reconcile.ts',
      'queue/lane.ts',
      'redis/keys.ts',
      'queue/jobs.ts',
      'policies/replay-rules.ts',
    ].map(load),
  );
  return Object.assign({}, ...modules);
}

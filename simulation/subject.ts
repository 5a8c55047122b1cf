// The code under test, loaded from a folder: `src` itself, or a copy of it with a planted bug.

export type Subject = typeof import('../src/worker/refund-job.ts') &
  typeof import('../src/ledger/index.ts') &
  typeof import('../src/ledger/bulks.ts') &
  typeof import('../src/review/index.ts') &
  typeof import('../src/review/bulk-run.ts') &
  typeof import('../src/producer/enqueue.ts') &
  typeof import('../src/worker/sweeper.ts') &
  typeof import('../src/reconcile/reconcile.ts') &
  typeof import('../src/queue/lane.ts') &
  typeof import('../src/queue/jobs.ts') &
  typeof import('../src/redis/keys.ts') &
  typeof import('../src/policies/replay-rules.ts');

const paths = [
  'worker/refund-job.ts',
  'ledger/index.ts',
  'ledger/bulks.ts',
  'review/index.ts',
  'review/bulk-run.ts',
  'producer/enqueue.ts',
  'worker/sweeper.ts',
  'reconcile/reconcile.ts',
  'queue/lane.ts',
  'queue/jobs.ts',
  'redis/keys.ts',
  'policies/replay-rules.ts',
];

export const ourSource = new URL('../src/', import.meta.url);

/** @param source a folder laid out like `src`, as a file URL that ends in a slash. */
export async function loadSubject(source: URL = ourSource): Promise<Subject> {
  const modules = await Promise.all(paths.map((path) => import(new URL(path, source).href)));
  return Object.assign({}, ...modules);
}

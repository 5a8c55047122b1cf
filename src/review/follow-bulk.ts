// Many at once, followed from outside: each case as soon as it is known what became of it, in the order of the list.
import { type BulkCase, hasWork, type Verdict } from '../domain/bulk.ts';
import type { Bulks } from './bulk-ports.ts';

const readAtOnce = 500;
const lookEveryMs = 200;

interface FollowDeps {
  readonly bulks: Pick<Bulks, 'read' | 'cases'>;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export type Followed = BulkCase & { readonly verdict: Verdict };

/** Ends with the bulk, or when the signal aborts. Whichever process works on it. */
export async function* followBulk(
  { bulks, sleep }: FollowDeps,
  { id, kind }: { readonly id: string; readonly kind: 'preview' | 'result' },
  signal?: AbortSignal,
): AsyncGenerator<Followed> {
  for (let from = 0; signal?.aborted !== true; ) {
    const bulk = await bulks.read(id);
    const isOver = bulk === null || !hasWork(bulk.state);
    const page = await bulks.cases(id, from, readAtOnce);
    const known = isOver ? page : page.slice(0, firstUnknown(page, kind));
    for (const one of known) if (one[kind] !== null) yield { ...one, verdict: one[kind] };
    from += known.length;
    if (isOver && page.length < readAtOnce) return;
    if (known.length < readAtOnce) await sleep(lookEveryMs, signal);
  }
}

function firstUnknown(page: readonly BulkCase[], kind: 'preview' | 'result'): number {
  const place = page.findIndex((one) => one[kind] === null);
  return place === -1 ? page.length : place;
}

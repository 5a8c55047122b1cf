// The work on bulks: each process that runs a server or a worker takes up what has work left and nobody's hand on it.
import { hasWork } from '../domain/bulk.ts';
import { messageOf } from '../domain/errors.ts';
import { takeLease } from './bulk-lease.ts';
import type { BulkDeps } from './bulk-ports.ts';
import { previewAll } from './bulk-preview.ts';
import { makeList, replayAll } from './bulk-run.ts';

/** Between two looks for work, ms. */
const lookEveryMs = 1_000;

export interface BulkWork {
  /** Looks for work now. */
  wake(): void;
  /** Lets the cases in hand end; another process may take the rest at once. */
  stop(): Promise<void>;
}

/** `only`: works on this one and leaves all others alone. */
export function startBulkWork(deps: BulkDeps, only?: string): BulkWork {
  const stopping = new AbortController();
  const inHand = new Map<string, Promise<void>>();
  let waking = new AbortController();

  function takeUp(id: string): void {
    if (inHand.has(id)) return;
    // An owner of its own: what an earlier try has gathered, or still writes, is no part of its list.
    const work = workOn(deps, { id, owner: deps.newId(), stopping: stopping.signal })
      // It stays open: the next look takes it up again.
      .catch((error: unknown) => deps.warn({ bulk_id: id, error: messageOf(error) }, 'bulk_failed'))
      .finally(() => inHand.delete(id));
    inHand.set(id, work);
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      const open = await deps.store.open().catch(() => []);
      for (const id of open) if (only === undefined || id === only) takeUp(id);
      await deps.sleep(lookEveryMs, AbortSignal.any([waking.signal, stopping.signal]));
      if (waking.signal.aborted) waking = new AbortController();
    }
  }

  const looking = look();
  return {
    wake: () => waking.abort(),
    async stop() {
      stopping.abort();
      await looking;
      await Promise.all(inHand.values());
    },
  };
}

interface Taken {
  readonly id: string;
  readonly owner: string;
  readonly stopping: AbortSignal;
}

async function workOn(deps: BulkDeps, { id, owner, stopping }: Taken): Promise<void> {
  const lease = await takeLease(deps, id, owner);
  if (lease === null) return;
  const signal = AbortSignal.any([lease.signal, stopping]);
  try {
    if (!signal.aborted) await makeList(deps, { id, owner }, signal);
    const bulk = await deps.store.read(id);
    if (bulk === null || !hasWork(bulk.state)) return;
    const isPreview = bulk.state === 'previewing';
    // Without a list another process makes it: this one has lost its hold.
    const works = bulk.list !== null && !signal.aborted;
    if (works) await (isPreview ? previewAll : replayAll)(deps, bulk, signal);
    if (lease.isStopped()) await deps.store.end(id, 'stopped', deps.now());
    else if (works && !signal.aborted) await deps.store.end(id, isPreview ? 'previewed' : 'done', deps.now());
  } finally {
    await lease.release();
  }
}

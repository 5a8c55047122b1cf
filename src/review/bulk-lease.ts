// One process works on a bulk at a time. It says twice a second that it is there; one that is silent for 5 s has lost it.
import type { BulkStore } from '../domain/bulk.ts';

const beatMs = 500;
const leaseMs = 5_000;

interface LeaseDeps {
  readonly store: Pick<BulkStore, 'hold' | 'release'>;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

interface Lease {
  /** Aborts when a person stops the bulk, or another process has it. */
  readonly signal: AbortSignal;
  /** A person wants it stopped. */
  isStopped(): boolean;
  release(): Promise<void>;
}

/** null: another process works on it, or nothing is left to be done. */
export async function takeLease(deps: LeaseDeps, id: string, owner: string): Promise<Lease | null> {
  const { store, now, sleep } = deps;
  const over = new AbortController();
  let stopped = false;
  let heldAt = now();
  const note = (answer: Awaited<ReturnType<BulkStore['hold']>> | null) => {
    if (answer === 'held') heldAt = now();
    else if (answer === 'stop') stopped = true;
    if (stopped || answer === 'taken' || answer === 'over' || now() - heldAt > leaseMs) over.abort();
  };
  const first = await store.hold(id, owner, leaseMs);
  if (first === 'taken' || first === 'over') return null;
  note(first);
  const beat = async () => {
    while (!over.signal.aborted) {
      await sleep(beatMs, over.signal);
      // The connection reports its errors itself; the next beat comes.
      if (!over.signal.aborted) note(await store.hold(id, owner, leaseMs).catch(() => null));
    }
  };
  const beating = beat();
  return {
    signal: over.signal,
    isStopped: () => stopped,
    async release() {
      over.abort();
      await beating;
      await store.release(id, owner);
    },
  };
}

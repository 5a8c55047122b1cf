// Many cases at once, as people ask for them: previewed, started, watched and stopped, by whichever way. A bulk's life:
// made here, it waits in Redis (ledger/bulks.ts) for a process that works on it (bulk-work.ts), one at a time
// (bulk-lease.ts). That one makes the list of cases (bulk-run.ts); for a preview it asks what a replay of each would come to
// (bulk-preview.ts, dry-run.ts), else it replays them at the rate asked for (bulk-run.ts, pace.ts). It ends previewed, done
// or stopped; bulk-view.ts shows it, follow-bulk.ts tells of each case as it becomes known.
import { type Bulk, type BulkFilter, hasWork } from '../domain/bulk.ts';
import type { BulkDeps, BulkRequest, BulkStarted, Bulks } from './bulk-ports.ts';
import { filterAt } from './bulk-run.ts';
import { type BulkWork, startBulkWork } from './bulk-work.ts';

/** How long a stop waits for the cases in hand, ms. */
const stopWaitMs = 5_000;
const stopLookMs = 100;

export function createBulks(deps: BulkDeps): Bulks {
  const { store, ledger, now } = deps;
  const works = new Set<BulkWork>();
  const wake = () => {
    for (const work of works) work.wake();
  };

  return {
    async preview({ who, via }, filter) {
      const id = idOf(deps.newId());
      await store.make(id, { who, via, at: now(), filter: named(filter), ...thresholdOf(deps) }, null);
      wake();
      return id;
    },
    async start(request) {
      const started = await begin(deps, request);
      if (started.kind === 'started') {
        await keepStart(deps, started.id, request);
        wake();
      }
      return started;
    },
    async stop(id, { who, via }) {
      const before = await store.read(id);
      if (before === null || !hasWork(before.state)) return before;
      const at = now();
      await store.stop(id, { who, via, at });
      await ledger.recordAction({ at, who, via, what: 'bulk_stop', bulk: id, answer: 'done' });
      return stopped(deps, id);
    },
    read: store.read,
    recent: store.recent,
    cases: store.cases,
    newlyFitting: (bulk) => newlyFitting(deps, bulk),
    work(only) {
      const work = startBulkWork(deps, only);
      works.add(work);
      return {
        wake: work.wake,
        stop: () => {
          works.delete(work);
          return work.stop();
        },
      };
    },
  };
}

function idOf(random: string): string {
  return `rp_${random}`;
}

async function begin(deps: BulkDeps, request: BulkRequest): Promise<BulkStarted> {
  const { who, via, reason, perMinute } = request;
  const { store } = deps;
  const start = { who, via, at: deps.now(), reason, perMinute, ...thresholdOf(deps) };
  const isPreviewed = 'preview' in request;
  const id = isPreviewed ? request.preview : idOf(deps.newId());
  const begun = isPreviewed
    ? await store.begin(id, start)
    : await store.make(
        id,
        { who, via, at: start.at, filter: named(request.filter), ...thresholdOf(deps) },
        start,
      );
  if (begun.kind === 'begun') return { kind: 'started', id };
  if (begun.kind === 'busy') return { kind: 'busy', running: await store.read(begun.id) };
  const bulk = await store.read(id);
  return bulk === null ? { kind: 'not_found' } : { kind: 'moved', bulk };
}

/** Kept with the bulk: whichever process works on it need not know it. */
function thresholdOf({ twoPeople: { thresholdWon } }: BulkDeps) {
  return thresholdWon === null ? {} : { thresholdWon };
}

/** Each of its replays is an action of its own besides. */
async function keepStart(
  { ledger, now, store }: BulkDeps,
  id: string,
  { who, via, reason, perMinute }: BulkRequest,
): Promise<void> {
  const { filter = {} } = (await store.read(id))?.made ?? {};
  const edits: Record<string, string | number> = { ...named(filter), perMinute };
  const action = {
    at: now(),
    who,
    via,
    what: 'bulk_start',
    bulk: id,
    reason,
    edits,
    answer: 'done',
  } as const;
  await ledger.recordAction(action);
}

/** Without what is not asked for. */
function named(filter: BulkFilter): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

async function stopped({ store, now, sleep }: BulkDeps, id: string): Promise<Bulk | null> {
  const until = now() + stopWaitMs;
  let bulk = await store.read(id);
  while (bulk !== null && hasWork(bulk.state) && now() < until) {
    await sleep(stopLookMs);
    bulk = await store.read(id);
  }
  return bulk;
}

async function newlyFitting({ ledger, now }: BulkDeps, bulk: Bulk): Promise<number | null> {
  if (bulk.list === null) return null;
  const countAt = async (at: number) => {
    const { sums } = await ledger.caseTotals({ filter: filterAt(bulk, at), now: now() });
    return sums.reduce((all, { count }) => all + count, 0);
  };
  const [then, since] = await Promise.all([countAt(bulk.list.at), countAt(now())]);
  return Math.max(0, since - then);
}

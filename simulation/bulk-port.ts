// The real store of many at once behind an actor's ports.
import type { BulkStore } from '../src/domain/bulk.ts';
import type { BulkDeps } from '../src/review/bulk-ports.ts';
import { RedisTrouble, storeCall } from './calls.ts';
import type { Context } from './context.ts';
import { reviewing } from './people.ts';
import type { Actor } from './scheduler.ts';

export function bulkDeps(context: Context, actor: Actor): BulkDeps {
  return {
    ...reviewing(context, actor),
    store: bulkStoreFor(context, actor),
    // One after another, so that a history can be played again.
    replaysAtOnce: 1,
    newId: () => `rp_${context.chance.int(1, 2 ** 31)}`,
    warn: () => undefined,
    isRedisFault: (error) => error instanceof RedisTrouble,
  };
}

function bulkStoreFor(context: Context, actor: Actor): BulkStore {
  const store = context.subject.createBulkStore(context.redis, context.prefix);
  const call = <Value>(what: string, run: () => Promise<Value>) => storeCall(context, actor, { what, run });
  return {
    make: (id, made, start) => call('make bulk', () => store.make(id, made, start)),
    begin: (id, start) => call('begin bulk', () => store.begin(id, start)),
    read: (id) => call('read bulk', () => store.read(id)),
    recent: (limit) => call('recent bulks', () => store.recent(limit)),
    open: () => call('open bulks', () => store.open()),
    hold: (id, owner, forMs) => call('hold bulk', () => store.hold(id, owner, forMs)),
    release: (id, owner) => call('release bulk', () => store.release(id, owner)),
    gather: (id, owner, cases) => call('gather bulk', () => store.gather(id, owner, cases)),
    freeze: (id, owner, list) => call('freeze bulk', () => store.freeze(id, owner, list)),
    cases: (id, from, limit) => call('cases of bulk', () => store.cases(id, from, limit)),
    note: (id, kind, verdicts) => call('note bulk', () => store.note(id, kind, verdicts)),
    end: (id, state, at) => call('end bulk', () => store.end(id, state, at)),
    stop: (id, by) => call('stop bulk', () => store.stop(id, by)),
  };
}

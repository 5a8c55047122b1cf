// Who works on many at once, step by step: what one process may not say when another has it.
import { expect, test } from 'vitest';
import type { Bulk, BulkStore } from '../../src/domain/bulk.ts';
import type { BulkDeps } from '../../src/review/bulk-ports.ts';
import { previewAll } from '../../src/review/bulk-preview.ts';
import { startBulkWork } from '../../src/review/bulk-work.ts';

const running: Bulk = {
  ...{ id: 'rp_1', state: 'running', stop: null, endedAt: null, list: null, asked: 0 },
  made: { who: 'kim', via: 'cli', at: 1, filter: {} },
  start: { who: 'kim', via: 'cli', at: 1, reason: 'r', perMinute: 60 },
  ...{ previews: {}, results: {}, rules: { previews: {}, results: {} } },
};

test('a process whose list is not taken, because another has it by now, ends nothing', async () => {
  const ended: string[] = [];
  let released = 0;
  const store = {
    open: async () => (released === 0 ? ['rp_1'] : []),
    hold: async () => 'held',
    read: async () => running,
    gather: async () => undefined,
    freeze: async () => false,
    cases: async () => [],
    end: async (_: string, state: string) => {
      ended.push(state);
      return true;
    },
    release: async () => {
      released += 1;
    },
  } as unknown as BulkStore;
  const deps = {
    store,
    ledger: { cases: async () => ({ items: [], nextCursor: null }) },
    now: () => 1,
    sleep: () => new Promise(setImmediate),
    newId: () => 'one',
    warn: () => undefined,
    twoPeople: { thresholdWon: null, people: [] },
  } as unknown as BulkDeps;
  const work = startBulkWork(deps);
  await expect.poll(() => released).toBe(1);
  await work.stop();
  expect(ended).toEqual([]);
});

test('a list without the cases that it counts ends a preview at once, and loudly', async () => {
  const deps = { store: { cases: async () => [] } } as unknown as BulkDeps;
  const list = { at: 1, count: 3, won: 0, uncounted: 0 };
  const { signal } = new AbortController();
  await expect(previewAll(deps, { ...running, state: 'previewing', list }, signal)).rejects.toThrow(
    'the list of rp_1 is not as long as it was counted',
  );
});

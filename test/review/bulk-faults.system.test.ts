// Many at once, while Redis breaks off and processes differ: no case is left out, and no person decides for two.
import { describe, expect, test } from 'vitest';
import { openSystem, type System } from '../../src/compose.ts';
import { bulkKeptSeconds } from '../../src/ledger/bulks.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import type { BulkDeps, Bulks } from '../../src/review/bulk-ports.ts';
import { createBulks } from '../../src/review/bulks.ts';
import { idOf, kim } from '../support/bulk.ts';
import { useRedis } from '../support/redis.ts';
import { bulkDepsOf } from '../support/review-deps.ts';
import { shopWithCases } from './bulk-kill.ts';

const redis = useRedis();
const start = { ...kim, reason: 'PG is back', perMinute: 60_000, filter: {} };

/** Pages of two cases, so that few make many. */
function inSmallPages(deps: BulkDeps): BulkDeps {
  const { ledger } = deps;
  return { ...deps, ledger: { ...ledger, cases: (query) => ledger.cases({ ...query, limit: 2 }) } };
}

/** Redis breaks off after the first page of a list, once. */
function brokenOnce(deps: BulkDeps): BulkDeps {
  const { store } = deps;
  let gathered = 0;
  const gather: typeof store.gather = async (...page) => {
    await store.gather(...page);
    gathered += 1;
    if (gathered === 1) throw new Error('Connection is closed.');
  };
  return { ...deps, store: { ...store, gather } };
}

/** Each page arrives twice: the client sent it again after a lost answer, as often as `times` says. */
function arrivingTwice(deps: BulkDeps, times: number): BulkDeps {
  const { store } = deps;
  let left = times;
  const gather: typeof store.gather = async (...page) => {
    await store.gather(...page);
    if (left === 0) return;
    left -= 1;
    await store.gather(...page);
  };
  return { ...deps, store: { ...store, gather } };
}

function working(bulks: Bulks): void {
  const work = bulks.work();
  redis.onEnd(() => work.stop());
}

async function untilOver(bulks: Bulks, id: string) {
  await expect
    .poll(async () => (await bulks.read(id))?.state, { timeout: 20_000 })
    .toMatch(/^(done|previewed)$/);
  return bulks.read(id);
}

describe('a list that is made a second time by the same process', () => {
  const five = { count: 5, won: 510, uncounted: 0 };

  test.each([
    ['after Redis broke off', brokenOnce],
    ['after a page arrived twice', (deps: BulkDeps) => arrivingTwice(deps, 1)],
  ])('%s has each case once, and each is replayed', async (_, breaking) => {
    const { system } = await shopWithCases(redis, 5);
    const bulks = createBulks(breaking(inSmallPages(bulkDepsOf(system))));
    working(bulks);
    const over = await untilOver(bulks, await idOf(bulks.start(start)));
    expect(over).toMatchObject({ state: 'done', list: five });
    expect(over?.results).toEqual({ replayed: five });
    expect((await system.ledger.caseTotals({ filter: {}, now: 0 })).sums).toEqual([]);
  });

  test('shows each case once in a preview', async () => {
    const { system } = await shopWithCases(redis, 5);
    const bulks = createBulks(brokenOnce(inSmallPages(bulkDepsOf(system))));
    working(bulks);
    const id = await bulks.preview(kim, {});
    expect(await untilOver(bulks, id)).toMatchObject({ list: five, previews: { would_send: five } });
    const shown = (await bulks.cases(id, 0, 100)).map(({ refundId }) => refundId);
    expect([shown.length, new Set(shown).size]).toEqual([5, 5]);
  });
});

test('a list that is not as long as it was counted is worked on by nobody, and said', async () => {
  const { system } = await shopWithCases(redis, 3);
  const deps = bulkDepsOf(system);
  const said: string[] = [];
  const bulks = createBulks({
    ...deps,
    warn: ({ error = '' }, event) => void said.push(`${event}: ${error}`),
  });
  const [preview, run] = [await bulks.preview(kim, {}), await idOf(bulks.start(start))];
  for (const id of [preview, run]) {
    await deps.store.hold(id, 'x', 10_000);
    expect(await deps.store.freeze(id, 'x', { at: 1, count: 2, won: 0, uncounted: 0 })).toBe(false);
    await deps.store.release(id, 'x');
    // As a process of 0.7.0 leaves it.
    await system.redis.hset(`${redis.prefix}:bulk:${id}`, 'list', '{"at":1,"count":2,"won":0,"uncounted":0}');
  }
  working(bulks);
  await expect.poll(() => said.filter((line) => line.startsWith('bulk_failed')).length).toBeGreaterThan(1);
  expect(new Set(said)).toEqual(
    new Set([preview, run].map((id) => `bulk_failed: the list of ${id} is not as long as it was counted`)),
  );
  expect([(await bulks.read(preview))?.state, (await bulks.read(run))?.state]).toEqual([
    'previewing',
    'running',
  ]);
});

test('a preview that is started at the end of its day keeps all that it has', async () => {
  const { system } = await shopWithCases(redis, 3);
  const { bulks, redis: client } = system;
  const work = bulks.work();
  const id = await bulks.preview(kim, {});
  await untilOver(bulks, id);
  await work.stop();
  const keys = await client.keys(`${redis.prefix}:bulk:${id}*`);
  const expiries = () => Promise.all(keys.map((key) => client.pttl(key)));
  expect(keys.length).toBeGreaterThan(1);
  expect(Math.min(...(await expiries()))).toBeGreaterThan(0);
  const { filter: _, ...wish } = start;
  await idOf(bulks.start({ ...wish, preview: id }));
  expect(await expiries()).toEqual(keys.map(() => -1));
});

describe('two people for a bulk', () => {
  async function withThreshold(of: System, thresholdWon: number | null): Promise<System> {
    const config = { ...of.config, approvalThresholdWon: thresholdWon };
    const system = await openSystem(config, { log: silentLogger(), whenDown: 'wait' });
    redis.onEnd(() => system.close());
    return system;
  }
  const left = { replayed: { count: 1, won: 100 }, skipped: { count: 2, won: 203 } };

  test.each([
    ['made where the threshold is known, worked on where it is not', 100, null],
    ['made where it is not known, worked on where it is', null, 100],
    ['made and worked on with two of them: the lower one counts', 100, 101],
    ['the same, the other way round', 101, 100],
  ])('%s', async (_, made, worked) => {
    const { system } = await shopWithCases(redis, 3);
    const desk = await withThreshold(system, made);
    const worker = await withThreshold(system, worked);
    working(worker.bulks);
    const over = await untilOver(worker.bulks, await idOf(desk.bulks.start(start)));
    expect(over).toMatchObject({ results: left, rules: { results: { 'skipped/approval': { count: 2 } } } });
  });

  test('previewed where no threshold is known, and started where one is', async () => {
    const { system } = await shopWithCases(redis, 3);
    const desk = await withThreshold(system, 100);
    working(system.bulks);
    const id = await system.bulks.preview(kim, {});
    expect((await untilOver(system.bulks, id))?.previews).toMatchObject({ would_send: { count: 3 } });
    const { filter: _, ...wish } = start;
    await idOf(desk.bulks.start({ ...wish, preview: id }));
    const over = await untilOver(system.bulks, id);
    expect(over).toMatchObject({
      results: { replayed: { count: 1, won: 100 } },
      rules: { results: { 'refused/approval': { count: 2, won: 203 } } },
    });
  });
});

describe('the latest bulks', () => {
  test('are shown however many previews have expired since', async () => {
    const { system } = await shopWithCases(redis, 1);
    const { bulks, redis: client } = system;
    working(bulks);
    const done = await idOf(bulks.start(start));
    await untilOver(bulks, done);
    const gone = Array.from({ length: 45 }, (_, at) => `rp_${at.toString(16).padStart(24, '0')}`);
    const now = system.clock.now();
    await client.zadd(`${redis.prefix}:bulks`, ...gone.flatMap((id, at) => [String(now + 1 + at), id]));
    expect((await bulks.recent(20)).map(({ id }) => id)).toEqual([done]);
    expect(await client.zrange(`${redis.prefix}:bulks`, '0', '-1')).toEqual([done]);
  });

  test('leave nothing behind for ever: what expired long ago goes when the next is made', async () => {
    const { system } = await shopWithCases(redis, 0);
    const { bulks, redis: client, clock } = system;
    const index = `${redis.prefix}:bulks`;
    const old = await bulks.preview(kim, {});
    const long = String(clock.now() - bulkKeptSeconds * 1_000 - 1);
    await client.zadd(index, long, old, long, 'rp_gone', String(clock.now()), 'rp_young');
    const made = await bulks.preview(kim, {});
    expect((await client.zrange(index, '0', '-1')).sort()).toEqual([old, made, 'rp_young'].sort());
  });
});

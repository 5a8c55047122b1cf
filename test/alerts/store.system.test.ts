// Which cases a look finds while cases leave and come: none is passed over for good.
import { expect, test } from 'vitest';
import { keep, newCases, takeTurn } from '../../src/alerts/store.ts';
import type { RedisClient } from '../../src/redis/connection.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { afterFirst } from '../support/meddle.ts';
import { useRedis } from '../support/redis.ts';

const redis = useRedis();
const name = (at: number) => `rf_${String(at).padStart(5, '0')}`;

async function placed(count: number, scoreOf: (at: number) => number): Promise<RedisClient> {
  const client = redis.connect();
  const places = Array.from({ length: count }, (_, at) => [String(scoreOf(at)), name(at)]).flat();
  await client.zadd(keysFor(redis.prefix).casesBy('age'), ...places);
  return client;
}

test.each([
  ['each at a time of its own', (at: number) => 1_000 + at],
  ['many at the same moment', (at: number) => 1_000 + Math.floor(at / 900)],
  ['all at the same moment', () => 1_000],
])('cases that leave between two pages hide no other: %s', async (_, scoreOf) => {
  const count = 2_500;
  const client = await placed(count, scoreOf);
  const keys = keysFor(redis.prefix);
  const leaving = Array.from({ length: 700 }, (_, at) => name(at));
  const busy = afterFirst(client, 'zrangebyscore', () => client.zrem(keys.casesBy('age'), ...leaving));
  const { found, upTo } = await newCases({ redis: busy, keys }, 0, 10_000);
  expect(upTo).toBe(scoreOf(count - 1));
  const ids = found.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const stay = Array.from({ length: count - 700 }, (_, at) => name(at + 700));
  expect(stay.filter((id) => !ids.includes(id))).toEqual([]);
});

test('a look that has enough says how far it came, and the next one finds the rest', async () => {
  const client = await placed(2_500, (at) => 1_000 + at);
  const deps = { redis: client, keys: keysFor(redis.prefix) };
  const first = await newCases(deps, 0, 1_000);
  const second = await newCases(deps, first.upTo, 10_000);
  const ids = new Set([...first.found, ...second.found].map(({ id }) => id));
  expect(ids.size).toBe(2_500);
  expect(first.found.length).toBeLessThan(2_500);
});

test('a case that was told and became one anew is found again', async () => {
  const client = await placed(2, () => 1_000);
  const deps = { redis: client, keys: keysFor(redis.prefix), name: 'p1' };
  const state = await takeTurn(deps, 60_000);
  if (state === null) throw new Error('nobody else has the turn');
  const told = { orderId: null, at: 1_000, period: null, opensAt: null, won: null };
  const cases = [0, 1].map((at) => ({ ...told, refundId: name(at), severity: 'warning', reason: 'poison' }));
  await keep(deps, state, { cases, gone: [], due: [], undue: [] });
  expect((await newCases(deps, 0, 10)).found).toEqual([]);
  await client.zadd(deps.keys.casesBy('age'), 2_000, name(1));
  expect((await newCases(deps, 0, 10)).found).toEqual([{ id: name(1), at: 2_000 }]);
});

// Which Redis is safe enough, and what is said of one that is not.
import { describe, expect, test } from 'vitest';
import { checkRedis, judgeRedis, type RedisFacts } from '../../src/redis/check.ts';

const safe: RedisFacts = {
  version: '7.0.15',
  role: 'master',
  policy: 'noeviction',
  aof: 'yes',
  lastWrite: 'ok',
  appendfsync: 'always',
};

test('a Redis set up as docker-compose.yml does it is safe without a word', () => {
  expect(judgeRedis(safe, true)).toEqual({ ok: true, problems: [], warnings: [] });
});

const cases: readonly [string, Partial<RedisFacts>, string, 'refused' | 'in production' | 'told'][] = [
  ['an old version', { version: '6.0.16' }, 'version', 'refused'],
  ['an unknown version', { version: null }, 'version', 'told'],
  ['a replica', { role: 'slave' }, 'role', 'refused'],
  ['a full disk', { lastWrite: 'err' }, 'aof_last_write_status', 'refused'],
  ['eviction', { policy: 'allkeys-lru' }, 'maxmemory-policy', 'in production'],
  ['a policy that is not told', { policy: null }, 'maxmemory-policy', 'told'],
  ['no append-only file', { aof: 'no' }, 'appendonly', 'in production'],
  ['an append-only file that is not told', { aof: null }, 'appendonly', 'told'],
  ['fsync every second', { appendfsync: 'everysec' }, 'appendfsync', 'told'],
  ['fsync when the kernel likes', { appendfsync: 'no' }, 'appendfsync', 'in production'],
  ['fsync that is not told', { appendfsync: null }, 'appendfsync', 'told'],
];

describe.each(cases)('%s', (_name, change, setting, weight) => {
  test(`is ${weight === 'told' ? 'told, not refused' : weight}`, () => {
    const inProduction = judgeRedis({ ...safe, ...change }, true);
    const elsewhere = judgeRedis({ ...safe, ...change }, false);
    expect(inProduction.ok).toBe(weight === 'told');
    expect(elsewhere.ok).toBe(weight !== 'refused');
    for (const { problems, warnings } of [inProduction, elsewhere]) {
      expect([...problems, ...warnings]).toMatchObject([
        { setting, en: expect.stringMatching(/\w/), ko: expect.stringMatching(/[가-힣]/) },
      ]);
    }
  });
});

test.each([
  ['6.2.0', true],
  ['6.10.1', true],
  ['7.0.0', true],
  ['10.0.0', true],
  ['6.1.9', false],
  ['5.0.14', false],
])('version %s is new enough: %s', (version, ok) => {
  expect(judgeRedis({ ...safe, version }, true).ok).toBe(ok);
});

describe('a managed Redis that forbids CONFIG', () => {
  const info: Record<string, string> = {
    server: '# Server\r\nredis_version:7.1.0\r\n',
    replication: '# Replication\r\nrole:master\r\n',
    memory: '# Memory\r\nmaxmemory_policy:volatile-lru\r\n',
    persistence: '# Persistence\r\naof_enabled:0\r\naof_last_write_status:ok\r\n',
  };
  const redis = {
    info: async (section: string) => info[section] ?? '',
    config: async () => Promise.reject(new Error("ERR unknown command 'config'")),
  };

  test('is judged by INFO', async () => {
    const { ok, problems } = await checkRedis([redis], true);
    expect(ok).toBe(false);
    expect(problems.map(({ setting, found }) => [setting, found])).toEqual([
      ['maxmemory-policy', 'volatile-lru'],
      ['appendonly', 'no'],
    ]);
  });

  test('outside production is used with warnings', async () => {
    const { ok, warnings } = await checkRedis([redis], false);
    expect(ok).toBe(true);
    expect(warnings).toHaveLength(2);
  });
});

test.each([
  ['a list', ['maxmemory-policy', 'noeviction']],
  ['a map', new Map([['maxmemory-policy', 'noeviction']])],
  ['an object', { 'maxmemory-policy': 'noeviction' }],
])('the answer to CONFIG GET may be %s', async (_shape, answer) => {
  const redis = {
    info: async () => 'redis_version:7.0.0\r\naof_enabled:1\r\nmaxmemory_policy:allkeys-lru\r\n',
    config: async (_verb: 'GET', name: string) => (name === 'maxmemory-policy' ? answer : null),
  };
  expect((await checkRedis([redis], true)).problems).toEqual([]);
});

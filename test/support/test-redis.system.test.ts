// The Redis of the tests: prefixes, leaks, crashes.
import { afterEach, describe, expect, test } from 'vitest';
import { freshPrefix, sharedRedis, startRedis, useRedis } from './redis.ts';

describe('a prefix per test', () => {
  const redis = useRedis();
  const seen: string[] = [];

  test.each(['first', 'second'])('is empty at the start of the %s test', async () => {
    const client = redis.connect();
    expect(await client.keys('*')).toEqual([]);
    await client.set(`${redis.prefix}:refund`, '1');
    expect(seen).not.toContain(redis.prefix);
    seen.push(redis.prefix);
  });

  test('has one hash tag', () => {
    expect(freshPrefix()).toMatch(/^\{t-[0-9a-f]{12}\}$/);
  });

  test.fails('a key outside of it fails the test', async () => {
    await redis.connect().set('stray', '1');
  });

  test('and is gone for the next one', async () => {
    expect(await redis.connect().exists('stray')).toBe(0);
  });
});

test('one server is shared by everybody in this process', async () => {
  expect(await sharedRedis()).toBe(await sharedRedis());
});

describe('a Redis that a test may kill', () => {
  const started: Awaited<ReturnType<typeof startRedis>>[] = [];
  const clients = useRedis();
  afterEach(async () => {
    for (const redis of started.splice(0)) await redis.stop();
  });

  async function start() {
    const redis = await startRedis({ appendfsync: 'always' });
    started.push(redis);
    return redis;
  }

  test('comes back on the same port with everything it had acknowledged', async () => {
    const redis = await start();
    const client = clients.connect({ maxRetriesPerRequest: null }, redis.url);
    await client.set('a', '1');
    const pid = redis.pid();
    await redis.kill('SIGKILL');
    const answer = client.get('a');
    await redis.restart();
    expect(await answer).toBe('1');
    expect(redis.pid()).not.toBe(pid);
  });

  test('can stand still and go on', async () => {
    const redis = await start();
    const client = clients.connect({ maxRetriesPerRequest: null }, redis.url);
    await client.set('a', '1');
    redis.freeze();
    let answered = false;
    const answer = client.get('a').then((value) => {
      answered = true;
      return value;
    });
    await clients.connect().ping();
    expect(answered).toBe(false);
    redis.resume();
    expect(await answer).toBe('1');
  });
});

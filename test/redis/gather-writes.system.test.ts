// The commands of one turn of the event loop leave in one write, and nothing is lost or sent twice by that.
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { connectRedis, nodesFound, type RedisClient, serversOf } from '../../src/redis/connection.ts';
import { useRedis } from '../support/redis.ts';
import { startCluster } from '../support/redis-groups.ts';

const redis = useRedis();
let connections: RedisClient[] = [];

afterEach(() => {
  for (const one of connections) one.disconnect();
  connections = [];
});

async function connect(url = redis.url): Promise<RedisClient> {
  const client = connectRedis({ url, whenDown: 'wait', onError: () => undefined });
  connections.push(client);
  await once(client, 'ready');
  return client;
}

/** How many commands each write to the socket took. */
function watchWrites({ stream }: Redis): number[] {
  const writes: number[] = [];
  const { _write, _writev } = stream;
  stream._write = (...args) => {
    writes.push(1);
    _write.call(stream, ...args);
  };
  stream._writev = (chunks, done) => {
    writes.push(chunks.length);
    _writev?.call(stream, chunks, done);
  };
  return writes;
}

function one(client: RedisClient): Redis {
  const [server] = serversOf(client);
  if (server === undefined) throw new Error('no server is known');
  return server;
}

describe('commands of one turn', () => {
  test('leave in one write, and are answered in their order', async () => {
    const client = await connect();
    const writes = watchWrites(one(client));
    const key = `${redis.prefix}:n`;
    const answers = await Promise.all([client.incr(key), client.incr(key), client.incr(key)]);
    expect(answers).toEqual([1, 2, 3]);
    expect(writes).toEqual([3]);
    await client.incr(key);
    expect(writes).toEqual([3, 1]);
  });

  test('leave in one write also after a reconnect', async () => {
    const client = await connect();
    one(client).stream.destroy();
    await once(client, 'ready');
    const writes = watchWrites(one(client));
    const key = `${redis.prefix}:n`;
    expect(await Promise.all([client.incr(key), client.incr(key)])).toEqual([1, 2]);
    expect(writes).toEqual([2]);
  });

  test('are sent again, once, when the socket breaks before they have left', async () => {
    const client = await connect();
    const key = `${redis.prefix}:n`;
    const answers = Promise.all([client.incr(key), client.incr(key)]);
    one(client).stream.destroy();
    expect(await answers).toEqual([1, 2]);
    expect(await client.get(key)).toBe('2');
  });

  test('leave although the connection is closed in the same turn', async () => {
    const client = await connect();
    const key = `${redis.prefix}:n`;
    const answer = client.incr(key);
    client.disconnect();
    expect(await answer).toBe(1);
  });
});

test('the nodes of a cluster gather writes as well', async () => {
  const cluster = await startCluster('{a}');
  try {
    const client = await connect(cluster.url);
    await nodesFound(client);
    await client.set('{a}', '0');
    // The others are not connected before a command goes there.
    const writes = serversOf(client)
      .filter(({ status }) => status === 'ready')
      .map(watchWrites);
    expect(await Promise.all([client.incr('{a}'), client.incr('{a}')])).toEqual([1, 2]);
    expect(writes.flat()).toEqual([2]);
  } finally {
    await cluster.stop();
  }
});

// A connection to Redis that is dead and never ends: a firewall forgot it, or the host vanished. It is given up and made
// anew, and the work goes on.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Logger, silentLogger } from '../../src/logging/logger.ts';
import { createRefundProducer } from '../../src/producer/index.ts';
import { connectRedis, nodesFound } from '../../src/redis/connection.ts';
import { merchant } from '../outcome-events/support.ts';
import { openServer } from '../server/support.ts';
import { startBlackhole } from '../support/blackhole.ts';
import { startRedis, useRedis } from '../support/redis.ts';
import { type RedisGroup, startCluster, startSentinels } from '../support/redis-groups.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();
/** As long as BullMQ and the forwarder block while there is nothing to do, and a little. */
const short = { connectMs: 1_000, silentMs: 6_500 };
const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1', cancel_price: 1_000 };
const receipts = ['r-0', 'r-1', 'r-2'].map((id) => ({ id, price: 10_000 }));

async function blackholed() {
  const way = await startBlackhole(redis, { port: Number(new URL(redis.url).port) });
  return { way, place: { url: way.url, prefix: redis.prefix, onEnd: redis.onEnd, connect: redis.connect } };
}

function notedLog() {
  const lines: [event: string, fields: object][] = [];
  const log: Logger = {
    ...silentLogger(),
    info: (fields, name) => void lines.push([name, fields]),
    warn: (fields, name) => void lines.push([name, fields]),
    child: () => log,
  };
  return { log, lines };
}

it('a worker and its forwarder go on, with one line in the log when it begins and one when it ends', async () => {
  const { way, place } = await blackholed();
  const { url, taken } = await merchant(redis);
  const { log, lines } = notedLog();
  const shop = await openShop(place, {
    scenario: { receipts },
    env: { EVENTS_WEBHOOK_URL: url },
    log,
    patience: short,
  });
  await shop.until(
    (await shop.send({ ...event, event_id: 'e-0', receipt_id: 'r-0' })).refund_id,
    'succeeded',
  );
  await vi.waitFor(() => expect(taken).toHaveLength(1), { timeout: 10_000 });
  // Its job has ended as well: here only the second refund meets the dead connection.
  const [refunds] = shop.system.refundQueue.queues;
  await expect.poll(() => refunds?.getActiveCount()).toBe(0);
  expect(way.forget()).toBeGreaterThanOrEqual(3);

  const producer = await createRefundProducer({ redisUrl: redis.url, prefix: redis.prefix });
  redis.onEnd(() => producer.close());
  const from = performance.now();
  const { refund_id: id } = await producer.enqueue(event);
  await shop.until(id, 'succeeded', 25_000);
  await vi.waitFor(() => expect(taken).toHaveLength(2), { timeout: 25_000 });
  expect(performance.now() - from).toBeLessThan(20_000);
  const about = lines.filter(([name]) => /^(redis|worker)_/.test(name));
  expect(about).toEqual([
    ['redis_error', { error: expect.stringMatching(/^No answer for 6.5 s: /), fault: 'away' }],
    ['redis_answers', {}],
  ]);
});

it('a server takes the event that met the dead connection, and says ready again', async () => {
  const { way, place } = await blackholed();
  const { call } = await openServer(place, { apart: { whenDown: 'fail' }, scenario: { receipts } });
  expect((await call('/v1/order-cancellations', { json: event })).status).toBe(202);
  way.forget();
  expect((await call('/readyz')).body.redis).toMatchObject({
    ...{ reachable: false, problems: [{ setting: 'connection', found: 'away' }] },
  });
  const answer = await call('/v1/order-cancellations', { json: { ...event, event_id: 'e-2' } });
  expect(answer.status).toBe(202);
  expect((await call('/readyz')).status).toBe(200);
});

it('a producer takes the event that met the dead connection, and tells of it once', async () => {
  const { way, place } = await blackholed();
  const errors: string[] = [];
  const onError = ({ message }: Error) => void errors.push(message);
  const producer = await createRefundProducer({ redisUrl: place.url, prefix: place.prefix, onError });
  redis.onEnd(() => producer.close());
  await producer.enqueue(event);
  way.forget();
  expect(await producer.enqueue({ ...event, event_id: 'e-2' })).toMatchObject({ result: 'accepted' });
  expect(errors).toEqual([expect.stringMatching(/^No answer for 3 s: /)]);
});

describe('a connection that lives', () => {
  const open = (silentMs: number) => {
    const errors: Error[] = [];
    const client = connectRedis({
      ...{ url: redis.url, whenDown: 'wait', patience: { connectMs: 1_000, silentMs } },
      onError: (error) => void errors.push(error),
    });
    redis.onEnd(async () => client.disconnect());
    let closed = 0;
    client.on('close', () => {
      closed += 1;
    });
    return { client, seen: () => ({ closed, errors }) };
  };

  it('is kept while nothing is asked', async () => {
    const { client, seen } = open(100);
    await client.set(`${redis.prefix}:a`, '1');
    await delay(400); // nothing is to happen
    expect(await client.get(`${redis.prefix}:a`)).toBe('1');
    expect(seen()).toEqual({ closed: 0, errors: [] });
  });

  it('is kept while a read blocks for less than the silence that it is allowed', async () => {
    const { client, seen } = open(1_500);
    for (let round = 0; round < 3; round += 1)
      expect(await client.blpop(`${redis.prefix}:none`, 0.8)).toBe(null);
    expect(seen()).toEqual({ closed: 0, errors: [] });
  });
});

it.for([
  ['a cluster', () => startCluster('{a}')],
  ['sentinels', startSentinels],
] as const)('a primary of %s that vanishes is left for the one that takes over', async ([, start]) => {
  const group: RedisGroup = await start();
  onTestFinished(async () => {
    group.primary.resume();
    await group.stop();
  }, 30_000);
  const client = connectRedis({
    ...{ url: group.url, whenDown: 'wait', patience: { connectMs: 500, silentMs: 1_000 } },
    onError: () => undefined,
  });
  onTestFinished(() => client.disconnect());
  await nodesFound(client);
  await client.set('{a}', 'before');
  group.primary.freeze();
  const from = performance.now();
  await client.set('{a}', 'after');
  expect(performance.now() - from).toBeLessThan(15_000);
  expect(await client.get('{a}')).toBe('after');
});

it('a sentinel that is silent is passed over', async () => {
  const group = await startSentinels();
  onTestFinished(() => group.stop());
  const server = await startRedis();
  onTestFinished(async () => {
    server.resume();
    await server.stop();
  });
  server.freeze();
  const url = group.url.replace('redis+sentinel://', `redis+sentinel://127.0.0.1:${server.port},`);
  const client = connectRedis({ url, whenDown: 'wait', onError: () => undefined });
  onTestFinished(() => client.disconnect());
  const from = performance.now();
  await once(client, 'ready');
  expect(performance.now() - from).toBeLessThan(8_000);
  expect(await client.get('{a}')).toBe(null);
});

// A worker alone answers probes as a server does: alive while the process is, ready while it can take refunds.
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { caller } from '../server/support.ts';
import { freshPrefix, startRedis, useRedis } from '../support/redis.ts';
import { environmentOf, openShop, shortDurations } from '../support/shop.ts';
import { startCli } from './support.ts';

const redis = useRedis();
const within = { timeout: 10_000 };

async function startedWorker(env: Readonly<Record<string, string>>) {
  const running = startCli(['worker', '--json'], {
    env: { ...shortDurations, LOG_LEVEL: 'silent', WORKER_HEALTH_PORT: '0', ...env },
  });
  const { readyz }: { readyz: string } = JSON.parse(await running.until('}\n'));
  return { ...running, readyz, call: caller(readyz) };
}

/** With a Redis of its own, for harm. Nothing is sent, so that no Bootpay is needed. */
async function workerOnItsOwn() {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const worker = await startedWorker({
    REDIS_URL: server.url,
    REDIS_PREFIX: freshPrefix(),
    BOOTPAY_CLIENT_KEY: 'k',
    BOOTPAY_SECRET_KEY: 's',
  });
  return { ...worker, server };
}

describe('the probes of a worker', () => {
  test('say that it is alive and ready, until it is told to stop', async () => {
    const { call, child, ended } = await startedWorker(
      environmentOf(await openShop(redis, { worker: false })),
    );
    expect(await call('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const { status, body } = await call('/readyz');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'ready', redis: { ok: true }, worker: 'running', standstills: [], waiting: null },
    });
    expect((await call('/v1/refunds')).status).toBe(404);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    await expect(call('/healthz')).rejects.toThrow();
  });

  test('tell refused keys and how much waits for them', async () => {
    const shop = await openShop(redis, {
      worker: false,
      scenario: { receipts: [{ id: 'r-1', price: 10_000 }] },
    });
    const { call } = await startedWorker({ ...environmentOf(shop), BOOTPAY_SECRET_KEY: 'wrong' });
    await shop.send({ receipt_id: 'r-1', cancel_price: 4_000 });
    await expect
      .poll(async () => (await call('/readyz')).body, within)
      .toMatchObject({
        status: 'ready',
        standstills: [{ cause: 'credentials_refused' }],
        waiting: { refunds: 1, won: 4_000 },
      });
  });

  test('are not ready while Redis is gone, and ready when it is back; alive all the time', async () => {
    const { call, server } = await workerOnItsOwn();
    expect((await call('/readyz')).status).toBe(200);
    await server.kill();
    await expect
      .poll(() => call('/readyz'), within)
      .toMatchObject({ status: 503, body: { status: 'not_ready', redis: { reachable: false } } });
    expect((await call('/healthz')).status).toBe(200);
    await server.restart();
    await expect.poll(async () => (await call('/readyz')).status, within).toBe(200);
  });

  test('are not ready while Redis is full, and say so', async () => {
    const { call, server } = await workerOnItsOwn();
    const client = new Redis(server.url);
    onTestFinished(() => client.disconnect());
    await client.config('SET', 'maxmemory', '1');
    await expect
      .poll(() => call('/readyz'), within)
      .toMatchObject({
        status: 503,
        body: { status: 'not_ready', standstills: [{ cause: 'redis_not_writable' }] },
      });
    await client.config('SET', 'maxmemory', '0');
    await expect.poll(async () => (await call('/readyz')).status, within).toBe(200);
  });
});

test('a worker listens nowhere unless it is told where', async () => {
  const shop = await openShop(redis, { worker: false });
  const { until } = startCli(['worker', '--json'], { env: { ...environmentOf(shop), LOG_LEVEL: 'silent' } });
  expect(JSON.parse(await until('}\n'))).toEqual({ worker: 'running', prefix: redis.prefix });
});

test('a taken port ends the start, by name, before anything is sent', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await expect.poll(() => taken.listening).toBe(true);
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const shop = await openShop(redis, { worker: false });
  await shop.send({});
  const env = { ...environmentOf(shop), LOG_LEVEL: 'silent', WORKER_HEALTH_PORT: String(port) };
  const { code, stderr } = await startCli(['worker'], { env }).ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^WORKER_HEALTH_PORT: expected a free port/);
  expect(shop.simulator.calls).toEqual([]);
});

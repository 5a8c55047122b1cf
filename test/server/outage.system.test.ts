// Redis away, frozen or full: every call says 503 within seconds, health says what is wrong, and it comes back.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type CrashableRedis, startRedis, type TestRedis, useRedis } from '../support/redis.ts';
import { operator, operatorsEnv } from './people.ts';
import { openServer } from './support.ts';

const shared = useRedis();
const started: CrashableRedis[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

async function own(): Promise<{ crashable: CrashableRedis; redis: TestRedis }> {
  const crashable = await startRedis();
  started.push(crashable);
  const redis: TestRedis = {
    url: crashable.url,
    prefix: '{t-outage}',
    onEnd: shared.onEnd,
    connect: shared.connect,
  };
  return { crashable, redis };
}

const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1' };
const ingest = '/v1/order-cancellations';
const modes = ['fail', 'wait'] as const;

describe.each(modes)('a system that says `%s` when Redis is down', (whenDown) => {
  test.each(['killed', 'frozen'] as const)(
    'answers 503 while it is %s, and takes the event afterwards',
    async (how) => {
      const { crashable, redis } = await own();
      const { call } = await openServer(redis, { apart: { whenDown }, env: await operatorsEnv() });
      expect((await call(ingest, { json: { ...event, event_id: 'e-0' } })).status).toBe(202);
      if (how === 'killed') await crashable.kill();
      else crashable.freeze();
      const from = performance.now();
      const answers = await Promise.all([
        call(ingest, { json: event }),
        call('/v1/refunds', { headers: operator }),
        call('/v1/dead-letters', { headers: operator }),
        call('/v1/lane', { headers: operator }),
        call('/board/api/queues', { headers: operator }),
        call('/v1/dead-letters/replay-many', { json: { filter: {}, reason: 'x' }, headers: operator }),
      ]);
      expect(performance.now() - from).toBeLessThan(7_000);
      for (const answer of answers) {
        expect(answer.status).toBe(503);
        expect(answer.body).toMatchObject({ title: 'Redis is away', detail_ko: expect.any(String) });
        expect(answer.headers.get('retry-after')).toBe('5');
        expect(answer.text).not.toMatch(/ECONN|at .*\.ts|node_modules/);
      }
      expect((await call('/healthz')).status).toBe(200);
      const ready = await call('/readyz');
      expect(ready.status).toBe(503);
      expect(ready.body).toMatchObject({ status: 'not_ready', redis: { reachable: false } });
      expect((await call('/v1/bootpay/webhook', { json: { receipt_id: 'r-1' } })).body).toEqual({
        success: true,
      });
      if (how === 'killed') await crashable.restart();
      else crashable.resume();
      await expect
        .poll(async () => (await call(ingest, { json: event })).status, { timeout: 20_000, interval: 200 })
        .toSatisfy((status) => status === 202 || status === 200);
      await expect.poll(async () => (await call('/readyz')).status, { timeout: 10_000 }).toBe(200);
    },
  );
});

test('a Redis without memory is told apart from one that is away', async () => {
  const { redis } = await own();
  const { call, system } = await openServer(redis);
  await system.redis.config('SET', 'maxmemory', '1');
  const answer = await call(ingest, { json: event });
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ title: 'Redis is full', detail: expect.stringContaining('maxmemory') });
  expect((await call('/v1/refunds')).status).toBe(200);
  await system.redis.config('SET', 'maxmemory', '0');
  expect((await call(ingest, { json: event })).status).toBe(202);
});

describe('a Redis that is full from between the record and its job', () => {
  /** The record is stored, and the answer is a 503 all the same. */
  async function halfAccepted() {
    const { redis } = await own();
    const opened = await openServer(redis, { scenario: { receipts: [{ id: 'r-1', price: 1_000 }] } });
    const { call, system } = opened;
    const { accept } = system.ledger;
    vi.spyOn(system.ledger, 'accept').mockImplementationOnce(async (batch) => {
      const accepted = await accept(batch);
      await system.redis.config('SET', 'maxmemory', '1');
      return accepted;
    });
    const answer = await call(ingest, { json: event });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ title: 'Redis is full' });
    await system.redis.config('SET', 'maxmemory', '0');
    const { items } = await system.ledger.list({ limit: 2 });
    expect(items).toMatchObject([{ eventId: event.event_id, state: 'queued' }]);
    expect(await system.refundQueue.queues[0]?.getJob(`${items[0]?.refundId}-1`)).toBeUndefined();
    return { ...opened, refundId: items[0]?.refundId ?? null };
  }

  test('answers the repeated request as a duplicate, which puts the job into the queue', async () => {
    const { call, system, refundId } = await halfAccepted();
    const again = await call(ingest, { json: event });
    expect([again.status, again.body]).toMatchObject([200, { duplicate: true, refund_id: refundId }]);
    expect(await system.refundQueue.queues[0]?.getJob(`${refundId}-1`)).toBeDefined();
  });

  test('has its job put back by the sweeper when the request is not repeated', async () => {
    const { startWorker, until, simulator, refundId } = await halfAccepted();
    await startWorker({ sweeper: { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 10 } });
    await until(refundId, 'succeeded');
    expect(simulator.book.of('r-1')).toMatchObject({ refunds: 1, refundedAmount: 1_000 });
  });
});

describe('ready', () => {
  test('says what a power cut may cost', async () => {
    const { redis } = await own();
    const { call, system } = await openServer(redis);
    expect((await call('/readyz')).body).toMatchObject({
      status: 'ready',
      worker: 'elsewhere',
      redis: { warnings: [] },
    });
    await system.redis.config('SET', 'appendfsync', 'everysec');
    const { status, body } = await call('/readyz');
    expect(status).toBe(200);
    expect(body.redis).toMatchObject({
      ok: true,
      warnings: [{ setting: 'appendfsync', found: 'everysec', ko: expect.stringContaining('정전') }],
    });
  });

  test('is refused when the worker that should run does not, and never asks Bootpay', async () => {
    let running = true;
    const server = { isWorkerRunning: () => running };
    const { call, simulator } = await openServer(shared, { server });
    expect((await call('/readyz')).body).toMatchObject({ status: 'ready', worker: 'running' });
    running = false;
    const { status, body } = await call('/readyz');
    expect([status, body.worker]).toEqual([503, 'stopped']);
    expect(simulator.calls).toEqual([]);
  });
});

test('closing waits for a request under way, and no longer', async () => {
  const { crashable, redis } = await own();
  const { call, server } = await openServer(redis);
  crashable.freeze();
  const waiting = call('/v1/refunds').catch(() => null);
  await new Promise((resolve) => setImmediate(resolve));
  const from = performance.now();
  await server.close();
  expect(performance.now() - from).toBeLessThan(6_500);
  await waiting;
  crashable.resume();
});

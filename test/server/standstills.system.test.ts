// What stands still says so: in /readyz, to a person who asks, and once in the log when it begins and ends.
import { describe, expect, onTestFinished, test } from 'vitest';
import { isOpen, stateSchema } from '../../src/domain/states.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { standingOf } from '../../src/standstills/standing.ts';
import { watchStandstills } from '../../src/standstills/watch.ts';
import { useRedis } from '../support/redis.ts';
import { openServer, type Served } from './support.ts';

const redis = useRedis();

async function causes({ call }: Served): Promise<string[]> {
  const { body } = await call('/readyz');
  return body.standstills.map(({ cause }: { cause: string }) => cause);
}

const scenario = { receipts: [{ id: 'r-1', price: 10_000 }] };

describe('with no worker anywhere', () => {
  test('waiting refunds and their money are told, until one runs', async () => {
    const served = await openServer(redis, { scenario });
    expect(await causes(served)).toEqual([]);
    const { refund_id } = await served.send({ receipt_id: 'r-1', cancel_price: 4_000 });
    const { status, body } = await served.call('/readyz');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      standstills: [{ cause: 'no_worker', text: { ko: expect.stringMatching(/[가-힣]/) } }],
      waiting: { refunds: 1, won: 4_000, uncounted: 0 },
    });
    const shown = async () => [
      (await served.call('/v1/refunds')).body.items[0].waiting_for?.kind,
      (await served.call(`/v1/refunds/${refund_id}`)).body.waiting_for?.kind,
    ];
    expect(await shown()).toEqual(['worker', 'worker']);
    await served.startWorker();
    await expect.poll(() => causes(served)).toEqual([]);
    await served.until(refund_id, 'succeeded');
    expect(await shown()).toEqual([undefined, undefined]);
  });

  test.each(stateSchema.options.filter(isOpen))('a single refund that is %s is enough', async (state) => {
    const { system } = await openServer(redis, { scenario });
    await system.redis.zadd(
      keysFor(redis.prefix).byState(state),
      Date.now(),
      'rf_abcdefghijklmnopqrstuvwxyz',
    );
    const { standstills, waiting } = await standingOf(system);
    expect(standstills.map(({ cause }) => cause)).toEqual(['no_worker']);
    expect(waiting?.refunds).toBe(1);
  });

  test('it is told since when, once the last sign of life is old', async () => {
    const served = await openServer(redis, { scenario });
    await served.send({ receipt_id: 'r-1' });
    const at = Date.now() - 60_000;
    await served.system.redis.hset(keysFor(redis.prefix).workers, 'gone', at);
    expect((await standingOf(served.system)).standstills).toMatchObject([{ cause: 'no_worker', since: at }]);
    await served.system.redis.hset(keysFor(redis.prefix).workers, 'there', Date.now());
    expect((await standingOf(served.system)).standstills).toEqual([]);
  });
});

test('refused credentials, a silent Bootpay and a throttle are told together', async () => {
  const served = await openServer(redis, { scenario });
  const { system } = served;
  const held = { at: Date.now(), who: 'worker', reason: 'TOKEN_KEY_INVALID', fingerprint: 'f' };
  await system.lane.hold('credentials', held);
  for (let call = 0; call < 10; call += 1) system.rateLimiter.report({ failed: true });
  await expect.poll(() => causes(served)).toEqual(['credentials_refused', 'bootpay_silent']);
  const { standstills } = await standingOf(system);
  expect(standstills[1]?.since).toBeGreaterThan(Date.now() - 60_000);
  system.rateLimiter.report({ throttledMs: 30_000 });
  await expect.poll(() => causes(served)).toEqual(['credentials_refused', 'throttled']);
  expect((await standingOf(system)).standstills[1]?.until).toBeGreaterThan(Date.now() + 20_000);
  await system.lane.resume('kim', 'key corrected', Date.now());
  expect(await causes(served)).toEqual(['throttled']);
});

test('a Redis that takes no writes is not ready, and says why', async () => {
  const served = await openServer(redis, { scenario });
  const { redis: client } = served.system;
  const set = client.set.bind(client);
  const refused = Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), {
    name: 'ReplyError',
  });
  Reflect.set(client, 'set', async () => Promise.reject(refused));
  onTestFinished(() => void Reflect.set(client, 'set', set));
  const { status, body } = await served.call('/readyz');
  expect(status).toBe(503);
  expect(body).toMatchObject({
    status: 'not_ready',
    standstills: [{ cause: 'redis_not_writable', text: { en: expect.stringContaining('maxmemory') } }],
  });
});

test('the log has one line when a standstill begins and one when it ends', async () => {
  const lines: object[] = [];
  const at = (fields: object, event: string) => void lines.push({ event, ...fields });
  const served = await openServer(redis, {
    scenario,
    apart: { log: { ...silentLogger(), error: at, info: at } },
  });
  await served.send({ receipt_id: 'r-1', cancel_price: 4_000 });
  // Looks follow each other at once, so that the test need not wait for them.
  const clock = {
    ...served.system.clock,
    sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
  };
  const stop = watchStandstills({ ...served.system, clock });
  onTestFinished(stop);
  const about = () => lines.filter((line) => String(Reflect.get(line, 'event')).startsWith('standstill'));
  await expect
    .poll(about)
    .toMatchObject([{ event: 'standstill_begun', cause: 'no_worker', refunds: 1, won: 4_000 }]);
  await served.startWorker();
  await expect
    .poll(about)
    .toMatchObject([{ event: 'standstill_begun' }, { event: 'standstill_ended', cause: 'no_worker' }]);
});

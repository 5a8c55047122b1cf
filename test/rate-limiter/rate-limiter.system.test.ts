// The rate limiter: never over the limit in any sliding second, shut by a throttle, guarded by the breaker.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mostWithin } from '../../demo/totals.ts';
import type { CallKind, Permit } from '../../src/domain/rate-limiter.ts';
import { redisPermits } from '../../src/rate-limiter/permits.ts';
import { createRateLimiter } from '../../src/rate-limiter/rate-limiter.ts';
import { systemClock } from '../../src/redis/clock.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { json, startBootpay } from '../bootpay/scripted-bootpay.ts';
import { bearer, clientFor, receipt, receiptId } from '../bootpay/support.ts';
import { type TestRedis, useRedis } from '../support/redis.ts';

const clock = systemClock();

function gateOf(
  redis: TestRedis,
  callsPerSecond: number,
  {
    now = clock.now,
    client = redis.connect(),
    chance = Math.random,
    onPermit = () => undefined,
  }: { now?: () => number; client?: Redis; chance?: () => number; onPermit?: (permit: Permit) => void } = {},
) {
  const onError = (error: unknown) => {
    throw error;
  };
  return createRateLimiter({
    permits: redisPermits(client, keysFor(redis.prefix), callsPerSecond),
    now,
    sleep: clock.sleep,
    chance,
    onError,
    onPermit,
  });
}

/** A client that counts the scripts it runs. */
function counting(redis: TestRedis): { client: Redis; asked(): number } {
  let asked = 0;
  const client = new Proxy(redis.connect(), {
    get(target, name) {
      if (name === 'evalsha') asked += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { client, asked: () => asked };
}

describe('the rate limiter', () => {
  const redis = useRedis();

  for (const callsPerSecond of [10, 40, 200]) {
    it(`lets no more than ${callsPerSecond} calls through in any second, from three gates`, async () => {
      const gates = [1, 2, 3].map(() => gateOf(redis, callsPerSecond));
      const times: number[] = [];
      const until = performance.now() + 2_500;
      const caller = async (rateLimiter: (typeof gates)[number]) => {
        // How much of the rate is used is a matter for the benchmarks; here only that the limiter does not stand still.
        while (performance.now() < until || times.length <= callsPerSecond) {
          const permit = await rateLimiter.acquire('look_up');
          if (permit !== null) times.push(permit.at);
        }
      };
      await Promise.all(gates.flatMap((rateLimiter) => Array.from({ length: 7 }, () => caller(rateLimiter))));
      expect(mostWithin(1_000, times)).toBeLessThanOrEqual(callsPerSecond);
    });
  }

  it('lets no crowd through that got its permits while a token was fetched', async () => {
    const callsPerSecond = 20;
    const rateLimiter = gateOf(redis, callsPerSecond);
    const arrivals: number[] = [];
    const bootpay = await startBootpay(({ path }) => {
      arrivals.push(performance.now());
      if (!path.endsWith('token')) return json(200, receipt);
      const token = json(200, { access_token: 'late', expire_in: 1_800 });
      return (socket, request) => void setTimeout(() => token(socket, request), 700);
    });
    onTestFinished(() => bootpay.stop());
    const client = clientFor({ baseUrl: bootpay.baseUrl, credentials: bearer, rateLimiter });
    // This process is both ends: while it stands still calls arrive together that did not leave together.
    const standstill = monitorEventLoopDelay({ resolution: 1 });
    standstill.enable();
    const lookUp = async () => (await rateLimiter.acquire('look_up')) !== null && client.lookUp(receiptId);
    const replies = await Promise.all(Array.from({ length: 30 }, lookUp));
    expect(replies).toEqual(replies.map(() => expect.objectContaining({ kind: 'accepted' })));
    standstill.disable();
    expect(arrivals).toHaveLength(31);
    expect(mostWithin(1_000 - standstill.max / 1e6, arrivals)).toBeLessThanOrEqual(callsPerSecond);
  });

  it('tells when permits were given, which a process that stands still cannot bring together', async () => {
    const lateFirst = async () => {
      const permits: number[] = [];
      const rateLimiter = gateOf(redis, 6, { onPermit: ({ at }) => void permits.push(at) });
      const calls: number[] = [];
      while (calls.length < 8) {
        await rateLimiter.acquire('cancel');
        // Only the first call is late.
        if (calls.length === 0) for (const end = performance.now() + 150; performance.now() < end; );
        calls.push(performance.now());
      }
      expect(permits).toHaveLength(8);
      expect(mostWithin(1_000, permits)).toBeLessThanOrEqual(6);
      return mostWithin(1_000, calls);
    };
    // A machine that stands still itself may spread the calls.
    let most = 0;
    for (let time = 1; time <= 5 && most < 7; time += 1) most = await lateFirst();
    expect(most).toBe(7);
  });

  it('is asked about once or twice for each call, however many wait', async () => {
    const { client, asked } = counting(redis);
    const rateLimiter = gateOf(redis, 40, { client });
    await rateLimiter.acquire('look_up');
    const before = asked();
    const passed = await Promise.all(Array.from({ length: 40 }, () => rateLimiter.acquire('look_up')));
    expect(passed).not.toContain(null);
    // All forty before any of them is told to wait; then two for each, and some that come a moment too early.
    expect(asked() - before).toBeLessThan(40 + 40 * 3);
  });

  it('lets a cancel pass before the look-ups that wait', async () => {
    const rateLimiter = gateOf(redis, 10, { chance: () => 1 });
    const order: string[] = [];
    const call = async (kind: CallKind) => {
      await rateLimiter.acquire(kind);
      order.push(kind);
    };
    await rateLimiter.acquire('look_up');
    const lookUps = Array.from({ length: 4 }, () => call('look_up'));
    const cancels = Array.from({ length: 4 }, () => call('cancel'));
    await Promise.all([...lookUps, ...cancels]);
    expect(order.slice(0, 4).filter((kind) => kind === 'cancel').length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [0, 1_000],
    [-60_000, 1_000],
    [1, 1_000],
    [999.9, 1_000],
    [null, 5_000],
    [Number.NaN, 5_000],
    [Number.POSITIVE_INFINITY, 300_000],
    [10 ** 20, 300_000],
  ])('is shut by a throttle of %s ms for %s ms', async (throttledMs, shutMs) => {
    const client = redis.connect();
    gateOf(redis, 20).report({ throttledMs });
    const shut = () => client.hget(keysFor(redis.prefix).rateLimiter, 'shut');
    await expect.poll(shut).not.toBeNull();
    const [seconds, micros] = await client.time();
    const leftMs = Number(await shut()) / 1_000 - (Number(seconds) * 1_000 + Number(micros) / 1_000);
    expect(leftMs).toBeGreaterThan(shutMs - 500);
    expect(leftMs).toBeLessThanOrEqual(shutMs);
  });

  it('is shut until the throttle ends, and opens without a burst', async () => {
    const rateLimiter = gateOf(redis, 20);
    rateLimiter.report({ throttledMs: 1_000 });
    await expect.poll(() => redis.connect().hget(keysFor(redis.prefix).rateLimiter, 'shut')).not.toBeNull();
    const start = performance.now();
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: 25 }, async () => {
        await rateLimiter.acquire('look_up');
        times.push(performance.now());
      }),
    );
    expect(Math.min(...times) - start).toBeGreaterThan(900);
    expect(mostWithin(1_000, times)).toBeLessThanOrEqual(20);
  });

  it('is not opened earlier by a shorter throttle that comes after a longer one', async () => {
    const permits = redisPermits(redis.connect(), keysFor(redis.prefix), 20);
    await permits.report('throttled', 60_000);
    await permits.report('throttled', 1_000);
    expect((await permits.ask({ wanted: 1, tokens: 0, lookUps: 1 })).waitMs).toBeGreaterThan(50_000);
  });

  it('refuses a wait that would take too long', async () => {
    const rateLimiter = gateOf(redis, 20);
    rateLimiter.report({ throttledMs: 60_000 });
    await expect.poll(() => redis.connect().hget(keysFor(redis.prefix).rateLimiter, 'shut')).not.toBeNull();
    expect(await rateLimiter.acquire('cancel', { longestMs: 1_000 })).toBeNull();
  });

  it('lets one look-up through after ten calls without an answer, and everything once one is answered', async () => {
    const rateLimiter = gateOf(redis, 1_000);
    for (let call = 0; call < 10; call += 1) rateLimiter.report({ failed: true });
    const client = redis.connect();
    await expect.poll(() => client.hget(keysFor(redis.prefix).rateLimiter, 'failures')).toBe('10');
    expect(await rateLimiter.acquire('cancel', { longestMs: 100 })).toBeNull();
    expect(await rateLimiter.acquire('look_up')).not.toBeNull();
    expect(await rateLimiter.acquire('look_up', { longestMs: 100 })).toBeNull();
    rateLimiter.report({ failed: false });
    await expect.poll(() => client.hget(keysFor(redis.prefix).rateLimiter, 'failures')).toBe('0');
    expect(await rateLimiter.acquire('cancel')).not.toBeNull();
  });

  it('lets a token be fetched for the one look-up of an open breaker', async () => {
    const rateLimiter = gateOf(redis, 1_000);
    for (let call = 0; call < 10; call += 1) rateLimiter.report({ failed: true });
    const client = redis.connect();
    await expect.poll(() => client.hget(keysFor(redis.prefix).rateLimiter, 'failures')).toBe('10');
    expect(await rateLimiter.acquire('token')).not.toBeNull();
  });
});

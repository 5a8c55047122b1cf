// Redis' clock was ahead for one look-up, then right again: no moment that it left behind stops the calls.
import { describe, expect, it } from 'vitest';
import { mostWithin } from '../../demo/totals.ts';
import { redisPermits } from '../../src/rate-limiter/permits.ts';
import { createRateLimiter } from '../../src/rate-limiter/rate-limiter.ts';
import { systemClock } from '../../src/redis/clock.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';

const clock = systemClock();
const hourUs = 3_600_000_000;
const secondUs = 1_000_000;

describe('after Redis’ clock was ahead', () => {
  const redis = useRedis();
  const key = () => keysFor(redis.prefix).rateLimiter;

  function gateOf(callsPerSecond: number) {
    const onError = (error: unknown) => {
      throw error;
    };
    return createRateLimiter({
      permits: redisPermits(redis.connect(), keysFor(redis.prefix), callsPerSecond),
      now: clock.now,
      sleep: clock.sleep,
      chance: Math.random,
      onError,
    });
  }
  const leave = (field: 'next' | 'shut' | 'probe', aheadUs: number) =>
    redis.connect().hset(key(), field, String(Date.now() * 1_000 + aheadUs));

  it.each(['next', 'shut', 'probe'] as const)('the rate limiter does not believe its %s', async (field) => {
    const rateLimiter = gateOf(100);
    if (field === 'probe') await redis.connect().hset(key(), 'failures', '10');
    await leave(field, hourUs);
    expect(await rateLimiter.acquire('look_up')).not.toBeNull();
  });

  it.each([
    ['next', secondUs],
    ['shut', 299 * secondUs],
    ['probe', 9 * secondUs],
  ] as const)('what a right clock may have written is believed (%s)', async (field, aheadUs) => {
    const rateLimiter = gateOf(1);
    await redis.connect().hset(key(), 'failures', field === 'probe' ? '10' : '0');
    await leave(field, aheadUs);
    expect(await rateLimiter.acquire('look_up', { longestMs: 300 })).toBeNull();
  });

  it('a new throttle shuts the rate limiter, though an older one claims to last longer', async () => {
    const rateLimiter = gateOf(100);
    await leave('shut', hourUs);
    rateLimiter.report({ throttledMs: 2_000 });
    const shut = async () => Number(await redis.connect().hget(key(), 'shut')) / 1_000 - Date.now();
    await expect.poll(shut).toBeLessThan(2_100);
    expect(await rateLimiter.acquire('look_up', { longestMs: 300 })).toBeNull();
  });

  it('no sliding second sees more calls than allowed, however often the clock goes back', async () => {
    const callsPerSecond = 40;
    const gates = [1, 2, 3].map(() => gateOf(callsPerSecond));
    const times: number[] = [];
    const until = performance.now() + 2_500;
    const caller = async (rateLimiter: (typeof gates)[number]) => {
      while (performance.now() < until)
        if (await rateLimiter.acquire('look_up')) times.push(performance.now());
    };
    const steps = async () => {
      while (performance.now() < until) {
        await leave('next', hourUs);
        await clock.sleep(130);
      }
    };
    await Promise.all([
      steps(),
      ...gates.flatMap((rateLimiter) => Array.from({ length: 7 }, () => caller(rateLimiter))),
    ]);
    expect(mostWithin(1_000, times)).toBeLessThanOrEqual(callsPerSecond);
    expect(times.length).toBeGreaterThan(callsPerSecond);
  });
});

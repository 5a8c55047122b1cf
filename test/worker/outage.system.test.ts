// Bootpay is silent for two hours: the breaker knocks now and then, nothing is used up, and afterwards all goes on at
// the full rate and not above it.
import { describe, expect, it } from 'vitest';
import { mostWithin } from '../../demo/totals.ts';
import { playOutage } from '../support/outage.ts';
import { useRedis } from '../support/redis.ts';

const second = 1_000;
const minute = 60 * second;

describe('two hours without an answer', () => {
  const redis = useRedis();

  it('use up no attempt and at most a call in ten seconds, and then the rate is full, never above', async () => {
    const callsPerSecond = 10;
    const [fromMs, untilMs] = [20 * second, 20 * second + 120 * minute];
    const connection = redis.connect();
    const { calls, refunds } = await playOutage({
      redis: connection,
      prefix: redis.prefix,
      refunds: 800,
      callsPerSecond,
      concurrency: 20,
      fromMs,
      untilMs,
    });

    const times = calls.map(({ atMs }) => atMs);
    expect(mostWithin(second, times)).toBeLessThanOrEqual(callsPerSecond);
    // Those in hand when it begins find out one by one; their time-outs open the breaker.
    const whileOpen = times.filter((at) => at > fromMs + 90 * second && at < untilMs);
    expect(mostWithin(10 * second, whileOpen)).toBe(1);
    expect(whileOpen.length).toBeGreaterThan(500);

    expect(refunds.map(({ state }) => state)).toEqual(Array(800).fill('succeeded'));
    expect(refunds.map(({ attemptsUsed }) => attemptsUsed)).toEqual(Array(800).fill(1));
    // The last ones of all are no measure: unknowns that keep to their look-up schedule.
    const cancels = calls.filter(({ kind, answered }) => kind === 'cancel' && answered);
    expect(cancels).toHaveLength(800);
    const [firstAt, lastAt] = [times.find((at) => at >= untilMs) ?? 0, cancels[750]?.atMs ?? 0];
    const used = times.filter((at) => at >= firstAt && at < lastAt).length;
    expect(firstAt - untilMs).toBeLessThanOrEqual(10 * second);
    expect(used / ((lastAt - firstAt) / second)).toBeGreaterThan(0.95 * callsPerSecond);
  });
});

// A Bootpay that throttles and asks for no wait at all: it is never asked more than once a second.
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const waits: [string, number | string][] = [
  ['0 seconds', 0],
  ['a moment that has passed', 'Fri, 20 Nov 2020 01:00:00 GMT'],
];

/** Between each call and the next one, in ms. */
function distances({ simulator }: Shop): number[] {
  const times = simulator.calls.map(({ at }) => at);
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

describe('a Bootpay that throttles every call and asks to come back after', () => {
  const redis = useRedis();

  it.each(waits)('%s is asked for a receipt once a second', async (_, retryAfter) => {
    const look_up = [{ reply: 'throttled_429', retryAfter, times: 'always' } as const];
    const shop = await openShop(redis, { scenario: { default: { look_up } } });
    await shop.send({});
    await shop.simulator.waitFor(({ calls }) => calls.length >= 4, { timeoutMs: 20_000 });
    expect(Math.min(...distances(shop))).toBeGreaterThan(900);
  });

  it.each(waits)('%s hears of a cancel again after a second, and pays it', async (_, retryAfter) => {
    const cancel = [{ reply: 'throttled_429', retryAfter, times: 2 } as const];
    const shop = await openShop(redis, { scenario: { default: { cancel } } });
    const { refund_id } = await shop.send({});
    const refund = await shop.until(refund_id, 'succeeded', 20_000);
    const tries = refund.attempts.map(({ folded, outcome }) => [folded, outcome?.reply]);
    expect(tries).toEqual([
      [0, 'throttled'],
      [1, 'accepted'],
    ]);
    const calls = shop.simulator.calls.filter(({ kind }) => kind === 'cancel');
    const [first = 0, second = 0, third = 0] = calls.map(({ at }) => at);
    expect(calls).toHaveLength(3);
    expect(Math.min(second - first, third - second)).toBeGreaterThan(900);
    expect(refund.attemptsUsed).toBe(1);
  });
});

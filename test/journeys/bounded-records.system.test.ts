// No record and no history grows without bound, however often the same thing happens to a refund.
import { describe, expect, it } from 'vitest';
import { keysFor } from '../../src/redis/keys.ts';
import { show } from '../reconcile/support.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

describe('a refund that waits for long', () => {
  const redis = useRedis();
  const openReceipt = (script: object = {}, env: Record<string, string> = {}) =>
    openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000, script }] }, env });
  const shapeOf = async (shop: Shop, id: string | null) => {
    const { history } = await shop.read(id);
    return history.map(({ what, to, times = 1 }) => `${what} > ${to} ×${times}`);
  };

  it('in front of a throttle keeps its first and its last try, and one line for each thing that happened', async () => {
    const throttled = { reply: 'throttled_429', retryAfter: 0, times: 4 } as const;
    const shop = await openReceipt({ cancel: [throttled] });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'succeeded');
    const tries = refund.attempts.map(({ number, folded, outcome }) => [number, folded, outcome?.reply]);
    expect(tries).toEqual([
      [1, 0, 'throttled'],
      [2, 3, 'accepted'],
    ]);
    expect(refund.attemptsUsed).toBe(1);
    expect(await shapeOf(shop, refund_id)).toEqual([
      'accepted > queued ×1',
      'attempt 1 > sending ×1',
      'retry_at > waiting_retry ×4',
      'attempt 2 > sending ×4',
      'settle > succeeded ×1',
    ]);
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(5);
  });

  it('for usable look-ups has one line that says how often, and since when', async () => {
    const shop = await openReceipt();
    const first = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(first.refund_id, 'succeeded');
    show(shop, 0);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const waited = async () => (await shop.read(refund_id)).history.at(-1);
    await expect.poll(async () => (await waited())?.times, { timeout: 20_000 }).toBeGreaterThan(5);
    const line = await waited();
    expect(line?.since).toBeLessThan(line?.at ?? 0);
    expect(line?.reason).toMatch(/older than what was seen/);
    expect((await shop.read(refund_id)).history.length).toBeLessThanOrEqual(3);
  });

  it('is not made longer by a conflicting event that comes again and again', async () => {
    const shop = await openReceipt({}, { RETRY_DEADLINE_MS: '600000' });
    const event = { event_id: 'e1', order_id: 'o', receipt_id: 'r1', cancel_price: 1_000 };
    const { refund_id } = await shop.send(event);
    await shop.until(refund_id, 'succeeded');
    const before = (await shop.read(refund_id)).history.length;
    for (let time = 0; time < 30; time += 1) {
      expect((await shop.send({ ...event, cancel_price: 9_000 })).result).toBe('conflict');
    }
    const { history } = await shop.read(refund_id);
    expect(history).toHaveLength(before + 1);
    expect(history.at(-1)).toMatchObject({ what: 'conflicting event refused', times: 30 });
  });

  it('names each of many conflicting contents once, however they take turns', async () => {
    const shop = await openReceipt({}, { RETRY_DEADLINE_MS: '600000' });
    const event = { event_id: 'e1', order_id: 'o', receipt_id: 'r1', cancel_price: 1_000 };
    const { refund_id } = await shop.send(event);
    await shop.until(refund_id, 'succeeded');
    const before = (await shop.read(refund_id)).history.length;
    for (let time = 0; time < 3; time += 1) {
      for (let content = 1; content <= 8; content += 1) {
        await shop.send({ ...event, cancel_price: 9_000 + content });
      }
    }
    const noted = (await shop.read(refund_id)).history.slice(before);
    expect(noted.map(({ times }) => times)).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
  });

  it('keeps a thousand lines of evidence, and counts what comes after', async () => {
    const shop = await openReceipt({}, { RETRY_DEADLINE_MS: '600000' });
    const event = { event_id: 'e1', order_id: 'o', receipt_id: 'r1', cancel_price: 1 };
    const { refund_id } = await shop.send(event);
    await shop.until(refund_id, 'succeeded');
    const others = Array.from({ length: 1_100 }, (_, index) => ({ ...event, cancel_price: index + 2 }));
    const results = await shop.system.enqueue.enqueueMany(others);
    expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['conflict']));
    const { history } = await shop.read(refund_id);
    expect(history).toHaveLength(1_000);
    const left = await redis
      .connect()
      .hget(keysFor(redis.prefix).anyRefund(refund_id ?? ''), 'notes_left_out');
    expect(Number(left)).toBe(1_100 + 3 - 1_000);
  });
});

// Many at once: races on one receipt, copies of one event, bad input in bulk.
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

describe('a crowd', () => {
  const redis = useRedis();

  it('of 30 partial cancels of 1,000 on a receipt of 10,000 ends in ten successes and twenty dead letters', async () => {
    const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000 }] } });
    const events = Array.from({ length: 30 }, (_, index) => ({
      event_id: `race-${index}`,
      order_id: `o-${index}`,
      receipt_id: 'r1',
      cancel_price: 1_000,
    }));
    await shop.system.enqueue.enqueueMany(events);
    await expect
      .poll(async () => (await shop.system.ledger.counts()).byState, { timeout: 50_000 })
      .toMatchObject({ succeeded: 10, dead_lettered: 20 });
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 10_000, refunds: 10 });
  });

  it('of 2,000 copies of one event makes one call', async () => {
    const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000 }] } });
    const event = { event_id: 'copied', order_id: 'o', receipt_id: 'r1', cancel_price: 1_000 };
    const copies = Array.from({ length: 10 }, () => Array.from({ length: 200 }, () => event));
    const results = (await Promise.all(copies.map((batch) => shop.system.enqueue.enqueueMany(batch)))).flat();
    expect(results.filter(({ result }) => result === 'accepted')).toHaveLength(1);
    expect(results.filter(({ result }) => result === 'duplicate')).toHaveLength(1_999);
    await shop.until(results[0]?.refund_id ?? null, 'succeeded');
    const [refunds] = shop.system.refundQueue.queues;
    await expect
      .poll(() => refunds?.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active'))
      .toBe(0);
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('of refunds on many receipts is paid once each', async () => {
    const receipts = Array.from({ length: 100 }, (_, index) => ({ id: `r${index}`, price: 1_000 + index }));
    const shop = await openShop(redis, { scenario: { receipts } });
    await shop.system.enqueue.enqueueMany(
      receipts.map(({ id }) => ({ event_id: `e-${id}`, order_id: id, receipt_id: id })),
    );
    await expect
      .poll(async () => (await shop.system.ledger.counts()).byState.succeeded, { timeout: 30_000 })
      .toBe(100);
    for (const { id, price } of receipts) {
      expect(shop.simulator.book.of(id)).toMatchObject({ refundedAmount: price, refunds: 1 });
    }
  });
});

// Whole refunds from event to end, against a real Redis and the simulator over HTTP.
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const receipt = { id: 'r1', orderId: 'o1', price: 10_000 };

describe('a cancelled order', () => {
  const redis = useRedis();

  it('is refunded in full by one call', async () => {
    const shop = await openShop(redis);
    const { refund_id } = await shop.send({});
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.settledWon).toBe(1000);
    expect(shop.simulator.book.of('6244f60c1fc19202e42e8c4e')).toMatchObject({
      refundedAmount: 1000,
      refunds: 1,
    });
    expect(shop.simulator.calls.map(({ kind }) => kind)).toEqual(['look_up', 'cancel']);
  });

  it('is refunded in part', async () => {
    const shop = await openShop(redis, { scenario: { receipts: [receipt] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3000 });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.settledWon).toBe(3000);
  });

  it('keeps one cancel_id through 2032 twice and then succeeds', async () => {
    const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', times: 2 } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, script }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3000 });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.attempts.map(({ outcome }) => outcome?.code)).toEqual([
      'RC_CANCEL_SERVER_ERROR',
      'RC_CANCEL_SERVER_ERROR',
      null,
    ]);
    expect(new Set(refund.attempts.map(({ cancelId }) => cancelId)).size).toBe(1);
  });
});

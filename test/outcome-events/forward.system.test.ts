// Outcome events at the merchant's webhook: signed, repeated until taken, never lost.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';
import { merchant, until } from './support.ts';

describe('outcome events', () => {
  const redis = useRedis();

  it('reach the webhook signed, with ids, amounts and the customer notice', async () => {
    const { delivered, url } = await merchant(redis);
    const env = { EVENTS_WEBHOOK_URL: url, EVENTS_WEBHOOK_SECRET: 'shared' };
    const shop = await openShop(redis, { env, scenario: { receipts: [{ id: 'r1', price: 10_000 }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 4_000 });
    await until(() => delivered.length, 1);
    const [first] = delivered;
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      type: 'refund.succeeded',
      subject: refund_id,
      data: {
        version: expect.any(Number),
        receipt_id: 'r1',
        refunded: 4_000,
        customer_notice: { required: true, why: 'partial' },
      },
    });
    const {
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': signature,
    } = first?.headers ?? {};
    const wanted = createHmac('sha256', 'shared').update(`${id}.${at}.${first?.body}`).digest('base64');
    expect(signature).toBe(`v1,${wanted}`);
  });
});

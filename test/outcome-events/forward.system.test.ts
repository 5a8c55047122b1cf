// Outcome events at the merchant's webhook: signed, repeated until taken, never lost.
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';
import { merchant, until } from './support.ts';

const secrets = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64'));

describe('outcome events', () => {
  const redis = useRedis();

  it('reach the webhook signed, with ids, amounts and the customer notice', async () => {
    const { delivered, url } = await merchant(redis);
    const env = { EVENTS_WEBHOOK_URL: url, EVENTS_WEBHOOK_SECRET: `${secrets[0]},whsec_${secrets[1]}` };
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
    // The official library, with either of the secrets of a rotation.
    const headers = Object.fromEntries(
      Object.entries(first?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    for (const secret of secrets) {
      const webhook = new Webhook(secret);
      expect(webhook.verify(first?.body ?? '', headers)).toMatchObject({ subject: refund_id });
    }
    expect(headers['accept-encoding']).toBe('identity');
  });
});

// Outcome events at the merchant's webhook: signed, repeated until taken, never lost.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type TestRedis, useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

interface Delivered {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Refuses the first `refusals` deliveries with 500. */
async function merchant(redis: TestRedis, refusals = 0) {
  const delivered: Delivered[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    delivered.push({ headers: request.headers, body });
    response.writeHead(delivered.length <= refusals ? 500 : 204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  redis.onEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { delivered, url: `http://127.0.0.1:${port}/events` };
}

describe('outcome events', () => {
  const redis = useRedis();

  it('reach the webhook signed, with ids, amounts and the customer notice', async () => {
    const { delivered, url } = await merchant(redis);
    const env = { EVENTS_WEBHOOK_URL: url, EVENTS_WEBHOOK_SECRET: 'shared' };
    const shop = await openShop(redis, { env, scenario: { receipts: [{ id: 'r1', price: 10_000 }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 4_000 });
    await expect.poll(() => delivered.length, { timeout: 10_000 }).toBe(1);
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

  it('are sent again until the webhook takes them', async () => {
    const { delivered, url } = await merchant(redis, 2);
    const shop = await openShop(redis, { env: { EVENTS_WEBHOOK_URL: url } });
    await shop.send({});
    await expect.poll(() => delivered.length, { timeout: 15_000 }).toBe(3);
    expect(new Set(delivered.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const pending = () => shop.system.redis.xpending(`${redis.prefix}:events`, 'webhook');
    await expect.poll(async () => (await pending())[0]).toBe(0);
  });
});

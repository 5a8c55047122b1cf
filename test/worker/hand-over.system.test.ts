// A worker that stops hands its jobs to the others, which start on them at once.
import { expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();

it('a refund whose worker stops during the look-up is taken up at once by another one', async () => {
  const script = { look_up: [{ reply: 'hang' } as const] };
  const shop = await openShop(redis, {
    scenario: { receipts: [{ id: 'r1', price: 10_000, script }] },
    env: { BOOTPAY_TIMEOUT_MS: '30000' },
    worker: false,
  });
  const first = await shop.startWorker();
  const { refund_id } = await shop.send({ receipt_id: 'r1' });
  await shop.simulator.waitFor(({ calls }) => calls.length === 1);
  await shop.startWorker();
  await first.stop(10_000);
  const stoppedAt = performance.now();
  await shop.until(refund_id, 'succeeded');
  expect(performance.now() - stoppedAt).toBeLessThan(3_000); // asleep, BullMQ looks every 5 s
});

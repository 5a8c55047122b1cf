// The look-up that is attached to a case of 2086 for the person who reads it.
import { expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();

it('evidence that shows less than the look-up before the call did is from the past, and not attached', async () => {
  const script = {
    cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const],
    look_up: [{ reply: 'normal' } as const, { reply: 'stale', times: 'always' } as const],
  };
  const shop = await openShop(redis, {
    scenario: { receipts: [{ id: 'r1', price: 10_000, script }] },
    worker: false,
  });
  shop.simulator.cancelOutside('r1', 500);
  const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
  const worker = await shop.startWorker();
  await shop.until(refund_id, 'dead_lettered');
  const lookUps = () => shop.simulator.calls.filter(({ kind }) => kind === 'look_up').length;
  await expect.poll(lookUps).toBe(2);
  await worker.stop(5_000); // what the second one shows is written by then, or never
  const { refund } = await shop.read(refund_id);
  expect(refund?.lastLookUp?.receipt.cancelledWon).toBe(500);
});

// A person corrects the refund account of a case: the order service's own event, sent again, is still the same event.
import { expect, it } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();

it('an event that comes again after its account was edited is a duplicate, and another account a conflict', async () => {
  const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' } as const] };
  const shop = await openShop(redis, {
    scenario: { receipts: [{ id: 'r1', price: 10_000, method: 'vbank', pg: 'nicepay', script }] },
    worker: false,
  });
  const account = { bank_account: '110-2345-67890', bank_username: '홍길동', bank_code: '088' };
  const edited = { ...account, bank_account: '110-9999-99999' };
  const event = { event_id: 'e', order_id: 'o', receipt_id: 'r1', refund: account };
  const { refund_id } = await shop.send(event);
  const worker = await shop.startWorker();
  await shop.until(refund_id, 'dead_lettered');
  await worker.stop(5_000);
  const request = {
    who: 'kim',
    via: 'cli' as const,
    reason: 'wrong account',
    version: null,
    newGeneration: false,
    acknowledge: false,
  };
  const id = refundIdSchema.parse(refund_id);
  const replayed = await shop.system.deadLetters.replay(id, { ...request, edits: { account: edited } });
  expect(replayed.kind).toBe('done');
  expect(await shop.send(event)).toMatchObject({ result: 'duplicate', refund_id });
  expect(await shop.send({ ...event, refund: edited })).toMatchObject({ result: 'conflict' });
  await shop.startWorker();
  await shop.until(refund_id, 'succeeded');
  const sent = shop.simulator.calls.filter(({ kind }) => kind === 'cancel').at(-1);
  expect(sent?.body).toMatchObject({ refund: { ...edited, bank_account: '110999999999' } });
});

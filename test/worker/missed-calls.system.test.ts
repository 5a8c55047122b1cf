// A wake-up that comes while a job is on its way to wait: BullMQ cannot wake it then, and it must not sleep for long.
import { describe, expect, it, vi } from 'vitest';
import type { BeginResult, Ledger } from '../../src/domain/ledger.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const scenario = { receipts: [{ id: 'r1', price: 10_000 }] };
/** Far longer than the tests wait. */
const longWaits = { RETRY_BASE_MS: '60000', RETRY_MAX_MS: '60000', RETRY_DEADLINE_MS: '600000' };

/** Runs `then` between the worker's first answer of this kind and whatever the worker does about it. */
function meanwhile(
  ledger: Ledger,
  kind: BeginResult['kind'],
  then: () => Promise<unknown>,
): { ran: () => number } {
  const { begin } = ledger;
  let ran = 0;
  vi.spyOn(ledger, 'begin').mockImplementation(async (request) => {
    const begun = await begin(request);
    if (begun.kind === kind && ran === 0) {
      ran += 1;
      await then();
    }
    return begun;
  });
  return { ran: () => ran };
}

/** Works on a refund without a job, and gives its receipt back when told: answers whether the next one could be woken. */
async function holdReceipt({ send, read, system }: Shop): Promise<() => Promise<boolean>> {
  const { ledger, refundQueue, clock } = system;
  const { refund } = await read((await send({ receipt_id: 'r1', cancel_price: 1_000 })).refund_id);
  if (refund === null) throw new Error('no record');
  const { refundId, receiptId } = refund;
  const jobId = `${refundId}-1`;
  await refundQueue.queues[0]?.remove(jobId);
  const begun = await ledger.begin({ refundId, receiptId, jobId, now: clock.now() });
  if (begun.kind !== 'go') throw new Error(`expected the hold, got ${begun.kind}`);
  return async () => {
    const now = clock.now();
    const change = transitionFor(
      begun.refund,
      { kind: 'look_up_at', at: now + 600_000, reason: 'later' },
      { now },
    );
    const answer = await ledger.commit(change, { jobId });
    if (answer.kind !== 'done' || answer.nextWaiter === null) throw new Error('nobody waits');
    return refundQueue.wake(answer.nextWaiter);
  };
}

describe('a job on its way to wait', () => {
  const redis = useRedis();

  it('waits half a minute at most when the receipt is given back meanwhile', async () => {
    const shop = await openShop(redis, { scenario, env: longWaits, worker: false });
    const giveBack = await holdReceipt(shop);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 2_000 });
    const { refund } = await shop.read(refund_id);
    if (refund === null) throw new Error('no record');
    const { redis: client, refundQueue } = shop.system;
    await client.hset(keysFor(redis.prefix).refund(refund.refundId), 'waits', 9);
    const woken: boolean[] = [];
    meanwhile(shop.system.ledger, 'receipt_held', async () => woken.push(await giveBack()));
    await shop.startWorker();
    const delayed = async () => (await refundQueue.queues[0]?.getDelayed())?.[0];
    await expect.poll(async () => (await delayed())?.id, { timeout: 10_000 }).toBe(`${refund_id}-1`);
    expect((await delayed())?.delay).toBeLessThanOrEqual(30_000);
    expect(woken).toEqual([false]);
  });

  it('comes with the next sweep when a person resumes the lane meanwhile', async () => {
    const shop = await openShop(redis, { scenario, worker: false });
    const { ledger, lane, clock } = shop.system;
    const hold = { at: clock.now(), who: 'kim', reason: 'maintenance', fingerprint: null };
    await lane.hold('person', hold);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 2_000 });
    const resumed = meanwhile(ledger, 'lane_held', () => lane.resume('kim', 'done', clock.now()));
    await shop.startWorker({ sweeper: { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 100 } });
    await shop.until(refund_id, 'succeeded', 10_000);
    expect(resumed.ran()).toBe(1);
  });
});

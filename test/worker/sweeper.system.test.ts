// The sweeper: what the ledger has and the queue lacks is rung again.
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/platform/logger.ts';
import { createSweep } from '../../src/worker/sweeper.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const options = { everyMs: 50, overdueMs: 0, pageSize: 10 };

function sweepOf({ system }: Shop, pageSize = 10) {
  const { ledger, clock, doorbell, lane } = system;
  const deps = {
    ledger,
    clock,
    log: silentLogger(),
    hasJob: doorbell.has,
    ring: doorbell.ring,
    openCase: doorbell.openCase,
    ensureRunning: lane.ensureRunning,
  };
  return createSweep(deps, { ...options, pageSize });
}

describe('the sweeper', () => {
  const redis = useRedis();

  async function loseJobs(shop: Shop, queue: string): Promise<void> {
    const jobs = await shop.system.redis.keys(`${redis.prefix}:${queue}:*`);
    await shop.system.redis.del(...jobs);
  }

  it('rings for records whose jobs were lost, page after page', async () => {
    const receipts = Array.from({ length: 25 }, (_, index) => ({ id: `r${index}`, price: 1_000 }));
    const shop = await openShop(redis, { scenario: { receipts }, worker: false });
    for (const { id } of receipts) await shop.send({ receipt_id: id });
    await loseJobs(shop, 'refunds');
    await shop.startWorker({ sweeper: options });
    await expect
      .poll(async () => (await shop.system.ledger.counts()).byState.succeeded, { timeout: 20_000 })
      .toBe(25);
    expect(shop.simulator.book.pages().every(({ refunds }) => refunds === 1)).toBe(true);
  });

  it('leaves a refund alone whose job is there, and sweeps once among many', async () => {
    const shop = await openShop(redis, { worker: false });
    await shop.send({});
    const sweeps = await Promise.all([sweepOf(shop)(), sweepOf(shop)(), sweepOf(shop)()]);
    expect(sweeps.filter((mended) => mended === null)).toHaveLength(2);
    expect(sweeps).toContain(0);
  });

  it('starts a queue that was left paused by a resume cut off half way', async () => {
    const shop = await openShop(redis, { worker: false });
    await shop.system.doorbell.pause();
    await shop.startWorker({ sweeper: options });
    const { refund_id } = await shop.send({});
    await shop.until(refund_id, 'succeeded');
  });

  it('puts a dead letter back whose job was cleaned away', async () => {
    const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' } as const] };
    const shop = await openShop(redis, {
      scenario: { receipts: [{ id: 'r1', price: 1_000, script }] },
      worker: false,
    });
    await shop.startWorker({ sweeper: options });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered');
    const [, deadLetters] = shop.system.doorbell.queues;
    const jobId = refund.deadLetter?.jobId ?? '';
    await expect.poll(() => deadLetters?.getJob(jobId)).toBeDefined();
    await loseJobs(shop, 'dead-letters');
    await expect.poll(() => deadLetters?.getJob(jobId), { timeout: 5_000 }).toBeDefined();
    expect(await deadLetters?.getJobCounts()).toMatchObject({ waiting: 1 });
  });
});

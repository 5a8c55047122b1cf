// The sweeper: what the ledger has and the queue lacks is rung again.
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logging/logger.ts';
import { refundJobId } from '../../src/queue/jobs.ts';
import { createSweep, type SweeperOptions } from '../../src/worker/sweeper.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const options = { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 10 };

function sweepOf(
  { system }: Shop,
  changes: Partial<SweeperOptions> = {},
  more: Partial<Parameters<typeof createSweep>[0]> = {},
) {
  const { ledger, clock, refundQueue, lane } = system;
  const deps = {
    ledger,
    clock,
    log: silentLogger(),
    noteNewer: () => undefined,
    settings: system.config.policy,
    revive: refundQueue.revive,
    wakeWaiter: refundQueue.wake,
    openCase: refundQueue.openCase,
    openUnreadableJob: refundQueue.openUnreadableJob,
    ensureRunning: lane.ensureRunning,
    purgeOld: async () => 0,
    ...more,
  };
  return createSweep(deps, { ...options, ...changes });
}

const manyEvents = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    event_id: `many-${index}`,
    order_id: 'o',
    receipt_id: `r${index}`,
  }));

describe('the sweeper', () => {
  const redis = useRedis();

  async function loseJobs(shop: Shop, queue: string): Promise<void> {
    const jobs = await shop.system.redis.keys(`${redis.prefix}:${queue}:*`);
    await shop.system.redis.del(...jobs);
  }

  it('puts back the jobs of records that lost them, page after page', async () => {
    const receipts = Array.from({ length: 25 }, (_, index) => ({ id: `r${index}`, price: 1_000 }));
    const shop = await openShop(redis, { scenario: { receipts }, worker: false });
    // Accepted in one moment: more of them are due at the same millisecond than a page holds.
    await shop.system.enqueue.enqueueMany(manyEvents(25));
    await loseJobs(shop, 'refunds');
    await shop.startWorker({ sweeper: options });
    await expect
      .poll(async () => (await shop.system.ledger.counts()).byState.succeeded, { timeout: 20_000 })
      .toBe(25);
    expect(shop.simulator.book.pages().every(({ refunds }) => refunds === 1)).toBe(true);
  });

  it('finds the one lost job in a long backlog, in one walk', async () => {
    const shop = await openShop(redis, { worker: false });
    await shop.system.enqueue.enqueueMany(manyEvents(2_500));
    const [refunds] = shop.system.refundQueue.queues;
    const { items } = await shop.system.ledger.list({ limit: 1 });
    const lost = items[0] && refundJobId(items[0]);
    expect(await refunds?.remove(lost ?? '')).toBe(1);
    expect(await sweepOf(shop, { pageSize: 500 })()).toBe(1);
    expect(await refunds?.getJob(lost ?? '')).toBeDefined();
    await shop.system.redis.del(`${redis.prefix}:claim:sweep`);
    expect(await sweepOf(shop, { pageSize: 500 })()).toBe(0);
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
    await shop.system.refundQueue.pause();
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
    const [, deadLetters] = shop.system.refundQueue.queues;
    const jobId = refund.deadLetter?.jobId ?? '';
    await expect.poll(() => deadLetters?.getJob(jobId)).toBeDefined();
    await loseJobs(shop, 'dead-letters');
    await expect.poll(() => deadLetters?.getJob(jobId), { timeout: 5_000 }).toBeDefined();
    expect(await deadLetters?.getJobCounts()).toMatchObject({ waiting: 1 });
  });

  it('shows a record that nobody can read again, where its case was cleaned away', async () => {
    const shop = await openShop(redis, { worker: false });
    const { refund_id } = await shop.send({});
    await shop.system.redis.hset(`${redis.prefix}:refund:${refund_id}`, 'body', '{"schema": 1}');
    const [, deadLetters] = shop.system.refundQueue.queues;
    const shown = async () =>
      (await deadLetters?.getJobs(['waiting']))?.map(({ id, name }) => ({ id, name }));
    await shop.startWorker({ sweeper: options });
    const expected = [{ id: `${refund_id}-2`, name: 'poison' }];
    await expect.poll(shown).toEqual(expected);
    await loseJobs(shop, 'dead-letters');
    await expect.poll(shown).toEqual(expected);
  });

  it('makes a case of a record that nobody can read and whose job is lost, and wakes who waits for its receipt', async () => {
    const shop = await openShop(redis, { worker: false });
    const { refund_id } = await shop.send({ order_id: 'o-7' });
    await shop.system.redis.hset(`${redis.prefix}:refund:${refund_id}`, 'body', 'broken');
    await loseJobs(shop, 'refunds');
    const receipt = `${redis.prefix}:receipt:6244f60c1fc19202e42e8c4e`;
    await shop.system.redis.hset(receipt, 'lock', refund_id ?? '');
    await shop.system.redis.zadd(`${receipt}:waiting`, 1, 'behind-1', 2, 'behind-2');
    const woken: string[] = [];
    const wakeWaiter = async (jobId: string) => void woken.push(jobId);
    expect(await sweepOf(shop, {}, { wakeWaiter })()).toBe(1);
    const [, deadLetters] = shop.system.refundQueue.queues;
    expect((await deadLetters?.getJob(`${refund_id}-2`))?.data).toMatchObject({ refund_id, order_id: 'o-7' });
    expect((await shop.read(refund_id)).state).toBe('dead_lettered');
    expect(await shop.system.redis.hget(receipt, 'lock')).toBeNull();
    expect(woken).toEqual(['behind-1']);
  });

  it('leaves a record of a newer version alone, whose job is lost and whose deadline has passed, and says so', async () => {
    const shop = await openShop(redis, { worker: false });
    const { refund_id: id } = await shop.send({});
    const key = `${redis.prefix}:refund:${id}`;
    const { refund } = await shop.read(id);
    await shop.system.redis.hset(key, {
      body: JSON.stringify({ ...refund, schema: 2 }),
      deadline: 1,
      wake: 1,
    });
    await shop.system.redis.zadd(`${redis.prefix}:wake-ups`, 1, id ?? '');
    await loseJobs(shop, 'refunds');
    const before = await shop.system.redis.hgetall(key);
    const noted: string[] = [];
    const noteNewer = (refundId: string) => void noted.push(refundId);
    const again = async () => {
      await shop.system.redis.del(`${redis.prefix}:claim:sweep`);
      return sweepOf(shop, { lateMs: 0 }, { noteNewer })();
    };
    expect([await again(), await again(), await again()]).toEqual([0, 0, 0]);
    expect(await shop.system.redis.hgetall(key)).toEqual(before);
    expect(noted).toEqual([id, id, id]);
    const [refunds, deadLetters] = shop.system.refundQueue.queues;
    expect(await refunds?.getJobCountByTypes()).toBe(0);
    expect(await deadLetters?.getJobCountByTypes()).toBe(0);
    expect((await shop.read(id)).history).toHaveLength(1);
  });
});

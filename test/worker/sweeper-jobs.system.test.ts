// Jobs that are there and would not come: the sweeper wakes or rings them, and leaves alone those that wait on purpose.
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createSweep } from '../../src/worker/sweeper.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const longWaits = { RETRY_BASE_MS: '60000', RETRY_MAX_MS: '60000', RETRY_DEADLINE_MS: '86400000' };
const receipts = ['r1', 'r2'].map((id) => ({ id, price: 10_000 }));

describe('a job that is there', () => {
  const redis = useRedis();
  const opened = () => openShop(redis, { scenario: { receipts }, env: longWaits, worker: false });
  const list = (state: string) => keysFor(redis.prefix).jobsIn('refunds', state);
  const record = (id: string | null) => keysFor(redis.prefix).anyRefund(id ?? '');

  /** One walk, as of a process that has just started. */
  async function sweep({ system }: Shop): Promise<number | null> {
    const { ledger, clock, refundQueue, lane, config } = system;
    await system.redis.del(keysFor(redis.prefix).claim('sweep'));
    const deps = {
      ...{ ledger, clock, log: silentLogger(), settings: config.policy, revive: refundQueue.revive },
      noteNewer: () => undefined,
      ...{
        wakeWaiter: refundQueue.wake,
        openCase: refundQueue.openCase,
        openUnreadableJob: refundQueue.openUnreadableJob,
      },
      ...{ ensureRunning: lane.ensureRunning, purgeOld: async () => 0 },
    };
    return createSweep(deps, { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 10 })();
  }
  const stateOf = async ({ system }: Shop, jobId: string) =>
    (await system.refundQueue.queues[0]?.getJob(jobId))?.getState();
  const isDelayed = (shop: Shop, jobId: string) => expect.poll(() => stateOf(shop, jobId)).toBe('delayed');

  it('but in no list is rung anew', async () => {
    const shop = await opened();
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.system.redis.zrem(list('prioritized'), `${refund_id}-1`);
    expect(await sweep(shop)).toBe(1);
    expect(await stateOf(shop, `${refund_id}-1`)).toBe('prioritized');
    expect(await sweep(shop)).toBe(0);
    await shop.startWorker();
    await shop.until(refund_id, 'succeeded');
  });

  it('but in no list is rung anew under its own name, whichever it was', async () => {
    const shop = await opened();
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.system.refundQueue.queues[0]?.add('refund', {}, { jobId: `${refund_id}-0`, priority: 1 });
    await shop.system.redis.hset(record(refund_id), 'job', `${refund_id}-0`);
    await shop.system.redis.zrem(list('prioritized'), `${refund_id}-0`, `${refund_id}-1`);
    expect(await sweep(shop)).toBe(1);
    expect(await stateOf(shop, `${refund_id}-0`)).toBe('prioritized');
    await shop.startWorker();
    await shop.until(refund_id, 'succeeded');
  });

  it.each(['wait', 'active'])('and in %s is left alone', async (state) => {
    const shop = await opened();
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.system.redis.zrem(list('prioritized'), `${refund_id}-1`);
    await shop.system.redis.rpush(list(state), `${refund_id}-1`);
    expect(await sweep(shop)).toBe(0);
  });

  it('and sleeps by a clock that is nine hours ahead is woken', async () => {
    const shop = await opened();
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.system.redis.zrem(list('prioritized'), `${refund_id}-1`);
    await shop.system.redis.zadd(list('delayed'), (Date.now() + 9 * 3_600_000) * 4_096, `${refund_id}-1`);
    expect(await sweep(shop)).toBe(1);
    expect(await stateOf(shop, `${refund_id}-1`)).toBe('prioritized');
  });

  it('and waits behind another refund, or for a person, is left to wait, though not for ever', async () => {
    const shop = await opened();
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.system.redis.hset(keysFor(redis.prefix).anyReceipt('r1'), 'lock', 'another');
    await shop.system.redis.hset(record(refund_id), 'waits', 9);
    await shop.startWorker({ sweeper: { everyMs: 600_000, overdueMs: 0, lateMs: 600_000, pageSize: 10 } });
    await isDelayed(shop, `${refund_id}-1`);
    expect(await sweep(shop)).toBe(0);
    await shop.system.redis.hset(record(refund_id), 'resting', Date.now() - 1);
    expect(await sweep(shop)).toBe(1);
    await isDelayed(shop, `${refund_id}-1`);
    // Written by a clock that was ahead: nobody waits longer than a person is waited for.
    await shop.system.redis.hset(record(refund_id), 'resting', Date.now() + 3_600_000);
    expect(await sweep(shop)).toBe(1);

    const hold = { at: Date.now(), who: 'kim', reason: 'wait', fingerprint: null };
    await shop.system.lane.hold('person', hold);
    const { refund_id: second } = await shop.send({ receipt_id: 'r2', cancel_price: 1_000 });
    await isDelayed(shop, `${second}-1`);
    await isDelayed(shop, `${refund_id}-1`);
    expect(await sweep(shop)).toBe(0);
    await shop.system.redis.hdel(keysFor(redis.prefix).anyReceipt('r1'), 'lock');
    await shop.system.lane.resume('kim', 'go on', Date.now());
    await shop.until(second, 'succeeded');
    expect(await shop.system.redis.hexists(record(second), 'resting')).toBe(0);
  });

  it('and whose worker died while Redis’ clock was ahead is given back all the same', async () => {
    const shop = await opened();
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const client = shop.system.redis;
    await client.zrem(list('prioritized'), `${refund_id}-1`);
    await client.rpush(list('active'), `${refund_id}-1`);
    await client.sadd(list('stalled'), `${refund_id}-1`);
    await client.set(list(`${refund_id}-1:lock`), 'dead', 'PX', 3_600_000);
    await client.set(list('stalled-check'), '1', 'PX', 3_600_000);
    await shop.system.refundQueue.shortenLocks();
    for (const key of [`${refund_id}-1:lock`, 'stalled-check']) {
      expect(await client.pttl(list(key))).toBeLessThanOrEqual(60_000);
      expect(await client.pttl(list(key))).toBeGreaterThan(30_000);
      await client.pexpire(list(key), 10_000);
    }
    await shop.system.refundQueue.shortenLocks();
    expect(await client.pttl(list(`${refund_id}-1:lock`))).toBeLessThanOrEqual(10_000);
    await client.del(list(`${refund_id}-1:lock`), list('stalled-check'));
    await shop.startWorker({ lockMs: 500 });
    await shop.until(refund_id, 'succeeded');
  });
});

// Redis' clock is moved while refunds wait: none is sent again too early, and none sleeps for as long as it was wrong.
import { describe, expect, it } from 'vitest';
import { keysFor } from '../../src/redis/keys.ts';
import { useMovedClock } from '../support/moved-clock.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';

const hour = 3_600_000;
const settleWindowMs = 1_500;
const env = {
  SETTLE_WINDOW_MS: String(settleWindowMs),
  LOOK_UP_SCHEDULE_MS: '50,100',
  // A machine that stands still for a moment loses no look-up: one that fails waits half of the time, and the clock is moved.
  BOOTPAY_TIMEOUT_MS: '1000',
  RETRY_BASE_MS: '300',
  RETRY_MAX_MS: '300',
  RETRY_DEADLINE_MS: String(24 * hour),
};
const sweeper = { everyMs: 100, overdueMs: 50, lateMs: 600_000, pageSize: 2 };
const lost = { cancel: [{ reply: 'hang_before_commit' } as const] };
const refusedOnce = { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const] };

describe('a step of Redis’ clock', () => {
  const redis = useRedis();
  const clock = useMovedClock(redis);

  async function opened(options: ShopOptions = {}): Promise<Shop & { moves(byMs: number): Promise<void> }> {
    const receipts = [
      { id: 'lost', price: 10_000, script: lost },
      { id: 'refused', price: 10_000, script: refusedOnce },
      { id: 'good', price: 10_000 },
    ];
    const shop = await openShop(redis, { scenario: { receipts }, env, worker: false, ...options });
    const moves = async (byMs: number) => {
      await clock.move(byMs);
      await shop.system.clock.refresh();
    };
    return { ...shop, moves };
  }
  /** What is moved with the clock goes by the latest name of a moment. */
  const attemptsOf = async (shop: Shop, id: string | null) => (await shop.read(id)).refund?.attempts ?? [];

  it.each([hour, 9 * hour])(
    'forward (%i ms) makes no lost call look as if its window had passed',
    async (byMs) => {
      const shop = await opened();
      await shop.startWorker();
      const { refund_id } = await shop.send({ receipt_id: 'lost' });
      await shop.until(refund_id, 'unknown');
      await shop.moves(byMs);
      const jumpedAt = shop.system.clock.jumpedAt() ?? 0;
      expect(jumpedAt).toBeGreaterThan(Date.now() + byMs / 2);
      await shop.until(refund_id, 'succeeded');
      const [, again] = await attemptsOf(shop, refund_id);
      expect(again?.sentAt).toBeGreaterThanOrEqual(jumpedAt + settleWindowMs);
      expect(shop.simulator.book.of('lost')).toMatchObject({ refunds: 1 });
    },
  );

  it('that one process noticed is known to those that start later', async () => {
    const shop = await opened();
    await shop.moves(hour);
    const young = await opened();
    expect(Math.abs((young.system.clock.jumpedAt() ?? 0) - (shop.system.clock.jumpedAt() ?? 0))).toBeLessThan(
      100,
    );
  });

  it('past every deadline makes no case of a refund whose retry is due', async () => {
    const shop = await opened();
    await shop.startWorker();
    const { refund_id } = await shop.send({ receipt_id: 'refused' });
    await shop.until(refund_id, 'waiting_retry');
    await shop.moves(48 * hour);
    await shop.until(refund_id, 'succeeded');
  });

  it('past every deadline makes a case of what no worker may take only a window later', async () => {
    const shop = await opened();
    const hold = { at: shop.system.clock.now(), who: 'kim', reason: 'wait', fingerprint: null };
    await shop.system.lane.hold('person', hold);
    await shop.startWorker({ sweeper: { ...sweeper, lateMs: 50 } });
    const { refund_id } = await shop.send({ receipt_id: 'good' });
    await shop.moves(48 * hour);
    const { deadLetter } = await shop.until(refund_id, 'dead_lettered');
    expect(deadLetter?.at).toBeGreaterThanOrEqual((shop.system.clock.jumpedAt() ?? 0) + settleWindowMs);
  });

  it.each(['lost', 'refused'])(
    'back lets nobody sleep for as long as it was ahead (%s)',
    async (receiptId) => {
      const shop = await opened();
      await shop.moves(hour);
      await shop.startWorker();
      const { refund_id } = await shop.send({ receipt_id: receiptId });
      await shop.until(refund_id, receiptId === 'lost' ? 'unknown' : 'waiting_retry');
      await shop.moves(0);
      const backAt = shop.system.clock.now();
      const { attempts, deadlineAt } = await shop.until(refund_id, 'succeeded', 20_000);
      expect(attempts).toHaveLength(2);
      expect(attempts[0]?.sentAt).toBeGreaterThan(backAt + hour / 2);
      if (receiptId === 'lost') expect(attempts[1]?.sentAt).toBeGreaterThanOrEqual(backAt + settleWindowMs);
      expect(deadlineAt).toBeLessThan(backAt + 24.5 * hour);
      expect(shop.simulator.book.of(receiptId)).toMatchObject({ refunds: 1 });
    },
  );

  it('back: a wake-up that lies ahead is found by the sweeper also where the job is lost', async () => {
    const shop = await opened();
    await shop.moves(hour);
    const sent = [];
    for (let n = 0; n < 5; n += 1) sent.push(await shop.send({ receipt_id: 'good', cancel_price: 1_000 }));
    await redis.connect().del(...(await redis.connect().keys(`${redis.prefix}:refunds:*`)));
    await shop.moves(0);
    await shop.startWorker({ sweeper });
    for (const { refund_id } of sent) await shop.until(refund_id, 'succeeded', 20_000);
    const wakeUps = await redis.connect().zcard(keysFor(redis.prefix).wakeUps);
    expect(wakeUps).toBe(0);
  });
});

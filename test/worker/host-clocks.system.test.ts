// A worker's host names another time than Redis: its retries are made by Redis' clock all the same, and its jobs neither
// sleep for as long as the clocks differ nor spin.
import { describe, expect, it } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { forkWorkerOnHost } from '../support/child.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';

const hour = 3_600_000;
const waits = { RETRY_BASE_MS: '1500', RETRY_MAX_MS: '1500', RETRY_DEADLINE_MS: String(24 * hour) };
const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const] };
/** Later than due by no more than this: a busy machine. Far less than the first sweep that could make up for a delay. */
const inTimeMs = 4_000;
const sweeper = { everyMs: 200, overdueMs: 300, lateMs: 600_000, pageSize: 10 };

describe('a worker whose host clock is wrong', () => {
  const redis = useRedis();

  const opened = () =>
    openShop(redis, {
      scenario: { receipts: [{ id: 'r1', price: 10_000, script }] },
      env: waits,
      worker: false,
    });
  async function workerOn(shop: Shop, shiftMs: number, env: Record<string, string> = {}) {
    const worker = await forkWorkerOnHost(shiftMs, { ...environmentOf(shop), ...waits, ...env });
    redis.onEnd(async () => {
      worker.process.kill('SIGKILL');
      await worker.ended;
    });
    return worker;
  }
  /** How late the retry was made, by Redis' clock. */
  const lateMs = ({ attempts }: Refund, dueAt: number) => (attempts[1]?.sentAt ?? Number.NaN) - dueAt;
  async function activationsOf(shop: Shop): Promise<number> {
    const events = await shop.system.redis.xrange(
      keysFor(redis.prefix).jobsIn('refunds', 'events'),
      '-',
      '+',
    );
    return events.filter(([, [, event]]) => event === 'active').length;
  }
  /** By the clock of the process that moved it there. */
  async function delayedUntil(shop: Shop): Promise<number> {
    const [, score] = await shop.system.redis.zrange(
      keysFor(redis.prefix).jobsIn('refunds', 'delayed'),
      '0',
      '0',
      'WITHSCORES',
    );
    return Math.floor(Number(score) / 4_096);
  }

  it.each([9 * hour, -9 * hour, 10 * 60_000])('by %i ms makes its retries in time', async (shiftMs) => {
    const shop = await opened();
    await workerOn(shop, shiftMs);
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const { nextWakeUpAt: dueAt } = await shop.until(refund_id, 'waiting_retry');
    const late = lateMs(await shop.until(refund_id, 'succeeded', 30_000), dueAt ?? 0);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(inTimeMs);
    expect(await activationsOf(shop)).toBe(2);
  });

  it.each([9 * hour, -9 * hour])(
    'and set by %i ms while a refund waits: due by Redis’ clock',
    async (byMs) => {
      const shop = await opened();
      const worker = await workerOn(shop, 0, { SWEEPER: JSON.stringify(sweeper) });
      const { refund_id } = await shop.send({ receipt_id: 'r1' });
      const { nextWakeUpAt: dueAt } = await shop.until(refund_id, 'waiting_retry');
      await worker.setHost(byMs);
      const late = lateMs(await shop.until(refund_id, 'succeeded', 30_000), dueAt ?? 0);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(inTimeMs);
      expect(await activationsOf(shop)).toBeLessThanOrEqual(3);
    },
  );

  it.each([9 * hour, -9 * hour])(
    'by %i ms and replaced by one that is right: due by Redis’ clock',
    async (shiftMs) => {
      const shop = await opened();
      const wrong = await workerOn(shop, shiftMs);
      const { refund_id } = await shop.send({ receipt_id: 'r1' });
      const { nextWakeUpAt: dueAt } = await shop.until(refund_id, 'waiting_retry');
      await expect.poll(() => delayedUntil(shop)).toBeGreaterThan(0);
      wrong.process.kill('SIGKILL');
      await wrong.ended;
      await shop.startWorker({ sweeper });
      const late = lateMs(await shop.until(refund_id, 'succeeded', 30_000), dueAt ?? 0);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(inTimeMs);
      expect(await activationsOf(shop)).toBeLessThanOrEqual(3);
    },
  );

  it('beside one that is right: a refund is paid in time whoever has it, and its job does not spin', async () => {
    const receipts = Array.from({ length: 12 }, (_, n) => ({ id: `r${n}`, price: 1_000, script }));
    const shop = await openShop(redis, { scenario: { receipts }, env: waits, worker: false });
    await Promise.all([workerOn(shop, 9 * hour), workerOn(shop, -9 * hour), shop.startWorker()]);
    const sent = await Promise.all(receipts.map(({ id }) => shop.send({ receipt_id: id })));
    const due = await Promise.all(
      sent.map(async ({ refund_id }) => (await shop.until(refund_id, 'waiting_retry')).nextWakeUpAt ?? 0),
    );
    const refunds = await Promise.all(
      sent.map(({ refund_id }) => shop.until(refund_id, 'succeeded', 60_000)),
    );
    for (const [n, refund] of refunds.entries())
      expect(lateMs(refund, due[n] ?? 0)).toBeGreaterThanOrEqual(0);
    expect(await activationsOf(shop)).toBeLessThan(12 * 6);
  });
});

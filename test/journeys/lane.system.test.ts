// The lane: held by refused credentials or by a person, and resumed. Nothing is used up meanwhile.
import { describe, expect, it } from 'vitest';
import { openSystem } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/config.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop, shortDurations } from '../support/shop.ts';

const receipts = Array.from({ length: 5 }, (_, index) => ({ id: `r${index}`, price: 1_000 }));
const wrong = { credentials: { secretKey: 'another' } };
const right = { credentials: { secretKey: 'sim_secret_key' } };

async function isPaused(shop: Shop): Promise<boolean | undefined> {
  return shop.system.refundQueue.queues[0]?.isPaused();
}

describe('the lane', () => {
  const redis = useRedis();

  it('is held once when the credentials are refused, and a person resumes it', async () => {
    const shop = await openShop(redis, { scenario: { receipts } });
    await shop.until((await shop.send({ receipt_id: 'r0' })).refund_id, 'succeeded');
    shop.simulator.configure(wrong);
    const sent = await Promise.all([1, 2, 3, 4].map((n) => shop.send({ receipt_id: `r${n}` })));
    await expect.poll(() => isPaused(shop)).toBe(true);
    const [refunds] = shop.system.refundQueue.queues;
    await expect.poll(() => refunds?.getActiveCount()).toBe(0);
    for (const { refund_id } of sent) {
      const { refund } = await shop.read(refund_id);
      expect(refund).toMatchObject({ state: 'queued', attemptsUsed: 0 });
    }
    const held = (await events(shop)).filter((type) => type === 'lane.held');
    expect(held).toHaveLength(1);

    shop.simulator.configure(right);
    await shop.system.lane.resume('clerk', 'the key was renewed', shop.system.clock.now());
    for (const { refund_id } of sent) await shop.until(refund_id, 'succeeded');
    expect(await events(shop)).toContain('lane.resumed');
  });

  it('is held when the credentials are refused by the cancel, and no attempt is used up', async () => {
    const script = { cancel: [{ reply: 'unauthorized', form: 'TOKEN_KEY_INVALID' } as const] };
    const look_up = [{ reply: 'normal' } as const, { reply: 'unauthorized', form: 'empty' } as const];
    const shop = await openShop(redis, {
      scenario: { receipts: [{ id: 'r0', price: 1_000, script: { ...script, look_up } }] },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r0' });
    await expect.poll(() => isPaused(shop)).toBe(true);
    const waiting = await shop.until(refund_id, 'waiting_retry');
    expect(waiting.attempts[0]?.outcome).toMatchObject({ reply: 'unauthorized', used: false });
    await shop.system.lane.resume('clerk', 'checked', shop.system.clock.now());
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.attemptsUsed).toBe(1);
  });

  it('is resumed by a start with other credentials, not by one with the same', async () => {
    const shop = await openShop(redis, { scenario: { receipts, switches: wrong }, worker: false });
    const worker = await shop.startWorker();
    const { refund_id } = await shop.send({ receipt_id: 'r0' });
    await expect.poll(() => isPaused(shop)).toBe(true);
    await worker.stop(5_000);
    await shop.startWorker();
    expect(await isPaused(shop)).toBe(true);
    const renewed = await openSystem(
      loadConfig({
        ...shortDurations,
        REDIS_URL: redis.url,
        REDIS_PREFIX: redis.prefix,
        BOOTPAY_BASE_URL: shop.simulator.url,
        BOOTPAY_CLIENT_KEY: 'sim_client_key',
        BOOTPAY_SECRET_KEY: 'another',
      }),
      { log: silentLogger(), whenDown: 'wait' },
    );
    const other = await renewed.startWorker();
    redis.onEnd(async () => {
      await other.stop(5_000);
      await renewed.close();
    });
    expect(await isPaused(shop)).toBe(false);
    // Either worker may take it; the old one is refused again, so only the pause can tell them apart.
    expect((await shop.read(refund_id)).refund?.attempts).toEqual([]);
  });

  it('held by a person stops cancels and lets look-ups of unknowns go on', async () => {
    const script = { cancel: [{ reply: 'hang_after_commit' } as const] };
    const shop = await openShop(redis, {
      scenario: {
        receipts: [
          { id: 'r0', price: 1_000, script },
          { id: 'r1', price: 1_000 },
        ],
      },
    });
    const lost = await shop.send({ receipt_id: 'r0' });
    await shop.until(lost.refund_id, 'sending');
    const hold = { at: shop.system.clock.now(), who: 'clerk', reason: 'PG maintenance', fingerprint: null };
    expect(await shop.system.lane.hold('person', hold)).toBe(true);
    const fresh = await shop.send({ receipt_id: 'r1' });
    await shop.until(lost.refund_id, 'succeeded');
    const [refunds] = shop.system.refundQueue.queues;
    await expect
      .poll(() => refunds?.getJob(`${fresh.refund_id}-1`).then((job) => job?.getState()))
      .toBe('delayed');
    expect((await shop.read(fresh.refund_id)).refund).toMatchObject({ state: 'queued', attempts: [] });
    await shop.system.lane.resume('clerk', 'over', shop.system.clock.now());
    await shop.until(fresh.refund_id, 'succeeded');
  });
});

async function events(shop: Shop): Promise<string[]> {
  const entries = await shop.system.redis.xrange(`${shop.system.config.redis.prefix}:events`, '-', '+');
  return entries.map(([, fields]) => String(JSON.parse(fields[1] ?? '{}').type));
}

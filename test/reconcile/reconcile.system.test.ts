// Reconciliation: history 16 of the design, and what else a total can show.
import { describe, expect, it } from 'vitest';
import type { Reconciled } from '../../src/reconcile/reconcile.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

async function once(shop: Shop): Promise<Reconciled[]> {
  const results: Reconciled[] = [];
  for await (const result of shop.system.reconcile({}) ?? []) results.push(result);
  return results;
}

async function paid(redis: Parameters<typeof openShop>[0]) {
  const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000 }] } });
  const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
  await shop.until(refund_id, 'succeeded');
  return { shop, refund_id };
}

describe('reconciliation', () => {
  const redis = useRedis();

  it('finds nothing where ledger and gateway agree', async () => {
    const { shop } = await paid(redis);
    expect(await once(shop)).toMatchObject([{ verdict: 'agrees', settledWon: 1_000, cancelledWon: 1_000 }]);
  });

  it('tells of money that went back outside, and opens no case', async () => {
    const { shop, refund_id } = await paid(redis);
    shop.simulator.cancelOutside('r1', 500, { visible: true });
    expect(await once(shop)).toMatchObject([{ verdict: 'outside', cancelledWon: 1_500 }]);
    expect((await shop.read(refund_id)).state).toBe('succeeded');
  });

  it('16: makes no case of a look-up that lags behind once', async () => {
    const { shop, refund_id } = await paid(redis);
    shop.simulator.script('r1', { look_up: [{ reply: 'stale' }] });
    expect(await once(shop)).toMatchObject([{ verdict: 'below' }]);
    expect(await once(shop)).toMatchObject([{ verdict: 'agrees' }]);
    expect(await shop.system.redis.hget(`${redis.prefix}:receipt:r1`, 'below_at')).toBeNull();
    expect((await shop.read(refund_id)).state).toBe('succeeded');
  });

  it('16: opens a drift only when two look-ups a settle window apart stay below', async () => {
    const { shop, refund_id } = await paid(redis);
    shop.simulator.script('r1', { look_up: [{ reply: 'stale', times: 'always' }] });
    const cancels = () => shop.simulator.calls.filter(({ kind }) => kind === 'cancel').length;
    expect(await once(shop)).toMatchObject([{ verdict: 'below' }]);
    expect(await once(shop)).toMatchObject([{ verdict: 'below' }]);
    await expect.poll(async () => (await once(shop))[0]?.verdict).toBe('drift');
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.deadLetter).toMatchObject({ case: 'drift', severity: 'critical' });
    expect(cancels()).toBe(1);
  });

  it('16: says nothing of a receipt on which a refund is under way', async () => {
    const { shop } = await paid(redis);
    shop.simulator.script('r1', { cancel: [{ reply: 'hang_before_commit' }] });
    const other = await shop.send({ receipt_id: 'r1', cancel_price: 2_000 });
    await shop.until(other.refund_id, 'unknown');
    expect(await once(shop)).toMatchObject([{ verdict: 'busy' }]);
    await shop.until(other.refund_id, 'succeeded');
  });
});

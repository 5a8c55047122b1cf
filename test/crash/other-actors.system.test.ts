// The order service and the people, killed between two of their steps: what they began is finished or undone.
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import { sweeperDefaults } from '../../src/worker/sweeper.ts';
import { forkActor } from '../support/child.ts';
import { openPlace } from '../support/place.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';

const sweeper = { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 100 };

async function actAndDie(shop: Shop, env: { ACT: string; SUBJECT: string; CRASH_AT: string }): Promise<void> {
  const child = await forkActor({ ...environmentOf(shop), ...env });
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
}

describe.concurrent('an order service killed between the record and its job', () => {
  async function withoutJob(context: TestContext): Promise<{ shop: Shop; refundId: string | null }> {
    const receipts = [{ id: 'r1', price: 10_000 }];
    const shop = await openShop(await openPlace(context), { scenario: { receipts }, worker: false });
    const event = { event_id: 'e', order_id: 'o', receipt_id: 'r1', cancel_price: 1_000 };
    await actAndDie(shop, { ACT: 'enqueue', SUBJECT: JSON.stringify(event), CRASH_AT: 'enqueue' });
    const { items } = await shop.system.ledger.list({ limit: 2 });
    expect(items).toMatchObject([{ state: 'queued', eventId: 'e' }]);
    expect(await shop.system.refundQueue.queues[0]?.getJobCountByTypes('prioritized', 'waiting')).toBe(0);
    return { shop, refundId: items[0]?.refundId ?? null };
  }

  it('leaves a record whose job comes with the same event', async (context) => {
    const { shop, refundId } = await withoutJob(context);
    await shop.startWorker();
    const again = await shop.send({
      event_id: 'e',
      order_id: 'o',
      receipt_id: 'r1',
      cancel_price: 1_000,
    });
    expect(again).toMatchObject({ result: 'duplicate', refund_id: refundId });
    await shop.until(refundId, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('leaves a record whose job the sweeper puts back, by default within a minute', async (context) => {
    const { shop, refundId } = await withoutJob(context);
    await shop.startWorker({ sweeper });
    await shop.until(refundId, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
    expect(sweeperDefaults.everyMs + sweeperDefaults.overdueMs).toBeLessThan(60_000);
  });
});

describe.concurrent('a person whose process is killed', () => {
  /** A case that keeps the receipt's hold, with another refund behind it. */
  async function criticalCase(context: TestContext) {
    const cancel = [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const];
    const receipts = [{ id: 'r1', price: 10_000, script: { cancel } }];
    const env = { BOOTPAY_TIMEOUT_MS: '10000' }; // every call is answered here, however busy the machine is
    const shop = await openShop(await openPlace(context), { scenario: { receipts }, env, worker: false });
    const worker = await shop.startWorker();
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(refund_id, 'dead_lettered');
    const behind = (await shop.send({ receipt_id: 'r1', cancel_price: 2_000 })).refund_id;
    const shown = async () => shop.system.refundQueue.queues[1]?.getJobCountByTypes('waiting');
    await vi.waitFor(async () => expect(await shown()).toBe(1), { timeout: 45_000 });
    const waiting = async () => (await shop.system.ledger.readReceipt(receiptIdSchema.parse('r1'))).waiting;
    await vi.waitFor(async () => expect(await waiting()).toEqual([behind]), { timeout: 45_000 });
    await worker.stop(5_000);
    return { shop, id: refund_id, behind, shown };
  }
  type Case = Awaited<ReturnType<typeof criticalCase>>;

  async function onShow({ shown }: Case, count: number): Promise<void> {
    await vi.waitFor(async () => expect(await shown()).toBe(count), { timeout: 45_000, interval: 20 });
  }

  for (const [ACT, CRASH_AT] of [
    ['replay', 'write'],
    ['resolve', 'write'],
    ['resolve', 'close_case'],
  ] as const) {
    it(`at the ${CRASH_AT} of a ${ACT} leaves the case as it was, and on show`, async (context) => {
      const one = await criticalCase(context);
      await actAndDie(one.shop, { ACT, SUBJECT: one.id ?? '', CRASH_AT });
      await one.shop.startWorker({ sweeper });
      await onShow(one, 1);
      expect((await one.shop.read(one.id)).state).toBe('dead_lettered');
    });
  }

  it('after a replay is written, before its job is in the queue: it is paid once, and the case is off show', async (context) => {
    const one = await criticalCase(context);
    await actAndDie(one.shop, { ACT: 'replay', SUBJECT: one.id ?? '', CRASH_AT: 'enqueue' });
    expect((await one.shop.read(one.id)).state).toBe('queued');
    await one.shop.startWorker({ sweeper });
    await one.shop.until(one.id, 'succeeded');
    await one.shop.until(one.behind, 'succeeded');
    await onShow(one, 0);
    expect(one.shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 3_000, refunds: 2 });
  });

  it('after a resolve is written, before who waits is called: they come all the same', async (context) => {
    const one = await criticalCase(context);
    await actAndDie(one.shop, { ACT: 'resolve', SUBJECT: one.id ?? '', CRASH_AT: 'wake' });
    expect((await one.shop.read(one.id)).state).toBe('resolved');
    await one.shop.startWorker({ sweeper });
    await one.shop.until(one.behind, 'succeeded');
    await onShow(one, 0);
    expect(one.shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 1 });
  });
});

// Trouble around a call: locks lost, processes blocked or stopped, Redis gone. The money is still right. Most of this is
// waiting for trouble to pass, so the tests wait beside each other.
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { forkWorker } from '../support/child.ts';
import { openPlace } from '../support/place.ts';
import { type CrashableRedis, freshPrefix, startRedis } from '../support/redis.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';

const receipts = [{ id: 'r1', price: 10_000 }];
/** Longer than any trouble here. */
const patient = { RETRY_DEADLINE_MS: '600000' };
/** The victim's lock is over soon. Who comes after must not lose its own on a busy machine. */
const victimLockMs = 400;
const lockMs = 1_500;

/** Not `expect.poll`: it does not know its test when several run at once. */
async function eventually(check: () => Promise<void>, timeoutMs: number): Promise<void> {
  await vi.waitFor(check, { timeout: timeoutMs, interval: 50 });
}

describe.concurrent('a worker in trouble', () => {
  it('that was blocked past its lock finds that another one was first, and its reply is kept as evidence', async (context) => {
    const shop = await openShop(await openPlace(context), { scenario: { receipts }, worker: false });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const blocked = await forkWorker({
      ...environmentOf(shop),
      LOCK_MS: String(victimLockMs),
      CRASH_AT: 'answered',
      BLOCK_MS: '9000',
    });
    context.onTestFinished(() => void blocked.process.kill('SIGKILL'));
    await shop.simulator.waitForCall('cancel', 1);
    await shop.startWorker({ lockMs });
    const refund = await shop.until(refund_id, 'succeeded', 30_000);
    expect(refund.attempts).toHaveLength(1);
    expect(refund.attempts[0]?.outcome).toMatchObject({ reply: 'no_answer' });
    await eventually(async () => {
      const { history } = await shop.read(refund_id);
      expect(history.map(({ what }) => what)).toContain('late reply to attempt 1');
    }, 15_000);
    expect((await shop.read(refund_id)).state).toBe('succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('that was blocked between the attempt and the call does not call any more', async (context) => {
    const shop = await openShop(await openPlace(context), { scenario: { receipts }, worker: false });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const blocked = await forkWorker({
      ...environmentOf(shop),
      CRASH_AT: 'attempt_written',
      BLOCK_MS: '2500',
    });
    context.onTestFinished(() => void blocked.process.kill('SIGKILL'));
    const refund = await shop.until(refund_id, 'succeeded', 30_000);
    expect(refund.attempts).toMatchObject([{ number: 1, folded: 1, outcome: { reply: 'accepted' } }]);
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('that died with the default locks is back to work within 90 s', {
    timeout: 150_000,
  }, async (context) => {
    const shop = await openShop(await openPlace(context), {
      scenario: { receipts },
      env: patient,
      worker: false,
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const env = { ...environmentOf(shop), LOCK_MS: '30000' };
    const child = await forkWorker({ ...env, CRASH_AT: 'looked_up' });
    await child.ended;
    const diedAt = performance.now();
    await shop.startWorker();
    await shop.until(refund_id, 'succeeded', 90_000);
    expect(performance.now() - diedAt).toBeLessThan(90_000);
  });

  it('that is stopped during a call waits for its answer and writes it', async (context) => {
    const shop = await openShop(await openPlace(context), {
      scenario: { receipts, switches: { latencyMs: 200 } },
      worker: false,
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const child = await forkWorker({ ...environmentOf(shop), BOOTPAY_TIMEOUT_MS: '5000' });
    await shop.until(refund_id, 'sending');
    child.process.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect((await shop.read(refund_id)).state).toBe('succeeded');
  });

  it('beside another one on the same refund pays once', async (context) => {
    const shop = await openShop(await openPlace(context), {
      scenario: { receipts, switches: { latencyMs: 50 } },
    });
    await shop.startWorker();
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const queued = (await shop.read(refund_id)).refund;
    const enqueued = [2, 3, 4, 5].map(
      (version) => queued && shop.system.refundQueue.enqueueJob({ ...queued, version }),
    );
    await Promise.all(enqueued);
    await shop.until(refund_id, 'succeeded');
    const [refunds] = shop.system.refundQueue.queues;
    await eventually(async () => {
      const left = await refunds?.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
      expect(left).toBe(0);
    }, 10_000);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });
});

describe.concurrent('a Redis in trouble', () => {
  async function shopOn({ onTestFinished }: TestContext, server: CrashableRedis): Promise<Shop> {
    const ends: (() => Promise<void>)[] = [];
    onTestFinished(async () => {
      for (const end of ends.reverse()) await end();
      await server.stop();
    });
    const place = {
      url: server.url,
      prefix: freshPrefix(),
      onEnd: (end: () => Promise<void>) => void ends.push(end),
    };
    const many = Array.from({ length: 40 }, (_, index) => ({ id: `m${index}`, price: 1_000 }));
    const scenario = { receipts: [...receipts, ...many], switches: { latencyMs: 20 } };
    const shop = await openShop(place, { scenario, env: patient, worker: false });
    await shop.startWorker({ lockMs: 2_000 }); // a job that was under way comes back soon
    return shop;
  }

  async function sendMany(shop: Shop): Promise<void> {
    await shop.system.enqueue.enqueueMany(
      Array.from({ length: 40 }, (_, index) => ({
        event_id: `m-${index}`,
        order_id: 'o',
        receipt_id: `m${index}`,
      })),
    );
  }

  async function someArePaid({ system }: Shop): Promise<void> {
    await eventually(
      async () => expect((await system.ledger.counts()).byState.succeeded).toBeGreaterThan(0),
      45_000,
    );
  }

  async function allPaidOnce(shop: Shop): Promise<void> {
    await eventually(async () => expect(await unpaid(shop)).toEqual([]), 45_000);
    const pages = shop.simulator.book.pages().filter(({ receiptId }) => receiptId.startsWith('m'));
    expect(pages.every(({ refunds, refundedAmount }) => refunds === 1 && refundedAmount === 1_000)).toBe(
      true,
    );
  }

  it('that is killed and comes back loses no refund and doubles none', async (context) => {
    const server = await startRedis();
    const shop = await shopOn(context, server);
    await sendMany(shop);
    await someArePaid(shop);
    await server.kill();
    await server.restart();
    await allPaidOnce(shop);
  });

  it('that is unreachable for 30 s loses no refund and doubles none', {
    timeout: 120_000,
  }, async (context) => {
    const server = await startRedis();
    const shop = await shopOn(context, server);
    await sendMany(shop);
    await someArePaid(shop);
    server.freeze();
    await new Promise((resolve) => setTimeout(resolve, 30_000)); // the trouble itself: nothing can be awaited in it
    server.resume();
    await allPaidOnce(shop);
  });

  it('that lost the end of its AOF pays nobody twice when the events come again', {
    timeout: 120_000,
  }, async (context) => {
    const server = await startRedis();
    const shop = await shopOn(context, server);
    await sendMany(shop);
    await allPaidOnce(shop);
    await server.kill();
    expect(await server.loseTail(0.4)).toBeGreaterThan(10_000);
    await server.restart();
    // Who answers first after the restart? The producer finds out by sending again, as its caller would.
    await eventually(() => sendMany(shop), 20_000);
    await eventually(
      async () => expect(openOnes((await shop.system.ledger.counts()).byState)).toBe(0),
      60_000,
    );
    const pages = shop.simulator.book.pages().filter(({ receiptId }) => receiptId.startsWith('m'));
    expect(pages.every(({ refunds, refundedAmount }) => refunds === 1 && refundedAmount === 1_000)).toBe(
      true,
    );
    const { succeeded, dead_lettered } = (await shop.system.ledger.counts()).byState;
    expect(succeeded + dead_lettered).toBe(40);
    expect(dead_lettered).toBeGreaterThan(0);
  });

  it('that is full refuses events, and takes them once there is room', async (context) => {
    const server = await startRedis();
    const shop = await shopOn(context, server);
    await shop.system.redis.config('SET', 'maxmemory', '1mb');
    await expect(shop.send({ event_id: 'full', order_id: 'o', receipt_id: 'r1' })).rejects.toThrow(/OOM/);
    await shop.system.redis.config('SET', 'maxmemory', '0');
    const { refund_id } = await shop.send({ event_id: 'full', order_id: 'o', receipt_id: 'r1' });
    await shop.until(refund_id, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 1 });
  });
});

function openOnes(byState: Readonly<Record<string, number>>): number {
  return ['queued', 'sending', 'unknown', 'waiting_retry'].reduce(
    (sum, state) => sum + (byState[state] ?? 0),
    0,
  );
}

/** The refunds that have not succeeded, with what happened to them: what a failing test has to show. */
async function unpaid({ system }: Shop): Promise<unknown[]> {
  const { items } = await system.ledger.list({ limit: 100 });
  const others = items.filter(({ state }) => state !== 'succeeded');
  return Promise.all(others.map(({ refundId }) => system.ledger.read(refundId)));
}

// Two live jobs of one refund (its event repeated, a sweep, a hint, a stalled job, a failover, by hand) never stop each
// other, use nothing up, and poison nothing; and hardly anything makes a second one.
import { describe, expect, it } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import type { Activation } from '../../src/domain/ledger.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { type Logger, silentLogger } from '../../src/logging/logger.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { refundJobData, refundJobOptions } from '../../src/queue/jobs.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

describe('a refund whose event is repeated', () => {
  const redis = useRedis();
  const jobsOf = async ({ system }: Shop) => {
    const [refunds] = system.refundQueue.queues;
    return (await refunds?.getJobs(['active', 'delayed', 'prioritized', 'waiting'])) ?? [];
  };

  it('is paid after an outage of the look-ups, however often it came meanwhile', async () => {
    const ids = Array.from({ length: 3 }, (_, index) => `r${index}`);
    const receipts = ids.map((id) => ({
      id,
      price: 10_000,
      script: { look_up: [{ reply: 'hang' as const, times: 'always' as const }] },
    }));
    const env = { BOOTPAY_TIMEOUT_MS: '100', RETRY_BASE_MS: '100', RETRY_MAX_MS: '400' };
    const shop = await openShop(redis, { scenario: { receipts }, env });
    const events = ids.map((id) => ({
      event_id: `e-${id}`,
      order_id: id,
      receipt_id: id,
      cancel_price: 1_000,
    }));
    const looked = () => shop.simulator.calls.filter(({ kind }) => kind === 'look_up').length;
    // The waits between look-ups grow by half each time: six of them are seconds.
    for (let time = 0; time < 6; time += 1) {
      await shop.system.enqueue.enqueueMany(events);
      const results = await shop.system.enqueue.enqueueMany(events);
      expect(results.map(({ result }) => result)).not.toContain('refused');
      expect((await jobsOf(shop)).length).toBeLessThanOrEqual(ids.length);
      // Three times three consecutiveFailures are not enough for the breaker, which would make minutes of it.
      await shop.system.redis.hset(keysFor(redis.prefix).rateLimiter, 'silent', 0);
      const before = looked();
      await expect.poll(looked, { timeout: 20_000 }).toBeGreaterThan(before);
    }
    await shop.system.redis.hset(keysFor(redis.prefix).rateLimiter, 'silent', 0);
    for (const id of ids) shop.simulator.script(id, { look_up: [] });
    const { items } = await shop.system.ledger.list({ limit: 50 });
    expect(items).toHaveLength(ids.length);
    for (const { refundId } of items) {
      const refund = await shop.until(refundId, 'succeeded', 60_000);
      expect(refund.attempts).toHaveLength(1);
      expect(refund.version).toBeGreaterThan(4);
    }
  });

  it.each(['queued', 'waiting_retry'] as const)('gets no second job while it is %s', async (state) => {
    const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' }] } as const;
    const env = { RETRY_BASE_MS: '60000', RETRY_MAX_MS: '60000' };
    const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [...script.cancel] } }];
    const shop = await openShop(redis, { scenario: { receipts }, env, worker: state === 'waiting_retry' });
    const event = { event_id: 'again', receipt_id: 'r1', cancel_price: 1_000, order_id: 'o' };
    const { refund_id } = await shop.send(event);
    if (state === 'waiting_retry') await shop.until(refund_id, state);
    // The ledger is written first; the job goes to sleep after.
    const asleep = { queued: 'prioritized', waiting_retry: 'delayed' } as const;
    const [refunds] = shop.system.refundQueue.queues;
    await expect.poll(() => refunds?.getJobs([asleep[state]])).toHaveLength(1);
    const before = await jobsOf(shop);
    expect(before).toHaveLength(1);
    for (let time = 0; time < 3; time += 1) await shop.send(event);
    const after = await jobsOf(shop);
    expect(after.map(({ id, delay }) => ({ id, delay }))).toEqual(
      before.map(({ id, delay }) => ({ id, delay })),
    );
  });

  it('gets its job back where it was lost, also after it had been worked on', async () => {
    const receipts = [{ id: 'r1', price: 10_000 }];
    const shop = await openShop(redis, { scenario: { receipts }, worker: false });
    const event = { event_id: 'lost', receipt_id: 'r1', cancel_price: 1_000, order_id: 'o' };
    const { refund_id } = await shop.send(event);
    const refund = (await shop.read(refund_id)).refund as Refund;
    const begun = await begin(shop, refund, `${refund_id}-1`);
    await comeBack(shop, begun);
    const [refunds] = shop.system.refundQueue.queues;
    await refunds?.remove(`${refund_id}-1`);
    await shop.send(event);
    expect((await jobsOf(shop)).map(({ id }) => id)).toEqual([`${refund_id}-1`]);
  });
});

describe('two live jobs of one refund', () => {
  const redis = useRedis();
  const record = (id: string | null) => keysFor(redis.prefix).anyRefund(id ?? '');

  it('take turns: the write of one is no failure of the other, and neither is poison', async () => {
    const shop = await openShop(redis, {
      scenario: { receipts: [{ id: 'r1', price: 10_000 }] },
      worker: false,
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    for (let round = 0; round < 20; round += 1) {
      const refund = (await shop.read(refund_id)).refund as Refund;
      const [one, other] = [await begin(shop, refund, 'job-1'), await begin(shop, refund, 'job-2')];
      expect([one.activations, other.activations]).toEqual([1, 1]);
      const [writes, waits] = round % 2 === 0 ? [one, other] : [other, one];
      expect(await comeBack(shop, writes)).toMatchObject({ kind: 'done' });
      expect(await comeBack(shop, waits)).toMatchObject({ kind: 'moved' });
    }
  });

  it('are counted apart: a crowd of them is no crash, one that never ends is', async () => {
    const shop = await openShop(redis, {
      scenario: { receipts: [{ id: 'r1', price: 10_000 }] },
      worker: false,
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = (await shop.read(refund_id)).refund as Refund;
    for (let job = 1; job <= 12; job += 1) {
      expect((await begin(shop, refund, `job-${job}`)).activations).toBe(1);
    }
    expect((await begin(shop, refund, 'job-1')).activations).toBe(2);
    expect((await begin(shop, refund, 'job-1')).activations).toBe(3);
    expect((await begin(shop, refund, 'job-11')).activations).toBe(2);
  });

  it('wait for a held receipt without spinning, whatever a person named them', async () => {
    const critical = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const;
    const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [critical] } }];
    const env = { RETRY_BASE_MS: '2000', RETRY_MAX_MS: '2000' };
    const shop = await openShop(redis, { scenario: { receipts }, env });
    const holder = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(holder.refund_id, 'dead_lettered');
    const { ledger } = shop.system;
    const { begin: begins } = ledger;
    let activations = 0;
    Object.assign(ledger, {
      begin: (...args: Parameters<typeof begins>) => {
        activations += 1;
        return begins(...args);
      },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = (await shop.read(refund_id)).refund as Refund;
    const [refunds] = shop.system.refundQueue.queues;
    for (const jobId of ['a-b-c', 'by hand']) {
      await refunds?.add('refund', refundJobData(refund), refundJobOptions(refund, jobId));
    }
    const waitsOf = async () => Number(await shop.system.redis.hget(record(refund_id), 'waits'));
    await expect.poll(waitsOf, { timeout: 20_000 }).toBeGreaterThanOrEqual(6);
    const seen = activations;
    // Three jobs that come again after a second, then two: a dozen in the time of which a loop would make thousands.
    await shop.system.clock.sleep(1_000);
    expect(activations - seen).toBeLessThan(12);
  });

  it('send it once, and the second one finds it paid', async () => {
    const receipts = [{ id: 'r1', price: 10_000, switches: { latencyMs: 100, refusesUsedCancelId: false } }];
    const shop = await openShop(redis, { scenario: { receipts }, worker: false });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = (await shop.read(refund_id)).refund as Refund;
    const [refunds] = shop.system.refundQueue.queues;
    for (const jobId of ['by-hand-1', 'by-hand-2', 'by-hand-3']) {
      await refunds?.add('refund', refundJobData(refund), refundJobOptions(refund, jobId));
    }
    await shop.startWorker();
    await shop.until(refund_id, 'succeeded');
    await expect
      .poll(() => refunds?.getJobCountByTypes('active', 'delayed', 'prioritized'), { timeout: 10_000 })
      .toBe(0);
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });
});

async function begin({ system }: Shop, refund: Refund, jobId: string): Promise<Activation> {
  const refundId = refundIdSchema.parse(refund.refundId);
  const request = { refundId, receiptId: refund.receiptId, jobId, now: system.clock.now() };
  const begun = await system.ledger.begin(request);
  if (begun.kind !== 'go') throw new Error(`begun ${begun.kind}`);
  return begun;
}

function comeBack({ system }: Shop, { refund, jobId, account }: Activation) {
  const now = system.clock.now();
  const change = transitionFor(
    refund,
    { kind: 'look_up_at', at: now, reason: 'the look-up failed' },
    { now },
  );
  return system.ledger.commit(change, { jobId, lookedAt: { receiptVersion: account.version, lock: 'own' } });
}

describe('a job that is gone when its worker ends it', () => {
  const redis = useRedis();

  it('is a quiet line: the record says what is left to do', async () => {
    const lines: string[] = [];
    const note = (_: object, name: string) => void lines.push(name);
    const log: Logger = { ...silentLogger(), info: note, warn: note, error: note, child: () => log };
    const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000 }] }, log });
    const client = redis.connect();
    const { lookUp } = shop.system.gateway ?? {};
    if (lookUp === undefined) throw new Error('a worker has a gateway');
    Object.assign(shop.system.gateway ?? {}, {
      lookUp: async (...args: Parameters<typeof lookUp>) => {
        await client.del(...(await client.keys(`${redis.prefix}:refunds:rf_*`)));
        return lookUp(...args);
      },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.until(refund_id, 'succeeded');
    await expect.poll(() => lines).toContain('job_gone');
    expect(lines).not.toContain('worker_error');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 1 });
  });
});

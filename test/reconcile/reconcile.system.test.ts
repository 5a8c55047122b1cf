// Reconciliation: history 16 of the design, and which refund becomes the case.
import { describe, expect, it } from 'vitest';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { refundJobId } from '../../src/queue/jobs.ts';
import { type ReconcileDeps, reconcile } from '../../src/reconcile/reconcile.ts';
import { useRedis } from '../support/redis.ts';
import type { Shop } from '../support/shop.ts';
import { everything, once, openReceipt, pay, show, verdictOf } from './support.ts';

const r1 = receiptIdSchema.parse('r1');

describe('reconciliation', () => {
  const redis = useRedis();

  const paid = async () => {
    const shop = await openReceipt(redis);
    return { shop, refundId: await pay(shop, 1_000) };
  };
  const belowAt = () => redis.connect().hget(`${redis.prefix}:receipt:r1`, 'below_at');
  const untilDrift = (shop: Shop) => expect.poll(async () => (await verdictOf(shop)).verdict).toBe('drift');
  const cancels = ({ simulator }: Shop) => simulator.calls.filter(({ kind }) => kind === 'cancel').length;

  it('finds nothing where ledger and gateway agree', async () => {
    const { shop } = await paid();
    expect(await verdictOf(shop)).toMatchObject({
      verdict: 'agrees',
      settledWon: 1_000,
      cancelledWon: 1_000,
    });
  });

  it('16: makes no case of a look-up that lags behind once', async () => {
    const { shop, refundId } = await paid();
    shop.simulator.script('r1', { look_up: [{ reply: 'stale' }] });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'below' });
    expect(await belowAt()).not.toBeNull();
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees' });
    expect(await belowAt()).toBeNull();
    expect((await shop.read(refundId)).state).toBe('succeeded');
  });

  it('16: opens a drift only when two look-ups a settle window apart stay below', async () => {
    const { shop, refundId } = await paid();
    shop.simulator.script('r1', { look_up: [{ reply: 'stale', times: 'always' }] });
    const first = await verdictOf(shop);
    const firstAt = Number(await belowAt());
    expect(first).toMatchObject({ verdict: 'below', lookAgainAt: firstAt + 400 });
    // Seen again before that: still the first sighting that counts.
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'below', lookAgainAt: firstAt + 400 });
    await untilDrift(shop);
    const refund = await shop.until(refundId, 'dead_lettered');
    expect(refund.deadLetter).toMatchObject({ case: 'drift', severity: 'critical' });
    expect(refund.deadLetter?.at).toBeGreaterThanOrEqual(firstAt + 400);
    expect(cancels(shop)).toBe(1);
    // The next one has to earn its own two look-ups.
    expect(await belowAt()).toBeNull();
  });

  it('shows the case in the dead-letter queue, with the look-up that contradicts', async () => {
    const { shop, refundId } = await paid();
    show(shop, 0);
    await untilDrift(shop);
    const { refund } = await shop.read(refundId);
    expect(await shop.system.refundQueue.queues[1]?.getJob(refund?.deadLetter?.jobId ?? '')).toBeDefined();
    // Measured against what is settled now, or the money that is missing would look like somebody else's.
    const row = await shop.system.ledger.readReceipt(r1);
    expect(refund?.lastLookUp).toMatchObject({ settledWon: row.settledWon, receipt: { cancelledWon: 0 } });
    expect(row.settledWon).toBe(0);
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees', settledWon: 0, cancelledWon: 0 });
  });

  it('makes a case of the refund whose amount is missing, not of the latest one', async () => {
    const { shop, refundId: small } = await paid();
    const large = await pay(shop, 4_000);
    show(shop, 4_000);
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'below' });
    await expect.poll(async () => await verdictOf(shop)).toMatchObject({ refundIds: [small] });
    expect((await shop.read(small)).state).toBe('dead_lettered');
    expect((await shop.read(large)).state).toBe('succeeded');
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees', settledWon: 4_000 });
  });

  it('makes cases of all of them when all of their money is missing', async () => {
    const { shop, refundId: first } = await paid();
    const second = await pay(shop, 4_000);
    show(shop, 0);
    await expect
      .poll(async () => await verdictOf(shop))
      .toMatchObject({ verdict: 'drift', refundIds: [second, first] });
    for (const id of [first, second]) {
      const { refund } = await shop.read(id);
      expect(refund).toMatchObject({ state: 'dead_lettered', lastLookUp: { settledWon: 0 } });
    }
    expect((await shop.system.ledger.readReceipt(r1)).settledWon).toBe(0);
  });

  it('recognises the money of a drift when it shows again, and leaves the case to its person', async () => {
    const { shop, refundId } = await paid();
    show(shop, 0);
    await untilDrift(shop);
    show(shop, 1_000);
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'unpaid_landed', refundIds: [refundId] });
    expect((await shop.read(refundId)).state).toBe('dead_lettered');
  });

  it('16: says nothing of a receipt on which a refund is under way', async () => {
    const { shop } = await paid();
    shop.simulator.script('r1', { cancel: [{ reply: 'hang_before_commit' }] });
    const other = await shop.send({ receipt_id: 'r1', cancel_price: 2_000 });
    await shop.until(other.refund_id, 'unknown');
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'busy' });
    await shop.until(other.refund_id, 'succeeded');
  });
});

describe('a refund that begins while its receipt is reconciled', () => {
  const redis = useRedis();

  /** A is paid and its money gone; B is accepted and nobody works on it yet. */
  const twoRefunds = async () => {
    const shop = await openReceipt(redis, { worker: false });
    const worker = await shop.startWorker();
    const a = await pay(shop, 1_000);
    await worker.stop(5_000);
    const { refund_id: b } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    show(shop, 0);
    const begin = async () => {
      const { refund } = await shop.read(b);
      if (refund === null) throw new Error('unreadable');
      const jobId = refundJobId(refund);
      const now = shop.system.clock.now();
      expect(await shop.system.ledger.begin({ ...refund, jobId, now })).toMatchObject({ kind: 'go' });
    };
    return { shop, a, b, begin };
  };
  const depsOf = ({ system }: Shop, changed: Partial<ReconcileDeps> & { ledger?: Ledger }): ReconcileDeps => {
    const { ledger, gateway, rateLimiter, clock, config, refundQueue } = system;
    if (gateway === null) throw new Error('no credentials');
    const { openCase } = refundQueue;
    const real = {
      ledger,
      gateway,
      rateLimiter,
      now: clock.now,
      jumpedAt: clock.jumpedAt,
      chance: () => 0,
      openCase,
    };
    return { ...real, settings: { ...config.policy, settleWindowMs: 0 }, ...changed };
  };

  it('between the two readings: busy, and the total is not remembered as below', async () => {
    const { shop, a, begin } = await twoRefunds();
    const { gateway } = depsOf(shop, {});
    const lookUp: typeof gateway.lookUp = async (id, signal) => {
      await begin();
      return gateway.lookUp(id, signal);
    };
    const told = await everything(reconcile(depsOf(shop, { gateway: { lookUp } }), {}));
    expect(told).toMatchObject([{ verdict: 'busy', refundIds: [] }]);
    expect((await shop.system.ledger.readReceipt(r1)).below).toBeNull();
    expect((await shop.read(a)).state).toBe('succeeded');
  });

  it('between the last reading and the write: no drift is written', async () => {
    const { shop, a, begin } = await twoRefunds();
    const { ledger } = shop.system;
    expect(await everything(reconcile(depsOf(shop, {}), {}))).toMatchObject([{ verdict: 'below' }]);
    const commit: Ledger['commit'] = async (change, options) => {
      await begin();
      return ledger.commit(change, options);
    };
    const told = await everything(reconcile(depsOf(shop, { ledger: { ...ledger, commit } }), {}));
    expect(told).toMatchObject([{ verdict: 'busy' }]);
    expect((await shop.read(a)).state).toBe('succeeded');
    expect((await ledger.readReceipt(r1)).settledWon).toBe(1_000);
  });

  it('accepted only, it disturbs nothing', async () => {
    const { shop, a, b } = await twoRefunds();
    expect(await everything(reconcile(depsOf(shop, {}), {}))).toMatchObject([{ verdict: 'below' }]);
    const told = await everything(reconcile(depsOf(shop, {}), {}));
    expect(told).toMatchObject([{ verdict: 'drift', refundIds: [a] }]);
    expect((await shop.read(b)).state).toBe('queued');
  });

  it('two reconciliations at once open one case', async () => {
    const { shop, a } = await twoRefunds();
    await everything(reconcile(depsOf(shop, {}), {}));
    const { ledger } = shop.system;
    const commit: Ledger['commit'] = async (change, options) => {
      expect(await everything(reconcile(depsOf(shop, {}), {}))).toMatchObject([{ verdict: 'drift' }]);
      return ledger.commit(change, options);
    };
    const told = await everything(reconcile(depsOf(shop, { ledger: { ...ledger, commit } }), {}));
    expect(told).toMatchObject([{ verdict: 'busy' }]);
    expect((await shop.read(a)).version).toBe(4);
    expect((await ledger.readReceipt(r1)).settledWon).toBe(0);
  });
});

describe('a run', () => {
  const redis = useRedis();

  it('names a record that cannot be read, and goes on', async () => {
    const shop = await openReceipt(redis);
    const broken = await pay(shop, 1_000);
    await pay(shop, 2_000);
    await redis.connect().hset(`${redis.prefix}:refund:${broken}`, 'body', '{"schema":1');
    expect(await once(shop)).toMatchObject([
      { kind: 'unreadable', refundId: broken },
      { kind: 'receipt', verdict: 'agrees', settledWon: 3_000, walked: 2 },
    ]);
    expect(await shop.system.countToReconcile({})).toBe(2);
  });

  it('looks at each receipt once, and only at those with a refund accepted since', async () => {
    const receipts = ['r1', 'r2'].map((id) => ({ id, price: 10_000 }));
    const shop = await openReceipt(redis, { scenario: { receipts } });
    await pay(shop, 1_000, 'r2');
    await pay(shop, 1_000);
    const last = await shop.read(await pay(shop, 2_000));
    const since = last.refund?.acceptedAt;
    const all = await once(shop);
    expect(all).toMatchObject([{ receiptId: 'r1' }, { receiptId: 'r2', walked: 3 }]);
    // The whole receipt, not only what came since.
    expect(await once(shop, { since })).toMatchObject([{ receiptId: 'r1', settledWon: 3_000 }]);
    expect(await shop.system.countToReconcile({ since })).toBe(1);
  });

  it('with an older refund outside of --since still makes a case of the right one', async () => {
    const shop = await openReceipt(redis);
    const older = await pay(shop, 1_000);
    shop.simulator.script('r1', { cancel: [{ reply: 'code', code: 'RC_NOT_ABLE_CANCEL' }] });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3_000 });
    const { refundId, acceptedAt } = await shop.until(refund_id, 'dead_lettered');
    const verdict = {
      who: 'kim',
      via: 'cli' as const,
      reason: 'paid by hand',
      outcome: 'refunded_by_hand',
    } as const;
    const request = { ...verdict, version: null, acknowledge: false, evidence: null };
    expect(await shop.system.deadLetters.resolve(refundId, request)).toMatchObject({ kind: 'done' });
    show(shop, 0);
    await expect
      .poll(async () => await verdictOf(shop, { since: acceptedAt }))
      .toMatchObject({ verdict: 'drift', refundIds: [older] });
    expect((await shop.read(refundId)).state).toBe('resolved');
  });
});

// The histories of docs/design.md 13: each one paid somebody twice, or never, under an earlier version of the rules.
import { describe, expect, it } from 'vitest';
import type { ReceiptInput } from '../../simulator/index.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { refundJobData, refundJobOptions } from '../../src/queue/jobs.ts';
import { keysFor } from '../../src/redis/keys.ts';
import type { ReplayRequest, ReviewResult } from '../../src/review/ports.ts';
import { startServer } from '../../src/server/server.ts';
import { type TestRedis, useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const serverError = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;
const idExists = { reply: 'code', code: 'RC_CANCEL_ID_ALREADY_EXIST' } as const;
const critical = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const;

const clerk: ReplayRequest = {
  who: 'clerk',
  via: 'cli',
  reason: 'the customer called',
  version: null,
  newGeneration: false,
  acknowledge: false,
  edits: {},
};

function shopWith(
  redis: TestRedis,
  receipt: Omit<ReceiptInput, 'id' | 'price'>,
  env: Record<string, string> = {},
): Promise<Shop> {
  return openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000, ...receipt }] }, env });
}

function cancelsOf({ simulator }: Shop) {
  return simulator.calls.filter(({ kind }) => kind === 'cancel');
}

/** Replays as soon as the rules allow it; a refusal for another reason than time is returned. */
async function replayWhenAllowed(
  shop: Shop,
  id: string | null,
  wish: Partial<ReplayRequest>,
): Promise<ReviewResult> {
  const refundId = refundIdSchema.parse(id);
  let last: ReviewResult = { kind: 'not_found' };
  await expect
    .poll(async () => {
      last = await shop.system.deadLetters.replay(refundId, { ...clerk, ...wish });
      return last.kind === 'refused' && last.rule === 'settle_window';
    })
    .toBe(false);
  return last;
}

describe('a history that broke earlier rules', () => {
  const redis = useRedis();

  it('1: a 2032 whose money moves later is not called a second time', async () => {
    const script = { cancel: [{ ...serverError, commitAfterMs: 50 }] };
    const shop = await shopWith(redis, { script }, { RETRY_BASE_MS: '400' });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.deadLetter?.case).toBe('integrity_mismatch');
    expect(cancelsOf(shop)).toHaveLength(1);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('2: the money of another refund of ours is not taken for growth', async () => {
    const env = { RETRY_BASE_MS: '1500', RETRY_MAX_MS: '1500' };
    const shop = await shopWith(redis, { script: { cancel: [serverError] } }, env);
    const a = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(a.refund_id, 'waiting_retry');
    const b = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(b.refund_id, 'succeeded');
    expect((await shop.read(a.refund_id)).state).toBe('waiting_retry');
    await shop.until(a.refund_id, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 2 });
  });

  it('3: the lost record of a landed refund does not pay again, nor does a plain replay', async () => {
    const shop = await shopWith(redis, {});
    const event = { event_id: 'lost', order_id: 'o', receipt_id: 'r1', cancel_price: 1_000 };
    const { refund_id } = await shop.send(event);
    await shop.until(refund_id, 'succeeded');
    await forget(shop, refund_id);
    await shop.send(event);
    const first = await shop.until(refund_id, 'dead_lettered');
    expect(first.deadLetter).toMatchObject({ case: 'bootpay_refused', code: 'RC_CANCEL_ID_ALREADY_EXIST' });

    const replayed = await replayWhenAllowed(shop, refund_id, {});
    expect(replayed.kind).toBe('done');
    await expect.poll(async () => (await shop.read(refund_id)).refund?.attempts.length).toBe(2);
    const second = await shop.until(refund_id, 'dead_lettered');
    expect(second.deadLetter?.code).toBe('RC_CANCEL_ID_ALREADY_EXIST');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('4: a Bootpay that answers 2029 to everything gets no endless generations', async () => {
    const script = { cancel: [serverError, { ...idExists, times: 'always' } as const] };
    const shop = await shopWith(redis, { script });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.generation).toBe(2);
    expect(cancelsOf(shop)).toHaveLength(3);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 0 });
  });

  it('4: a 2029 on the first attempt is a dead letter', async () => {
    const shop = await shopWith(redis, { script: { cancel: [{ ...idExists, times: 'always' }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.attempts).toHaveLength(1);
  });

  for (const burnt of [true, false]) {
    it(`5: a refused attempt that ${burnt ? 'burns' : 'does not burn'} its cancel_id is paid once in the end`, async () => {
      const switches = { burnsRefusedCancelId: burnt };
      const shop = await shopWith(redis, { switches, script: { cancel: [serverError] } });
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
      const refund = await shop.until(refund_id, 'succeeded');
      expect(refund.generation).toBe(burnt ? 2 : 1);
      expect(refund.attemptsUsed).toBe(2);
      expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
    });
  }

  it('6: a look-up that lags behind is stale, and a lost call is not settled by the money before it', async () => {
    const switches = { lookUpLagMs: 300 };
    const script = { cancel: [{ reply: 'normal' }, { reply: 'reset_before_commit' }] as const };
    const shop = await shopWith(redis, { switches, script: { cancel: [...script.cancel] } });
    const a = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(a.refund_id, 'succeeded');
    const b = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const settled = await shop.until(b.refund_id, 'succeeded');
    expect(settled.attempts.map(({ totalsBefore }) => totalsBefore.totalWon)).toEqual([1_000, 1_000]);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 2 });
  });

  it('7: a full cancel that was lost is not settled by a status 20 left by a partial one', async () => {
    const switches = { statusAfterPartial: { lookUp: 20, cancelResponse: 20, webhook: 20 } } as const;
    const script = { cancel: [{ reply: 'normal' } as const, { reply: 'hang_before_commit' } as const] };
    const shop = await shopWith(redis, { switches, script });
    const partial = await shop.send({ receipt_id: 'r1', cancel_price: 3_000 });
    await shop.until(partial.refund_id, 'succeeded');
    const full = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(full.refund_id, 'succeeded');
    expect(refund.settledWon).toBe(7_000);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 10_000, refunds: 2 });
  });

  it('8: a 2086 cannot be replayed before the settle window ends, and then finds its money', async () => {
    const shop = await shopWith(redis, { script: { cancel: [{ ...critical, commitAfterMs: 250 }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(refund_id, 'dead_lettered');
    const wish = { newGeneration: true, acknowledge: true };
    const early = await shop.system.deadLetters.replay(refundIdSchema.parse(refund_id), {
      ...clerk,
      ...wish,
    });
    expect(early).toMatchObject({ kind: 'refused', rule: 'settle_window' });
    const late = await replayWhenAllowed(shop, refund_id, wish);
    expect(late.kind).toBe('done');
    await shop.until(refund_id, 'succeeded');
    expect(cancelsOf(shop)).toHaveLength(1);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('9: an event four days late is paid', async () => {
    const shop = await shopWith(redis, { purchasedAt: 'now-9d' });
    const occurred_at = new Date(shop.system.clock.now() - 4 * 86_400_000).toISOString();
    const { refund_id } = await shop.send({ receipt_id: 'r1', occurred_at });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.refundBy).toBeLessThan(refund.acceptedAt + 3 * 86_400_000);
  });

  it('10: twenty workers in a shut gate are stopped, and none becomes unknown', async () => {
    const receipts = Array.from({ length: 20 }, (_, index) => ({ id: `r${index}`, price: 1_000 }));
    const shop = await openShop(redis, {
      scenario: { receipts },
      env: { WORKER_CONCURRENCY: '20' },
      worker: false,
    });
    await shop.send({ receipt_id: 'r0' });
    shop.system.rateLimiter.report({ throttledMs: 30_000 });
    await expect.poll(() => shop.system.redis.hget(keysFor(redis.prefix).rateLimiter, 'shut')).not.toBeNull();
    await shop.system.enqueue.enqueueMany(
      receipts.map(({ id }) => ({ event_id: `gate-${id}`, order_id: id, receipt_id: id })),
    );
    const worker = await shop.startWorker();
    const [refunds] = shop.system.refundQueue.queues;
    await expect.poll(() => refunds?.getActiveCount()).toBe(20);
    await worker.stop(10_000);
    expect(await refunds?.getActiveCount()).toBe(0);
    expect((await shop.system.ledger.counts()).byState).toMatchObject({ queued: 21, unknown: 0, sending: 0 });
    const { items } = await shop.system.ledger.list({ limit: 50 });
    expect(items.every(({ attempts }) => attempts.length === 0)).toBe(true);
    for (const { receiptId } of items) {
      expect((await shop.system.ledger.readReceipt(receiptId)).holder).toBeNull();
    }
    expect(shop.simulator.calls).toHaveLength(0);
  });

  it('11: a webhook that arrives before the reply leaves the success a success', async () => {
    const shop = await shopWith(redis, {}, { HTTP_PORT: '0' });
    const server = await startServer(shop.system, { board: false });
    redis.onEnd(() => server.close());
    shop.simulator.configure({
      webhooks: { url: `${server.url}/v1/bootpay/webhook`, beforeAnswer: true, duplicates: 1 },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(shop.simulator.webhooks[0]).toMatchObject({ delivered: true });
    expect(refund.attempts.map(({ outcome }) => outcome?.reply)).toEqual(['accepted']);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('11: a webhook after a lost answer makes the look-up come sooner, and is believed in nothing else', async () => {
    const env = {
      HTTP_PORT: '0',
      LOOK_UP_SCHEDULE_MS: '3600000',
      SETTLE_WINDOW_MS: '3600000',
      RETRY_DEADLINE_MS: '86400000',
    };
    const shop = await shopWith(redis, { script: { cancel: [{ reply: 'reset_after_commit' }] } }, env);
    const server = await startServer(shop.system, { board: false });
    redis.onEnd(() => server.close());
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(refund_id, 'unknown');
    const hint = {
      method: 'POST',
      body: JSON.stringify({ receipt_id: 'r1', status: 20, cancelled_price: 10_000 }),
    };
    const answer = await fetch(`${server.url}/v1/bootpay/webhook`, hint);
    expect(await answer.json()).toEqual({ success: true });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.settledWon).toBe(1_000);
  });

  it('12: a job that comes an hour early sends nothing', async () => {
    const env = { RETRY_BASE_MS: '3600000', RETRY_MAX_MS: '3600000', RETRY_DEADLINE_MS: '86400000' };
    const shop = await shopWith(redis, { script: { cancel: [serverError] } }, env);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const waiting = await shop.until(refund_id, 'waiting_retry');
    await shop.system.refundQueue.enqueueJob(waiting);
    const [refunds] = shop.system.refundQueue.queues;
    const jobState = () => refunds?.getJob(`${refund_id}-${waiting.version}`).then((job) => job?.getState());
    await expect.poll(jobState).toBe('delayed');
    expect(cancelsOf(shop)).toHaveLength(1);
    expect((await shop.read(refund_id)).refund).toEqual(waiting);
  });

  it('12: a replay is not swallowed by the first job that is still there', async () => {
    const step = { reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' } as const;
    const shop = await shopWith(redis, { script: { cancel: [step] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const dead = await shop.until(refund_id, 'dead_lettered');
    const [refunds] = shop.system.refundQueue.queues;
    await expect.poll(() => refunds?.getJob(`${refund_id}-1`)).toBeUndefined();
    const first = { ...refundJobOptions({ ...dead, version: 1 }, null), delay: 3_600_000 };
    await refunds?.add('refund', refundJobData(dead), first);
    const replayed = await shop.system.deadLetters.replay(dead.refundId, clerk);
    expect(replayed.kind).toBe('done');
    await shop.until(refund_id, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('13: a receipt of another project is one dead letter, and the lane goes on', async () => {
    const receipts = [
      { id: 'r1', price: 1_000 },
      { id: 'foreign', price: 1_000, project: 'other' as const },
      { id: 'r2', price: 1_000 },
    ];
    const shop = await openShop(redis, {
      scenario: { receipts, switches: { otherProjectReply: 'TOKEN_KEY_INVALID' } },
    });
    await shop.until((await shop.send({ receipt_id: 'r1' })).refund_id, 'succeeded');
    const foreign = await shop.until((await shop.send({ receipt_id: 'foreign' })).refund_id, 'dead_lettered');
    expect(foreign.deadLetter).toMatchObject({ case: 'bootpay_refused', code: 'TOKEN_KEY_INVALID' });
    await shop.until((await shop.send({ receipt_id: 'r2' })).refund_id, 'succeeded');
    expect(await shop.system.lane.status()).toEqual({ person: null, credentials: null });
  });

  it('14: a clerk who refunds by hand is told first that the money landed', async () => {
    const shop = await shopWith(redis, { script: { cancel: [{ ...critical, commitAfterMs: 100 }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const { refundId } = await shop.until(refund_id, 'dead_lettered');
    await shop.simulator.waitFor(({ book }) => book.of('r1').refunds === 1);
    const verdict = {
      who: 'clerk',
      via: 'cli',
      reason: 'sent by bank transfer',
      version: null,
      outcome: 'refunded_by_hand',
      evidence: null,
      acknowledge: false,
    } as const;
    expect(await shop.system.deadLetters.resolve(refundId, verdict)).toMatchObject({
      kind: 'refused',
      rule: 'landed',
    });
    const known = await shop.system.deadLetters.resolve(refundId, {
      ...verdict,
      outcome: 'already_refunded',
    });
    expect(known).toMatchObject({ kind: 'done', refund: { state: 'succeeded', settledWon: 1_000 } });
    expect(await shop.system.redis.hget(`${redis.prefix}:receipt:r1`, 'lock')).toBeNull();
  });

  it('15: of two events with one cancel_id the second is a conflict', async () => {
    const shop = await shopWith(redis, {});
    const first = await shop.send({ receipt_id: 'r1', cancel_price: 1_000, cancel_id: 'same' });
    const second = await shop.send({ receipt_id: 'r1', cancel_price: 1_000, cancel_id: 'same' });
    expect(second).toMatchObject({ result: 'conflict', refund_id: first.refund_id });
    await shop.until(first.refund_id, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });
});

/** What a failover can lose: the record, its indexes and what was known of its receipt. */
async function forget(shop: Shop, id: string | null): Promise<void> {
  const { redis, config } = shop.system;
  const keys = await redis.keys(`${config.redis.prefix}:*`);
  const ours = keys.filter((key) => !key.includes(':refunds:') && !key.includes(':dead-letters:'));
  expect(ours.some((key) => key.includes(id ?? '?'))).toBe(true);
  await redis.del(...ours);
}

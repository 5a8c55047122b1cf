// Retention: what ended long ago is purged, its identity never is, and nobody trips over what is gone.
import { describe, expect, it, vi } from 'vitest';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { drift } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { refundJobId } from '../../src/queue/jobs.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createRetention, type RetentionOptions } from '../../src/worker/retention.ts';
import { manualClock } from '../support/manual-clock.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const dayMs = 86_400_000;
const retentionMs = 30 * dayMs;
const refusal = { cancel: [{ reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' } as const] };
const verdict = {
  who: 'kim',
  via: 'cli' as const,
  reason: 'checked',
  version: null,
  evidence: null,
  acknowledge: true,
} as const;
const scenario = {
  receipts: [
    { id: 'paid', price: 10_000 },
    ...Array.from({ length: 7 }, (_, n) => ({ id: `paid-${n}`, price: 10_000 })),
    { id: 'refused', price: 10_000, script: refusal },
    { id: 'refused-too', price: 10_000, script: refusal },
  ],
};

function retention(
  { system }: Shop,
  clock = manualClock(Date.now()),
  changes: Partial<RetentionOptions> = {},
) {
  // What is asked here is what goes, as if a new refund came on each of these days.
  const ledger = { ...system.ledger, newestAcceptedAt: async () => clock.now() };
  return createRetention({ ledger, clock, log: silentLogger() }, { retentionMs, ...changes });
}

/** Runs on a clock that stands `days` after now. */
const purge = (shop: Shop, days: number) => retention(shop, manualClock(Date.now() + days * dayMs))();

async function paid(shop: Shop, event: Parameters<Shop['send']>[0] = {}): Promise<Refund> {
  const { refund_id } = await shop.send({ receipt_id: 'paid', cancel_price: 1_000, ...event });
  return shop.until(refund_id, 'succeeded');
}

/** As if the last thing that happened to it had happened so many days from now. */
async function endsLater({ system }: Shop, { refundId }: Refund, days: number): Promise<void> {
  const entry = { who: 'x', what: 'x', from: null, to: null, reason: null };
  await system.ledger.note(refundId, { ...entry, at: Date.now() + days * dayMs });
}

describe('a refund that ended', () => {
  it('is kept until the retention time is over, then nothing of it is left but its identity', async () => {
    const shop = await openShop(redis, { scenario });
    const keys = keysFor(redis.prefix);
    const { refundId, orderId } = await paid(shop, { order_id: '주문 "7"/🎁', cancel_id: 'our-own' });
    expect(await purge(shop, 29)).toBe(0);
    expect((await shop.read(refundId)).refund).not.toBeNull();

    const { about, ...row } = await redis.connect().hgetall(keys.receipt(receiptIdSchema.parse('paid')));
    expect(row).toMatchObject({ settled: '1000', highest: '1000' });
    expect(about).toContain('비씨');
    expect(await purge(shop, 31)).toBe(1);
    const client = redis.connect();
    expect(await client.hgetall(keys.refund(refundId))).toEqual({
      content: JSON.stringify([orderId, 'paid', 1_000, null, 'our-own']),
      state: 'succeeded',
      version: '4',
      receipt: 'paid',
      mac: '',
    });
    const gone = [
      keys.history(refundId),
      keys.byState('succeeded'),
      keys.byReceipt('paid'),
      keys.byOrder(orderId),
    ];
    expect(await client.exists(...gone)).toBe(0);
    expect(await client.get(keys.cancelId('our-own'))).toBe(refundId);
    expect(await client.hgetall(keys.receipt(receiptIdSchema.parse('paid')))).toEqual(row);
    expect(await shop.read(refundId)).toEqual({
      refund: null,
      unread: null,
      purged: true,
      state: 'succeeded',
      version: 4,
      jobId: null,
      history: [],
    });
  });

  it('by a person is purged as well; a dead letter and an open refund never are', async () => {
    const shop = await openShop(redis, { scenario });
    const sent = [await shop.send({ receipt_id: 'refused' }), await shop.send({ receipt_id: 'refused-too' })];
    const [resolved, dead] = await Promise.all(
      sent.map(async ({ refund_id }) => (await shop.until(refund_id, 'dead_lettered')).refundId),
    );
    if (resolved === undefined || dead === undefined) throw new Error('two were sent');
    await shop.system.deadLetters.resolve(resolved, { ...verdict, outcome: 'not_to_be_refunded' });
    await shop.system.lane.hold('person', { at: 0, who: 'kim', reason: 'kept open', fingerprint: null });
    const { refund_id: open } = await shop.send({ receipt_id: 'paid' });

    expect(await purge(shop, 10_000)).toBe(1);
    expect(await shop.read(resolved)).toMatchObject({ purged: true, state: 'resolved' });
    expect(await shop.read(dead)).toMatchObject({ purged: false, state: 'dead_lettered', refund: {} });
    expect(await shop.read(open)).toMatchObject({ purged: false, state: 'queued', refund: {} });
  });

  it('lately stays, though it was accepted long ago, and does not stop the ones behind it', async () => {
    const shop = await openShop(redis, { scenario });
    const client = redis.connect();
    const keys = keysFor(redis.prefix);
    const refunds: Refund[] = [];
    for (let n = 0; n < 7; n += 1) refunds.push(await paid(shop, { receipt_id: `paid-${n}` }));
    const late = refunds.slice(0, 3);
    for (const refund of late) await endsLater(shop, refund, 20);
    const clock = manualClock(Date.now() + 31 * dayMs);
    const run = retention(shop, clock, { pageSize: 2, mostPages: 1 });
    const purged = [await run(), await run(), await run(), await run()];
    expect(purged).toEqual([0, 1, 2, 1]);
    expect(await client.zrange(keys.byState('succeeded'), '0', '-1')).toEqual(
      late.map(({ refundId }) => refundId),
    );
    await clock.advance(20 * dayMs);
    expect([await run(), await run(), await run()]).toEqual([2, 1, 0]);
  });

  it.each([0, 20])(
    'is purged together with all others of its receipt, once the last of them (%i days younger) may be',
    async (younger) => {
      const shop = await openShop(redis, { scenario });
      const [first, second] = [await paid(shop), await paid(shop)];
      const alone = await paid(shop, { receipt_id: 'paid-0' });
      const ofReceipt = keysFor(redis.prefix).byReceipt('paid');
      await redis.connect().zincrby(ofReceipt, younger * dayMs, second.refundId);
      await endsLater(shop, second, 20);
      expect(await purge(shop, 31)).toBe(1);
      expect(await shop.read(alone.refundId)).toMatchObject({ purged: true });
      expect(await shop.read(first.refundId)).toMatchObject({ purged: false, refund: {} });
      const query = { state: 'succeeded', endedBy: Date.now() + 51 * dayMs, passOver: 0, limit: 1 } as const;
      expect(await shop.system.ledger.purge(query)).toMatchObject({ purged: 2, stayed: 0 });
      expect(await shop.read(second.refundId)).toMatchObject({ purged: true });
      expect(await redis.connect().exists(keysFor(redis.prefix).byState('succeeded'))).toBe(0);
    },
  );

  it('stays while a dead letter, an open refund or a hold is on its receipt', async () => {
    const shop = await openShop(redis, { scenario });
    const [byPerson, other] = [await paid(shop), await paid(shop, { receipt_id: 'paid-0' })];
    shop.simulator.script('paid', refusal);
    const { refund_id } = await shop.send({ receipt_id: 'paid', cancel_price: 1_000 });
    const { refundId: dead } = await shop.until(refund_id, 'dead_lettered');
    await shop.system.lane.hold('person', { at: 0, who: 'kim', reason: 'kept open', fingerprint: null });
    await shop.send({ receipt_id: 'paid-0', cancel_price: 1_000 });
    expect(await purge(shop, 10_000)).toBe(0);

    await shop.system.deadLetters.resolve(dead, { ...verdict, outcome: 'not_to_be_refunded' });
    const client = redis.connect();
    const row = keysFor(redis.prefix).anyReceipt('paid');
    await client.hset(row, 'lock', 'somebody');
    expect(await purge(shop, 10_000)).toBe(0);
    await client.hdel(row, 'lock');
    expect(await purge(shop, 10_000)).toBe(2);
    expect(await shop.read(byPerson.refundId)).toMatchObject({ purged: true, state: 'succeeded' });
    expect(await shop.read(dead)).toMatchObject({ purged: true, state: 'resolved' });
    expect(await client.exists(keysFor(redis.prefix).byState('resolved'))).toBe(0);
    expect(await shop.read(other.refundId)).toMatchObject({ purged: false });
  });

  it('is purged by the sweeper of a running worker', async () => {
    const shop = await openShop(redis, { scenario, env: { RECORD_RETENTION_DAYS: '1' }, worker: false });
    const sweeper = { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 10 };
    const steady = vi.spyOn(shop.system.clock, 'steadySince').mockReturnValue(0);
    redis.onEnd(async () => steady.mockRestore());
    await shop.startWorker({ sweeper });
    const { refundId } = await paid(shop);
    await paid(shop, { receipt_id: 'paid-0' });
    const line = JSON.stringify([Date.now() - 2 * dayMs, 'worker', 'x', null, null, null]);
    await redis.connect().lset(keysFor(redis.prefix).history(refundId), '-1', line);
    await redis.connect().zadd(keysFor(redis.prefix).byState('succeeded'), Date.now() - 2 * dayMs, refundId);
    await expect.poll(async () => (await shop.read(refundId)).purged, { timeout: 10_000 }).toBe(true);
  });
});

describe('while the clock may be wrong nothing is erased', () => {
  /** What a retention does on a clock that the test moves, and what it says. */
  async function watched() {
    const shop = await openShop(redis, { scenario });
    const { refundId } = await paid(shop);
    const at = Date.now() + 31 * dayMs;
    const clock = { at, skewMs: 0, steadySince: 0, jumpedAt: null as number | null };
    const lines: string[] = [];
    const line = (level: string) => (fields: object, event: string) =>
      void lines.push([level, event, ...Object.values(fields)].join(' '));
    const log = { ...silentLogger(), info: line('info'), warn: line('warn') };
    const run = createRetention(
      {
        ledger: shop.system.ledger,
        clock: {
          now: () => clock.at,
          toLocal: (moment) => moment + clock.skewMs,
          steadySince: () => clock.steadySince,
          jumpedAt: () => clock.jumpedAt,
        },
        log,
      },
      { retentionMs },
    );
    const acceptedLately = () =>
      redis.connect().zadd(keysFor(redis.prefix).byState('queued'), clock.at, 'rf_of_today');
    return { run, clock, lines, acceptedLately, kept: async () => !(await shop.read(refundId)).purged };
  }

  it('Redis is ahead by more than the retention, and the host is not', async () => {
    const { run, clock, lines, acceptedLately, kept } = await watched();
    await acceptedLately();
    clock.skewMs = -31 * dayMs;
    expect([await run(), await run()]).toEqual([0, 0]);
    expect(await kept()).toBe(true);
    expect(lines).toEqual(['warn retention_paused clocks_disagree']);
    clock.skewMs = 0;
    expect(await run()).toBe(1);
    expect(lines.slice(1)).toEqual(['info retention_resumed', 'info records_purged 1']);
  });

  it('a step was noticed a moment ago, or this process has just started', async () => {
    const { run, clock, lines, acceptedLately, kept } = await watched();
    await acceptedLately();
    clock.steadySince = clock.at - 1_000;
    await run();
    clock.jumpedAt = clock.at - 1_000;
    await run();
    expect(await kept()).toBe(true);
    expect(lines).toEqual(['info retention_paused started', 'warn retention_paused clock_stepped']);
    clock.at += 3_600_000;
    expect(await run()).toBe(1);
  });

  it('no refund at all was accepted within the whole retention', async () => {
    const { run, lines, acceptedLately, kept } = await watched();
    expect(await run()).toBe(0);
    expect(await kept()).toBe(true);
    expect(lines).toEqual(['warn retention_paused no_new_refund']);
    await acceptedLately();
    expect(await run()).toBe(1);
  });
});

describe('an event of a purged refund', () => {
  const event = {
    event_id: 'e-old',
    order_id: 'o-old',
    receipt_id: 'paid',
    cancel_price: 1_000,
    cancel_id: 'own',
  };
  const account = { bank_account: '123-456-789012', bank_username: '이서연', bank_code: '004' };

  async function purgedShop() {
    const shop = await openShop(redis, { scenario });
    const { refundId } = await paid(shop, event);
    expect(await purge(shop, 31)).toBe(1);
    return { shop, refundId, history: keysFor(redis.prefix).history(refundId) };
  }

  it('that comes again is a duplicate, and no money moves', async () => {
    const { shop, refundId } = await purgedShop();
    expect(await shop.send(event)).toEqual({
      result: 'duplicate',
      refund_id: refundId,
      cancel_id: 'own',
      state: 'succeeded',
      problems: [],
    });
    expect(await redis.connect().exists(keysFor(redis.prefix).byState('queued'))).toBe(0);
    expect(shop.simulator.book.of('paid')).toMatchObject({ refunds: 1 });
  });

  it('with other content, an account it never had, or its cancel_id is a conflict, and leaves nothing behind', async () => {
    const { shop, refundId, history } = await purgedShop();
    const conflict = { result: 'conflict', refund_id: refundId };
    expect(await shop.send({ ...event, cancel_price: 2_000 })).toMatchObject(conflict);
    expect(await shop.send({ ...event, refund: account })).toMatchObject(conflict);
    expect(await shop.send({ ...event, event_id: 'e-new' })).toMatchObject(conflict);
    const plain = await shop.send({ ...event, event_id: 'e-other', cancel_id: refundId });
    expect(plain).toMatchObject(conflict);
    expect(await redis.connect().exists(history)).toBe(0);
    expect((await shop.system.ledger.counts()).conflicts).toBe(4);
  });
});

describe('who comes too late for a purged refund', () => {
  it('and read it before: writes nothing', async () => {
    const shop = await openShop(redis, { scenario });
    const refund = await paid(shop);
    const now = Date.now();
    const change = transitionFor(refund, drift('a later look-up'), { now, who: 'reconcile' });
    expect(await purge(shop, 31)).toBe(1);
    const answer = await shop.system.ledger.commit(change, {});
    expect(answer).toEqual({ kind: 'moved', version: refund.version + 1, state: 'succeeded' });
    expect((await shop.read(refund.refundId)).purged).toBe(true);
    await shop.system.ledger.note(refund.refundId, change.history);
    expect(await redis.connect().exists(keysFor(redis.prefix).history(refund.refundId))).toBe(0);
  });

  it('with a job of it: told that it is closed', async () => {
    const shop = await openShop(redis, { scenario });
    const refund = await paid(shop);
    await purge(shop, 31);
    const request = { ...refund, jobId: refundJobId(refund), now: Date.now() };
    expect(await shop.system.ledger.begin(request)).toEqual({
      kind: 'closed',
      refund: null,
      state: 'succeeded',
    });
  });

  it('to list or reconcile: passes it by', async () => {
    const shop = await openShop(redis, { scenario });
    const keys = keysFor(redis.prefix);
    const client = redis.connect();
    const first = await paid(shop);
    expect(await purge(shop, 31)).toBe(1);
    const second = await paid(shop);
    // As a reader sees it that had the page of the index just before.
    await client.zadd(keys.byState('succeeded'), first.acceptedAt, first.refundId);
    const page = await shop.system.ledger.list({ state: 'succeeded', limit: 10 });
    expect(page).toMatchObject({ items: [{ refundId: second.refundId }], unreadable: [], nextCursor: null });
    const told: unknown[] = [];
    for await (const one of shop.system.reconcile({}) ?? []) told.push(one);
    expect(told).toMatchObject([{ kind: 'receipt', verdict: 'agrees', settledWon: 2_000 }]);
  });

  it('to review it: told how it ended', async () => {
    const shop = await openShop(redis, { scenario });
    const { refundId } = await paid(shop);
    await purge(shop, 31);
    const { deadLetters } = shop.system;
    const purged = { kind: 'purged', state: 'succeeded' };
    const wish = { ...verdict, newGeneration: false, edits: {} };
    expect(await deadLetters.replay(refundId, wish)).toEqual(purged);
    expect(await deadLetters.resolve(refundId, { ...verdict, outcome: 'already_refunded' })).toEqual(purged);
  });
});

it('a refund that became a case again is not purged, even where an index still says that it ended', async () => {
  const shop = await openShop(redis, { scenario });
  const refund = await paid(shop);
  const change = transitionFor(refund, drift('the total fell'), { now: Date.now(), who: 'reconcile' });
  expect(await shop.system.ledger.commit(change, {})).toMatchObject({ kind: 'done' });
  await redis.connect().zadd(keysFor(redis.prefix).byState('succeeded'), refund.acceptedAt, refund.refundId);
  expect(await purge(shop, 31)).toBe(0);
  expect(await shop.read(refund.refundId)).toMatchObject({
    purged: false,
    state: 'dead_lettered',
    refund: {},
  });
});

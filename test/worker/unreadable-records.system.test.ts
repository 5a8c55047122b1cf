// A record that cannot be read is a case like any other: listed, counted, told; and its receipt goes on where nothing can be
// under way for it.
import { describe, expect, it } from 'vitest';
import { type RefundId, receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import { type Logger, silentLogger } from '../../src/logging/logger.ts';
import { drift } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { replayMany } from '../support/bulk.ts';
import { ledgerWith } from '../support/meddle.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';

const redis = useRedis();
const sweeper = { everyMs: 50, overdueMs: 0, lateMs: 600_000, pageSize: 10 };
const serverError = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;
const receipt = receiptIdSchema.parse('r1');

type Script = NonNullable<NonNullable<NonNullable<ShopOptions['scenario']>['receipts']>[number]['script']>;

/** Without a worker: the test says when one starts. */
function openedShop(script: Script = {}, env: ShopOptions['env'] = {}): Promise<Shop> {
  return openShop(redis, {
    scenario: { receipts: [{ id: 'r1', price: 10_000, script }] },
    env: { ...env },
    worker: false,
  });
}

async function send(shop: Shop, event: Parameters<Shop['send']>[0] = {}): Promise<RefundId> {
  const sent = await shop.send({ receipt_id: 'r1', order_id: 'o-1', cancel_price: 1_000, ...event });
  return refundIdSchema.parse(sent.refund_id);
}

const keys = () => keysFor(redis.prefix);

async function spoil({ system }: Shop, id: RefundId, body = '{"broken'): Promise<void> {
  await system.redis.hset(keys().refund(id), 'body', body);
}

async function untilCase(shop: Shop, id: RefundId): Promise<number> {
  await expect.poll(async () => (await shop.read(id)).state, { timeout: 20_000 }).toBe('dead_lettered');
  return (await shop.read(id)).version;
}

async function eventsOf({ system }: Shop, id: RefundId): Promise<Record<string, unknown>[]> {
  const entries = await system.redis.xrange(keys().events, '-', '+');
  const events = entries.map(([, fields]): Record<string, unknown> => JSON.parse(fields[1] ?? ''));
  return events.filter(({ subject }) => subject === id);
}

/** What is on show for people in the dead-letter queue. */
async function shown({ system }: Shop) {
  const jobs = await system.refundQueue.queues[1]?.getJobs(['waiting']);
  return jobs?.map(({ id, name, data }) => ({ id, name, data }));
}

const holder = async ({ system }: Shop) => (await system.ledger.readReceipt(receipt)).holder;

const verdict = {
  who: 'kim',
  via: 'cli',
  reason: 'checked with Bootpay',
  version: null,
  outcome: 'not_to_be_refunded',
  evidence: null,
  acknowledge: true,
} as const;

describe('a record that turns out to be unreadable', () => {
  it.each(['{"broken', '', 'null', '{"schema":1}'])(
    'while it is queued (%s) is listed, counted, told and shown, and its body stays as it is',
    async (body) => {
      const shop = await openedShop();
      const id = await send(shop);
      await spoil(shop, id, body);
      await shop.startWorker();
      const version = await untilCase(shop, id);
      expect(version).toBe(2);
      expect(await shop.system.redis.hget(keys().refund(id), 'body')).toBe(body);

      const item = {
        unread: 'unreadable',
        refundId: id,
        receiptId: 'r1',
        orderId: 'o-1',
        state: 'dead_lettered',
        version,
        sent: false,
        deadLetter: { case: 'poison', code: null, pgCode: null, severity: 'critical' },
      };
      const { deadLetters, ledger } = shop.system;
      const listed = async (filter: Parameters<typeof deadLetters.list>[0]['filter']) =>
        (await deadLetters.list({ filter, limit: 10 })).items;
      for (const filter of [
        {},
        { case: 'poison' } as const,
        { orderId: 'o-1' },
        { case: 'poison', orderId: 'o-1' } as const,
        { case: 'poison', olderThanMs: 0 } as const,
      ]) {
        expect(await listed(filter)).toMatchObject([item]);
      }
      expect(await listed({ case: 'drift' })).toEqual([]);
      expect(await listed({ code: 'RC_NOT_FOUND' })).toEqual([]);
      expect(await listed({ orderId: 'o-2' })).toEqual([]);
      expect(await listed({ olderThanMs: 60_000 })).toEqual([]);
      expect((await ledger.list({ state: 'dead_lettered', limit: 10 })).all).toMatchObject([item]);
      expect((await ledger.list({ state: 'queued', limit: 10 })).all).toEqual([]);
      expect((await ledger.list({ receiptId: 'r1', limit: 10 })).all).toMatchObject([item]);
      for (const [by, key] of [
        ['case', 'poison'],
        ['severity', 'critical'],
        ['code', null],
        ['orderId', 'o-1'],
        ['receiptId', 'r1'],
      ] as const) {
        const counts = await deadLetters.group({ filter: {}, by });
        expect(counts).toMatchObject([{ key, count: 1, critical: 1, oldestAt: expect.any(Number) }]);
        expect(counts[0]?.oldestAt).toBeLessThanOrEqual(Date.now());
      }

      expect(await eventsOf(shop, id)).toMatchObject([
        {
          id: `${id}-2`,
          type: 'refund.dead_lettered',
          data: {
            refund_id: id,
            receipt_id: 'r1',
            order_id: 'o-1',
            case: 'poison',
            version: 2,
            unreadable: true,
          },
        },
      ]);
      expect((await shop.read(id)).history.at(-1)).toMatchObject({
        who: 'worker',
        from: 'queued',
        to: 'dead_lettered',
        reason: 'poison: the record cannot be read',
      });
      await expect
        .poll(() => shown(shop))
        .toEqual([
          { id: `${id}-2`, name: 'poison', data: { refund_id: id, receipt_id: 'r1', order_id: 'o-1' } },
        ]);
      expect(await holder(shop)).toBeNull();
      expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 0 });
    },
  );

  it.each([
    ['a version that is no whole number', 'version', '1.5', '{"broken'],
    ['a version that no number can hold', 'version', '99999999999999999999', '{"broken'],
    ['a version that is text', 'version', 'abc', '{"broken'],
    ['bytes that are no UTF-8', 'body', Buffer.from([0x7b, 0xff, 0xfe]), null],
  ])('with %s is a case that can be closed', async (_what, field, value, body) => {
    const shop = await openedShop();
    const id = await send(shop);
    if (body !== null) await spoil(shop, id, body);
    await shop.system.redis.hset(keys().refund(id), field, value);
    await shop.startWorker();
    const version = await untilCase(shop, id);
    expect(await shop.system.deadLetters.resolve(id, { ...verdict, version })).toMatchObject({
      kind: 'closed_unreadable',
    });
    expect((await shop.read(id)).state).toBe('resolved');
  });

  it('because its body is gone is a case, too', async () => {
    const shop = await openedShop();
    const id = await send(shop);
    await shop.system.redis.hdel(keys().refund(id), 'body');
    await shop.startWorker();
    await untilCase(shop, id);
    expect((await shop.system.deadLetters.list({ filter: {}, limit: 10 })).items).toMatchObject([
      { refundId: id, unread: 'unreadable' },
    ]);
  });

  it('and for which nothing was sent lets the next refund of its receipt be paid at once', async () => {
    const shop = await openedShop();
    const [broken, behind] = [await send(shop), await send(shop, { cancel_price: 2_000 })];
    // The receipt is its own by the time it is met, and the other waits behind it for a minute and more.
    await shop.system.redis.hset(keys().receipt(receipt), 'lock', broken);
    const [refunds] = shop.system.refundQueue.queues;
    await refunds?.getJob(`${broken}-1`).then((job) => job?.remove());
    await shop.system.redis.hset(keys().refund(behind), 'waits', 9);
    await shop.startWorker();
    const waiting = async () => (await shop.system.ledger.readReceipt(receipt)).waiting;
    await expect.poll(waiting).toEqual([behind]);
    await spoil(shop, broken);
    const asked = Date.now();
    await refunds?.add('refund', dataOf(broken), { jobId: `${broken}-1`, priority: 1 });
    await untilCase(shop, broken);
    await shop.until(behind, 'succeeded', 10_000);
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 1 });
  });

  it('while it waits for the receipt is a case at once, and takes nothing from the refund it waits for', async () => {
    const shop = await openedShop();
    const [first, waits] = [await send(shop), await send(shop)];
    await shop.system.redis.hset(keys().receipt(receipt), 'lock', first);
    const [refunds] = shop.system.refundQueue.queues;
    await refunds?.getJob(`${first}-1`).then((job) => job?.remove());
    await shop.startWorker();
    const waiting = async () => (await shop.system.ledger.readReceipt(receipt)).waiting;
    await expect.poll(waiting).toEqual([waits]);
    await spoil(shop, waits);
    await untilCase(shop, waits);
    expect(await holder(shop)).toBe(first);
    expect(await waiting()).toEqual([]);
    await refunds?.add('refund', dataOf(first), { jobId: `${first}-1`, priority: 1 });
    await shop.until(first, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('while it waits for its next try gives the receipt back: its last call was refused', async () => {
    const env = { RETRY_BASE_MS: '1500', RETRY_MAX_MS: '3000' };
    const shop = await openedShop({ cancel: [serverError] }, env);
    await shop.startWorker();
    const id = await send(shop);
    await shop.until(id, 'waiting_retry');
    await spoil(shop, id);
    await untilCase(shop, id);
    expect(await holder(shop)).toBeNull();
    const next = await send(shop, { cancel_price: 2_000 });
    await shop.until(next, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 1 });
  });

  it('after a replay keeps the receipt: its last call may have paid', async () => {
    const shop = await openedShop({ cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' }] });
    const worker = await shop.startWorker();
    const id = await send(shop);
    await shop.until(id, 'dead_lettered');
    await worker.stop(5_000);
    const { deadLetters, redis: client } = shop.system;
    const replay = {
      who: 'kim',
      via: 'cli' as const,
      reason: 'r',
      version: null,
      newGeneration: false,
      edits: {},
      acknowledge: true,
    };
    await expect
      .poll(async () => (await deadLetters.replay(id, replay)).kind, { timeout: 5_000 })
      .toBe('done');
    expect(await client.hget(keys().refund(id), 'sent')).toBe('1');
    await spoil(shop, id);
    await shop.startWorker();
    await untilCase(shop, id);
    expect(await holder(shop)).toBe(id);
    expect((await shop.read(id)).unread).toMatchObject({ sent: true });
  });

  it('while its call has no answer keeps the receipt, can be closed after the settle window, and marks it', async () => {
    const env = { SETTLE_WINDOW_MS: '3000', LOOK_UP_SCHEDULE_MS: '1500' };
    const shop = await openedShop({ cancel: [{ reply: 'reset_before_commit' }] }, env);
    await shop.startWorker();
    const id = await send(shop);
    await shop.until(id, 'unknown');
    await spoil(shop, id);
    const version = await untilCase(shop, id);
    expect(await holder(shop)).toBe(id);
    const behind = await send(shop, { cancel_price: 2_000 });
    await expect.poll(async () => (await shop.system.ledger.readReceipt(receipt)).waiting).toEqual([behind]);

    const { deadLetters, ledger } = shop.system;
    const before = await ledger.readReceipt(receipt);
    expect(await deadLetters.resolve(id, verdict)).toMatchObject({
      kind: 'refused',
      rule: 'settle_window',
      notBefore: expect.any(Number),
    });
    await expect
      .poll(() => deadLetters.resolve(id, verdict), { timeout: 10_000 })
      .toMatchObject({ kind: 'closed_unreadable', refund: { state: 'resolved', version: version + 1 } });
    const after = await ledger.readReceipt(receipt);
    expect(after.marks).toBe(1);
    expect(after.version).toBeGreaterThan(before.version);
    await shop.until(behind, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 1 });
  });
});

describe('a case that cannot be read', () => {
  async function broken(options: Parameters<Shop['startWorker']>[0] = {}) {
    const shop = await openedShop();
    const id = await send(shop);
    await spoil(shop, id);
    const worker = await shop.startWorker(options);
    const version = await untilCase(shop, id);
    return { shop, id, version, worker };
  }

  it('is closed with an acknowledgement only: who, why, as what and by what evidence is kept and told', async () => {
    const { shop, id, version } = await broken();
    const { deadLetters, ledger } = shop.system;
    await expect.poll(() => shown(shop)).toHaveLength(1);
    expect(await deadLetters.resolve(id, { ...verdict, acknowledge: false })).toMatchObject({
      kind: 'refused',
      rule: 'unreadable',
      resolves: { orderId: 'o-1', receiptId: 'r1', sent: false },
    });
    expect(await deadLetters.resolve(id, { ...verdict, version: version - 1 })).toMatchObject({
      kind: 'moved',
      version,
    });
    const request = { ...verdict, outcome: 'refunded_by_hand', evidence: 'transfer 7' } as const;
    const answers = await Promise.all([deadLetters.resolve(id, request), deadLetters.resolve(id, request)]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['closed_unreadable', 'moved']);

    const stored = await shop.read(id);
    expect(stored).toMatchObject({ state: 'resolved', version: version + 1, refund: null });
    expect(stored.history.at(-1)).toMatchObject({
      who: 'kim',
      what: expect.stringContaining('resolve: refunded_by_hand'),
      reason: 'checked with Bootpay (evidence: transfer 7)',
      from: 'dead_lettered',
      to: 'resolved',
    });
    expect((await eventsOf(shop, id)).at(-1)).toMatchObject({
      id: `${id}-${version + 1}`,
      type: 'refund.resolved',
      data: { refund_id: id, receipt_id: 'r1', version: version + 1, case: null },
    });
    // By hand may be in Bootpay's own admin: then it is in the totals.
    expect((await ledger.readReceipt(receipt)).marks).toBe(1);
    expect((await deadLetters.list({ filter: {}, limit: 10 })).items).toEqual([]);
    expect(await ledger.caseGroups()).toEqual([]);
    expect(await shop.system.redis.keys(`${keys().cases}*`)).toEqual([]);
    expect((await ledger.list({ state: 'resolved', limit: 10 })).all).toMatchObject([{ refundId: id }]);
    expect(await shown(shop)).toEqual([]);
    expect(await shop.system.redis.hget(keys().refund(id), 'body')).toBe('{"broken');
  });

  it('and for which nothing was sent leaves no mark where it is not to be refunded', async () => {
    const { shop, id } = await broken();
    expect(await shop.system.deadLetters.resolve(id, verdict)).toMatchObject({ kind: 'closed_unreadable' });
    expect(await shop.system.ledger.readReceipt(receipt)).toMatchObject({ marks: 0 });
  });

  it('cannot be replayed, alone or among many', async () => {
    const { shop, id, version } = await broken();
    const { deadLetters } = shop.system;
    const how = { newGeneration: false, edits: {}, acknowledge: true };
    const replay = { who: 'kim', via: 'cli' as const, reason: 'r', version, ...how };
    expect(await deadLetters.replay(id, replay)).toMatchObject({ kind: 'refused', rule: 'unreadable' });
    const { results } = await replayMany(shop.system, {});
    expect(results).toEqual([{ refundId: id, result: 'skipped', rule: 'unreadable', amountWon: null }]);
  });

  it('is not shown, told or made a case again once it is closed, by sweeper, job or repeated event', async () => {
    const { shop, id, version } = await broken({ sweeper });
    const { deadLetters, system } = { ...shop, ...shop.system, system: shop.system };
    await deadLetters.resolve(id, verdict);
    const [refunds] = system.refundQueue.queues;
    await refunds?.add('refund', dataOf(id), { jobId: 'once-more', priority: 1, removeOnComplete: true });
    // As an index that was restored from an older copy.
    await system.redis.zadd(keys().wakeUps, 1, id);
    await system.redis.zadd(keys().byState('dead_lettered'), 1, id);
    await expect.poll(() => refunds?.getJob('once-more')).toBeUndefined();
    const sweeps = async () => Number(await system.redis.exists(keys().claim('sweep')));
    for (let sweep = 0; sweep < 3; sweep += 1) {
      await expect.poll(sweeps, { interval: 5 }).toBe(1);
      await expect.poll(sweeps, { interval: 5 }).toBe(0);
    }
    expect(await shop.read(id)).toMatchObject({ state: 'resolved', version: version + 1 });
    expect(await eventsOf(shop, id)).toHaveLength(2);
    expect(await shown(shop)).toEqual([]);
  });

  it('is not made of a record that was put right at the last moment', async () => {
    const shop = await openedShop();
    const id = await send(shop);
    const body = (await shop.system.redis.hget(keys().refund(id), 'body')) ?? '';
    await spoil(shop, id);
    const meddled = ledgerWith(shop, 1, () => spoil(shop, id, body));
    expect(await meddled.markUnreadable(id, Date.now())).toBeNull();
    await shop.startWorker();
    await shop.until(id, 'succeeded');
  });

  it('stands in the lists where its refund was accepted, not where it was found', async () => {
    const shop = await openedShop();
    const older = await send(shop);
    await expect.poll(() => Date.now()).toBeGreaterThan((await shop.read(older)).refund?.acceptedAt ?? 0);
    const newer = await send(shop);
    for (const id of [newer, older]) {
      await spoil(shop, id);
      await shop.system.ledger.markUnreadable(id, Date.now() + 1_000);
    }
    for (const filter of [{}, { case: 'poison' } as const]) {
      const { items } = await shop.system.deadLetters.list({ filter, limit: 10 });
      expect(items.map(({ refundId }) => refundId)).toEqual([newer, older]);
    }
  });

  it('takes the refund account with it when it is closed, and calls the refund that waits longest', async () => {
    const shop = await openedShop();
    const refund = { bank_account: '123-456-789012', bank_username: '이서연', bank_code: '004' };
    const id = await send(shop, { refund });
    await spoil(shop, id);
    const { ledger, deadLetters, refundQueue, redis: client } = shop.system;
    await ledger.markUnreadable(id, Date.now());
    expect(await client.hmget(keys().refund(id), 'account', 'mac')).not.toContain(null);
    await client.hset(keys().receipt(receipt), 'lock', id);
    const [refunds] = refundQueue.queues;
    await refunds?.add('refund', {}, { jobId: 'behind', delay: 3_600_000, priority: 1 });
    await client.zadd(keys().waiting(receipt), 1, 'behind', 2, 'later');
    await expect
      .poll(() => deadLetters.resolve(id, verdict), { timeout: 5_000 })
      .toMatchObject({ kind: 'closed_unreadable' });
    expect(await client.hmget(keys().refund(id), 'account', 'mac')).toEqual([null, null]);
    expect(await refunds?.getJob('behind').then((job) => job?.getState())).toBe('prioritized');
    expect(await ledger.readReceipt(receipt)).toMatchObject({ holder: null });
  });

  it('whose body is put right by hand, and nothing else, stays a case that can be closed', async () => {
    const { shop, id } = await broken({ sweeper });
    const other = await send(shop, { receipt_id: 'r9' });
    const { refund } = await shop.read(other);
    await spoil(shop, id, JSON.stringify({ ...refund, refundId: id }));
    expect(await shop.read(id)).toMatchObject({ refund: null, state: 'dead_lettered' });
    expect(await shop.system.deadLetters.resolve(id, verdict)).toMatchObject({ kind: 'closed_unreadable' });
  });

  it('that could be read when it became one keeps its kind, and its drift is closed with it', async () => {
    const shop = await openedShop();
    const worker = await shop.startWorker();
    const id = await send(shop);
    const refund = await shop.until(id, 'succeeded');
    await worker.stop(5_000);
    const { ledger, deadLetters } = shop.system;
    await ledger.commit(
      transitionFor(refund, drift('the total fell'), { now: Date.now(), who: 'reconcile' }),
      {},
    );
    await spoil(shop, id);
    expect((await ledger.readReceipt(receipt)).openDrifts).toBe(1);
    expect((await deadLetters.list({ filter: { case: 'drift' }, limit: 10 })).items).toMatchObject([
      {
        refundId: id,
        unread: 'unreadable',
        sent: true,
        deadLetter: { case: 'drift', at: expect.any(Number) },
      },
    ]);
    await expect
      .poll(() => deadLetters.resolve(id, verdict), { timeout: 5_000 })
      .toMatchObject({ kind: 'closed_unreadable' });
    expect(await ledger.readReceipt(receipt)).toMatchObject({ openDrifts: 0, marks: 1 });
  });
});

describe('a job that belongs to no readable record', () => {
  const missing = `rf_${'z'.repeat(26)}`;

  it.each([
    [
      'cannot be read',
      { refund_id: 'nonsense' },
      'the job cannot be read',
      { refund_id: 'nonsense', receipt_id: null },
    ],
    [
      'has no record',
      { schema: 1, refund_id: missing, receipt_id: 'r1', cancel_price: null },
      'no record',
      { refund_id: missing, receipt_id: 'r1' },
    ],
  ])('because it %s is shown and logged', async (_why, data, why, ids) => {
    const logged: unknown[] = [];
    const error: Logger['error'] = (fields, what) => void logged.push({ what, ...fields });
    const shop = await openShop(redis, { worker: false, log: { ...silentLogger(), error } });
    await shop.startWorker();
    const options = { jobId: 'odd', priority: 1, removeOnFail: true };
    await shop.system.refundQueue.queues[0]?.add('refund', data, options);
    await expect.poll(() => shown(shop)).toEqual([{ id: 'unreadable-odd', name: 'poison', data: ids }]);
    expect(logged).toMatchObject([{ what: 'job_without_record', case_id: 'unreadable-odd', why }]);
  });

  it('because it names another receipt is shown and logged, and the refund is paid by its own job', async () => {
    const shop = await openedShop();
    const id = await send(shop);
    const data = { ...dataOf(id), receipt_id: 'r2' };
    const options = { jobId: 'odd', priority: 1, removeOnFail: true };
    await shop.system.refundQueue.queues[0]?.add('refund', data, options);
    await shop.startWorker();
    const ids = { refund_id: id, receipt_id: 'r2' };
    await expect.poll(() => shown(shop)).toEqual([{ id: 'unreadable-odd', name: 'poison', data: ids }]);
    await shop.until(id, 'succeeded');
  });
});

function dataOf(id: RefundId) {
  return { schema: 1, refund_id: id, receipt_id: 'r1', cancel_price: 1_000 };
}

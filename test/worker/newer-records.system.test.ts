// A rolling deploy: records that a newer version wrote pass through the hands of old processes as they are.
import { describe, expect, it } from 'vitest';
import { type RefundId, receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { pack } from '../../src/ledger/packed.ts';
import { type Logger, silentLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createNewerNotice } from '../../src/worker/unread.ts';
import { replayMany } from '../support/bulk.ts';
import { ledgerWith } from '../support/meddle.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';

const redis = useRedis();
const sweeper = { everyMs: 40, overdueMs: 0, lateMs: 0, pageSize: 10 };
const receipt = receiptIdSchema.parse('r1');
const keys = () => keysFor(redis.prefix);

const written = {
  'of another schema': (refund: Refund) => ({ ...refund, schema: 2 }),
  'with a nested field more': (refund: Refund) => ({
    ...refund,
    cancel: { ...refund.cancel, points: { won: 5 } },
  }),
} as const;
const kinds = Object.keys(written) as readonly (keyof typeof written)[];

function openedShop(env: ShopOptions['env'] = {}, log = silentLogger()): Promise<Shop> {
  const scenario = { receipts: [{ id: 'r1', price: 10_000 }] };
  return openShop(redis, { scenario, env: { ...env }, worker: false, log });
}

const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r1', cancel_price: 1_000 };

/** As a newer version would have stored it. */
async function storeAnew(shop: Shop, id: RefundId, kind: keyof typeof written): Promise<string> {
  const { refund } = await shop.read(id);
  if (refund === null) throw new Error('it is read at first');
  const body = JSON.stringify(written[kind](refund));
  await shop.system.redis.hset(keys().refund(id), 'body', body);
  return body;
}

async function sendNewer(shop: Shop, kind: keyof typeof written): Promise<RefundId> {
  const id = refundIdSchema.parse((await shop.send(event)).refund_id);
  await storeAnew(shop, id, kind);
  return id;
}

/** A whole sweep and more: the claim of one has run out several times. */
async function sweeps({ system }: Shop, count: number): Promise<void> {
  const claimed = () => system.redis.exists(keys().claim('sweep'));
  for (let sweep = 0; sweep < count; sweep += 1) {
    await expect.poll(claimed, { interval: 3 }).toBe(1);
    await expect.poll(claimed, { interval: 3 }).toBe(0);
  }
}

/** The old worker has met its job and put it off. */
async function untilMet({ system }: Shop): Promise<void> {
  const [refunds] = system.refundQueue.queues;
  await expect.poll(() => refunds?.getJobCountByTypes('delayed'), { timeout: 10_000 }).toBe(1);
}

describe.each(kinds)('a record %s', (kind) => {
  it('survives an old worker, sweeper and a repeated event byte for byte, and is paid by its own version', async () => {
    const shop = await openedShop({ RETRY_DEADLINE_MS: '300' });
    const id = await sendNewer(shop, kind);
    const { redis: client, refundQueue, deadLetters, ledger } = shop.system;
    const before = await client.hgetall(keys().refund(id));
    await shop.startWorker({ sweeper });
    await untilMet(shop);
    await sweeps(shop, 4);

    expect(await shop.send(event)).toMatchObject({ result: 'duplicate', refund_id: id, state: 'queued' });
    expect(await shop.send({ ...event, cancel_price: 2_000 })).toMatchObject({ result: 'conflict' });
    await sweeps(shop, 2);
    expect(await client.hgetall(keys().refund(id))).toEqual(before);
    expect(await ledger.readReceipt(receipt)).toMatchObject({ holder: null, waiting: [] });
    expect(await client.xlen(keys().events)).toBe(0);
    expect(await refundQueue.queues[1]?.getJobCountByTypes()).toBe(0);

    // It comes back after a minute, and has used nothing up.
    const [job] = (await refundQueue.queues[0]?.getJobs(['delayed'])) ?? [];
    const dueIn = (job?.timestamp ?? 0) + (job?.delay ?? 0) - Date.now();
    expect(dueIn).toBeGreaterThan(50_000);
    expect(dueIn).toBeLessThanOrEqual(60_000);
    expect(job?.attemptsMade).toBe(0);

    const refusal = { kind: 'refused', rule: 'newer_version' };
    const how = { who: 'kim', via: 'cli' as const, reason: 'r', version: null, acknowledge: true };
    const replay = { ...how, newGeneration: false, edits: {} };
    expect(await deadLetters.replay(id, replay)).toMatchObject(refusal);
    const resolve = { ...how, outcome: 'not_to_be_refunded', evidence: null } as const;
    expect(await deadLetters.resolve(id, resolve)).toMatchObject(refusal);
    expect((await ledger.list({ state: 'queued', limit: 10 })).all).toMatchObject([
      { refundId: id, unread: 'newer', receiptId: 'r1', orderId: 'o-1', state: 'queued', version: 1 },
    ]);
    expect((await shop.read(id)).unread).toMatchObject({ unread: 'newer', state: 'queued' });

    // As its own version would do.
    const { schema: _, points: __, ...fields } = JSON.parse(before['body'] ?? '');
    const { points: ___, ...cancel } = fields.cancel;
    const body = JSON.stringify({ ...fields, schema: 1, cancel, deadlineAt: Date.now() + 60_000 });
    await client.hset(keys().refund(id), 'body', body);
    expect(await refundQueue.wake(job?.id ?? '')).toBe(true);
    await shop.until(id, 'succeeded');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('gives the receipt back at once to the refund that came for it meanwhile', async () => {
    const shop = await openedShop();
    const id = await sendNewer(shop, kind);
    const { ledger, redis: client } = shop.system;
    await client.zadd(keys().waiting(receipt), 1, 'behind-1');
    const request = { refundId: id, receiptId: receipt, jobId: `${id}-1`, now: Date.now() + 1_000 };
    const before = await client.hgetall(keys().refund(id));
    expect(await ledger.begin(request)).toEqual({ kind: 'newer', nextWaiter: 'behind-1' });
    expect(await ledger.readReceipt(receipt)).toMatchObject({ holder: null, waiting: [] });
    expect(await client.hgetall(keys().refund(id))).toEqual(before);
    // Held by another refund: it waits like any other, and is a case of nobody.
    await client.hset(keys().receipt(receipt), 'lock', 'another');
    expect(await ledger.begin(request)).toEqual({ kind: 'newer', nextWaiter: null });
    expect(await ledger.readReceipt(receipt)).toMatchObject({ holder: 'another' });
  });

  it('that has the receipt and works on it in another process keeps it', async () => {
    const shop = await openedShop();
    const id = await sendNewer(shop, kind);
    const { ledger, redis: client } = shop.system;
    await client.hset(keys().receipt(receipt), 'lock', id);
    const counts = `;${id}-1=3`;
    await client.hset(keys().refund(id), { job: `${id}-1`, activations: counts });
    const before = await client.hgetall(keys().refund(id));
    const request = { refundId: id, receiptId: receipt, jobId: 'second', now: Date.now() + 1_000 };
    expect(await ledger.begin(request)).toEqual({ kind: 'newer', nextWaiter: null });
    expect(await ledger.readReceipt(receipt)).toMatchObject({ holder: id });
    expect(await client.hgetall(keys().refund(id))).toEqual(before);
  });

  it('that another process has begun to work on meanwhile keeps what that one needs', async () => {
    const shop = await openedShop();
    const id = await sendNewer(shop, kind);
    const { ledger, redis: client } = shop.system;
    const now = Date.now() + 1_000;
    const theirs = { job: 'theirs', activations: ';theirs=1' };
    const request = { refundId: id, receiptId: receipt, jobId: 'ours', now };
    await ledger.begin(request); // so that the scripts are loaded
    const meddled = ledgerWith(shop, 2, () => client.hset(keys().refund(id), theirs));
    expect(await meddled.begin(request)).toEqual({ kind: 'newer', nextWaiter: null });
    expect(await ledger.readReceipt(receipt)).toMatchObject({ holder: id });
    expect(await client.hgetall(keys().refund(id))).toMatchObject(theirs);
  });

  it('that has ended is not forgotten, nor is another refund of its receipt', async () => {
    const shop = await openedShop();
    const { redis: client, ledger } = shop.system;
    const worker = await shop.startWorker();
    const ids: RefundId[] = [];
    for (const event_id of ['e-1', 'e-2']) {
      const { refund_id } = await shop.send({ ...event, event_id });
      ids.push((await shop.until(refund_id, 'succeeded')).refundId);
    }
    await worker.stop(5_000);
    const [newer = ids[0], other = ids[1]] = ids;
    if (newer === undefined || other === undefined) throw new Error('both were paid');
    const body = await storeAnew(shop, newer, kind);
    const stored = pack(body);
    await client.hset(keys().refund(newer), 'body', stored);
    const before = await Promise.all([newer, other].map((id) => client.hgetall(keys().refund(id))));
    const query = { state: 'succeeded', endedBy: Date.now() + 60_000, passOver: 0, limit: 10 } as const;
    expect(await ledger.purge(query)).toEqual({ purged: 0, stayed: 2, end: true });
    expect(await Promise.all([newer, other].map((id) => client.hgetall(keys().refund(id))))).toEqual(before);
    expect(await ledger.list({ receiptId: 'r1', limit: 10 })).toMatchObject({
      items: [{ refundId: other }],
      all: [{ refundId: other }, { refundId: newer, unread: 'newer', state: 'succeeded' }],
      unreadable: [newer],
    });
    await client.hset(keys().refund(newer), 'body', 'broken');
    expect(await ledger.purge(query)).toMatchObject({ purged: 0, stayed: 2 });
  });
});

it('a dead letter of a newer version, of a kind we do not know, is listed as such and breaks no list', async () => {
  const shop = await openedShop();
  const id = await sendNewer(shop, 'of another schema');
  const { redis: client, deadLetters, ledger } = shop.system;
  const group = JSON.stringify(['fraud', 'RC_NEW', 'urgent', '']);
  await client.hset(keys().refund(id), { state: 'dead_lettered', case: 'fraud', code: 'RC_NEW', group });
  await client.zrem(keys().byState('queued'), id);
  await client.zadd(keys().byState('dead_lettered'), 5, id);
  await client.sadd(keys().caseGroups, group);
  await client.zadd(keys().caseGroup(group), 7, id);
  await client.zadd(keys().byCase('', 'RC_NEW'), 5, id);
  const before = await client.hgetall(keys().refund(id));
  const item = {
    refundId: id,
    unread: 'newer',
    deadLetter: { case: 'fraud', code: 'RC_NEW', severity: 'urgent', at: 7 },
  };
  for (const filter of [{}, { code: 'RC_NEW' }, { olderThanMs: 1_000 }])
    expect((await deadLetters.list({ filter, limit: 10 })).items).toMatchObject([item]);
  expect(await deadLetters.group({ filter: {}, by: 'case' })).toMatchObject([{ key: 'fraud', count: 1 }]);
  expect(await ledger.caseGroups()).toMatchObject([{ case: 'fraud', severity: 'urgent' }]);
  const { results } = await replayMany(shop.system, {}, { dryRun: true });
  expect(results).toEqual([{ refundId: id, result: 'needs_person', rule: 'newer_version', amountWon: null }]);
  await shop.startWorker({ sweeper });
  await sweeps(shop, 3);
  expect(await client.hgetall(keys().refund(id))).toEqual(before);
  expect(await shop.system.refundQueue.queues[1]?.getJobCountByTypes()).toBe(0);
});

it('a state that only a newer version knows leaves the record alone, and its repeated event is a duplicate', async () => {
  const shop = await openedShop();
  const id = await sendNewer(shop, 'with a nested field more');
  const { redis: client, ledger } = shop.system;
  await client.hset(keys().refund(id), 'state', 'paused');
  const before = await client.hgetall(keys().refund(id));
  await shop.startWorker({ sweeper });
  await untilMet(shop);
  await sweeps(shop, 2);
  expect(await shop.send(event)).toMatchObject({ result: 'duplicate', refund_id: id, state: 'paused' });
  expect(await client.hgetall(keys().refund(id))).toEqual(before);
  expect((await ledger.list({ receiptId: 'r1', limit: 10 })).all).toMatchObject([
    { unread: 'newer', state: 'paused' },
  ]);
  expect(await ledger.markUnreadable(id, Date.now())).toBeNull();
});

it('a process warns once of a record of a newer version, however often worker and sweeper meet it', async () => {
  const warned: string[] = [];
  const warn: Logger['warn'] = (fields, what) => void warned.push(`${what} ${fields['refund_id']}`);
  const shop = await openedShop({}, { ...silentLogger(), warn });
  const id = await sendNewer(shop, 'of another schema');
  await shop.startWorker({ sweeper });
  await untilMet(shop);
  const [refunds] = shop.system.refundQueue.queues;
  const jobs = (await refunds?.getJobs(['delayed'])) ?? [];
  expect(await shop.system.refundQueue.wake(jobs[0]?.id ?? '')).toBe(true);
  await untilMet(shop);
  await refunds?.obliterate({ force: true });
  await sweeps(shop, 4);
  expect(warned.filter((line) => line.startsWith('record_of'))).toEqual([`record_of_newer_version ${id}`]);
});

it('each record of a newer version is warned of once in a process', () => {
  const warned: unknown[] = [];
  const log = { warn: (fields: object, what: string) => warned.push([fields, what]) } as unknown as Logger;
  const note = createNewerNotice(log);
  const [one, other] = ['a', 'b'].map((letter) => refundIdSchema.parse(`rf_${letter.repeat(26)}`));
  for (const id of [one, other, one, one, other]) if (id !== undefined) note(id);
  expect(warned).toEqual([
    [{ refund_id: one }, 'record_of_newer_version'],
    [{ refund_id: other }, 'record_of_newer_version'],
  ]);
});

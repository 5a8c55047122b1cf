// What people did and wanted is kept, with the way by which they came: moves with the write that made them, refusals after.
import { expect, it } from 'vitest';
import type { ActionQuery } from '../../src/domain/action.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createRetention } from '../../src/worker/retention.ts';
import { replayMany } from '../support/bulk.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const plain = { version: null, newGeneration: false, acknowledge: false, edits: {} };
const verdict = { version: null, evidence: null, outcome: 'not_to_be_refunded', acknowledge: true } as const;

/** Two refunds of more than was paid, in front of a person. */
async function shopWithCases() {
  const shop = await openShop(redis, {
    scenario: {
      receipts: [
        { id: 'a', price: 1_000 },
        { id: 'v', price: 1_000, method: 'vbank' },
      ],
    },
  });
  const ids = [];
  for (const receipt_id of ['a', 'v']) {
    const { refund_id } = await shop.send({ receipt_id, cancel_price: 2_000 });
    await shop.until(refund_id, 'dead_lettered');
    ids.push(refundIdSchema.parse(refund_id));
  }
  const [a, v] = ids;
  if (a === undefined || v === undefined) throw new Error('no cases');
  return { shop, a, v };
}

async function kept({ system }: Shop, query: Partial<ActionQuery> = {}) {
  return (await system.ledger.actions({ limit: 100, ...query })).items;
}

it('a replay and a resolve are kept with who, by which way, why and what moved', async () => {
  const { shop, a, v } = await shopWithCases();
  const { deadLetters } = shop.system;
  const before = await shop.read(a);
  const edits = { amountWon: 900, taxFreeWon: 0 };
  await deadLetters.replay(a, { ...plain, who: 'kim', via: 'desk', reason: 'what is left', edits });
  await shop.until(a, 'succeeded');
  await deadLetters.resolve(v, { ...verdict, who: 'lee', via: 'http', reason: 'agreed' });
  expect(await kept(shop)).toMatchObject([
    {
      ...{ who: 'lee', via: 'http', what: 'resolve', refundId: v, reason: 'agreed', answer: 'done' },
      ...{ from: 'dead_lettered', to: 'resolved', rule: null, bulk: null },
      edits: { outcome: 'not_to_be_refunded', acknowledge: true },
    },
    {
      ...{ who: 'kim', via: 'desk', what: 'replay', refundId: a, orderId: before.refund?.orderId },
      ...{ from: 'dead_lettered', to: 'queued', reason: 'what is left', answer: 'done' },
      edits: { amount: 900, tax_free: 0 },
    },
  ]);
});

it('what a rule refuses, and what comes too late, is kept as well', async () => {
  const { shop, a } = await shopWithCases();
  const { deadLetters } = shop.system;
  const by = { who: 'kim', via: 'cli', reason: 'again' } as const;
  await deadLetters.replay(a, { ...plain, ...by, newGeneration: true });
  await deadLetters.replay(a, { ...plain, ...by, version: 1 });
  await deadLetters.resolve(refundIdSchema.parse(`rf_${'a'.repeat(26)}`), { ...verdict, ...by });
  const orderId = (await shop.read(a)).refund?.orderId;
  expect(await kept(shop)).toMatchObject([
    { what: 'resolve', answer: 'not_found', orderId: null },
    { what: 'replay', answer: 'moved', version: 1, orderId },
    { what: 'replay', answer: 'refused', rule: 'new_generation', edits: { new_generation: true }, orderId },
  ]);
});

it('no account is kept, though a person types its number as the reason as well', async () => {
  const { shop, v } = await shopWithCases();
  const account = { bank_account: '110123456789', bank_username: '홍길동', bank_code: '088' };
  const edits = { account, amountWon: 1_000, message: '홍길동 고객' };
  const reason = 'to 110-123-456789';
  await shop.system.deadLetters.replay(v, { ...plain, who: 'kim', via: 'desk', reason, edits });
  const stored = JSON.stringify(await redis.connect().xrange(keysFor(redis.prefix).actions, '-', '+'));
  expect(stored).toContain('replaced');
  expect(stored).not.toMatch(/456789|홍길동|\\\\ud64d/);
});

it('many at once: the start, and each of its replays under its id; a dry run is no action', async () => {
  const { shop, a, v } = await shopWithCases();
  const filter = { text: 'o-' };
  await replayMany(shop.system, filter, { dryRun: true });
  const { id } = await replayMany(shop.system, filter);
  const found = await kept(shop);
  expect(found.map(({ what, bulk, answer }) => `${what} ${bulk} ${answer}`)).toEqual([
    `replay ${id} done`,
    `replay ${id} done`,
    `bulk_start ${id} done`,
  ]);
  expect(found.map(({ refundId }) => refundId).sort()).toEqual([a, v, null].sort());
  expect(found[2]?.edits).toEqual({ text: 'o-', perMinute: 60_000 });
});

it('what a filter does not find is looked for 20,000 entries far, and further on demand', async () => {
  const { ledger, clock } = (await openShop(redis, { worker: false })).system;
  const act = { at: clock.now(), via: 'desk', what: 'note', answer: 'done' } as const;
  await ledger.recordAction({ ...act, who: 'lee' });
  const batch = redis.connect().pipeline();
  const action = JSON.stringify({ ...act, who: 'kim' });
  for (let n = 0; n < 20_500; n += 1) batch.xadd(keysFor(redis.prefix).actions, '*', 'action', action);
  await batch.exec();
  const first = await ledger.actions({ who: 'lee', limit: 10 });
  expect(first).toMatchObject({ items: [], nextCursor: expect.any(String) });
  const next = await ledger.actions({ who: 'lee', limit: 10, cursor: first.nextCursor ?? undefined });
  expect(next).toMatchObject({ items: [{ who: 'lee' }], nextCursor: null });
});

it('holding the lane twice is one act and one that changed nothing', async () => {
  const shop = await openShop(redis, { worker: false });
  const { laneActs } = shop.system;
  const by = { who: 'kim', via: 'desk' } as const;
  expect(await laneActs.hold(by, 'maintenance')).toBe(true);
  expect(await laneActs.hold(by, 'maintenance')).toBe(false);
  expect(await laneActs.resume(by, 'over')).toBe(true);
  expect((await kept(shop)).map(({ what, answer }) => `${what} ${answer}`)).toEqual([
    'lane_resume done',
    'lane_hold unchanged',
    'lane_hold done',
  ]);
});

it('they are forgotten with the records that they were done to, and after 400 days at the latest', async () => {
  const { ledger, clock } = (await openShop(redis, { worker: false })).system;
  await ledger.recordAction({ at: clock.now(), who: 'kim', via: 'desk', what: 'note', answer: 'done' });
  const later = (days: number, retentionDays: number) => {
    const now = () => clock.now() + days * 86_400_000;
    const steady = { steadySince: () => 0, jumpedAt: () => null, toLocal: (at: number) => at };
    const sure = { ...ledger, newestAcceptedAt: async () => now() };
    const options = { retentionMs: retentionDays * 86_400_000 };
    return createRetention({ ledger: sure, clock: { now, ...steady }, log: silentLogger() }, options)();
  };
  const count = async () => (await ledger.actions({ limit: 10 })).items.length;
  await later(399, 1_830);
  expect(await count()).toBe(1);
  await later(401, 1_830);
  expect(await count()).toBe(0);
  await ledger.recordAction({ at: clock.now(), who: 'kim', via: 'desk', what: 'note', answer: 'done' });
  await later(31, 30);
  expect(await count()).toBe(0);
});

it('they are listed newest first, page by page, by who, refund, order and time; what is no action is passed over', async () => {
  const { ledger } = (await openShop(redis, { worker: false })).system;
  const client = redis.connect();
  const { actions } = keysFor(redis.prefix);
  const t0 = Date.now();
  for (let n = 0; n < 1_100; n += 1) {
    const [who, orderId] = [n % 2 === 0 ? 'kim' : 'lee', n % 500 === 0 ? 'o-1' : 'o-2'];
    await ledger.recordAction({ at: t0 + n, who, via: 'desk', what: 'note', orderId, answer: 'done' });
  }
  await client.xadd(actions, '*', 'action', '{"at":');
  const newer = { at: t0 + 2_000, who: 'kim', via: 'app', what: 'dance', answer: 'perhaps', more: 1 };
  await client.xadd(actions, '*', 'action', JSON.stringify(newer));

  expect((await ledger.actions({ limit: 1 })).items).toMatchObject([{ via: 'app', what: 'dance' }]);
  const ofOrder = await ledger.actions({ limit: 10, orderId: 'o-1' });
  expect(ofOrder).toMatchObject({
    items: [{ at: t0 + 1_000 }, { at: t0 + 500 }, { at: t0 }],
    nextCursor: null,
  });
  const range = { from: t0 + 10, to: t0 + 20, who: 'lee' };
  const first = await ledger.actions({ ...range, limit: 3 });
  expect(first.items.map(({ at }) => at - t0)).toEqual([19, 17, 15]);
  const rest = await ledger.actions({ ...range, limit: 3, cursor: first.nextCursor ?? '' });
  expect(rest.items.map(({ at }) => at - t0)).toEqual([13, 11]);
  expect(rest.nextCursor).toBeNull();
});

// Cases in the orders that people read them in: by refund_by, by amount, by age, with filters and sums, from an index that
// the step itself keeps. Cases of a process of 0.4, which knows nothing of these orders, find their place on the way.
import { expect, it } from 'vitest';
import type { CaseFilter, CaseQuery, CaseSort } from '../../src/domain/case-query.ts';
import { type RefundId, refundIdSchema } from '../../src/domain/ids.ts';
import { sumOf } from '../../src/policies/amounts.ts';
import { withEvidence } from '../../src/policies/transition.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createSweep, sweeperDefaults } from '../../src/worker/sweeper.ts';
import { receiptWith } from '../policies/receipts.ts';
import { day, makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const t0 = Date.parse('2026-11-02T10:00:00+09:00');
const by = { who: 'kim', via: 'cli', reason: 'r', version: null } as const;
const verdict = { ...by, outcome: 'not_to_be_refunded', evidence: null, acknowledge: true } as const;

interface Case {
  readonly name: string;
  /** After the first of them, in days. */
  readonly accepted?: number;
  readonly dead?: number;
  /** null: full, and never looked up. */
  readonly won?: number | null;
  readonly method?: 'card' | 'phone';
  readonly code?: string;
}

function made(shop: Shop, { accepted = 0, dead = accepted, ...same }: Case): Promise<RefundId> {
  return makeCase(shop, { ...same, acceptedAt: t0 + accepted * day, deadAt: t0 + dead * day });
}

const cases: readonly Case[] = [
  { name: 'a', accepted: 9, dead: 10, won: 300 },
  { name: 'b', accepted: 0, dead: 30, won: 100, method: 'card' },
  { name: 'c', accepted: 0, dead: 20, won: 9_000, method: 'phone', code: 'RC_A' },
  { name: 'd', accepted: 20, dead: 21, won: null, code: 'RC_A' },
];

async function shopWithCases() {
  const shop = await openShop(redis, { worker: false });
  const ids = new Map<string, RefundId>();
  for (const one of cases) ids.set(one.name, await made(shop, one));
  const idOf = (name: string) => refundIdSchema.parse(ids.get(name));
  return { shop, idOf, ids: [...ids.values()] };
}

async function listed(
  { system }: Shop,
  sort: CaseSort,
  filter: CaseFilter = {},
  more: Partial<CaseQuery> = {},
) {
  const { items } = await system.ledger.cases({ filter, sort, limit: 100, ...more });
  return items.map(({ receiptId }) => receiptId?.slice(2) ?? '?').join('');
}

it('cases are listed by the law, by money and by age', async () => {
  const { shop } = await shopWithCases();
  expect(await listed(shop, 'due')).toMatch(/^(bc|cb)ad$/);
  expect(await listed(shop, 'amount')).toBe('cabd');
  expect(await listed(shop, 'age')).toBe('acdb');
});

it('of one day the most urgent come first, and totals tell the deadline as it is', async () => {
  const shop = await openShop(redis, { worker: false });
  for (const [place, severity] of (
    ['notice', 'critical', 'warning', 'notice', 'critical'] as const
  ).entries())
    await makeCase(shop, { name: `${severity[0]}${place}`, acceptedAt: t0, severity });
  await made(shop, { name: 'later', accepted: 9 });
  const { items } = await shop.system.ledger.cases({ filter: {}, sort: 'due', limit: 9 });
  const order = items.map(({ receiptId }) => receiptId?.slice(2, 3)).join('');
  expect(order).toBe('ccwnnl');
  const [first] = items;
  const refundBy = first === undefined || 'unread' in first ? 0 : first.refundBy;
  for (const filter of [{}, { text: 'ord-' }]) {
    const at = (now: number) => shop.system.ledger.caseTotals({ filter, now });
    expect(await at(refundBy)).toMatchObject({ overdue: 0, firstRefundBy: refundBy });
    expect(await at(refundBy + 1)).toMatchObject({ overdue: 5 });
  }
});

it.each<[string, CaseFilter, string]>([
  ['kind', { case: 'poison' }, 'ab'],
  ['code', { code: 'RC_A' }, 'cd'],
  ['method', { method: 'phone' }, 'c'],
  ['the reason', { reason: 'unlisted' }, 'cd'],
  ['the PG code', { pgCode: '2013' }, ''],
  ['a least amount', { minWon: 300 }, 'ac'],
  ['a most amount', { maxWon: 300 }, 'ab'],
  ['age', { deadBy: t0 + 20 * day }, 'ac'],
  ['the order', { orderId: 'ORD-b' }, 'b'],
  ['how the order begins', { text: 'ord-' }, 'acdb'],
  ['how the order begins, and no more', { text: 'RD-' }, ''],
  ['the receipt', { text: 'r-d' }, 'd'],
  ['two of them', { code: 'RC_A', minWon: 1 }, 'c'],
])('they are found by %s, and so are their sums', async (_, filter, names) => {
  const { shop } = await shopWithCases();
  const found = await listed(shop, 'age', filter);
  expect([...found].sort().join('')).toBe([...names].sort().join(''));
  const { sums } = await shop.system.ledger.caseTotals({ filter, now: t0 });
  const won = cases.reduce((sum, one) => sum + (names.includes(one.name) ? (one.won ?? 0) : 0), 0);
  expect(sumOf(sums)).toMatchObject({ count: names.length, won });
});

it('sums tell how much, how many of unknown amount, how many are late and what comes first: kept, and counted for a filter', async () => {
  const { shop, idOf } = await shopWithCases();
  const { ledger, deadLetters } = shop.system;
  const { refund } = await shop.read(idOf('c'));
  const ofA = { severity: 'critical', reason: 'unlisted', count: 2, won: 9_000, uncounted: 1 };
  const of = (filter: CaseFilter) => ledger.caseTotals({ filter, now: t0 + 9 * day });
  const found = { sums: [ofA], overdue: 1, firstRefundBy: refund?.refundBy };
  expect(await of({ code: 'RC_A' })).toEqual(found);
  const other = { severity: 'critical', reason: 'poison', count: 2, won: 400, uncounted: 0 };
  expect(await of({})).toEqual({ ...found, sums: expect.arrayContaining([ofA, other]), overdue: 2 });
  await deadLetters.resolve(idOf('d'), verdict);
  const left = [other, { ...ofA, count: 1, uncounted: 0 }];
  expect((await of({})).sums).toEqual(expect.arrayContaining(left));
});

it.each(['due', 'amount', 'age'] as const)(
  'page after page by %s each case comes once, though many are equal and some leave on the way',
  async (sort) => {
    const shop = await openShop(redis, { worker: false });
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await made(shop, { name: `e${n}`, won: 5 }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const filter = seen.length < 6 ? {} : { minWon: 1 };
      const page = await shop.system.ledger.cases({ filter, sort, limit: 5, cursor });
      seen.push(...page.items.map(({ refundId }) => refundId));
      // The one that the cursor names is decided on meanwhile.
      const last = page.items.at(-1);
      if (last !== undefined) await shop.system.deadLetters.resolve(last.refundId, verdict);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.sort()).toEqual(ids.sort());
  },
);

it('a case that leaves is in no order, and what it is worth follows a look-up', async () => {
  const { shop, idOf, ids } = await shopWithCases();
  const { ledger, deadLetters } = shop.system;
  async function show(cancelledWon: number): Promise<void> {
    const { refund } = await shop.read(idOf('d'));
    if (refund === null) throw new Error('it cannot be read');
    const receipt = receiptWith({ priceWon: 20_000, cancelledWon });
    await ledger.commit(withEvidence(refund, { at: t0, receipt, settledWon: 0, marks: 0 }), {});
  }
  await show(1_000);
  expect(await listed(shop, 'amount')).toBe('dcab');
  await show(20_000); // nothing is left: it leaves with 0 won
  expect(await listed(shop, 'amount')).toBe('cabd');
  for (const id of ids) expect((await deadLetters.resolve(id, verdict)).kind).toBe('done');
  expect(await redis.connect().keys(`${keysFor(redis.prefix).cases}*`)).toEqual([]);
});

/** As a process of 0.4 leaves a case: in the lists that it knows, and in no other. */
async function unplaced(id: RefundId): Promise<void> {
  const keys = keysFor(redis.prefix);
  const client = redis.connect();
  for (const sort of ['due', 'amount', 'age'] as const) await client.zrem(keys.casesBy(sort), id);
  await client.hdel(keys.refund(id), 'method');
}

it('a case that 0.4 opened is placed by the first who reads, and found by all that is known of it', async () => {
  const { shop, idOf } = await shopWithCases();
  for (const name of ['b', 'c']) await unplaced(idOf(name));
  expect(await listed(shop, 'amount')).toBe('cabd');
  expect(await listed(shop, 'age', { method: 'card' })).toBe('b');
  await unplaced(idOf('c'));
  const { sums } = await shop.system.ledger.caseTotals({ filter: { method: 'phone' }, now: t0 });
  expect(sums[0]).toMatchObject({ count: 1, won: 9_000 });
});

it('a case that 0.4 closed is shown by no list, and its place goes', async () => {
  const { shop, idOf } = await shopWithCases();
  const keys = keysFor(redis.prefix);
  const client = redis.connect();
  const id = idOf('c');
  const places = { due: 1, amount: 9_000, age: t0 } as const;
  await shop.system.deadLetters.resolve(id, verdict);
  for (const sort of ['due', 'amount', 'age'] as const)
    await client.zadd(keys.casesBy(sort), places[sort], id);
  // One is missing as well, so that the numbers agree.
  await unplaced(idOf('a'));
  expect(await listed(shop, 'amount')).toBe('bd');
  expect(await client.zscore(keys.casesBy('due'), id)).toBeNull();
  expect(await listed(shop, 'amount')).toBe('abd');
});

it('a case that 0.4 closed and opened anew has its new place after it was read once', async () => {
  const { shop, idOf } = await shopWithCases();
  const keys = keysFor(redis.prefix);
  await redis.connect().zadd(keys.casesBy('amount'), 1, idOf('c'));
  await listed(shop, 'amount');
  expect(await listed(shop, 'amount')).toBe('cabd');
});

it('a sweep places what is missing and takes out what is left over, with an old worker beside it', async () => {
  const { shop, idOf, ids } = await shopWithCases();
  const { ledger, clock, log } = shop.system;
  const keys = keysFor(redis.prefix);
  const client = redis.connect();
  await unplaced(idOf('a'));
  await client.zadd(keys.casesBy('age'), 1, 'rf_gone');
  const nothing = async () => undefined;
  const { lane, refundQueue, config } = shop.system;
  const deps = { ledger, clock, log, settings: config.policy, noteNewer: () => undefined };
  const queue = { ...refundQueue, wakeWaiter: nothing, ensureRunning: lane.ensureRunning, purgeOld: nothing };
  await createSweep({ ...deps, ...queue }, sweeperDefaults)();
  const placed = await client.zrange(keys.casesBy('age'), '0', '-1');
  expect(placed.sort()).toEqual(ids.sort());
  expect(await ledger.placeCases()).toBe(0);
});

// Finding cases by kind, code and age: the indexes follow a case wherever it goes, and nothing of them stays behind.
import { expect, it } from 'vitest';
import type { BulkFilter } from '../../src/domain/bulk.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import type { ListQuery } from '../../src/domain/ledger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import type { GroupBy } from '../../src/review/ports.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();

const codes = {
  a: 'RC_CANCEL_PRICE_OVER',
  b: 'RC_CANCEL_PRICE_OVER',
  c: 'RC_NOT_ABLE_CANCEL',
} as const;
const who = { who: 'kim', via: 'cli' as const, reason: 'checked', version: null } as const;

/** Three refused by Bootpay with two codes, and one by a policy (`d`, more than was paid). */
async function shopWithCases(): Promise<{ shop: Shop; idOf: Map<string, string> }> {
  const shop = await openShop(redis, {
    scenario: {
      receipts: [
        ...Object.entries(codes).map(([id, code]) => ({
          id,
          price: 1_000,
          script: { cancel: [{ reply: 'code' as const, code }] },
        })),
        { id: 'd', price: 1_000 },
      ],
    },
  });
  const idOf = new Map<string, string>();
  for (const id of ['a', 'b', 'c', 'd']) {
    const { refund_id } = await shop.send({ receipt_id: id, ...(id === 'd' && { cancel_price: 2_000 }) });
    await shop.until(refund_id, 'dead_lettered');
    idOf.set(id, refund_id ?? '');
  }
  return { shop, idOf };
}

async function found({ system }: Shop, filter: BulkFilter): Promise<string> {
  const { items } = await system.deadLetters.list({ filter, limit: 100, cursor: undefined });
  return items.map(({ receiptId }) => receiptId).join('');
}

async function counted({ system }: Shop, by: GroupBy, filter: BulkFilter = {}): Promise<string[]> {
  const counts = await system.deadLetters.group({ filter, by });
  return counts.map(({ key, count }) => `${key} ${count}`).sort();
}

it('cases are found by kind, by code and by both, newest first', async () => {
  const { shop } = await shopWithCases();
  expect(await found(shop, {})).toBe('dcba');
  expect(await found(shop, { code: codes.a })).toBe('dba');
  expect(await found(shop, { case: 'bootpay_refused' })).toBe('cba');
  expect(await found(shop, { case: 'bootpay_refused', code: codes.a })).toBe('ba');
  expect(await found(shop, { case: 'policy_refused', code: codes.a })).toBe('d');
  expect(await found(shop, { case: 'drift' })).toBe('');
  expect(await found(shop, { code: codes.a, olderThanMs: 60_000 })).toBe('');
});

it('cases are counted by what they have in common, without reading one of them', async () => {
  const { shop, idOf } = await shopWithCases();
  const { ledger, deadLetters } = shop.system;
  expect(await counted(shop, 'case')).toEqual(['bootpay_refused 3', 'policy_refused 1']);
  expect(await counted(shop, 'code')).toEqual([`${codes.a} 3`, `${codes.c} 1`]);
  expect(await counted(shop, 'code', { case: 'bootpay_refused' })).toEqual([`${codes.a} 2`, `${codes.c} 1`]);
  expect(await counted(shop, 'case', { code: codes.c })).toEqual(['bootpay_refused 1']);
  expect(await counted(shop, 'pgCode')).toEqual(['null 4']);
  const counts = await deadLetters.group({ filter: {}, by: 'code' });
  const refunds = await Promise.all([...idOf.values()].map(async (id) => (await shop.read(id)).refund));
  const [first] = refunds.map((refund) => refund?.deadLetter?.at);
  const critical = refunds.filter((refund) => refund?.deadLetter?.severity === 'critical').length;
  expect(counts[0]?.oldestAt).toBe(first);
  expect(counts.reduce((sum, count) => sum + count.critical, 0)).toBe(critical);
  expect(await counted(shop, 'severity')).toEqual(await counted(shop, 'severity', { olderThanMs: 0 }));
  // Of one order, and by receipt, they are gone through.
  expect(await counted(shop, 'receiptId')).toHaveLength(4);
  const orderId = refunds[2]?.orderId;
  expect(await counted(shop, 'code', { orderId })).toEqual([`${codes.c} 1`]);

  await redis.connect().del(keysFor(redis.prefix).byState('dead_lettered'));
  expect(await counted(shop, 'case')).toEqual(['bootpay_refused 3', 'policy_refused 1']);
  expect(await ledger.caseGroups()).toHaveLength(3);
});

it('cases older than a time are found by when they became one, though younger ones were accepted before and after', async () => {
  const { shop, idOf } = await shopWithCases();
  const { ledger } = shop.system;
  const at = Object.fromEntries(
    await Promise.all(
      [...idOf].map(async ([name, id]) => [name, (await shop.read(id)).refund?.deadLetter?.at ?? 0]),
    ),
  );
  const older = async (query: Partial<ListQuery>) => {
    const page = await ledger.list({ state: 'dead_lettered', limit: 100, ...query });
    return page.items.map(({ receiptId }) => receiptId).join('');
  };
  expect(at['a'] < at['b'] && at['b'] < at['c'] && at['c'] < at['d']).toBe(true);
  expect(await older({ deadBy: at['c'] })).toBe('cba');
  expect(await older({ deadBy: at['b'], code: codes.a })).toBe('ba');
  expect(await older({ deadBy: at['c'], case: 'policy_refused' })).toBe('');
  expect(await older({ deadBy: at['a'] - 1 })).toBe('');
  const orderId = (await shop.read(idOf.get('b') ?? '')).refund?.orderId;
  expect(await older({ deadBy: at['b'], orderId })).toBe('b');
  expect(await older({ deadBy: at['a'], orderId })).toBe('');
  // Page after page, by the same order.
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.list({ state: 'dead_lettered', deadBy: at['c'], limit: 1, cursor });
    seen.push(...page.items.map(({ receiptId }) => receiptId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(['c', 'b', 'a']);

  // Accepted first, and a case anew: now the youngest of them.
  const { deadLetters } = shop.system;
  const id = refundIdSchema.parse(idOf.get('a'));
  const before = (await shop.read(id)).refund;
  shop.simulator.script('a', { cancel: [{ reply: 'code', code: codes.a }] });
  await deadLetters.replay(id, { ...who, newGeneration: true, acknowledge: true, edits: {} });
  await expect.poll(() => found(shop, {})).toBe('dcba');
  expect(await older({ deadBy: Date.now() + 60_000 })).toBe('adcb');
  expect(await older({ deadBy: at['d'] })).toBe('dcb');
  expect(await older({ deadBy: at['d'], orderId: before?.orderId })).toBe('');
});

it('the few cases of an order with very many refunds are found without reading all of these', async () => {
  const { shop, idOf } = await shopWithCases();
  const { ledger } = shop.system;
  const client = redis.connect();
  const keys = keysFor(redis.prefix);
  const id = idOf.get('a') ?? '';
  const orderId = (await shop.read(id)).refund?.orderId ?? '';
  // Entries without a record: whoever walks them meets what cannot be read.
  const many = Array.from({ length: 600 }, (_, n) => [
    String(1_000 + n),
    `rf_${String(n).padStart(26, 'a')}`,
  ]);
  await client.zadd(keys.byOrder(orderId), ...many.flat());
  const query = { state: 'dead_lettered', orderId, limit: 10 } as const;
  expect(await ledger.list(query)).toMatchObject({ items: [{ refundId: id }], unreadable: [] });
  expect((await ledger.list({ orderId, limit: 10 })).unreadable).toHaveLength(600);
  // Both lists are long: only who is in both is read.
  await client.zadd(
    keys.byState('dead_lettered'),
    ...many.flatMap(([score, id]) => [score ?? '', `${id}-other`]),
  );
  expect(await ledger.list(query)).toMatchObject({
    items: [{ refundId: id }],
    unreadable: [],
    nextCursor: null,
  });
  expect(await ledger.list({ ...query, limit: 1 })).toMatchObject({
    nextCursor: expect.stringContaining(id),
  });
});

it('a case that was replayed or resolved is in no list, and one that comes back is found as what it is then', async () => {
  const { shop, idOf } = await shopWithCases();
  const { deadLetters } = shop.system;
  const id = (name: string) => refundIdSchema.parse(idOf.get(name));
  shop.simulator.script('a', { cancel: [{ reply: 'code', code: codes.c }] });
  await deadLetters.replay(id('a'), { ...who, newGeneration: true, acknowledge: true, edits: {} });
  await expect.poll(() => found(shop, { code: codes.c })).toBe('ca');
  expect(await found(shop, { code: codes.a })).toBe('db');
  expect(await counted(shop, 'code')).toEqual([`${codes.a} 2`, `${codes.c} 2`]);

  for (const name of ['a', 'b', 'c', 'd']) {
    const verdict = { outcome: 'not_to_be_refunded', evidence: null, acknowledge: true } as const;
    expect(await deadLetters.resolve(id(name), { ...who, ...verdict })).toMatchObject({ kind: 'done' });
  }
  expect(await found(shop, {})).toBe('');
  const keys = keysFor(redis.prefix);
  expect(await redis.connect().keys(`${keys.cases}*`)).toEqual([]);
  expect(await redis.connect().hmget(keys.refund(id('a')), 'case', 'code', 'group')).toEqual([
    null,
    null,
    null,
  ]);
  expect(await counted(shop, 'code')).toEqual([]);
});

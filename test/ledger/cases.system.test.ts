// Finding cases by kind, code and age: the indexes follow a case wherever it goes, and nothing of them stays behind.
import { expect, it } from 'vitest';
import type { BulkFilter } from '../../src/dead-letter/ports.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/queue/names.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();

const codes = {
  a: 'RC_CANCEL_PRICE_OVER',
  b: 'RC_CANCEL_PRICE_OVER',
  c: 'RC_NOT_ABLE_CANCEL',
} as const;
const who = { who: 'kim', reason: 'checked', version: null } as const;

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

it('a case that was replayed or resolved is in no list, and one that comes back is found as what it is then', async () => {
  const { shop, idOf } = await shopWithCases();
  const { deadLetters } = shop.system;
  const id = (name: string) => refundIdSchema.parse(idOf.get(name));
  shop.simulator.script('a', { cancel: [{ reply: 'code', code: codes.c }] });
  await deadLetters.replay(id('a'), { ...who, newGeneration: true, acknowledge: true, edits: {} });
  await expect.poll(() => found(shop, { code: codes.c })).toBe('ca');
  expect(await found(shop, { code: codes.a })).toBe('db');

  for (const name of ['a', 'b', 'c', 'd']) {
    const verdict = { outcome: 'not_to_be_refunded', evidence: null, acknowledge: true } as const;
    expect(await deadLetters.resolve(id(name), { ...who, ...verdict })).toMatchObject({ kind: 'done' });
  }
  expect(await found(shop, {})).toBe('');
  const keys = keysFor(redis.prefix);
  expect(await redis.connect().keys(`${keys.cases}*`)).toEqual([]);
  expect(await redis.connect().hmget(keys.refund(id('a')), 'case', 'code')).toEqual([null, null]);
});

it('cases of a build that kept no such lists are put into them by the sweeper', async () => {
  const { shop, idOf } = await shopWithCases();
  const client = redis.connect();
  const keys = keysFor(redis.prefix);
  await client.del(...(await client.keys(`${keys.cases}*`)));
  for (const id of idOf.values()) await client.hdel(keys.refund(refundIdSchema.parse(id)), 'case', 'code');
  await client.hset(keys.refund(refundIdSchema.parse(idOf.get('c'))), 'body', '{"broken');
  expect(await found(shop, { case: 'bootpay_refused' })).toBe('');
  const { ledger } = shop.system;
  const query = { among: 'cases', after: null, dueBy: 0, lateBy: 0, limit: 10 } as const;
  expect(await ledger.unattended(query)).toEqual({ found: [], next: null });
  expect(await found(shop, { case: 'bootpay_refused' })).toBe('ba');
  expect(await found(shop, { case: 'policy_refused', code: codes.a })).toBe('d');
});

// Where the JSON of Redis' Lua could lose something: empty lists, long numbers, texts that it refuses; and a server that
// has forgotten the scripts.

import { expect, it } from 'vitest';
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { poison } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const keys = () => keysFor(redis.prefix);

async function spoiled(shop: Shop, fields: Record<string, string>) {
  const { refund_id } = await shop.send({ cancel_price: 1_000 });
  const id = refundIdSchema.parse(refund_id);
  await shop.system.redis.hset(keys().refund(id), { body: '{"broken', ...fields });
  return id;
}

it('a code with half a character becomes a case like any other', async () => {
  const shop = await openShop(redis, { worker: false });
  const { refund_id } = await shop.send({ cancel_price: 1_000 });
  const { refund } = await shop.read(refund_id);
  if (refund === null) throw new Error('it cannot be read');
  const { ledger, clock } = shop.system;
  const decision = { ...poison(refund, 'refused'), code: 'RC_\ud800_HALF' };
  const answer = await ledger.commit(transitionFor(refund, decision, { now: clock.now() }), {});
  expect(answer.kind).toBe('done');
  const { state, refund: stored } = await shop.read(refund_id);
  expect({ state, code: stored?.deadLetter?.code }).toEqual({ state: 'dead_lettered', code: decision.code });
  expect(await ledger.caseGroups()).toMatchObject([{ code: 'RC_\ufffd_HALF', count: 1 }]);
});

it('order ids, accounts and bodies come through in every script that writes a record', async () => {
  const shop = await openShop(redis, { worker: false });
  const event = {
    event_id: '사건 "7"',
    order_id: '주문 "7"\\ / \u{1f600}',
    refund: { bank_account: '1234567890', bank_username: '홍 "길동"', bank_code: '004' },
  };
  const sent = await shop.send(event);
  expect(await shop.send(event)).toMatchObject({ result: 'duplicate', refund_id: sent.refund_id });
  const { refund } = await shop.read(sent.refund_id);
  expect(refund).toMatchObject({ orderId: event.order_id, account: 'kept' });
  const other = { ...event.refund, bank_account: '1234567891' };
  expect(await shop.send({ ...event, refund: other })).toMatchObject({ result: 'conflict' });
});

it('a page on which nothing is found is an empty list', async () => {
  const ledger = createLedger({ redis: redis.connect(), prefix: redis.prefix, dataKeys: fixedDataKeys([]) });
  const now = Date.now();
  const query = { after: null, now, dueBy: now, upTo: now, lateBy: 0, limit: 10 };
  for (const among of ['open', 'cases'] as const) {
    expect(await ledger.overdue({ ...query, among })).toEqual({ found: [], next: null });
  }
  const purged = await ledger.purge({ state: 'succeeded', endedBy: now, passOver: 0, limit: 10 });
  expect(purged).toEqual({ purged: 0, stayed: 0, end: true });
});

it('pages go on behind scores that differ in their last digits only', async () => {
  const client = redis.connect();
  const ledger = createLedger({ redis: client, prefix: redis.prefix, dataKeys: fixedDataKeys([]) });
  const scores = [1_795_914_803_123.26, 1_795_914_803_123.28, 1_795_914_803_123.29];
  const ids = scores.map((_, index) => refundIdSchema.parse(`rf_${'a'.repeat(25)}${'bcd'[index]}`));
  for (const [index, id] of ids.entries()) {
    await client.zadd(keys().byState('dead_lettered'), scores[index] ?? 0, id);
  }
  const query = { among: 'cases', now: 0, dueBy: 0, upTo: 0, lateBy: 0, limit: 1 } as const;
  const found: string[] = [];
  let after: { id: string; score: number } | null = null;
  do {
    const page: Awaited<ReturnType<typeof ledger.overdue>> = await ledger.overdue({ ...query, after });
    found.push(...page.found.map(({ refundId }) => refundId));
    after = page.next;
    // Gone since: the page after it begins by its score.
    if (after !== null) await client.zrem(keys().byState('dead_lettered'), after.id);
  } while (after !== null);
  expect(found).toEqual(ids);
});

it.each([
  ['long', '8999999999999998', 8_999_999_999_999_999],
  ['garbage', 'v-2', 1],
] as const)('an unreadable record with a %s version is marked and closed', async (_, version, marked) => {
  const shop = await openShop(redis, { worker: false });
  const id = await spoiled(shop, { version });
  const { ledger, clock } = shop.system;
  const first = await ledger.markUnreadable(id, clock.now());
  expect(first).toMatchObject({ refund: { version: marked, state: 'dead_lettered' }, nextWaiter: null });
  expect(await shop.read(id)).toMatchObject({ version: marked, state: 'dead_lettered' });
  if (first === null) throw new Error('it was not marked');
  const verdict = {
    who: 'kim',
    outcome: 'not_to_be_refunded',
    reason: 'seen',
    evidence: null,
    amountWon: null,
    at: clock.now(),
    marks: false,
    action: { at: clock.now(), who: 'kim', via: 'cli', what: 'resolve', answer: 'done' },
  } as const;
  const closed = await ledger.closeUnreadable(first.refund, verdict);
  expect(closed).toMatchObject({ refund: { version: marked + 1, state: 'resolved' }, nextWaiter: null });
  expect(await ledger.closeUnreadable(first.refund, verdict)).toBeNull();
});

it('a server that has forgotten the scripts gets them again, many calls at once', async () => {
  const shop = await openShop(redis, { worker: false });
  await shop.send({ cancel_price: 1_000 });
  await shop.system.redis.script('FLUSH');
  const events = Array.from({ length: 120 }, (_, index) => ({
    event_id: `many-${index}`,
    order_id: `o-${index}`,
    receipt_id: `r-${index}`,
  }));
  const results = await shop.system.enqueue.enqueueMany([...events, ...events]);
  expect(results.map(({ result }) => result)).toEqual([
    ...events.map(() => 'accepted'),
    ...events.map(() => 'duplicate'),
  ]);
});

// The importable producer: what other services get, and what bad input is told.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRefundProducer, type RefundProducer } from '../../src/producer/index.ts';
import { startRedis, type TestRedis, useRedis } from '../support/redis.ts';
import { storedText } from '../support/stored-text.ts';

async function open(redis: TestRedis, keyed = true): Promise<RefundProducer> {
  const dataKeys = keyed ? [{ id: 'k1', key: new Uint8Array(32).fill(1) }] : [];
  const producer = await createRefundProducer({ redisUrl: redis.url, prefix: redis.prefix, dataKeys });
  onTestFinished(() => producer.close());
  return producer;
}

const event = { event_id: 'e1', order_id: 'o1', receipt_id: 'r1', cancel_price: 1_000 };
const account = { bank_account: '110-2345-67890', bank_username: '홍길동', bank_code: '088' };

/** What each field may hold is said in `test/domain/event.test.ts`. */
const badInputs: readonly (readonly [string, unknown, string])[] = [
  ['no object', 'refund please', '(event)'],
  ['no event_id', { ...event, event_id: undefined }, 'event_id'],
  ['a receipt_id that leaves its path', { ...event, receipt_id: '../token' }, 'receipt_id'],
  ['cancel_price 0', { ...event, cancel_price: 0 }, 'cancel_price'],
  ['half a refund account', { ...event, refund: { bank_account: '1234567890' } }, 'refund.bank_code'],
];

describe('a producer', () => {
  const redis = useRedis();

  it('stores record and job before it answers accepted', async () => {
    const producer = await open(redis);
    const result = await producer.enqueue(event);
    expect(result).toMatchObject({ result: 'accepted', state: 'queued', problems: [] });
    const client = redis.connect();
    expect(await client.hget(`${redis.prefix}:refund:${result.refund_id}`, 'state')).toBe('queued');
    expect(await client.exists(`${redis.prefix}:refunds:${result.refund_id}-1`)).toBe(1);
  });

  it('recognises the same event, also when only time, name and message differ', async () => {
    const producer = await open(redis);
    const first = await producer.enqueue(event);
    const again = await producer.enqueue({
      ...event,
      occurred_at: '2026-11-20T10:30:00+09:00',
      cancel_username: '김점장',
      cancel_message: '다시 보냄',
    });
    expect(again).toMatchObject({ result: 'duplicate', refund_id: first.refund_id });
  });

  it('takes the same event of two sources for two refunds', async () => {
    const producer = await open(redis);
    const [a, b] = await producer.enqueueMany([event, { ...event, source: 'pos' }]);
    expect(a?.result).toBe('accepted');
    expect(b?.result).toBe('accepted');
    expect(b?.refund_id).not.toBe(a?.refund_id);
  });

  it('answers many events in their order, also where those behind are judged first', async () => {
    const producer = await open(redis);
    const good = Array.from({ length: 300 }, (_, n) => ({
      ...event,
      event_id: `e${n}`,
      receipt_id: `r${n}`,
    }));
    // A batch that has nothing to store is answered at once.
    const bad = good.map((one) => ({ ...one, receipt_id: '../token' }));
    const results = await producer.enqueueMany([...good, ...bad]);
    expect(results.map(({ result }) => result)).toEqual([
      ...good.map(() => 'accepted'),
      ...bad.map(() => 'refused'),
    ]);
    expect(await producer.enqueueMany(good)).toMatchObject(
      good.map((_, n) => ({ result: 'duplicate', refund_id: results[n]?.refund_id })),
    );
  });

  for (const [what, other] of [
    ['order', { order_id: 'o2' }],
    ['receipt', { receipt_id: 'r2' }],
    ['amount', { cancel_price: 2_000 }],
    ['cancel_id', { cancel_id: 'mine' }],
    ['refund account', { refund: account }],
  ] as const) {
    it(`calls another ${what} under the same identity a conflict, and changes nothing`, async () => {
      const producer = await open(redis);
      const { refund_id } = await producer.enqueue(event);
      const client = redis.connect();
      const key = `${redis.prefix}:refund:${refund_id}`;
      const before = await client.hgetall(key);
      expect(await producer.enqueue({ ...event, ...other })).toMatchObject({ result: 'conflict', refund_id });
      expect(await client.hgetall(key)).toEqual(before);
      expect(await client.llen(`${key}:history`)).toBe(2);
    });
  }

  it('answers many of all kinds in the order given, also where one call takes several scripts', async () => {
    const producer = await open(redis);
    const many = Array.from({ length: 60 }, (_, index) => [
      { ...event, event_id: `m${index}`, receipt_id: `m${index}` },
      { ...event, event_id: `m${index}`, receipt_id: `m${index}` },
      { ...event, event_id: `m${index}`, receipt_id: `other-${index}` },
      { ...event, event_id: `m${index}`, cancel_price: 0 },
    ]).flat();
    const results = await producer.enqueueMany(many);
    expect(results.map(({ result }) => result)).toEqual(
      many.map((_, index) => ['accepted', 'duplicate', 'conflict', 'refused'][index % 4]),
    );
    for (let first = 0; first < many.length; first += 4) {
      const [accepted, duplicate, conflict] = results
        .slice(first, first + 3)
        .map(({ refund_id }) => refund_id);
      expect([duplicate, conflict]).toEqual([accepted, accepted]);
    }
    const history = await redis
      .connect()
      .lrange(`${redis.prefix}:refund:${results[0]?.refund_id}:history`, 0, -1);
    expect(history).toHaveLength(2);
  });

  it('tells two refund accounts apart without storing either in clear', async () => {
    const producer = await open(redis);
    const withAccount = { ...event, refund: account, cancel_message: '변심' };
    expect(await producer.enqueue(withAccount)).toMatchObject({ result: 'accepted' });
    expect(await producer.enqueue(withAccount)).toMatchObject({ result: 'duplicate' });
    const other = { ...withAccount, refund: { ...account, bank_account: '110-9999-99999' } };
    expect(await producer.enqueue(other)).toMatchObject({ result: 'conflict' });
    const stored = await storedText(redis.connect(), redis.prefix);
    expect(stored).toContain('변심');
    expect(stored).not.toMatch(/110-2345-67890|110-9999-99999|홍길동/);
  });

  it('refuses a refund account when it has no key to keep it with', async () => {
    const producer = await open(redis, false);
    const result = await producer.enqueue({ ...event, refund: account });
    expect(result).toMatchObject({ result: 'refused', problems: [{ field: 'refund' }] });
    expect(JSON.stringify(result)).not.toContain('110-2345-67890');
  });

  for (const [what, input, field] of badInputs) {
    it(`refuses ${what}, names the field and stores nothing`, async () => {
      const producer = await open(redis);
      const result = await producer.enqueue(input as typeof event);
      expect(result.result).toBe('refused');
      expect(result.problems.map((problem) => problem.field)).toContain(field);
      expect(JSON.stringify(result.problems)).not.toMatch(/1234567890|110-2345-67890/);
      const keys = await redis.connect().keys(`${redis.prefix}*`);
      // BullMQ writes each queue's version when it is opened.
      expect(keys.filter((key) => !key.endsWith(':meta'))).toEqual([]);
    });
  }

  it('puts back the job of a record that lost it', async () => {
    const producer = await open(redis);
    const { refund_id } = await producer.enqueue(event);
    const client = redis.connect();
    const jobs = await client.keys(`${redis.prefix}:refunds:*`);
    await client.del(...jobs);
    expect(await producer.enqueue(event)).toMatchObject({ result: 'duplicate' });
    expect(await client.exists(`${redis.prefix}:refunds:${refund_id}-1`)).toBe(1);
  });
});

describe('a producer without Redis', () => {
  it('fails within seconds, and its event can be sent again', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const producer = await createRefundProducer({ redisUrl: server.url });
    onTestFinished(() => producer.close());
    await server.kill();
    await expect(producer.enqueue(event)).rejects.toThrow();
    await server.restart();
    await expect.poll(() => producer.enqueue(event), { timeout: 10_000 }).toMatchObject({ state: 'queued' });
  });
});

// A refund whose account was sealed with a key that the worker lacks: it waits for that key, uses nothing up, says so, and
// goes on by itself when a worker with the key comes.
import { describe, expect, it, vi } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { listedViews, readRecordView } from '../../src/review/read-record.ts';
import { standingOf } from '../../src/standstills/standing.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';

const redis = useRedis();

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const old = `old:${key(1)}`;
const fresh = `new:${key(2)}`;
const account = { bank_account: '110234567890', bank_username: '홍길동', bank_code: '088' };
const receipts = ['r1', 'r2', 'r3', 'r4', 'r5'].map((id) => ({
  ...({ id, price: 10_000, method: 'vbank', pg: 'nicepay' } as const),
}));

/** A shop whose producer has this key; no worker runs. */
function producerWith(keys: string, options: ShopOptions = {}): Promise<Shop> {
  const env = { ...options.env, DATA_KEYS: keys };
  return openShop(redis, { scenario: { receipts }, worker: false, ...options, env });
}

function workerWith(keys: string, { simulator }: Shop, options: ShopOptions = {}): Promise<Shop> {
  return openShop(redis, { simulator, ...options, env: { ...options.env, DATA_KEYS: keys } });
}

function cancelsOf({ simulator }: Shop) {
  return simulator.calls.filter(({ kind }) => kind === 'cancel');
}

async function untilWaiting(shop: Shop, id: string | null): Promise<Refund> {
  return vi.waitFor(async () => {
    const { refund } = await shop.read(id);
    if (refund?.keyWait === undefined) throw new Error(`waits for no key: ${JSON.stringify(refund)}`);
    return refund;
  }, 20_000);
}

async function causes({ system }: Shop): Promise<string[]> {
  return (await standingOf(system)).standstills.map(({ cause }) => cause);
}

describe('without the key', () => {
  it('a refund waits, says which key, is sent by nothing, and goes on with what was left when the key comes', async () => {
    const shop = await producerWith(old);
    const { refund_id } = await shop.send({ receipt_id: 'r1', refund: account });
    const before = (await shop.read(refund_id)).refund?.deadlineAt ?? 0;
    const without = await workerWith(fresh, shop);
    const { keyWait, state, attempts, attemptsUsed, refundId } = await untilWaiting(shop, refund_id);
    expect({ state, attempts, attemptsUsed }).toEqual({ state: 'queued', attempts: [], attemptsUsed: 0 });
    expect(keyWait).toMatchObject({ keyId: 'old' });
    expect(await readRecordView(shop.system, refundId)).toMatchObject({
      view: { waiting_for: { kind: 'data_key', by: 'old', text: { ko: expect.stringMatching(/[가-힣]/) } } },
    });
    const { items } = await shop.system.ledger.list({ limit: 10 });
    expect(await listedViews(shop.system, items)).toMatchObject([{ waiting_for: { kind: 'data_key' } }]);
    await vi.waitFor(async () => expect(await causes(shop)).toEqual(['data_key_missing']));
    const [standstill] = (await standingOf(shop.system)).standstills;
    expect(standstill).toMatchObject({ since: keyWait?.since, text: { en: expect.stringContaining('old') } });

    // However often it comes: no activation without progress, and no question to Bootpay.
    const lookUps = shop.simulator.calls.length;
    for (let time = 0; time < 8; time += 1) await wakeNow(shop, refund_id);
    expect(shop.simulator.calls).toHaveLength(lookUps);
    expect(await shop.read(refund_id)).toMatchObject({ state: 'queued', refund: { keyWait } });

    await workerWith(`${fresh},${old}`, without);
    const paid = await shop.until(refund_id, 'succeeded');
    expect(paid.keyWait).toBeUndefined();
    expect(paid.deadlineAt).toBeGreaterThanOrEqual(before);
    expect(cancelsOf(shop).map(({ body }) => body)).toMatchObject([{ refund: account }]);
    expect(await causes(shop)).toEqual([]);
  });

  /** As a worker that has the key does it; the one at hand may not have it. */
  async function wakeNow({ system, read }: Shop, id: string | null): Promise<void> {
    const { refund, jobId, version } = await read(id);
    if (refund === null) throw new Error('no record');
    const change = { ...refund, version: version + 1, nextWakeUpAt: system.clock.now() };
    const history = {
      at: system.clock.now(),
      who: 'test',
      what: 'woken',
      from: null,
      to: null,
      reason: null,
    };
    const from = refund.state;
    const rest = { lock: 'release', settledWon: 0, seen: null, event: null } as const;
    await system.ledger.commit({ refund: change, comparedVersion: version, from, history, ...rest }, {});
    await system.refundQueue.revive(change, jobId ?? '');
    await vi.waitFor(async () => expect((await read(id)).version).toBeGreaterThan(version + 1), 20_000);
  }

  it('another key of the same id is not taken for it', async () => {
    const shop = await producerWith(old);
    const { refund_id } = await shop.send({ receipt_id: 'r1', refund: account });
    await workerWith(`old:${key(9)}`, shop);
    expect((await untilWaiting(shop, refund_id)).keyWait).toMatchObject({ keyId: 'old' });
    expect(cancelsOf(shop)).toEqual([]);
  });

  it('a refund of another method goes through, because its account is not needed', async () => {
    const scenario = { receipts: [{ id: 'card', price: 10_000 }] };
    const shop = await producerWith(old, { scenario });
    const { refund_id } = await shop.send({ receipt_id: 'card', refund: account });
    await workerWith(fresh, shop);
    await shop.until(refund_id, 'succeeded');
  });

  it('the wait ends in front of a person, with the key and a way out: the account given anew', async () => {
    const env = { RETRY_DEADLINE_MS: '1500' };
    const shop = await producerWith(old, { env });
    const { refund_id } = await shop.send({ receipt_id: 'r1', refund: account });
    const worker = await workerWith(fresh, shop, { env });
    const { deadLetter, refundId, version, keyWait } = await shop.until(refund_id, 'dead_lettered');
    expect(deadLetter).toMatchObject({ case: 'deadline_passed', rule: 'data_key_missing', cause: 'old' });
    expect([keyWait, cancelsOf(shop)]).toEqual([undefined, []]);
    expect(await readRecordView(shop.system, refundId)).toMatchObject({
      view: { dead_letter: { advice: { en: expect.stringContaining('data key old') } } },
    });
    const flags = { newGeneration: false, acknowledge: false };
    const by = { who: 'kim', via: 'cli', reason: 'asked again' } as const;
    const request = { ...by, version, edits: { account }, ...flags };
    expect((await worker.system.deadLetters.replay(refundId, request)).kind).toBe('done');
    await shop.until(refund_id, 'succeeded');
    expect(cancelsOf(shop)).toHaveLength(1);
  });

  it('a repeated event is still the same event, and another account is told by those who can compare', async () => {
    const shop = await producerWith(old);
    const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r1', refund: account };
    const { refund_id } = await shop.send(event);
    const other = await producerWith(fresh, { simulator: shop.simulator });
    expect(await other.send(event)).toMatchObject({ result: 'duplicate', refund_id });
    const changed = { ...event, refund: { ...account, bank_code: '004' } };
    expect(await shop.send(changed)).toMatchObject({ result: 'conflict' });
    const { refund: _, ...bare } = event;
    expect(await other.send(bare)).toMatchObject({ result: 'conflict' });
    const asked = await Promise.all([event, bare].map((one) => other.system.previewer()(one)));
    expect(asked.map(({ result }) => result)).toEqual(['duplicate', 'conflict']);
  });

  it.each([`${old},${fresh}`, `${fresh},${old}`])(
    'another account is told in the middle of a rotation (%#)',
    async (both) => {
      const shop = await producerWith(old);
      const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r1', refund: account };
      const { refund_id } = await shop.send(event);
      const rotating = await producerWith(both, { simulator: shop.simulator });
      expect(await rotating.send(event)).toMatchObject({ result: 'duplicate', refund_id });
      const changed = { ...event, refund: { ...account, bank_code: '004' } };
      expect(await rotating.send(changed)).toMatchObject({ result: 'conflict' });
    },
  );
});

it('of two workers the one that has the key pays, whichever takes the jobs', async () => {
  const shop = await producerWith(old);
  const sent = await Promise.all(receipts.map(({ id }) => shop.send({ receipt_id: id, refund: account })));
  await workerWith(fresh, shop);
  await Promise.all(sent.map(({ refund_id }) => untilWaiting(shop, refund_id)));
  await workerWith(old, shop);
  for (const { refund_id } of sent) await shop.until(refund_id, 'succeeded', 120_000);
  expect(cancelsOf(shop)).toHaveLength(receipts.length);
});

describe('who seals and opens with which key', () => {
  const troubleOf = async ({ system }: Shop) =>
    (await system.ledger.keyTrouble(system.clock.now()))?.en ?? null;

  it('is compared: a worker without the key that seals, and a producer whose key the workers lack', async () => {
    const shop = await producerWith(old);
    await shop.send({ receipt_id: 'r1', refund: account });
    const worker = await workerWith(fresh, shop, { log: silentLogger() });
    expect(await troubleOf(worker)).toContain('the data key old, which is not among the keys here');
    await vi.waitFor(async () => expect(await troubleOf(shop)).toContain('(data key old)'));
    expect(await troubleOf(await producerWith(`old:${key(9)}`))).toContain('the data key old,');
  });

  it('is no trouble in a rotation, at any of its steps', async () => {
    const steps = [old, `${old},${fresh}`, `${fresh},${old}`, fresh];
    const shop = await producerWith(old);
    for (const keys of steps) {
      const worker = await workerWith(keys, shop, { worker: false });
      const running = await worker.startWorker();
      const producer = await producerWith(keys, { simulator: shop.simulator });
      const { refund_id } = await producer.send({ receipt_id: 'r1', cancel_price: 1_000, refund: account });
      await producer.until(refund_id, 'succeeded');
      expect([await troubleOf(worker), await troubleOf(producer)]).toEqual([null, null]);
      await running.stop(5_000);
    }
  });
});

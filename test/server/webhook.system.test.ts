// Bootpay's webhook: answered with success whatever comes, believed in nothing, worth one early look-up.
import { describe, expect, test } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { operatorsEnv, token } from './people.ts';
import { openServer, statusFor } from './support.ts';

const redis = useRedis();
const path = '/v1/bootpay/webhook';
const json = { 'content-type': 'application/json' };
const late = { reply: 'late_commit', delayMs: 100, how: 'reset' } as const;
/** Without a hint nothing would be looked up within the test. */
const farSchedule = {
  LOOK_UP_SCHEDULE_MS: '600000',
  SETTLE_WINDOW_MS: '600000',
  RETRY_DEADLINE_MS: '3600000',
};

describe('an unknown refund', () => {
  test('is looked up when a webhook hints at its receipt, and settled by what Bootpay shows', async () => {
    const served = await openServer(redis, {
      worker: true,
      env: farSchedule,
      scenario: { receipts: [{ id: 'r-1', price: 5_000, script: { cancel: [late] } }] },
    });
    const { call, send, until, simulator } = served;
    const { refund_id: id } = await send({ receipt_id: 'r-1', cancel_price: 1_000 });
    await until(id, 'unknown');
    await simulator.waitFor(({ book }) => (book.of('r-1')?.entries.length ?? 0) > 0);
    const answer = await call(path, { json: { receipt_id: 'r-1', status: 20, cancelled_price: 1 } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true });
    await until(id, 'succeeded');
    expect(simulator.book.of('r-1')?.entries).toHaveLength(1);
  });

  test('is not settled by a webhook that lies, and looked up once however many come', async () => {
    const served = await openServer(redis, {
      worker: true,
      env: farSchedule,
      scenario: {
        receipts: [{ id: 'r-1', price: 5_000, script: { cancel: [{ reply: 'reset_before_commit' }] } }],
      },
    });
    const { call, send, until, simulator, read } = served;
    const { refund_id: id } = await send({ receipt_id: 'r-1', cancel_price: 1_000 });
    await until(id, 'unknown');
    const lookUps = () => simulator.calls.filter(({ kind }) => kind === 'look_up').length;
    const before = lookUps();
    const lie = { receipt_id: 'r-1', status: 20, cancelled_price: 1_000, webhook_type: 'PAYMENT_CANCELLED' };
    for (let sent = 0; sent < 10; sent += 1) await call(path, { json: lie });
    await expect.poll(lookUps).toBe(before + 1);
    expect((await read(id)).state).toBe('unknown');
    expect(simulator.book.of('r-1')?.entries).toEqual([]);
  });
});

describe('whatever comes is answered with success', () => {
  test.each([
    ['a receipt of nobody', { json: { receipt_id: 'r-9' } }],
    ['a receipt that is no id', { json: { receipt_id: '../../x' } }],
    ['an array', { json: [1] }],
    ['nothing', { method: 'POST' }],
    ['no JSON', { text: '{"receipt_id"', headers: json }],
    ['a form', { text: 'receipt_id=r-1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['a huge body', { text: 'x'.repeat(2 * 1024 * 1024), headers: json }],
    ['a page of another site', { json: { receipt_id: 'r-1' }, headers: { 'sec-fetch-site': 'cross-site' } }],
  ])('%s', async (_name, called) => {
    const { call } = await openServer(redis);
    const answer = await call(path, called);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true });
  });

  test('also without credentials, under another name, and many at once', async () => {
    const { call, server } = await openServer(redis, {
      env: { INGEST_TOKEN: token, ...(await operatorsEnv()) },
    });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => call(path, { json: { receipt_id: `r-${index}` } })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await statusFor(`${server.url}${path}`, { host: 'refunds.example.com' })).toBe(404); // a GET
  });
});

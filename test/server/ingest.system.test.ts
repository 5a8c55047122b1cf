// POST /v1/order-cancellations: what is accepted, what is refused and how it is named.
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { useRedis } from '../support/redis.ts';
import { orderService, token } from './people.ts';
import { everythingIn, openServer } from './support.ts';

const redis = useRedis();
const path = '/v1/order-cancellations';
const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1', cancel_price: 1_000 };
const account = { bank_account: '110-9876-54321', bank_username: '홍길동', bank_code: '088' };
const withoutDataKey = (config: Config): Config => ({ ...config, production: true, dataKeys: [] });
const envelope = {
  specversion: '1.0',
  type: 'order.cancelled',
  id: 'e-1',
  source: 'shop',
  data: { order_id: 'o-1', receipt_id: 'r-1', cancel_price: 1_000 },
};
const cloud = { 'content-type': 'application/cloudevents+json' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };

describe('an event', () => {
  test('is accepted once, and told to be known afterwards', async () => {
    const { call, system } = await openServer(redis);
    const first = await call(path, { json: event });
    expect(first.status).toBe(202);
    expect(first.body).toEqual({
      refund_id: expect.stringMatching(/^rf_[a-z2-7]{26}$/),
      cancel_id: first.body.refund_id,
      state: 'queued',
      duplicate: false,
    });
    expect(first.headers.get('location')).toBe(`/v1/refunds/${first.body.refund_id}`);
    const second = await call(path, { json: event });
    expect(second.status).toBe(200);
    expect(second.body).toEqual({ ...first.body, duplicate: true });
    expect((await system.ledger.list({ limit: 10 })).items).toHaveLength(1);
  });

  test('with other content under the same identity is a conflict that names the refund', async () => {
    const { call } = await openServer(redis);
    const { body: first } = await call(path, { json: event });
    const answer = await call(path, { json: { ...event, cancel_price: 2_000 } });
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      title: 'Conflict',
      refund_id: first.refund_id,
      problems: [{ field: 'event_id' }],
    });
  });

  test('with the cancel_id of another refund is a conflict', async () => {
    const { call } = await openServer(redis);
    await call(path, { json: { ...event, cancel_id: 'mine' } });
    const answer = await call(path, { json: { ...event, event_id: 'e-2', cancel_id: 'mine' } });
    expect(answer.status).toBe(409);
    expect(answer.body.problems).toMatchObject([{ field: 'cancel_id', received: '"mine"' }]);
  });
});

describe('bad input', () => {
  test('is named field by field in both languages, and nothing is stored', async () => {
    const { call, system } = await openServer(redis);
    const json = { order_id: '', receipt_id: '../x', cancel_price: '1000', amount: 5 };
    const answer = await call(path, { json });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const { problems, ...rest } = answer.body;
    expect(rest).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status: 422,
      detail: expect.any(String),
      detail_ko: expect.stringMatching(/[가-힣]/),
    });
    const fields = problems.map(({ field }: { field: string }) => field).sort();
    expect(fields).toEqual(['amount', 'cancel_price', 'event_id', 'order_id', 'receipt_id']);
    for (const problem of problems) {
      expect(problem).toEqual({
        field: expect.any(String),
        expected: expect.any(String),
        expected_ko: expect.stringMatching(/[가-힣]/),
        received: expect.any(String),
      });
    }
    expect(await everythingIn(system)).not.toMatch(/rf_/);
  });

  const json = { 'content-type': 'application/json' };
  test.each([
    ['half a JSON text', 400, { text: '{"event_id": ', headers: json }],
    ['an empty body', 400, { method: 'POST', headers: json }],
    [
      'text that is no UTF-8',
      400,
      { text: Buffer.from(JSON.stringify({ ...event, order_id: 'é' }), 'latin1'), headers: json },
    ],
    ['an array', 422, { json: [event] }],
    ['a text', 422, { json: 'e-1' }],
    ['null', 422, { json: null }],
    ['a form', 415, { text: 'event_id=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['plain text', 415, { text: JSON.stringify(event), headers: { 'content-type': 'text/plain' } }],
    ['no media type', 415, { method: 'POST' }],
    [
      'another charset',
      415,
      { text: JSON.stringify(event), headers: { 'content-type': 'application/json; charset=euc-kr' } },
    ],
    ['a body over 1 MiB', 413, { json: { ...event, cancel_message: 'x'.repeat(1024 * 1024) } }],
  ] as const)('%s is answered with %i', async (_name, status, called) => {
    const { call, system } = await openServer(redis);
    const answer = await call(path, called);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status, title: expect.any(String), problems: expect.any(Array) });
    expect((await system.ledger.list({ limit: 10 })).items).toEqual([]);
  });

  test('a word that JSON does not have is named, and nothing else of the body', async () => {
    const { call } = await openServer(redis);
    const text = '{"event_id": "e-1", "refund": {"bank_account": "110482915507"}, "cancel_price": NaN}';
    const answer = await call(path, { text, headers: json });
    expect(answer.body).toMatchObject({ status: 400, problems: [{ field: '(body)', received: 'NaN' }] });
    expect(JSON.stringify(answer.body)).not.toContain('110482915507');
  });

  test('a query on it is refused by name', async () => {
    const { call } = await openServer(redis);
    const answer = await call(`${path}?dry=1`, { json: event });
    expect(answer.status).toBe(400);
    expect(answer.body.problems).toMatchObject([{ field: 'dry', expected: 'no such field' }]);
  });

  test('deep nesting and prototype names do no harm', async () => {
    const { call } = await openServer(redis);
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect((await call(path, { text: deep, headers: json })).status).toBe(422);
    const text = '{"__proto__":{"order_id":"x"},"constructor":{},"event_id":"e-1"}';
    const answer = await call(path, { text, headers: json });
    expect(answer.status).toBe(422);
    expect(answer.body.problems.map(({ field }: { field: string }) => field)).toContain('order_id');
  });
});

describe('a refund account', () => {
  const number = account.bank_account;

  test('is stored in no key as it came, and shown nowhere', async () => {
    const { call, system } = await openServer(redis);
    const answer = await call(path, { json: { ...event, refund: account } });
    expect(answer.status).toBe(202);
    const record = await call(`/v1/refunds/${answer.body.refund_id}`);
    const list = await call('/v1/refunds');
    for (const text of [answer.text, record.text, list.text, await everythingIn(system)]) {
      expect(text).not.toContain(number);
      expect(text).not.toContain(account.bank_username);
    }
  });

  test.each([
    ['with a wrong bank code', { refund: { ...account, bank_code: number } }],
    ['with a field too many', { refund: { ...account, [number]: 1, holder: number } }],
    ['as a text', { refund: number }],
    ['one level too high', { ...account }],
    ['under another name', { refund_account: number }],
    ['as an array', { refund: [number] }],
  ])('%s is refused without an echo', async (_name, extra) => {
    const { call, system } = await openServer(redis);
    const answer = await call(path, { json: { ...event, ...extra } });
    expect(answer.status).toBe(422);
    expect(answer.body.problems.length).toBeGreaterThan(0);
    const withoutNames = answer.body.problems.map((problem: object) => ({ ...problem, field: '' }));
    expect(JSON.stringify(withoutNames)).not.toContain(number);
    expect(await everythingIn(system)).not.toContain(number);
  });

  test('inside a body that is no JSON, or is nothing but a number, is not echoed', async () => {
    const { call } = await openServer(redis);
    for (const text of [`{"refund": {"bank_account": "${number}", x}}`, `"${number}"`, '110987654321']) {
      const answer = await call(path, { text, headers: { 'content-type': 'application/json' } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toMatch(/110-?9876/);
    }
  });

  test('without a data key in production is answered with 503, other events are taken', async () => {
    const env = { INGEST_TOKEN: token };
    const { call, system } = await openServer(redis, { env, apart: { adapt: withoutDataKey } });
    const headers = orderService;
    const answer = await call(path, { json: { ...event, refund: account }, headers });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ title: 'No data key', problems: [{ field: 'refund' }] });
    expect(await everythingIn(system)).not.toMatch(/rf_/);
    const cloudAnswer = await call(path, {
      text: JSON.stringify({ ...envelope, data: { ...envelope.data, refund: account } }),
      headers: { ...headers, ...cloud },
    });
    expect(cloudAnswer.status).toBe(503);
    expect((await call(path, { json: event, headers })).status).toBe(202);
  });
});

describe('a CloudEvent', () => {
  test('carries its identity in the envelope and the fields in data', async () => {
    const { call } = await openServer(redis);
    const answer = await call(path, { text: JSON.stringify(envelope), headers: cloud });
    expect(answer.status).toBe(202);
    const { body } = await call(`/v1/refunds/${answer.body.refund_id}`);
    expect(body).toMatchObject({ source: 'shop', event_id: 'e-1', cancel_price: 1_000 });
    const same = await call(path, { json: { ...event, source: 'shop' } });
    expect(same.body).toMatchObject({ duplicate: true, refund_id: answer.body.refund_id });
  });

  test('with a wrong envelope is refused by the names of the envelope', async () => {
    const { call } = await openServer(redis);
    const wrong = { ...envelope, type: 'order.created', specversion: undefined };
    const answer = await call(path, { text: JSON.stringify(wrong), headers: cloud });
    expect(answer.status).toBe(422);
    expect(answer.body.problems).toMatchObject([
      { field: 'specversion', expected: '"1.0"', received: 'nothing' },
      { field: 'type', expected: '"order.cancelled"', received: '"order.created"' },
    ]);
    const twice = { ...envelope, data: { ...envelope.data, event_id: 'e-2', cancel_price: 0 } };
    const second = await call(path, { text: JSON.stringify(twice), headers: cloud });
    expect(second.body.problems).toMatchObject([{ field: 'data.event_id' }]);
  });

  test('with wrong data is refused by where it stands', async () => {
    const { call } = await openServer(redis);
    const wrong = {
      ...envelope,
      id: '',
      data: { ...envelope.data, cancel_price: 0, refund: { ...account, bank_code: '1' } },
    };
    const answer = await call(path, { text: JSON.stringify(wrong), headers: cloud });
    expect(answer.body.problems.map(({ field }: { field: string }) => field)).toEqual([
      'id',
      'data.cancel_price',
      'data.refund.bank_code',
    ]);
  });

  test('as an array needs the media type of a batch', async () => {
    const { call } = await openServer(redis);
    expect((await call(path, { text: JSON.stringify([envelope]), headers: cloud })).status).toBe(422);
    expect((await call(path, { text: JSON.stringify(envelope), headers: batch })).status).toBe(422);
  });
});

describe('a batch', () => {
  test('that is good is accepted as a whole', async () => {
    const { call } = await openServer(redis);
    const events = Array.from({ length: 600 }, (_, index) => ({ ...envelope, id: `e-${index}` }));
    const answer = await call(path, { text: JSON.stringify([...events, events[0]]), headers: batch });
    expect(answer.status).toBe(202);
    expect(answer.body.results).toHaveLength(601);
    expect(answer.body.results[0]).toMatchObject({
      index: 0,
      result: 'accepted',
      status: 202,
      duplicate: false,
    });
    expect(answer.body.results[600]).toMatchObject({ result: 'duplicate', status: 200, duplicate: true });
  });

  test('answers each event as it would have been answered alone', async () => {
    const { call, system } = await openServer(redis);
    const events = [
      envelope,
      { ...envelope, data: { ...envelope.data, cancel_price: 2_000 } },
      { ...envelope, id: 'e-2', data: { order_id: 'o-1' } },
      { ...envelope, id: 'e-3', type: 'other' },
      { ...envelope, id: 'e-4' },
    ];
    const answer = await call(path, { text: JSON.stringify(events), headers: batch });
    expect(answer.status).toBe(207);
    expect(answer.body.results).toMatchObject([
      { index: 0, result: 'accepted', status: 202 },
      { index: 1, result: 'conflict', status: 409 },
      { index: 2, result: 'refused', status: 422, problems: [{ field: 'data.receipt_id' }] },
      { index: 3, result: 'refused', status: 422, problems: [{ field: 'type' }] },
      { index: 4, result: 'accepted', status: 202 },
    ]);
    expect((await system.ledger.list({ limit: 10 })).items).toHaveLength(2);
  });
});

// Asking first, over HTTP and from the command line: what would become of events, and that nothing is stored.
import { describe, expect, test } from 'vitest';
import { cliHere, folderForTest, jsonLines } from '../cli/support.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf } from '../support/shop.ts';
import { openServer, type Served } from './support.ts';

const redis = useRedis();
const path = '/v1/order-cancellations?dry_run=true';
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const scenario = { receipts: [{ id: 'r-1', price: 10_000 }] };
const full = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1' };
const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1', cancel_price: 1_000 };

async function opened(): Promise<Served> {
  return openServer(redis, { scenario });
}

async function isEmpty({ system }: Served): Promise<boolean> {
  return (await system.ledger.list({ limit: 1 })).items.length === 0;
}

describe('a dry run of an event', () => {
  test.each([
    ['in part', event, { result: 'would_send', amount: 1_000, rule: null }],
    ['of all that is left', full, { result: 'would_send', amount: 10_000 }],
    ['of more than there is', { ...event, cancel_price: 20_000 }, { result: 'would_be_refused' }],
    [
      'of a payment that is unknown',
      { ...event, receipt_id: 'nowhere' },
      { result: 'would_be_refused', rule: 'RC_NOT_FOUND' },
    ],
  ])('%s says what a worker would do, and stores nothing', async (_, json, expected) => {
    const served = await opened();
    const answer = await served.call(path, { json });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dry_run: true,
      refund_id: expect.stringMatching(/^rf_/),
      ...expected,
    });
    expect(await isEmpty(served)).toBe(true);
  });

  test('that came before, contradicts one that did, or is wrong, says so as sending it would', async () => {
    const served = await opened();
    const { body } = await served.call('/v1/order-cancellations', { json: { ...event, cancel_id: 'mine' } });
    const again = await served.call(path, { json: { ...event, cancel_id: 'mine' } });
    expect([again.status, again.body]).toMatchObject([
      200,
      { result: 'duplicate', refund_id: body.refund_id },
    ]);
    const other = await served.call(path, { json: { ...event, cancel_id: 'mine', cancel_price: 2_000 } });
    expect([other.status, other.body]).toMatchObject([409, { refund_id: body.refund_id }]);
    const taken = await served.call(path, { json: { ...event, event_id: 'e-2', cancel_id: 'mine' } });
    expect([taken.status, taken.body]).toMatchObject([409, { problems: [{ field: 'cancel_id' }] }]);
    const asRefund = await served.call(path, {
      json: { ...event, event_id: 'e-3', cancel_id: body.refund_id },
    });
    expect(asRefund.status).toBe(409);
    expect((await served.call(path, { json: { ...event, cancel_price: 0 } })).status).toBe(422);
    const { history } = (await served.call(`/v1/refunds/${body.refund_id}`)).body;
    expect(history).toHaveLength(1);
  });

  test('of a batch answers each event', async () => {
    const served = await opened();
    const one = (id: string, price: number) => ({
      specversion: '1.0',
      type: 'order.cancelled',
      id,
      source: 's',
      data: { order_id: 'o', receipt_id: 'r-1', cancel_price: price },
    });
    const answer = await served.call(path, {
      text: JSON.stringify([one('a', 500), one('b', 0)]),
      headers: batch,
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dry_run: true,
      results: [
        { index: 0, result: 'would_send', amount: 500 },
        { index: 1, result: 'refused', problems: [{ field: 'data.cancel_price' }] },
      ],
    });
    expect(await isEmpty(served)).toBe(true);
  });

  test('takes no other word for yes', async () => {
    const { call } = await opened();
    const answer = await call('/v1/order-cancellations?dry_run=1', { json: event });
    expect([answer.status, answer.body]).toMatchObject([400, { problems: [{ field: 'dry_run' }] }]);
  });
});

test('enqueue --dry-run answers each line and stores nothing', async () => {
  const served = await opened();
  const input = [event, { ...event, event_id: 'e-2', cancel_price: 99_000 }, { ...event, order_id: '' }]
    .map((one) => JSON.stringify(one))
    .join('\n');
  const env = environmentOf(served);
  const { code, stdout, stderr } = await cliHere(['enqueue', '-', '--dry-run'], {
    env,
    input,
    folder: folderForTest(),
  });
  expect(code).toBe(1);
  expect(jsonLines(stdout)).toMatchObject([
    { line: 1, result: 'would_send', amount: 1_000 },
    { line: 2, result: 'would_be_refused' },
    { line: 3, result: 'refused', problems: [{ field: 'order_id' }] },
  ]);
  expect(stderr).toContain('Nothing was stored');
  expect(await isEmpty(served)).toBe(true);
});

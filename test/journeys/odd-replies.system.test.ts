// What Bootpay says, or something on the way makes of it: read where it can be read, named where it cannot, in front of a
// person before the deadline.
import { describe, expect, it, vi } from 'vitest';
import type { ReceiptInput, ReceiptSwitchesInput } from '../../simulator/index.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { readRecordView } from '../../src/review/read-record.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const receipt: ReceiptInput = { id: 'r1', orderId: 'o1', price: 10_000 };

function cancelsIn(shop: Shop) {
  return shop.simulator.calls.filter(({ kind }) => kind === 'cancel');
}

async function viewOf(shop: Shop, id: string | null) {
  const { refund } = await shop.read(id);
  if (refund === null) throw new Error(`no refund ${id}`);
  const found = await readRecordView(shop.system, refund.refundId);
  if (found.kind !== 'record') throw new Error(found.kind);
  return found.view;
}

describe('replies that something has dressed up', () => {
  const dresses: [string, ReceiptSwitchesInput][] = [
    ['plain', {}],
    ['behind a byte order mark', { replyMark: true }],
    ['in gzip', { replyEncoding: 'gzip' }],
    ['in deflate', { replyEncoding: 'deflate' }],
    ['in raw deflate', { replyEncoding: 'deflate-raw' }],
    ['in brotli', { replyEncoding: 'br' }],
    ['in gzip behind a byte order mark', { replyEncoding: 'gzip', replyMark: true }],
    ['with numbers for codes', { errorCodeAs: 'number', okErrorCode: 0 }],
    ['with numbers in text for codes', { errorCodeAs: 'number_text', okErrorCode: '0' }],
  ];

  it.each(dresses)('2086 is heard, and the cancel is called once: %s', async (_, switches) => {
    const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, switches, script }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered', 10_000);
    expect(refund.deadLetter).toMatchObject({ code: 'RC_CANCEL_CRITICAL_ERROR', severity: 'critical' });
    expect(cancelsIn(shop)).toHaveLength(1);
  });

  it.each(dresses)('a refund is paid, once: %s', async (_, switches) => {
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, switches }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3_000 });
    const refund = await shop.until(refund_id, 'succeeded', 10_000);
    expect(refund.settledWon).toBe(3_000);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 3_000, refunds: 1 });
    expect(cancelsIn(shop)).toHaveLength(1);
  });

  it.each([['WON'], ['won'], [410], ['410']])('a payment in %j is one in won', async (currency) => {
    const switches = { lookUpWith: { currency } };
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, switches }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.until(refund_id, 'succeeded', 10_000);
  });
});

describe('look-ups that are answered with nothing usable', () => {
  /** A quarter of the deadline, instead of half an hour. */
  const env = { RETRY_DEADLINE_MS: '6000' };

  it.each<[string, Partial<ReceiptInput>, string, string | null]>([
    [
      'amounts as text',
      { switches: { lookUpWith: { price: '1', cancelled_price: '0' } } },
      'incomplete: price is text, cancelled_price is text',
      null,
    ],
    [
      'no cancelled_price',
      { switches: { lookUpWithout: ['cancelled_price'] } },
      'incomplete: cancelled_price is missing',
      null,
    ],
    ['a status as text', { switches: { lookUpWith: { status: '1' } } }, 'incomplete: status is text', null],
    [
      'a code that nobody listed',
      { script: { look_up: [{ reply: 'code', code: 'RC_RECEIPT_LOCKED', times: 'always' }] } },
      'RC_RECEIPT_LOCKED',
      'RC_RECEIPT_LOCKED',
    ],
    [
      'the page of a firewall',
      {
        script: {
          look_up: [{ reply: 'page', status: 403, type: 'text/html', text: '<h1>no</h1>', times: 'always' }],
        },
      },
      '403 html',
      null,
    ],
    [
      'a name that stands twice',
      {
        script: { look_up: [{ reply: 'page', status: 200, text: '{"price":1,"price":2}', times: 'always' }] },
      },
      'repeated_name',
      null,
    ],
  ])('are named, and a person hears long before the deadline: %s', async (_, odd, cause, code) => {
    const shop = await openShop(redis, { env, scenario: { receipts: [{ ...receipt, ...odd }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered', 5_000);
    expect(refund.deadLetter).toMatchObject({
      case: 'bootpay_refused',
      rule: 'look_up_unusable',
      cause,
      code,
    });
    expect(cancelsIn(shop)).toEqual([]);
    const view = await viewOf(shop, refund_id);
    expect(view.dead_letter?.advice.en).toContain(cause.replaceAll(/(?<=[a-z])_/g, ' '));
    expect(view.dead_letter).toMatchObject({ rule: 'look_up_unusable', cause });
    // Each wait says why, on one line.
    const waits = view.history.filter(({ reason }) => reason?.includes('the look-up failed'));
    expect(waits).toHaveLength(1);
    expect(waits[0]?.reason).toContain(cause);
    expect(waits[0]?.times).toBeGreaterThanOrEqual(2);
  });

  it('a replay after the shape is understood again pays', async () => {
    const shop = await openShop(redis, {
      env,
      scenario: { receipts: [receipt], switches: { lookUpWith: { status: '1' } } },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const { refundId } = await shop.until(refund_id, 'dead_lettered', 5_000);
    shop.simulator.configure({ lookUpWith: {} });
    const asked = {
      who: 'kim',
      via: 'cli' as const,
      reason: 'updated',
      version: null,
      newGeneration: false,
      acknowledge: false,
    };
    expect(await shop.system.deadLetters.replay(refundId, { ...asked, edits: {} })).toMatchObject({
      kind: 'done',
    });
    expect(await shop.until(refund_id, 'succeeded', 10_000)).not.toHaveProperty('lookUpFailure');
  });

  it('where nothing answers, the refund waits for its deadline, and the case says what did not answer', async () => {
    const shop = await openShop(redis, {
      env: { ...env, RETRY_DEADLINE_MS: '1500', BOOTPAY_BASE_URL: 'http://127.0.0.1:9/v2' },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered', 10_000);
    expect(refund.deadLetter).toMatchObject({ case: 'deadline_passed', cause: 'ECONNREFUSED' });
    const { history } = await shop.read(refund_id);
    expect(history.at(-1)?.reason).toBe('deadline_passed: the deadline passed (ECONNREFUSED)');
  });
});

describe('a cancel that is answered without a code', () => {
  const page = {
    reply: 'page',
    status: 403,
    text: '{"message":"허용되지 않은 IP (110-222-333333)"}',
  } as const;
  const refund = { bank_account: '110222333333', bank_username: '홍길동', bank_code: '088' };

  it('goes to a person after three in a row, with its status and words, and the log says so too', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const script = { cancel: [{ ...page, times: 'always' } as const] };
    const shop = await openShop(redis, {
      log: createLogger({ level: 'info', destination }),
      scenario: { receipts: [{ ...receipt, method: 'vbank', pg: 'nicepay', script }] },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1', refund });
    const ended = await shop.until(refund_id, 'dead_lettered', 20_000);
    expect(ended.deadLetter).toMatchObject({
      case: 'bootpay_refused',
      rule: 'cancel_unusable',
      code: null,
      cause: '403 no_code',
      message: '허용되지 않은 IP ((hidden))',
      keepsLock: false,
    });
    expect(cancelsIn(shop)).toHaveLength(3);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 0 });
    const view = await viewOf(shop, refund_id);
    expect(view.attempts.map(({ reply, cause, http_status }) => [reply, cause, http_status])).toEqual(
      Array.from({ length: 3 }, () => ['unreadable', '403 no_code', 403]),
    );
    const answers = lines.filter((line) => line.includes('cancel_answered'));
    expect(answers).toHaveLength(3);
    for (const line of answers)
      expect(JSON.parse(line)).toMatchObject({ cause: '403 no_code', http_status: 403 });
    expect(lines.join('')).not.toMatch(/110.?222.?333333/);
  });

  it('and paid all the same is settled by its look-up', async () => {
    const script = { cancel: [{ ...page, commit: true, times: 'always' } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, script }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(refund_id, 'succeeded', 10_000);
    expect(cancelsIn(shop)).toHaveLength(1);
  });
});

describe('codes', () => {
  it('one that cannot be kept is an unlisted refusal that keeps the receipt', async () => {
    const text = JSON.stringify({ error_code: '취소 불가!', pg_error_code: { a: 1 }, message: 'x' });
    const script = { cancel: [{ reply: 'page', status: 200, text, commit: false } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, script }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered', 10_000);
    expect(refund.deadLetter).toMatchObject({
      case: 'bootpay_refused',
      code: null,
      pgCode: null,
      cause: 'unreadable_code',
      severity: 'critical',
      keepsLock: true,
    });
    expect(JSON.stringify(await shop.read(refund_id))).not.toContain('불가');
  });

  it('of Toss Payments that are final are not tried again', async () => {
    const step = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', times: 'always' } as const;
    const script = { cancel: [{ ...step, pgErrorCode: 'NOT_CANCELABLE_PAYMENT' }] };
    const shop = await openShop(redis, {
      scenario: { receipts: [{ ...receipt, pg: 'tosspayments', script }] },
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered', 10_000);
    expect(refund.deadLetter).toMatchObject({ case: 'bootpay_refused', pgCode: 'NOT_CANCELABLE_PAYMENT' });
    expect(cancelsIn(shop)).toHaveLength(1);
  });
});

describe('reasons of our own', () => {
  const longAgo = '2024-01-01T12:00:00+09:00';

  it.each<[string, Partial<ReceiptInput>, string, string]>([
    ['a payment of 0 won', { switches: { lookUpWith: { price: 0 } } }, 'nothing_paid', 'nothing was paid'],
    ['another currency', { currency: 'USD' }, 'foreign_currency', 'not in KRW'],
    ['a closed window', { purchasedAt: longAgo }, 'window_closed', "Bootpay's cancel window"],
    ['no refund account', { method: 'vbank', pg: 'nicepay' }, 'account_missing', 'refund account'],
  ])('%s has a rule, and borrows no code', async (_, odd, rule, advice) => {
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, ...odd }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.until(refund_id, 'dead_lettered', 10_000);
    const view = await viewOf(shop, refund_id);
    expect(view).toMatchObject({ case: 'policy_refused', code: null, rule });
    expect(view.dead_letter).toMatchObject({ code: null, rule });
    expect(view.dead_letter?.advice.en).toContain(advice);
    const groups = await shop.system.deadLetters.group({ filter: { case: 'policy_refused' }, by: 'code' });
    expect(groups).toMatchObject([{ key: null, count: 1 }]);
  });
});

it('a closed window is asked about by a replay with an acknowledgement, and Bootpay decides', async () => {
  const switches = { windowClosed: { code: 'RC_CANCEL_FAILED', pgErrorCode: '8104' } };
  const purchasedAt = '2024-01-01T12:00:00+09:00';
  const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, switches, purchasedAt }] } });
  const { refund_id } = await shop.send({ receipt_id: 'r1' });
  const { refundId } = await shop.until(refund_id, 'dead_lettered', 10_000);
  expect(cancelsIn(shop)).toEqual([]);
  const asked = {
    who: 'kim',
    via: 'cli' as const,
    reason: 'ask',
    version: null,
    newGeneration: false,
    edits: {},
  };
  await shop.system.deadLetters.replay(refundId, { ...asked, acknowledge: true });
  await vi.waitFor(() => expect(cancelsIn(shop)).toHaveLength(1));
  const refund = await shop.until(refund_id, 'dead_lettered', 10_000);
  expect(refund.deadLetter).toMatchObject({ case: 'bootpay_refused', code: 'RC_CANCEL_FAILED' });
  expect(refund.deadLetter).not.toHaveProperty('rule');
});

describe('a refund account', () => {
  const refund = { bank_account: '110222333333', bank_username: '홍길동', bank_code: '088' };

  it.each<[string, Partial<ReceiptInput>, boolean]>([
    ['is sent for a virtual account', { method: 'vbank', pg: 'nicepay' }, true],
    ['stays here for a card', { method: 'card' }, false],
    ['stays here for a wallet', { method: 'kakaopay' }, false],
    [
      'is sent where the method is not known',
      { switches: { lookUpWith: { method_symbol: 'newpay' } } },
      true,
    ],
  ])('%s', async (_, odd, isSent) => {
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, ...odd }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', refund });
    const ended = await shop.until(refund_id, 'succeeded', 10_000);
    expect(ended.account).toBe('erased');
    const [call] = cancelsIn(shop);
    expect(Object(call?.body)['refund']).toEqual(isSent ? refund : undefined);
  });
});

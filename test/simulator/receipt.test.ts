import { describe, expect, it } from 'vitest';
import { brief, cancel, handClock, json, lookUp, RECEIPT, simulator } from './support.ts';

// Typed again from docs/design.md, A16, on purpose: field and JSON type.
const FIELDS = {
  receipt_id: 'string',
  order_id: 'string',
  order_name: 'string',
  company_name: 'string',
  price: 'number',
  tax_free: 'number',
  cancelled_price: 'number',
  cancelled_tax_free: 'number',
  gateway_url: 'string',
  metadata: 'object',
  sandbox: 'boolean',
  pg: 'string',
  method: 'string',
  method_symbol: 'string',
  method_origin: 'string',
  method_origin_symbol: 'string',
  purchased_at: 'string',
  requested_at: 'string',
  status: 'number',
  status_locale: 'string',
  currency: 'string',
  receipt_url: 'string',
};

const DATA_FIELDS = [
  'card_data',
  'bank_data',
  'vbank_data',
  'phone_data',
  'naver_point_data',
  'kakao_money_data',
  'payco_point_data',
  'toss_point_data',
];

describe('a look-up shows', () => {
  it.each([
    { method: 'card', pg: '나이스페이먼츠', name: '카드', data: 'card_data' },
    { method: 'bank', pg: '나이스페이먼츠', name: '계좌이체', data: 'bank_data' },
    { method: 'vbank', pg: '나이스페이먼츠', name: '가상계좌', data: 'vbank_data' },
    { method: 'phone', pg: '다날', name: '휴대폰', data: 'phone_data' },
    { method: 'naverpay', pg: '네이버페이', name: '네이버페이', data: 'card_data' },
    {
      method: 'naverpay',
      paidWith: 'balance',
      pg: '네이버페이',
      name: '네이버페이',
      data: 'naver_point_data',
    },
    { method: 'kakaopay', pg: '카카오페이', name: '카카오페이', data: 'card_data' },
    {
      method: 'kakaopay',
      paidWith: 'balance',
      pg: '카카오페이',
      name: '카카오페이',
      data: 'kakao_money_data',
    },
    { method: 'payco', pg: '페이코', name: '페이코', data: 'card_data' },
    { method: 'payco', paidWith: 'balance', pg: '페이코', name: '페이코', data: 'payco_point_data' },
    { method: 'toss', pg: '토스페이먼츠', name: '토스', data: 'toss_point_data' },
  ] as const)('$method paid with $paidWith: $name of $pg with $data', async (row) => {
    const paidWith = 'paidWith' in row ? { paidWith: row.paidWith } : {};
    const receipts = [{ id: RECEIPT, price: 1200, method: row.method, ...paidWith }];
    const sim = await simulator({ scenario: { receipts } });
    const receipt = json(await lookUp(sim));
    const types = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, typeof receipt[field]]));
    expect(types).toEqual(FIELDS);
    expect(receipt).toMatchObject({
      pg: row.pg,
      method: row.name,
      method_symbol: row.method,
      currency: 'KRW',
    });
    expect(DATA_FIELDS.filter((field) => field in receipt)).toEqual([row.data]);
    expect(receipt[row.data]).toHaveProperty('tid');
  });

  it.each([
    [0, '결제대기'],
    [2, '입금/승인대기'],
    [5, '가상계좌 입금대기'],
    [-20, '알 수 없음'],
  ])('status %s as %s, without a time of payment', async (status, locale) => {
    const sim = await simulator({
      scenario: { receipts: [{ id: RECEIPT, price: 1, method: 'vbank', status }] },
    });
    const receipt = json(await lookUp(sim));
    expect(receipt).toMatchObject({ status, status_locale: locale });
    expect(receipt).not.toHaveProperty('purchased_at');
  });

  it('when the last cancel was, and nothing of the kind before', async () => {
    const clock = handClock(Date.parse('2026-01-01T00:30:00+09:00'));
    const sim = await simulator({ now: clock.now });
    expect(json(await lookUp(sim))).not.toHaveProperty('cancelled_at');
    await cancel(sim, { cancel_price: 1 });
    clock.ms += 60_000;
    await cancel(sim, { cancel_price: 1 });
    expect(json(await lookUp(sim))['cancelled_at']).toBe('2026-01-01T00:31:00+09:00');
  });

  it('what the scenario says of a receipt', async () => {
    const said = { currency: 'USD', sandbox: true, orderName: '책', orderId: 'o-1', metadata: { id: 1 } };
    const sim = await simulator({
      scenario: { receipts: [{ id: RECEIPT, price: 1, pg: 'kcp', pgName: 'kcp', ...said }] },
    });
    expect(json(await lookUp(sim))).toMatchObject({
      currency: 'USD',
      sandbox: true,
      order_name: '책',
      order_id: 'o-1',
      metadata: { id: 1 },
      pg: 'kcp',
    });
  });

  it('nothing of a receipt nobody knows', async () => {
    const sim = await simulator();
    expect(await lookUp(sim, 'unknown')).toMatchObject({ status: 404, json: { error_code: 'RC_NOT_FOUND' } });
  });
});

describe('tax-free amounts', () => {
  it('go back whole with a full cancel, and not at all with a partial one that does not name them', async () => {
    const sim = await simulator({ scenario: { receipts: [{ id: RECEIPT, price: 1000, taxFree: 300 }] } });
    expect(json(await cancel(sim, { cancel_price: 500 }))['cancelled_tax_free']).toBe(0);
    expect(json(await cancel(sim))['cancelled_tax_free']).toBe(300);
    expect(sim.book.of(RECEIPT).refundedTaxFree).toBe(300);
  });
});

it('a full refund of a virtual account with its account is paid back', async () => {
  const sim = await simulator({ scenario: { receipts: [{ id: RECEIPT, price: 1000, method: 'vbank' }] } });
  const refund = { bank_account: '1234567890', bank_username: '홍길동', bank_code: '004' };
  expect(brief(await cancel(sim, { refund }))).toBe('200 1000');
});

it('the whole of a phone payment, named as an amount, is no partial cancel', async () => {
  const sim = await simulator({ scenario: { receipts: [{ id: RECEIPT, price: 1000, method: 'phone' }] } });
  expect(brief(await cancel(sim, { cancel_price: 1000 }))).toBe('200 1000');
});

import { describe, expect, it } from 'vitest';
import { CANCEL_CODES, type ReceiptInput, type SwitchesInput } from '../../simulator/index.ts';
import { brief, cancel, json, lookUp, post, RECEIPT, simulator } from './support.ts';

interface Row {
  name: string;
  receipt?: Partial<ReceiptInput>;
  switches?: SwitchesInput;
  /** Cancels that succeed first. */
  before?: Record<string, unknown>[];
  body?: Record<string, unknown>;
  code: keyof typeof CANCEL_CODES;
  status?: number;
  pgErrorCode?: string;
  /** Won refunded in the end; 0 when absent. */
  refunded?: number;
}

const ACCOUNT = { bank_account: '1234567890', bank_username: '홍길동', bank_code: '004' };

const ROWS: Row[] = [
  { name: 'a receipt nobody knows', body: { receipt_id: 'unknown' }, code: 'RC_NOT_FOUND', status: 404 },
  { name: 'no receipt_id at all', body: { receipt_id: null }, code: 'RC_NOT_FOUND', status: 404 },
  {
    name: 'a fully cancelled payment',
    before: [{}],
    code: 'RC_ALREADY_CANCELLED',
    refunded: 1000,
  },
  {
    name: 'a payment cancelled in two parts',
    before: [{ cancel_price: 400 }, { cancel_price: 600 }],
    body: { cancel_price: 1 },
    code: 'RC_ALREADY_CANCELLED',
    refunded: 1000,
  },
  { name: 'a payment that is only waiting', receipt: { status: 0 }, code: 'RC_NOT_ABLE_CANCEL' },
  {
    name: 'a cancel_id used before',
    before: [{ cancel_price: 100, cancel_id: 'c1' }],
    body: { cancel_price: 100, cancel_id: 'c1' },
    code: 'RC_CANCEL_ID_ALREADY_EXIST',
    refunded: 100,
  },
  {
    name: 'a method without a cancel API',
    receipt: { cancellable: 'no_api' },
    code: 'RC_PM_CANCEL_NOT_SUPPORT',
  },
  {
    name: 'a virtual account of a PG that does not pay back',
    receipt: { method: 'vbank', pg: 'lightpay' },
    body: { refund: ACCOUNT },
    code: 'RC_PM_CANCEL_NOT_SUPPORT',
  },
  {
    name: 'a virtual account of KCP without escrow',
    receipt: { method: 'vbank', pg: 'kcp' },
    body: { refund: ACCOUNT },
    code: 'RC_PM_CANCEL_NOT_SUPPORT',
  },
  {
    name: 'part of a phone payment',
    receipt: { method: 'phone' },
    body: { cancel_price: 999 },
    code: 'RC_PM_P_CANCEL_NOT_SUPPORT',
  },
  {
    name: 'part of a payment whose PG cancels only whole ones',
    receipt: { cancellable: 'no_partial' },
    body: { cancel_price: 1 },
    code: 'RC_PM_P_CANCEL_NOT_SUPPORT',
  },
  {
    name: 'a phone payment of last month',
    receipt: { method: 'phone', purchasedAt: 'last-month' },
    code: 'RC_CANCEL_SERVER_ERROR',
    pgErrorCode: '8104',
  },
  {
    name: 'a card payment older than 180 days',
    receipt: { purchasedAt: 'now-182d' },
    code: 'RC_CANCEL_SERVER_ERROR',
    pgErrorCode: '8104',
  },
  {
    name: 'a window that closed, told as in the sample of the page',
    receipt: { purchasedAt: 'now-182d' },
    switches: { windowClosed: { code: 'RC_CANCEL_FAILED', pgErrorCode: '8104' } },
    code: 'RC_CANCEL_FAILED',
    pgErrorCode: '8104',
  },
  { name: 'a virtual account without refund', receipt: { method: 'vbank' }, code: 'RC_CANCEL_SERVER_ERROR' },
  {
    name: 'a virtual account with an empty bank code',
    receipt: { method: 'vbank' },
    body: { refund: { ...ACCOUNT, bank_code: '' } },
    code: 'RC_CANCEL_SERVER_ERROR',
  },
  {
    name: 'a virtual account without the CMS clause',
    receipt: { method: 'vbank', cmsClause: false },
    body: { refund: ACCOUNT },
    code: 'RC_CANCEL_SERVER_ERROR',
  },
  { name: 'an amount as text', body: { cancel_price: '1000' }, code: 'RC_CANCEL_SERVER_ERROR' },
  {
    name: 'a PG Bootpay cannot cancel at',
    receipt: { cancellable: 'not_implemented' },
    code: 'RC_CANCEL_METHOD_NOT_FOUND',
  },
  { name: 'an account issued but unpaid', receipt: { method: 'vbank', status: 5 }, code: 'RC_NOT_ISSUED' },
  { name: 'an amount of 0', body: { cancel_price: 0 }, code: 'RC_CANCEL_PRICE_NOT_ZERO' },
  { name: 'a negative amount', body: { cancel_price: -5 }, code: 'RC_CANCEL_PRICE_NOT_ZERO' },
  { name: 'more than was paid', body: { cancel_price: 1001 }, code: 'RC_CANCEL_PRICE_OVER' },
  {
    name: 'more than is left',
    before: [{ cancel_price: 600 }],
    body: { cancel_price: 401 },
    code: 'RC_CANCEL_PRICE_OVER',
    refunded: 600,
  },
  {
    name: 'more tax-free than is left',
    receipt: { taxFree: 300 },
    before: [{ cancel_price: 200, cancel_tax_free: 200 }],
    body: { cancel_price: 200, cancel_tax_free: 101 },
    code: 'RC_CANCEL_TAX_FREE_OVER',
    refunded: 200,
  },
  {
    name: 'more tax-free than the cancel itself',
    receipt: { taxFree: 300 },
    body: { cancel_price: 100, cancel_tax_free: 101 },
    code: 'RC_CANCEL_TAX_FREE_OVER',
  },
];

describe('Bootpay refuses', () => {
  it.each(ROWS)('$name with $code', async (row) => {
    const receipts = [{ id: RECEIPT, price: 1000, ...row.receipt }];
    const sim = await simulator({ scenario: { receipts, switches: row.switches ?? {} } });
    for (const body of row.before ?? [])
      expect(json(await cancel(sim, body))).not.toHaveProperty('error_code');

    const answer = await cancel(sim, row.body);

    expect(answer).toMatchObject({ status: row.status ?? 400 });
    expect(json(answer)['error_code']).toBe(row.code);
    expect(json(answer)['pg_error_code']).toBe(row.pgErrorCode);
    expect(sim.book.of(RECEIPT).refundedAmount).toBe(row.refunded ?? 0);
    expect(sim.calls.at(-1)).toMatchObject({ kind: 'cancel', outcome: row.code, ended: 'answered' });
  });

  it('a fatal error with 2086 and HTTP 500, when the script says so', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' }] });
    expect(await cancel(sim)).toMatchObject({
      status: 500,
      json: { error_code: 'RC_CANCEL_CRITICAL_ERROR' },
    });
    expect(sim.book.of(RECEIPT).refunds).toBe(0);
  });

  // From the table of the page, and the sample above it; typed here again on purpose.
  it.each([
    ['RC_NOT_FOUND', 2000, '영수증 정보를 찾지 못했습니다'],
    ['RC_ALREADY_CANCELLED', 2027, '이미 취소 처리된 결제이다'],
    ['RC_NOT_ABLE_CANCEL', 2028, '결제 완료 상태가 아니라 취소할 수 없다'],
    ['RC_CANCEL_ID_ALREADY_EXIST', 2029, '동일한 cancel_id로 이미 취소 요청됨'],
    ['RC_PM_CANCEL_NOT_SUPPORT', 2030, 'PG 결제수단에서 취소 API 미지원'],
    ['RC_PM_P_CANCEL_NOT_SUPPORT', 2031, 'PG 결제수단에서 부분취소 미지원'],
    ['RC_CANCEL_SERVER_ERROR', 2032, '결제 취소 오류'],
    ['RC_CANCEL_METHOD_NOT_FOUND', 2033, '취소 구현이 되지 않은 PG이다'],
    ['RC_NOT_ISSUED', 2039, '가상계좌 입금 대기 상태가 아닙니다'],
    ['RC_CANCEL_PRICE_NOT_ZERO', 2051, '취소금액이 0보다 커야 한다'],
    ['RC_CANCEL_PRICE_OVER', 2052, '취소 요청 금액이 취소 가능 금액 초과'],
    ['RC_CANCEL_TAX_FREE_OVER', 2053, '면세 취소 금액이 취소 가능 금액 초과'],
    ['RC_CANCEL_CRITICAL_ERROR', 2086, '결제 취소 중 치명적 오류 발생'],
    ['RC_CANCEL_FAILED', null, '취소 가능 기간이 지나 취소할 수 없습니다.'],
  ] as const)(
    '%s (%s) with the message of the page and the payload of its sample',
    async (code, number, message) => {
      const sim = await simulator();
      sim.script(RECEIPT, { cancel: [{ reply: 'code', code, pgErrorCode: '77' }] });
      expect(json(await cancel(sim))).toEqual({
        error_code: code,
        pg_error_code: '77',
        message,
        payload: { receipt_id: RECEIPT, order_id: '1648686604470' },
      });
      expect(CANCEL_CODES[code].number).toBe(number);
    },
  );

  it('what is no JSON as a receipt it cannot find, and a body without end with 413', async () => {
    const sim = await simulator();
    expect(brief(await post(sim, 'cancel', 'not json'))).toBe('RC_NOT_FOUND');
    expect(await post(sim, 'cancel', `"${'x'.repeat(1_100_000)}"`)).toMatchObject({ status: 413 });
  });
});

describe('the order of the checks', () => {
  it('tells a repeated full cancel that it is done, before it looks at the cancel_id', async () => {
    const sim = await simulator();
    await cancel(sim, { cancel_id: 'c1' });
    expect(brief(await cancel(sim, { cancel_id: 'c1' }))).toBe('RC_ALREADY_CANCELLED');
  });

  it('asks about amounts before the cancel_id, and about the cancel_id before the method', async () => {
    const receipts = [{ id: RECEIPT, price: 1000, method: 'phone' as const }];
    const sim = await simulator({ scenario: { receipts, switches: { burnsRefusedCancelId: true } } });
    expect(brief(await cancel(sim, { cancel_price: 5, cancel_id: 'c1' }))).toBe('RC_PM_P_CANCEL_NOT_SUPPORT');
    expect(brief(await cancel(sim, { cancel_price: 5, cancel_id: 'c1' }))).toBe('RC_CANCEL_ID_ALREADY_EXIST');
    expect(brief(await cancel(sim, { cancel_price: 5000, cancel_id: 'c1' }))).toBe('RC_CANCEL_PRICE_OVER');
  });
});

describe('cancel windows, in Seoul days with the last one included', () => {
  const window = (method: ReceiptInput['method'], lastDay: string, paidWith?: 'card' | 'balance') => ({
    method,
    paidWith,
    lastDay,
  });
  it.each([
    window('card', '2024-07-13'),
    window('bank', '2024-07-13'),
    window('vbank', '2025-01-15'),
    window('phone', '2024-01-31'),
    window('naverpay', '2027-01-14'),
    window('kakaopay', '2025-01-15', 'card'),
    window('kakaopay', '2029-01-15', 'balance'),
    window('payco', '2024-07-13', 'card'),
    window('payco', '2024-04-14', 'balance'),
  ])('$method $paidWith closes after $lastDay', async ({ method, paidWith, lastDay }) => {
    const midnight = Date.parse(`${lastDay}T23:59:59.999+09:00`);
    const clock = { ms: Date.parse('2024-01-15T10:00:00+09:00') };
    const sim = await simulator({
      now: () => clock.ms,
      scenario: { receipts: [{ id: RECEIPT, price: 1000, method, ...(paidWith ? { paidWith } : {}) }] },
    });
    clock.ms = midnight + 1;
    expect(json(await cancel(sim, { refund: ACCOUNT }))['pg_error_code']).toBe('8104');
    clock.ms = midnight;
    expect(brief(await cancel(sim, { refund: ACCOUNT }))).toBe('200 1000');
  });

  it('knows none for toss', async () => {
    const receipts = [{ id: RECEIPT, price: 1000, method: 'toss' as const, purchasedAt: 'now-4000d' }];
    const sim = await simulator({ scenario: { receipts } });
    expect(brief(await cancel(sim))).toBe('200 1000');
  });
});

describe('a receipt of another project', () => {
  it.each(['TOKEN_KEY_INVALID', 'RC_NOT_FOUND'] as const)(
    'answers %s to both calls',
    async (otherProjectReply) => {
      const receipts = [{ id: RECEIPT, price: 1000, project: 'other' as const }];
      const sim = await simulator({ scenario: { receipts, switches: { otherProjectReply } } });
      expect([brief(await cancel(sim)), brief(await lookUp(sim))]).toEqual([
        otherProjectReply,
        otherProjectReply,
      ]);
      expect(sim.book.of(RECEIPT).refunds).toBe(0);
    },
  );
});

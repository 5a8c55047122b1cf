import { expect, test } from 'vitest';
import { pgErrorRow, pgErrorTable, pgName } from '../../src/policies/pg-error-table.ts';

test.each([
  ['나이스페이먼츠', '2015', 'already_cancelled'],
  ['나이스페이먼츠', '2026', 'permanent'],
  ['나이스페이먼츠', '2030', 'permanent'],
  ['나이스페이먼츠', '1534', 'permanent'],
  ['나이스페이먼츠', '2047', 'permanent'],
  ['나이스페이먼츠', '9003', 'retry'],
  ['kcp', '8012', 'permanent'],
  ['kcp', '8104', 'permanent'],
  ['토스페이먼츠', 'ALREADY_CANCELED_PAYMENT', 'already_cancelled'],
  ['토스페이먼츠', 'ALREADY_REFUND_PAYMENT', 'already_cancelled'],
  ['토스페이먼츠', 'NOT_CANCELABLE_AMOUNT', 'already_cancelled'],
  ['토스페이먼츠', 'NOT_MATCHES_REFUNDABLE_AMOUNT', 'already_cancelled'],
  ['토스페이먼츠', 'NOT_CANCELABLE_PAYMENT', 'permanent'],
  ['토스페이먼츠', 'NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER', 'permanent'],
  ['토스페이먼츠', 'EXCEED_MAX_REFUND_DUE', 'permanent'],
  ['토스페이먼츠', 'REFUND_REJECTED', 'permanent'],
  ['토스페이먼츠', 'INVALID_REQUEST', 'permanent'],
  ['토스페이먼츠', 'EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT', 'permanent'],
  ['토스페이먼츠', 'NOT_ALLOWED_PARTIAL_REFUND', 'permanent'],
  ['토스페이먼츠', 'NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT', 'permanent'],
  ['토스페이먼츠', 'INVALID_REFUND_ACCOUNT_INFO', 'permanent'],
  ['토스페이먼츠', 'INVALID_REFUND_ACCOUNT_NUMBER', 'permanent'],
  ['토스페이먼츠', 'INVALID_BANK', 'permanent'],
  ['토스페이먼츠', 'FORBIDDEN_BANK_REFUND_REQUEST', 'permanent'],
])('%s %s means %s', (pg, code, disposition) => {
  expect(pgErrorRow(pg, code)?.disposition).toBe(disposition);
});

test('the table holds each pair once', () => {
  expect(new Set(pgErrorTable.map(({ pg, code }) => `${pg} ${code}`)).size).toBe(24);
  expect(pgErrorTable).toHaveLength(24);
});

test.each([
  ['the same digits at another PG', 'kcp', '2015'],
  ['a code nobody wrote down', 'nicepay', '4711'],
  ['a PG that is not said', null, '2015'],
  ['a PG that is not known', '어떤페이', '2015'],
  ['no code', 'nicepay', null],
  ['a code of Toss Payments at another PG', 'nicepay', 'NOT_CANCELABLE_PAYMENT'],
  ['a code of Toss Payments that passes with time', 'tosspayments', 'PROVIDER_ERROR'],
  ['a throttle of Toss Payments', 'tosspayments', 'FORBIDDEN_CONSECUTIVE_REQUEST'],
  ['a bank that is closed for the night', 'tosspayments', 'NOT_AVAILABLE_BANK'],
])('%s says nothing', (_, pg, code) => {
  expect(pgErrorRow(pg, code)).toBeNull();
});

test.each([
  ['나이스페이먼츠', 'nicepay'],
  ['NicePay', 'nicepay'],
  ['nicepay', 'nicepay'],
  ['kcp', 'kcp'],
  ['NHN KCP', 'kcp'],
  ['KG이니시스', 'inicis'],
  ['다날', 'danal'],
  ['웰컴페이먼츠', 'welcome'],
  ['토스페이먼츠', 'tosspayments'],
  ['constructor', null],
  ['', null],
  [null, null],
])('a receipt that shows %j was paid through %j', (display, name) => {
  expect(pgName(display)).toBe(name);
});

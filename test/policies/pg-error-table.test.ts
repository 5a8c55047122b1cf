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
])('%s %s means %s', (pg, code, disposition) => {
  expect(pgErrorRow(pg, code)?.disposition).toBe(disposition);
});

test('the table holds each pair once', () => {
  expect(new Set(pgErrorTable.map(({ pg, code }) => `${pg} ${code}`)).size).toBe(8);
  expect(pgErrorTable).toHaveLength(8);
});

test.each([
  ['the same digits at another PG', 'kcp', '2015'],
  ['a code nobody wrote down', 'nicepay', '4711'],
  ['a PG that is not said', null, '2015'],
  ['a PG that is not known', '어떤페이', '2015'],
  ['no code', 'nicepay', null],
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

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addSeoulDays,
  addSeoulYears,
  endOfSeoulDay,
  endOfSeoulMonth,
  sameSeoulDay,
  seoulDate,
} from '../../src/policies/seoul-time.ts';
import { seoul } from './receipts.ts';
import { sameSeoulMonth } from './same-seoul-month.ts';

const times = fc.integer({ min: seoul('2000-01-01T00:00:00'), max: seoul('2100-01-01T00:00:00') });
const inSeoul = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' });

test("the date in Seoul is that of the host's own time zone data", () => {
  fc.assert(
    fc.property(times, (at) => {
      const { year, month, day } = seoulDate(at);
      const date = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
      expect(date).toBe(inSeoul.format(at));
    }),
  );
});

test('a day ends one millisecond before the next begins', () => {
  fc.assert(
    fc.property(times, (at) => {
      const end = endOfSeoulDay(at);
      expect(end).toBeGreaterThanOrEqual(at);
      expect(sameSeoulDay(at, end)).toBe(true);
      expect(sameSeoulDay(at, end + 1)).toBe(false);
    }),
  );
});

test('a month ends one millisecond before the next begins', () => {
  fc.assert(
    fc.property(times, (at) => {
      const end = endOfSeoulMonth(at);
      expect(end).toBeGreaterThanOrEqual(at);
      expect(sameSeoulMonth(at, end)).toBe(true);
      expect(sameSeoulMonth(at, end + 1)).toBe(false);
    }),
  );
});

test('midnight in Seoul parts days that are one day in UTC', () => {
  expect(sameSeoulDay(seoul('2026-11-20T23:59:59'), seoul('2026-11-21T00:00:00'))).toBe(false);
  expect(sameSeoulDay(seoul('2026-11-20T00:00:00'), seoul('2026-11-20T23:59:59'))).toBe(true);
});

test('the same month of another year is another month', () => {
  expect(sameSeoulMonth(seoul('2026-11-20T12:00:00'), seoul('2027-11-20T12:00:00'))).toBe(false);
});

test.each([
  ['2024-02-10T10:00:00', '2024-02-29T23:59:59.999'],
  ['2026-02-28T23:59:59', '2026-02-28T23:59:59.999'],
  ['2026-12-31T23:00:00', '2026-12-31T23:59:59.999'],
])('the month of %s ends at %s', (at, end) => {
  expect(endOfSeoulMonth(seoul(at))).toBe(seoul(end));
});

test.each([
  ['2026-11-20T10:30:00', 1, '2027-11-20T10:30:00'],
  ['2024-02-29T08:00:00', 1, '2025-03-01T08:00:00'],
  ['2024-02-29T08:00:00', 4, '2028-02-29T08:00:00'],
  ['2023-03-01T00:30:00', 1, '2024-03-01T00:30:00'],
  ['2026-01-01T00:00:00', 5, '2031-01-01T00:00:00'],
])('%s and %i years is %s', (at, n, later) => {
  expect(addSeoulYears(seoul(at), n)).toBe(seoul(later));
});

test('days are added across month ends and leap days', () => {
  expect(addSeoulDays(seoul('2024-02-28T09:00:00'), 2)).toBe(seoul('2024-03-01T09:00:00'));
  expect(addSeoulDays(seoul('2026-12-31T09:00:00'), 1)).toBe(seoul('2027-01-01T09:00:00'));
});

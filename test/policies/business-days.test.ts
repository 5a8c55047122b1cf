import { expect, test } from 'vitest';
import { addBusinessDays, holidaysEndAt, isBusinessDay } from '../../src/policies/business-days.ts';
import { daysOff } from './days-off.ts';
import { seoul } from './receipts.ts';

// Weekdays off, from the published Korean calendars, apart from the package under test.
const weekdaysOff: readonly (readonly [number, readonly string[]])[] = [
  [
    2024,
    '01-01 02-09 02-12 03-01 04-10 05-06 05-15 06-06 08-15 09-16 09-17 09-18 10-01 10-03 10-09 12-25'.split(
      ' ',
    ),
  ],
  [
    2025,
    '01-01 01-27 01-28 01-29 01-30 03-03 05-05 05-06 06-03 06-06 08-15 10-03 10-06 10-07 10-08 10-09 12-25'.split(
      ' ',
    ),
  ],
  [
    2026,
    '01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 10-05 10-09 12-25'.split(
      ' ',
    ),
  ],
  [
    2027,
    '01-01 02-08 02-09 03-01 05-03 05-05 05-13 07-19 08-16 09-14 09-15 09-16 10-04 10-11 12-27'.split(' '),
  ],
];

test.each(weekdaysOff)('the weekdays off of %i are those of the Korean calendar', (year, days) => {
  expect(daysOff(year, year)).toEqual(days.map((day) => `${year}-${day}`));
});

test.each([
  ['from a Monday', '2026-11-02T10:00:00', 3, '2026-11-05T10:00:00'],
  ['over a weekend', '2026-11-20T23:30:00', 1, '2026-11-23T23:30:00'],
  ['from a Saturday', '2026-11-21T00:10:00', 3, '2026-11-25T00:10:00'],
  ['over the lunar New Year, from its eve on', '2026-02-13T09:00:00', 3, '2026-02-23T09:00:00'],
  ['over the substitute of 1 March', '2026-02-27T09:00:00', 1, '2026-03-03T09:00:00'],
  ['over the substitute of Liberation Day', '2026-08-14T09:00:00', 1, '2026-08-18T09:00:00'],
  ['over Chuseok and the weekend', '2026-09-23T09:00:00', 1, '2026-09-28T09:00:00'],
  ['over the turn of the year', '2026-12-31T09:00:00', 1, '2027-01-04T09:00:00'],
  ['no day at all', '2026-11-21T09:00:00', 0, '2026-11-21T09:00:00'],
])('business days %s', (_, from, n, to) => {
  expect(addBusinessDays(seoul(from), n)).toBe(seoul(to));
});

test('a holiday in Seoul begins at midnight in Seoul', () => {
  expect(isBusinessDay(seoul('2026-12-24T23:59:59'))).toBe(true);
  expect(isBusinessDay(seoul('2026-12-25T00:00:00'))).toBe(false);
});

test.each([1900, 9998])('a year without a calendar (%i) has weekends all the same', (year) => {
  const at = Date.UTC(year, 0, 1);
  const later = addBusinessDays(at, 5);
  expect(later - at).toBeGreaterThanOrEqual(7 * 86_400_000);
});

test.each([
  ['the last day of the gazette', '2027-12-27', false],
  ['the first holiday after it', '2028-03-01', true],
])('%s (%s) counts as a business day: %s', (_, day, counts) => {
  expect(isBusinessDay(seoul(`${day}T12:00:00`))).toBe(counts);
});

test('the calendar ends with the last year that the gazette has announced', () => {
  expect(holidaysEndAt).toBe(seoul('2028-01-01T00:00:00') - 1);
});

test('Labour Day is a public holiday from 2026 on', () => {
  const days = ['2025-05-01', '2026-05-01', '2027-05-03'].map((day) =>
    isBusinessDay(seoul(`${day}T12:00:00`)),
  );
  expect(days).toEqual([true, false, false]);
});

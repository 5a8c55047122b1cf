// Korean business days: Monday to Friday without the public holidays that the official gazette has announced, their
// substitutes, elections and declared days off included.
import * as gazette from '@hyunbinseo/holidays-kr/all';
import { addSeoulDays, endOfSeoulDay, seoulDayNumber } from './seoul-time.ts';

const holidays = new Set(Object.values(gazette).flatMap((year) => Object.keys(year).map(dayNumberOf)));

const lastYear = Math.max(...Object.keys(gazette).map((name) => Number(name.slice(1))));

/**
 * The last millisecond that the gazette's calendar covers. Later, weekends alone count as days off: `refund_by` may be
 * some days early then, never late.
 */
export const holidaysEndAt = endOfSeoulDay(Date.parse(`${lastYear}-12-31T12:00:00+09:00`));

/** The same time of day, n business days later. The first day does not count (Civil Act art. 157). */
export function addBusinessDays(ms: number, n: number): number {
  let at = ms;
  for (let left = n; left > 0; ) {
    at = addSeoulDays(at, 1);
    if (isBusinessDay(at)) left -= 1;
  }
  return at;
}

export function isBusinessDay(ms: number): boolean {
  const dayNumber = seoulDayNumber(ms);
  return !isWeekend(dayNumber) && !holidays.has(dayNumber);
}

function isWeekend(dayNumber: number): boolean {
  // Day 0 was a Thursday.
  const weekday = (((dayNumber + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

function dayNumberOf(date: string): number {
  return seoulDayNumber(Date.parse(`${date}T12:00:00+09:00`));
}

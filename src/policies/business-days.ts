// Korean business days: Monday to Friday without public holidays and their substitutes.
import Holidays from 'date-holidays';
import { addSeoulDays, seoulDate, seoulDayNumber } from './seoul-time.ts';

// date-holidays 3.37 counts the three days of the lunar New Year from the day itself; they begin on its eve.
const lunarNewYearRule = 'korean 01-0-01 P3D';

// What no calendar rule yields: election days (by law a public holiday) and days off the government declared.
// 1 May is not here: banks close, but whether it counts as a public holiday is unsettled for us, and a business
// day too many makes `refund_by` a day early, never late.
const declaredHolidays = [
  '2024-04-10', // National Assembly election
  '2024-10-01', // Armed Forces Day, declared for 2024
  '2025-01-27', // declared before the lunar New Year
  '2025-06-03', // presidential election
  '2026-06-03', // local elections
  '2028-04-12', // National Assembly election
];

// Outside these years the package knows no Korean substitutes; weekends alone then count as days off.
const firstYear = 2014;
const lastYear = 2050;

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
  const { year } = seoulDate(ms);
  const dayNumber = seoulDayNumber(ms);
  return !isWeekend(dayNumber) && !holidaysOf(year).has(dayNumber);
}

function isWeekend(dayNumber: number): boolean {
  // Day 0 was a Thursday.
  const weekday = (((dayNumber + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

// One year costs the package about 15 ms, and every enqueued event needs it: each year is worked out once.
const calendar = new Holidays('KR', { types: ['public'] });
const years = new Map<number, ReadonlySet<number>>();

function holidaysOf(year: number): ReadonlySet<number> {
  const known = years.get(year);
  if (known !== undefined) return known;
  const days = year < firstYear || year > lastYear ? new Set<number>() : workOutHolidays(year);
  years.set(year, days);
  return days;
}

function workOutHolidays(year: number): ReadonlySet<number> {
  const days = new Set<number>();
  for (const date of declaredHolidays) {
    if (date.startsWith(`${year}-`)) days.add(seoulDayNumber(Date.parse(`${date}T00:00:00+09:00`)));
  }
  for (const holiday of calendar.getHolidays(year)) {
    const shift = holiday.rule === lunarNewYearRule ? -1 : 0;
    const last = seoulDayNumber(holiday.end.getTime() - 1);
    for (let day = seoulDayNumber(holiday.start.getTime()); day <= last; day += 1) days.add(day + shift);
  }
  return days;
}

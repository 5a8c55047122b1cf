// Every weekday off of some years, as the policies count them.
import { isBusinessDay } from '../../src/policies/business-days.ts';
import { addSeoulDays, seoulDate } from '../../src/policies/seoul-time.ts';

export function daysOff(firstYear: number, lastYear: number): readonly string[] {
  const found: string[] = [];
  const end = Date.UTC(lastYear + 1, 0, 1);
  for (let noon = Date.UTC(firstYear, 0, 1, 3); noon < end; noon = addSeoulDays(noon, 1)) {
    const weekday = new Date(noon).getUTCDay();
    if (weekday !== 0 && weekday !== 6 && !isBusinessDay(noon)) found.push(dateOf(noon));
  }
  return found;
}

function dateOf(ms: number): string {
  const { year, month, day } = seoulDate(ms);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

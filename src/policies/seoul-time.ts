// Days, months and years as Korea counts them: every window and deadline of the policies is measured here.

// A fixed offset, not a zone: Korea has had no summer time since October 1988, older than any payment,
// and an offset cannot depend on the host's zone or on its ICU data.
const offsetMs = 9 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

interface SeoulDate {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
}

export function seoulDate(ms: number): SeoulDate {
  const shifted = asUtc(ms);
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate() };
}

/** Such as 2026-11-29. */
export function seoulDay(ms: number): string {
  return asUtc(ms).toISOString().slice(0, 10);
}

/** 0 to 23 */
export function seoulHour(ms: number): number {
  return asUtc(ms).getUTCHours();
}

/** Days since 1970-01-01 in Seoul. */
export function seoulDayNumber(ms: number): number {
  return Math.floor((ms + offsetMs) / dayMs);
}

/** 0 (Sunday) to 6 */
export function seoulWeekday(ms: number): number {
  return asUtc(ms).getUTCDay();
}

export function sameSeoulDay(a: number, b: number): boolean {
  return seoulDayNumber(a) === seoulDayNumber(b);
}

export function startOfSeoulDay(ms: number): number {
  return endOfSeoulDay(ms) + 1 - dayMs;
}

/** The last millisecond of that day. */
export function endOfSeoulDay(ms: number): number {
  return (seoulDayNumber(ms) + 1) * dayMs - offsetMs - 1;
}

/** The last millisecond of that month. */
export function endOfSeoulMonth(ms: number): number {
  const { year, month } = seoulDate(ms);
  return Date.UTC(year, month, 1) - offsetMs - 1;
}

export function addSeoulDays(ms: number, n: number): number {
  return ms + n * dayMs;
}

/** Same date and time of day n years later. 29 February becomes 1 March where there is none: later, so that no window closes too early. */
export function addSeoulYears(ms: number, n: number): number {
  const shifted = asUtc(ms);
  return shifted.setUTCFullYear(shifted.getUTCFullYear() + n) - offsetMs;
}

/** `2026-11-20 10:10`, as a clock in Seoul shows it. */
export function seoulMinute(ms: number): string {
  return asUtc(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** `2026-11-20 10:10:05` */
export function seoulSecond(ms: number): string {
  return asUtc(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** A date whose UTC fields read as Seoul's clock. */
function asUtc(ms: number): Date {
  return new Date(ms + offsetMs);
}

// Days, months and years as Korea counts them: every window and deadline of the policies is measured here.

// A fixed offset, not a zone: Korea has had no summer time since October 1988, older than any payment,
// and an offset cannot depend on the host's zone or on its ICU data.
const offsetMs = 9 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

export interface SeoulDate {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
}

export function seoulDate(ms: number): SeoulDate {
  const shifted = asUtc(ms);
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate() };
}

/** Days since 1970-01-01 in Seoul. */
export function seoulDayNumber(ms: number): number {
  return Math.floor((ms + offsetMs) / dayMs);
}

export function sameSeoulDay(a: number, b: number): boolean {
  return seoulDayNumber(a) === seoulDayNumber(b);
}

export function sameSeoulMonth(a: number, b: number): boolean {
  const [first, second] = [seoulDate(a), seoulDate(b)];
  return first.year === second.year && first.month === second.month;
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

/** A date whose UTC fields read as Seoul's clock. */
function asUtc(ms: number): Date {
  return new Date(ms + offsetMs);
}

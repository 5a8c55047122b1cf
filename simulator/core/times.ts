/** Times of the simulated Bootpay: relative ones in scenarios, Seoul calendar days, ISO with +09:00. */

const SEOUL_OFFSET_MS = 9 * 3_600_000;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const RELATIVE = /^now(?:-(?<amount>\d+)(?<unit>[smhd]))?$/;
const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

export const TIME_FORMS = 'an ISO time with offset, "now", "now-3d" (s, m, h, d) or "last-month"';

/** Milliseconds of a scenario's time, or `null` when it is in none of the known forms. */
export function resolveTime(text: string, now: number): number | null {
  if (text === 'last-month') return middleOfLastMonth(now);
  const relative = RELATIVE.exec(text)?.groups;
  if (relative !== undefined) return now - Number(relative['amount'] ?? 0) * unitMs(relative['unit']);
  const parsed = ISO_WITH_OFFSET.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** `2025-01-16T10:30:00+09:00`: Bootpay writes Seoul time, without milliseconds. */
export function seoulIso(at: number): string {
  return `${new Date(at + SEOUL_OFFSET_MS).toISOString().slice(0, 19)}+09:00`;
}

/** Year, month (0 to 11) and day of the Seoul calendar. */
export function seoulDate(at: number): { year: number; month: number; day: number } {
  const shifted = new Date(at + SEOUL_OFFSET_MS);
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth(), day: shifted.getUTCDate() };
}

/** The first moment after the Seoul day that lies so many days, months or years after `at`. */
export function endOfSeoulDay(at: number, later: { years?: number; days?: number }): number {
  const { year, month, day } = seoulDate(at);
  return Date.UTC(year + (later.years ?? 0), month, day + (later.days ?? 0) + 1) - SEOUL_OFFSET_MS;
}

/** The first moment of the Seoul month after that of `at`. */
export function endOfSeoulMonth(at: number): number {
  const { year, month } = seoulDate(at);
  return Date.UTC(year, month + 1, 1) - SEOUL_OFFSET_MS;
}

function middleOfLastMonth(now: number): number {
  const { year, month } = seoulDate(now);
  return Date.UTC(year, month - 1, 15, 12) - SEOUL_OFFSET_MS;
}

function unitMs(unit: string | undefined): number {
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNIT_MS[unit] : 0;
}

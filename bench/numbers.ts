// How numbers are written in the tables.
import type { Spread } from './stats.ts';

/** Three digits that count, or all of a whole number. */
export function said(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

export function ratio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '-';
}

export function spread({ median, min, max }: Spread, say: (value: number) => string = said): string {
  return min === max ? say(median) : `${say(median)} (${say(min)}..${say(max)})`;
}

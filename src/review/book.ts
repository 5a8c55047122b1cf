// Reads the accounting book with the records that its entries are about, page by page, whatever the range is.
import type { BookEntry } from '../domain/book.ts';
import type { Ledger, StoredRefund } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import { seoulDay } from '../policies/seoul-time.ts';

export interface BookSource {
  readonly ledger: Pick<Ledger, 'book' | 'day' | 'read'>;
}

/** Where a reading of the book stands; null: before its first day. */
export interface BookPlace {
  readonly day: string;
  /** The last entry that was read; null: none of that day. */
  readonly after: string | null;
}

export interface BookLine {
  readonly day: string;
  readonly entry: BookEntry;
  /** null: nothing is stored of it. */
  readonly stored: StoredRefund | null;
}

type BookPage =
  | { readonly kind: 'lines'; readonly lines: readonly BookLine[]; readonly place: BookPlace }
  /** All of a day was read. `countedWon`: what its counters say of the same entries. */
  | { readonly kind: 'day_read'; readonly countedWon: number; readonly place: BookPlace };

/** Records that are in memory at once. */
const atOnce = 250;

export async function* bookPages(
  source: BookSource,
  days: readonly string[],
  from: BookPlace | null,
): AsyncGenerator<BookPage> {
  const first = from === null ? 0 : days.indexOf(from.day);
  for (const day of days.slice(Math.max(first, 0))) {
    yield* pagesOf(source, { day, after: day === from?.day ? from.after : null });
  }
}

async function* pagesOf({ ledger }: BookSource, from: BookPlace): AsyncGenerator<BookPage> {
  const { day } = from;
  let place = from;
  for (;;) {
    // Counted before the page is read: where the page is empty, the counters know of no later entry.
    const { totals } = await ledger.day(day);
    const entries = await ledger.book({ ...place, limit: atOnce });
    const last = entries.at(-1);
    if (last === undefined) return yield { kind: 'day_read', countedWon: totals.won, place };
    const lines = await Promise.all(
      entries.map(async (entry) => ({ day, entry, stored: await ledger.read(entry.refundId) })),
    );
    place = { day, after: last.id };
    yield { kind: 'lines', lines, place };
  }
}

/** Days in Seoul, the last one included. */
function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(`${last}T00:00:00Z`);
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= end; at += dayMs)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** Of a month such as 2026-11. */
export function daysOfMonth(month: string): string[] {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
  return daysBetween(`${month}-01`, last);
}

export interface DaysAsked {
  readonly day?: string | undefined;
  /** Such as 2026-11. */
  readonly month?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Days that one export reads at most: five years, as long as the book is kept. */
const mostDays = 1_900;

type DaysFound =
  | { readonly kind: 'days'; readonly days: readonly [string, ...string[]] }
  | { readonly kind: 'unclear'; readonly why: Text };

/** The days that have begun; or why it is not clear which ones are meant. */
export function daysAsked({ day, month, from, to }: DaysAsked, now: number): DaysFound {
  const given = [day, month, from ?? to].filter((one) => one !== undefined);
  if (given.length !== 1 || (to !== undefined && from === undefined)) return unclear(oneRange);
  if (day !== undefined) return found(daysUntil([day], now));
  if (month !== undefined) return found(daysUntil(daysOfMonth(month), now));
  const today = seoulDay(now);
  const last = to === undefined || to > today ? today : to;
  const first = from ?? last;
  if (Date.parse(last) - Date.parse(first) > mostDays * dayMs) return unclear(tooLong);
  return found(daysBetween(first, last));
}

function found([first, ...more]: readonly string[]): DaysFound {
  return first === undefined ? unclear(noDays) : { kind: 'days', days: [first, ...more] };
}

function unclear(why: Text): DaysFound {
  return { kind: 'unclear', why };
}

const oneRange: Text = {
  en: 'give one of: day, month, or from (with or without to)',
  ko: 'day, month, from(과 to) 가운데 하나만 주세요',
};
const tooLong: Text = { en: 'at most 1,900 days at once', ko: '한 번에 1,900일까지예요' };
const noDays: Text = {
  en: 'there is no such day yet, or the last day is before the first one',
  ko: '아직 오지 않은 날이거나, 끝 날짜가 시작 날짜보다 앞이에요',
};

/** Those that have begun by now. */
export function daysUntil(days: readonly string[], now: number): string[] {
  const today = seoulDay(now);
  return days.filter((day) => day <= today);
}

const dayMs = 24 * 60 * 60 * 1000;

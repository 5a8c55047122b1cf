// The accounting book, a stream for each day in Seoul. Written by the scripts that end refunds (book.lua), so that its sum
// is the `won` of that day's counters.
import { z } from 'zod';
import type { BookEntry, BookQuery } from '../domain/book.ts';
import { refundIdSchema } from '../domain/ids.ts';
import { isEnded } from '../domain/states.ts';
import type { Transition } from '../domain/transition.ts';
import { askedWon, taxFreeWon } from '../policies/amounts.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

/** As book.lua takes them; undefined: the step ends nothing, and takes no end back. */
export function entryFields(
  change: Pick<Transition, 'from' | 'refund' | 'settledWon' | 'byHandWon' | 'history'>,
): string[] | undefined {
  const { from, refund, settledWon, byHandWon = null, history } = change;
  const ends = from !== refund.state && (isEnded(from) || isEnded(refund.state));
  if (!ends && settledWon === 0) return undefined;
  const { refundId, version, state } = refund;
  const asked = askedWon(refund) ?? (settledWon > 0 ? settledWon : null);
  const taxFree = settledWon === 0 ? 0 : taxFreeWon(refund);
  return fieldsOf({
    refund: refundId,
    version,
    at: history.at,
    from,
    to: state,
    won: settledWon,
    by_hand: byHandWon,
    asked,
    tax_free: taxFree === null ? null : taxFree * Math.sign(settledWon),
  });
}

export function fieldsOf(entry: Readonly<Record<string, string | number | null>>): string[] {
  return Object.entries(entry).flatMap(([name, value]) => (value === null ? [] : [name, String(value)]));
}

const number = z.coerce.number();
const known = number.nullable().default(null);
const storedSchema = z.object({
  refund: refundIdSchema,
  version: number,
  at: number,
  from: z.string(),
  to: z.string(),
  won: number,
  by_hand: known,
  asked: known,
  tax_free: known,
});

export async function readBook(
  redis: RedisClient,
  keys: Keys,
  { day, after, limit }: BookQuery,
): Promise<readonly BookEntry[]> {
  const from = after === null ? '-' : `(${after}`;
  const entries = await redis.xrange(keys.book(day), from, '+', 'COUNT', limit);
  return entries.map(([id, fields]) => {
    const named = fields.flatMap((name, place) =>
      place % 2 === 0 ? [[name, fields[place + 1]] as const] : [],
    );
    const { refund, by_hand, asked, tax_free, ...same } = storedSchema.parse(Object.fromEntries(named));
    const amounts = { byHandWon: by_hand, askedWon: asked, taxFreeWon: tax_free };
    return { id, refundId: refund, ...same, ...amounts };
  });
}

export async function bookLength(redis: RedisClient, keys: Keys, days: readonly string[]): Promise<number> {
  const lengths = await Promise.all(days.map((day) => redis.xlen(keys.book(day))));
  return lengths.reduce((sum, length) => sum + length, 0);
}

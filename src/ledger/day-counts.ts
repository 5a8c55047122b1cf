// Counters of a day in Seoul. They are written by the scripts that move refunds (counts.lua).
import type { CountKind, Counts, DayCounts } from '../domain/day-counts.ts';
import type { Transition } from '../domain/transition.ts';
import { seoulDay, seoulHour } from '../policies/seoul-time.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

export async function readDay(redis: RedisClient, keys: Keys, day: string): Promise<DayCounts> {
  const row = await redis.hgetall(keys.day(day));
  const countsOf = (numberOf: (kind: CountKind) => number): Counts => ({
    accepted: numberOf('accepted'),
    succeeded: numberOf('succeeded'),
    unaided: numberOf('unaided'),
    won: numberOf('won'),
    dead_lettered: numberOf('dead_lettered'),
    replayed: numberOf('replayed'),
    resolved: numberOf('resolved'),
  });
  const hours = Array.from({ length: 24 }, (_, hour) =>
    countsOf((kind) => Number(row[`${kind}:${twoDigits(hour)}`] ?? 0)),
  );
  return { day, hours, totals: countsOf((kind) => hours.reduce((sum, counts) => sum + counts[kind], 0)) };
}

/** As counts.lua reads it. */
export function momentOf(at: number): { readonly day: string; readonly hour: string } {
  return { day: seoulDay(at), hour: twoDigits(seoulHour(at)) };
}

/** What a step adds to the counters of its hour. */
export function countsOf({
  from,
  refund,
  settledWon,
}: Pick<Transition, 'from' | 'refund' | 'settledWon'>): Partial<Record<CountKind, number>> {
  const kind = from === refund.state ? null : kindOf(from, refund.state);
  return { ...(kind !== null && { [kind]: 1 }), ...(settledWon !== 0 && { won: settledWon }) };
}

function kindOf(from: Transition['from'], to: Transition['from']): CountKind | null {
  switch (to) {
    case 'succeeded':
    case 'dead_lettered':
    case 'resolved':
      return to;
    case 'queued':
      return from === 'dead_lettered' ? 'replayed' : null;
    default:
      return null;
  }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

// Whether the clock may be so wrong that what looks old is not; checked before anything is erased. Pure; times in ms.
import type { ClockHistory } from './steady-clock.ts';

/**
 * `started`: this process has not watched the clock for long enough. `no_new_refund`: even the newest refund looks older
 * than records are kept.
 */
export type ClockDoubt = 'clocks_disagree' | 'clock_stepped' | 'started' | 'no_new_refund';

export interface ClockDoubtFacts extends ClockHistory {
  /** The same moment by this host's own clock. */
  readonly wall: number;
  /** When the newest refund of all was accepted; null: there is none. */
  readonly newestAcceptedAt: number | null;
  readonly retentionMs: number;
}

const mostDifferenceMs = 10 * 60_000;
const longestSteadyMs = 60 * 60_000;

/** null: none, what is old may be erased. */
export function clockDoubt(facts: ClockDoubtFacts): ClockDoubt | null {
  const { now, wall, steadySince, jumpedAt, newestAcceptedAt, retentionMs } = facts;
  if (Math.abs(wall - now) > mostDifferenceMs) return 'clocks_disagree';
  const steadyMs = Math.min(longestSteadyMs, retentionMs / 100);
  if (jumpedAt !== null && now - jumpedAt < steadyMs) return 'clock_stepped';
  if (now - steadySince < steadyMs) return 'started';
  // A merchant without a refund for years is less likely than a clock that is years ahead; its last records stay.
  if (newestAcceptedAt !== null && now - newestAcceptedAt > retentionMs) return 'no_new_refund';
  return null;
}

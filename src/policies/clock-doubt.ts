// May the clock be wrong by so much that what it calls old is not? Asked before anything is erased. Pure; times in ms.
import type { ClockHistory } from './steady-clock.ts';

/** `started`: this process has not seen the clock run for long enough. `no_new_refund`: the newest is as old as the oldest. */
export type ClockDoubt = 'clocks_disagree' | 'clock_stepped' | 'started' | 'no_new_refund';

export interface DoubtQuestion extends ClockHistory {
  /** The same moment as this host's own clock names it. */
  readonly wall: number;
  /** When the newest refund of all was accepted; null: there is none. */
  readonly newestAcceptedAt: number | null;
  readonly retentionMs: number;
}

const mostDifferenceMs = 10 * 60_000;
const longestSteadyMs = 60 * 60_000;

/** null: none, what is old may be erased. */
export function clockDoubt(question: DoubtQuestion): ClockDoubt | null {
  const { now, wall, steadySince, jumpedAt, newestAcceptedAt, retentionMs } = question;
  if (Math.abs(wall - now) > mostDifferenceMs) return 'clocks_disagree';
  const steadyMs = Math.min(longestSteadyMs, retentionMs / 100);
  if (jumpedAt !== null && now - jumpedAt < steadyMs) return 'clock_stepped';
  if (now - steadySince < steadyMs) return 'started';
  // A merchant without a refund for years is less likely than a clock that is years ahead; its last records stay.
  if (newestAcceptedAt !== null && now - newestAcceptedAt > retentionMs) return 'no_new_refund';
  return null;
}

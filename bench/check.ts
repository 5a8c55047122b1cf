// What was measured against the bounds: pure, so that a test can show what fails.
import type { Bound } from './bounds.ts';
import type { Goal } from './result.ts';

export interface Verdict extends Bound {
  /** null: nothing was measured under this name, which is no reason to pass. */
  readonly measured: number | null;
  readonly kept: boolean;
}

export function judge(bounds: readonly Bound[], goals: readonly Goal[]): readonly Verdict[] {
  return bounds.map((bound) => {
    const measured = goals.find(({ name }) => name === bound.name)?.measured ?? null;
    return { ...bound, measured, kept: measured !== null && isWithin(measured, bound.limit) };
  });
}

/**
 * What was measured twice is kept where either measurement keeps it: a busy neighbour spoils one of them, twice the work
 * for each refund spoils both. `again` has the verdicts of the benchmarks that were run once more.
 */
export function judgeAgain(verdicts: readonly Verdict[], again: readonly Verdict[]): readonly Verdict[] {
  return verdicts.map((verdict) => {
    if (verdict.kept) return verdict;
    return again.find(({ name }) => name === verdict.name) ?? verdict;
  });
}

/** False for what is not a number. */
function isWithin(measured: number, limit: Bound['limit']): boolean {
  return 'atLeast' in limit ? measured >= limit.atLeast : measured <= limit.atMost;
}

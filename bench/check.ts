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

/** False for what is not a number. */
function isWithin(measured: number, limit: Bound['limit']): boolean {
  return 'atLeast' in limit ? measured >= limit.atLeast : measured <= limit.atMost;
}

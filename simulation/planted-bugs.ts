// Planted bugs: each is a change of some lines in a copy of `src`, and a promise in how many histories of which scenario
// the simulation finds it. Test only; nothing here is ever imported by `src`.
import { calls } from './planted/calls.ts';
import { reconciliation } from './planted/reconciliation.ts';
import { reviews } from './planted/reviews.ts';
import { totals } from './planted/totals.ts';
import { writes } from './planted/writes.ts';

export interface PlantedBug {
  readonly name: string;
  readonly scenario: string;
  /** Found within so many histories from index 0 with the seed `plants`. */
  readonly within: number;
  /** What is wrong then. */
  readonly shows: RegExp;
  readonly edits: readonly Edit[];
}

interface Edit {
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly put: string;
}

export const plantedBugs: readonly PlantedBug[] = [
  ...calls,
  ...totals,
  ...writes,
  ...reviews,
  ...reconciliation,
];

export function plantedBugNamed(name: string): PlantedBug {
  const found = plantedBugs.find((bug) => bug.name === name);
  if (found === undefined) throw new Error(`no planted bug ${name}`);
  return found;
}

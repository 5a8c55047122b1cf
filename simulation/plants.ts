// Planted bugs: each is a change of some lines in a copy of `src`, and a promise in how many histories of which world
// the simulation finds it. Test only; nothing here is ever imported by `src`.
import { calls } from './planted/calls.ts';
import { reconciliation } from './planted/reconciliation.ts';
import { reviews } from './planted/reviews.ts';
import { totals } from './planted/totals.ts';
import { writes } from './planted/writes.ts';

export interface Plant {
  readonly name: string;
  readonly world: string;
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

export const plants: readonly Plant[] = [...calls, ...totals, ...writes, ...reviews, ...reconciliation];

export function plantNamed(name: string): Plant {
  const found = plants.find((plant) => plant.name === name);
  if (found === undefined) throw new Error(`no plant ${name}`);
  return found;
}

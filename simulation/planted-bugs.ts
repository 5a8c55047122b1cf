// Planted bugs: each replaces exports of modules in a copy of `src`, and promises in how many histories of which scenario
// the simulation finds it. Test only; nothing here is ever imported by `src`.
import { calls } from './planted/calls.ts';
import { reconciliation } from './planted/reconciliation.ts';
import { reviews } from './planted/reviews.ts';
import { totals } from './planted/totals.ts';
import { writes } from './planted/writes.ts';

/** By name. */
export type PlantedBugs = Readonly<Record<string, PlantedBug>>;

export interface PlantedBug {
  /** Within so many histories from index 0 with the seed `plants`. `shows`: what is wrong then. */
  readonly found: { readonly scenario: string; readonly within: number; readonly shows: RegExp };
  readonly replaces: Replacements;
}

/**
 * By module and export: makes what takes its place from the real one. Only callers in other modules get it, within its
 * own module the real one stays.
 */
export type Replacements = {
  readonly [Name in ExportName]?: (real: Export<Name>) => Export<Name>;
};

type ExportName = { [Path in keyof Modules]: `${Path}#${keyof Modules[Path] & string}` }[keyof Modules];
type Export<Name> = Name extends `${infer Path extends keyof Modules}#${infer Own}`
  ? Modules[Path][Own & keyof Modules[Path]]
  : never;

/** The modules of `src` with an export that a bug replaces. */
interface Modules {
  'ledger/accept.ts': typeof import('../src/ledger/accept.ts');
  'ledger/begin.ts': typeof import('../src/ledger/begin.ts');
  'ledger/case-places.ts': typeof import('../src/ledger/case-places.ts');
  'ledger/commit.ts': typeof import('../src/ledger/commit.ts');
  'ledger/day-counts.ts': typeof import('../src/ledger/day-counts.ts');
  'policies/decide-look-up.ts': typeof import('../src/policies/decide-look-up.ts');
  'policies/decide-reply.ts': typeof import('../src/policies/decide-reply.ts');
  'policies/drift.ts': typeof import('../src/policies/drift.ts');
  'policies/growth.ts': typeof import('../src/policies/growth.ts');
  'policies/replay-rules.ts': typeof import('../src/policies/replay-rules.ts');
  'policies/transition.ts': typeof import('../src/policies/transition.ts');
  'producer/enqueue.ts': typeof import('../src/producer/enqueue.ts');
  'reconcile/reconcile.ts': typeof import('../src/reconcile/reconcile.ts');
  'review/open-case.ts': typeof import('../src/review/open-case.ts');
  'review/resolve.ts': typeof import('../src/review/resolve.ts');
  'worker/refund-job.ts': typeof import('../src/worker/refund-job.ts');
  'worker/sweeper.ts': typeof import('../src/worker/sweeper.ts');
}

export const plantedBugs: PlantedBugs = { ...calls, ...totals, ...writes, ...reviews, ...reconciliation };

export function plantedBugNamed(name: string): PlantedBug {
  const bug = plantedBugs[name];
  if (bug === undefined) throw new Error(`no planted bug ${name}`);
  return bug;
}

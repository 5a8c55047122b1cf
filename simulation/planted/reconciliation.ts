// Planted bugs in what a reconciliation concludes.
import type { PlantedBug } from '../planted-bugs.ts';

export const reconciliation: readonly PlantedBug[] = [
  {
    name: 'drift after one look-up',
    scenario: 'lagging-look-ups',
    within: 1_000,
    shows: /is called a drift/,
    edits: [
      {
        file: 'policies/drift.ts',
        find: 'const twice = first !== null && now >= first.countsAt;',
        put: 'const twice = first === null || now >= first.countsAt;',
      },
    ],
  },
  {
    name: 'look-ups stay stale after a drift',
    scenario: 'taken-back',
    within: 100,
    shows: /and look-ups stay stale|less is shown/,
    edits: [{ file: 'reconcile/compare.ts', find: '      lowersHighest: true,\n', put: '' }],
  },
  {
    name: 'look-ups stay stale after a total that fell to what is settled',
    scenario: 'wrong-totals',
    within: 300,
    shows: /less is shown than was settled or shown before/,
    edits: [
      {
        file: 'policies/drift.ts',
        find: "return twice ? 'reversed' : 'went_down';",
        put: "return 'went_down';",
      },
    ],
  },
  {
    name: 'a drift on a receipt that has moved on',
    scenario: 'taken-back',
    within: 1_000,
    shows: /is called a drift without|from now on without/,
    edits: [
      {
        file: 'policies/drift.ts',
        find: 'below === null || below.version !== version || below.at',
        put: 'below === null || below.at',
      },
    ],
  },
];

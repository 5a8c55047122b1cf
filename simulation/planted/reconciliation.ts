// Planted bugs in what a reconciliation concludes.
import type { TotalsFacts } from '../../src/policies/drift.ts';
import type { PlantedBugs } from '../planted-bugs.ts';

/** The note of an earlier look-up taken for one of the receipt as it is now. */
function unmoved<Facts extends Pick<TotalsFacts, 'after'>>(facts: Facts): Facts {
  const { below, version } = facts.after;
  return { ...facts, after: { ...facts.after, below: below && { ...below, version } } };
}

export const reconciliation: PlantedBugs = {
  'drift after one look-up': {
    found: { scenario: 'lagging-look-ups', within: 1_000, shows: /is called a drift/ },
    replaces: {
      'policies/drift.ts#compareTotals': (real) => (facts) => {
        const verdict = real(facts);
        return verdict === 'below' ? 'drift' : verdict;
      },
    },
  },
  'look-ups stay stale after a drift': {
    found: { scenario: 'taken-back', within: 100, shows: /and look-ups stay stale|less is shown/ },
    replaces: {
      'reconcile/reconcile.ts#reconcile': (real) => (deps, request, signal) => {
        const { ledger } = deps;
        const commit: typeof ledger.commit = ({ lowersHighest: _, ...transition }, options) =>
          ledger.commit(transition, options);
        return real({ ...deps, ledger: { ...ledger, commit } }, request, signal);
      },
    },
  },
  'look-ups stay stale after a total that fell to what is settled': {
    found: { scenario: 'wrong-totals', within: 300, shows: /less is shown than was settled or shown before/ },
    replaces: {
      'policies/drift.ts#compareTotals': (real) => (facts) => {
        const verdict = real(facts);
        return verdict === 'reversed' ? 'went_down' : verdict;
      },
    },
  },
  'a drift on a receipt that has moved on': {
    found: { scenario: 'taken-back', within: 1_000, shows: /is called a drift without|from now on without/ },
    replaces: {
      'policies/drift.ts#compareTotals': (real) => (facts) => real(unmoved(facts)),
      'policies/drift.ts#firstBelow': (real) => (facts) => real(unmoved(facts)),
    },
  },
};

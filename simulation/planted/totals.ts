// Planted bugs in what a receipt's totals are taken to prove.
import type { Refund, Totals } from '../../src/domain/refund.ts';
import { lacksDefiniteAnswer, type ShownTotals } from '../../src/policies/growth.ts';
import type { PlantedBugs, Replacements } from '../planted-bugs.ts';

/** Growth measured from another start, or by other numbers, by all that measure it. */
function measured(
  change: (
    start: Totals,
    shown: ShownTotals,
  ) => { start?: Partial<Totals>; account?: Partial<ShownTotals['account']> },
): Replacements {
  const changed = (start: Totals, shown: ShownTotals) => {
    const { start: other, account } = change(start, shown);
    return [
      { ...start, ...other },
      { ...shown, account: { ...shown.account, ...account } },
    ] as const;
  };
  return {
    'policies/growth.ts#growthOf': (real) => (cancel, start, shown) => real(cancel, ...changed(start, shown)),
    'policies/growth.ts#refundGrowth': (real) => (refund, shown) => {
      if (refund.totalsBefore === null) return null;
      const [totalsBefore, account] = changed(refund.totalsBefore, shown);
      return real({ ...refund, totalsBefore }, account);
    },
  };
}

/** Every attempt asked for what the refund asks for now. */
function asEdited<Facts extends { readonly refund: Refund }>(facts: Facts): Facts {
  const { refund } = facts;
  const attempts = refund.attempts.map((attempt) => ({ ...attempt, cancel: refund.cancel }));
  return { ...facts, refund: { ...refund, attempts } };
}

export const totals: PlantedBugs = {
  'settled by status alone': {
    found: {
      scenario: 'status-20',
      within: 300,
      shows:
        /succeeded with|is settled by a look-up that shows zero|is a mismatch, and its look-up shows zero|is closed as/,
    },
    replaces: {
      'policies/growth.ts#refundGrowth': (real) => (refund, shown) => {
        const growth = real(refund, shown);
        const attempt = refund.attempts.findLast(lacksDefiniteAnswer) ?? refund.attempts.at(-1);
        return growth?.kind === 'zero' && attempt?.cancel.kind === 'full' && shown.receipt.status === 20
          ? { kind: 'landed', amountWon: 0, attempt }
          : growth;
      },
    },
  },
  'growth without our own settlements': {
    found: {
      scenario: 'plain',
      within: 300,
      shows: /succeeded with|is a mismatch, and its look-up shows zero/,
    },
    replaces: measured(({ settledWon }) => ({ account: { settledWon } })),
  },
  'a stale look-up believed': {
    found: {
      scenario: 'lagging-look-ups',
      within: 1_000,
      shows: /won moved|after stale look-up|shows stale/,
    },
    replaces: { 'policies/growth.ts#isStale': () => () => false },
  },
  'any 2xx taken for the money': {
    found: { scenario: 'plain', within: 300, shows: /won moved|is succeeded after accepted/ },
    replaces: {
      'policies/growth.ts#settledByAnswer': (real) => (cancel, start, answer) => {
        if (answer.cancelledWon !== null) return real(cancel, start, answer);
        return cancel.kind === 'full' ? 1 : cancel.amountWon;
      },
    },
  },
  'landed though every attempt was refused, and settled': {
    found: {
      scenario: 'refused-but-paid',
      within: 300,
      shows: /is settled by a look-up|which is not its own/,
    },
    replaces: {
      'policies/growth.ts#isPaidAsAsked': (real) => (growth, refund) =>
        real({ ...growth, attempt: { ...growth.attempt, outcome: null } }, refund),
    },
  },
  'marks ignored': {
    found: {
      scenario: 'siblings',
      within: 300,
      shows: /which is not its own|succeeds with|are to be counted/,
    },
    replaces: measured(({ marks }) => ({ account: { marks } })),
  },
  'open drifts ignored': {
    found: {
      scenario: 'hidden-for-a-time',
      within: 300,
      shows: /which is not its own|is replayed without a mark|succeeds with|is waiting_retry, and|is sent/,
    },
    replaces: measured(() => ({ account: { openDrifts: 0 } })),
  },
  'settled money below the totals before ignored': {
    found: {
      scenario: 'taken-back',
      within: 300,
      shows: /which is not its own|succeeds with|without a mark|the look-up shows neither/,
    },
    replaces: measured(({ totalWon, settledWon }, { account }) => {
      const missingWon = Math.max(settledWon - account.settledWon, 0);
      return { start: { settledWon: settledWon - missingWon, totalWon: totalWon - missingWon } };
    }),
  },
  'an old attempt judged by the edited amount': {
    found: {
      scenario: 'outside-cancels',
      within: 1_000,
      shows: /which is not its own|succeeds with|are to be counted/,
    },
    replaces: {
      'policies/decide-look-up.ts#decideBeforeSending': (real) => (situation, receipt) =>
        real(asEdited(situation), receipt),
      'policies/decide-look-up.ts#decideUnknown': (real) => (situation, receipt) =>
        real(asEdited(situation), receipt),
    },
  },
  'an edited refund settled by what an older attempt asked for': {
    found: { scenario: 'edits', within: 300, shows: /which is not its own/ },
    replaces: {
      'policies/growth.ts#isPaidAsAsked': (real) => (growth, refund) =>
        real({ ...growth, attempt: { ...growth.attempt, cancel: refund.cancel } }, refund),
    },
  },
};

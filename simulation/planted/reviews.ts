// Planted bugs in what a person may do with a case, and in what that counts.
import type { Refund } from '../../src/domain/refund.ts';
import type { CaseFacts, ResolveEffect } from '../../src/policies/replay-rules.ts';
import type { PlantedBugs, Replacements } from '../planted-bugs.ts';

const isDrift = ({ deadLetter }: Refund) => deadLetter?.case === 'drift';

/** Replays for which there is no settle window. */
function replayedEarly(isIt: (refund: Refund) => boolean): Replacements {
  const early = (facts: CaseFacts) => ({ ...facts, settings: { ...facts.settings, settleWindowMs: 0 } });
  return {
    'policies/replay-rules.ts#replayRefusal': (real) => (facts, wish) =>
      real(isIt(facts.refund) ? early(facts) : facts, wish),
  };
}

function reckoned(change: (refund: Refund) => Partial<ResolveEffect>): Replacements {
  return {
    'policies/replay-rules.ts#effectOfResolve': (real) => (facts, looked, outcome) => ({
      ...real(facts, looked, outcome),
      ...change(facts.refund),
    }),
  };
}

export const reviews: PlantedBugs = {
  'a replay allowed before the settle window ends': {
    found: {
      scenario: 'no-id-guard',
      within: 1_000,
      shows: /paid 2 times|won moved|before the settle window has ended/,
    },
    replaces: replayedEarly(() => true),
  },
  'a deadline not renewed by a replay': {
    found: { scenario: 'plain', within: 100, shows: /has another deadline after replay/ },
    replaces: {
      'policies/transition.ts#moved': (real) => (refund, to, because, changes) => {
        const { deadlineAt } = refund;
        return real(refund, to, because, to === 'queued' ? { ...changes, deadlineAt } : changes);
      },
    },
  },
  'the settle window only for calls without a reply': {
    found: { scenario: 'no-id-guard', within: 300, shows: /before the settle window has ended/ },
    replaces: replayedEarly(({ attempts }) => attempts.at(-1)?.outcome?.reply === 'refused'),
  },
  'a case closed without its money leaves no mark': {
    found: { scenario: 'siblings', within: 100, shows: /is closed as \w+ without a mark/ },
    replaces: reckoned((refund) => (isDrift(refund) ? {} : { marks: false })),
  },
  'a replay that passes over money leaves no mark': {
    found: { scenario: 'siblings', within: 300, shows: /is replayed without a mark/ },
    replaces: {
      'policies/replay-rules.ts#totalsAfterReplay': (real) => (facts, wish) => ({
        ...real(facts, wish),
        marks: isDrift(facts.refund),
      }),
    },
  },
  'a drift closed without its money leaves no mark': {
    found: { scenario: 'hidden-for-a-time', within: 300, shows: /without a mark/ },
    replaces: reckoned((refund) => (isDrift(refund) ? { marks: false } : {})),
  },
  'a case closed by a stale look-up': {
    found: { scenario: 'siblings', within: 300, shows: /keeps a look-up from the past/ },
    replaces: {
      'review/resolve.ts#resolve': (real) => (deps, id, request) => {
        const { ledger } = deps;
        const readReceipt: typeof ledger.readReceipt = async (receiptId) => ({
          ...(await ledger.readReceipt(receiptId)),
          highestWon: 0,
        });
        return real({ ...deps, ledger: { ...ledger, readReceipt } }, id, request);
      },
    },
  },
  'a case closed whatever happened to its receipt since the look-up': {
    found: {
      scenario: 'delayed-writes',
      within: 300,
      shows: /the receipt has moved on since|while another refund has the receipt lock/,
    },
    replaces: {
      'review/open-case.ts#commitReview':
        (real) =>
        (deps, change, { lookedAt: _, ...options } = {}) =>
          real(deps, change, options),
    },
  },
  'a tax-free share above the edited amount': {
    found: { scenario: 'plain', within: 300, shows: /tax-free/ },
    replaces: {
      'policies/replay-rules.ts#replayRefusal': (real) => (facts, wish) =>
        real(
          facts,
          wish.cancel === undefined ? wish : { ...wish, cancel: { ...wish.cancel, taxFreeWon: null } },
        ),
    },
  },
  'no new cancel_id for money that was taken back': {
    found: { scenario: 'taken-back', within: 300, shows: /its replay is not paid/ },
    replaces: {
      'policies/replay-rules.ts#replayRefusal': (real) => (facts, wish) => {
        const { attempts } = facts.refund;
        const wasAccepted = attempts.some(({ outcome }) => outcome?.reply === 'accepted');
        return real(facts, wish.newGeneration && wasAccepted ? { ...wish, acknowledge: false } : wish);
      },
    },
  },
};

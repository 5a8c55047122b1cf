// Planted bugs in what a person may do with a case, and in what that counts.
import type { PlantedBug } from '../planted-bugs.ts';

export const reviews: readonly PlantedBug[] = [
  {
    name: 'a replay allowed before the settle window ends',
    scenario: 'no-id-guard',
    within: 1_000,
    shows: /paid 2 times|won moved|before the settle window has ended/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: '  if (now >= notBefore) return null;',
        put: '  if (now >= notBefore || now > 0) return null;',
      },
    ],
  },
  {
    name: 'a deadline not renewed by a replay',
    scenario: 'plain',
    within: 100,
    shows: /has another deadline after replay/,
    edits: [
      {
        file: 'review/replay.ts',
        find: '      deadlineAt: facts.now + deps.settings.retryDeadlineMs,\n',
        put: '',
      },
    ],
  },
  {
    name: 'the settle window only for calls without a reply',
    scenario: 'no-id-guard',
    within: 300,
    shows: /before the settle window has ended/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: '!lacksDefiniteAnswer(last) || landedByLastLookUp(facts))',
        put: "last.outcome?.reply === 'refused' || landedByLastLookUp(facts))",
      },
    ],
  },
  {
    name: 'a case closed without its money leaves no mark',
    scenario: 'siblings',
    within: 100,
    shows: /is closed as \w+ without a mark/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'return { settledWon: 0, throughUs: false, marks: !nothingToCount };',
        put: 'return { settledWon: 0, throughUs: false, marks: false };',
      },
    ],
  },
  {
    name: 'a replay that passes over money leaves no mark',
    scenario: 'siblings',
    within: 300,
    shows: /is replayed without a mark/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: "const marks = closesDrift || growth?.kind === 'neither';",
        put: 'const marks = closesDrift;',
      },
    ],
  },
  {
    name: 'a drift closed without its money leaves no mark',
    scenario: 'hidden-for-a-time',
    within: 300,
    shows: /without a mark/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'if (isOpenDrift(refund)) return { settledWon: 0, throughUs: false, marks: true };',
        put: 'if (isOpenDrift(refund)) return { settledWon: 0, throughUs: false, marks: false };',
      },
    ],
  },
  {
    name: 'a case closed by a stale look-up',
    scenario: 'siblings',
    within: 300,
    shows: /keeps a look-up from the past/,
    edits: [
      {
        file: 'review/resolve.ts',
        find: "return isStale(reply.body, after) ? 'stale' : reply.body;",
        put: 'return reply.body;',
      },
    ],
  },
  {
    name: 'a case closed whatever happened to its receipt since the look-up',
    scenario: 'by-hand',
    within: 1_200,
    shows: /the receipt has moved on since|while another holds the receipt/,
    edits: [
      {
        file: 'review/resolve.ts',
        find: `const lookedAt =
    receipt === null ? {} : { lookedAt: { receiptVersion: account.version, lock: 'free' as const } };`,
        put: 'const lookedAt = {};',
      },
    ],
  },
  {
    name: 'a tax-free share above the edited amount',
    scenario: 'plain',
    within: 300,
    shows: /tax-free/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'if (amountWon !== null && (cancel.taxFreeWon ?? 0) > amountWon)',
        put: 'if (amountWon !== null && (cancel.taxFreeWon ?? 0) < 0)',
      },
    ],
  },
  {
    name: 'no new cancel_id for money that was taken back',
    scenario: 'taken-back',
    within: 300,
    shows: /its replay is not paid/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'return refused || ((takenAtOnce || takenBack) && wish.acknowledge) ? null',
        put: 'return refused || (takenAtOnce && wish.acknowledge) ? null',
      },
    ],
  },
];

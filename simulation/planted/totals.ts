// Planted bugs in what a receipt's totals are taken to prove.
import type { PlantedBug } from '../planted-bugs.ts';

export const totals: readonly PlantedBug[] = [
  {
    name: 'settled by status alone',
    scenario: 'status-20',
    within: 300,
    shows:
      /succeeded with|is settled by a look-up that shows zero|is a mismatch, and its look-up shows zero|is closed as/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: "  if (amountWon === 0) return { kind: 'zero' };",
        put: `  if (cancel.kind === 'full' && receipt.status === 20) return { kind: 'landed', amountWon };
  if (amountWon === 0) return { kind: 'zero' };`,
      },
    ],
  },
  {
    name: 'growth without our own settlements',
    scenario: 'plain',
    within: 300,
    shows: /succeeded with|is a mismatch, and its look-up shows zero/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'const ours = account.settledWon - totalsBefore.settledWon;',
        put: 'const ours = 0;',
      },
    ],
  },
  {
    name: 'a stale look-up believed',
    scenario: 'lagging-look-ups',
    within: 1_000,
    shows: /won moved|after stale look-up|shows stale/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'return receipt.cancelledWon < account.highestWon;',
        put: 'return receipt.cancelledWon < 0 && account.highestWon < 0;',
      },
    ],
  },
  {
    name: 'any 2xx taken for the money',
    scenario: 'plain',
    within: 300,
    shows: /won moved|is succeeded after accepted/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (answer.cancelledWon === null) return null;',
        put: "if (answer.cancelledWon === null) return cancel.kind === 'full' ? 1 : cancel.amountWon;",
      },
    ],
  },
  {
    name: 'landed though every attempt was refused, and settled',
    scenario: 'refused-but-paid',
    within: 300,
    shows: /is settled by a look-up|which is not its own/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);',
        put: 'return asksForTheSame(growth.attempt.cancel, cancel);',
      },
    ],
  },
  {
    name: 'marks ignored',
    scenario: 'siblings',
    within: 300,
    shows: /which is not its own|succeeds with|are to be counted/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (account.marks > totalsBefore.marks) return',
        put: 'if (account.marks < totalsBefore.marks) return',
      },
    ],
  },
  {
    name: 'open drifts ignored',
    scenario: 'hidden-for-a-time',
    within: 300,
    shows: /which is not its own|is replayed without a mark|succeeds with|is waiting_retry, and|is sent/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (ours < 0 || account.openDrifts > 0) return',
        put: 'if (ours < 0) return',
      },
    ],
  },
  {
    name: 'settled money below the totalsBefore ignored',
    scenario: 'taken-back',
    within: 300,
    shows: /which is not its own|succeeds with|without a mark|the look-up shows neither/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (ours < 0 || account.openDrifts > 0) return',
        put: 'if (account.openDrifts > 0) return',
      },
    ],
  },
  {
    name: 'an old attempt judged by the edited amount',
    scenario: 'outside-cancels',
    within: 1_000,
    shows: /which is not its own|succeeds with|are to be counted/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: "  { attempts, totalsBefore }: Pick<Refund, 'attempts' | 'totalsBefore'>,",
        put: '  { attempts, totalsBefore, cancel }: Refund,',
      },
      {
        file: 'policies/growth.ts',
        find: 'const found = growthOf(attempt.cancel, totalsBefore, shown);',
        put: 'const found = growthOf(cancel, totalsBefore, shown);',
      },
      {
        file: 'policies/growth.ts',
        find: 'return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);',
        put: 'return lacksDefiniteAnswer(growth.attempt);',
      },
    ],
  },
  {
    name: 'an edited refund settled by what an older attempt asked for',
    scenario: 'siblings',
    within: 1_000,
    shows: /which is not its own/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);',
        put: 'return lacksDefiniteAnswer(growth.attempt);',
      },
    ],
  },
];

import { describe, expect, test } from 'vitest';
import { deadLetterCases } from '../../src/domain/refund.ts';
import { wordsFor } from '../../src/policies/case-advice.ts';
import { errorRow, errorTable } from '../../src/policies/error-table.ts';
import { codes } from './refunds.ts';

const nothingElse = { code: null, pgCode: null, pg: null };

describe.each(deadLetterCases)('a dead letter of the case %s', (name) => {
  test('has advice in both languages, whatever its code', () => {
    for (const code of [null, 'RC_SOMETHING_NEW', ...errorTable.map((row) => row.name)]) {
      const { ko, en } = wordsFor({ case: name, code, pgCode: '4711', pg: 'kcp' }).advice;
      expect(ko).toMatch(/요\.$/u);
      expect(en).toMatch(/\.$/);
    }
  });
});

const policy = { ...nothingElse, case: 'policy_refused' } as const;
const bootpay = { ...nothingElse, case: 'bootpay_refused' } as const;
const unclear = 'RC_CANCEL_SERVER_ERROR';

test.each<[string, Parameters<typeof wordsFor>[0], string]>([
  ['a closed window', { ...policy, code: 'RC_CANCEL_FAILED' }, 'window has closed'],
  ['no partial cancels', { ...policy, code: 'RC_PM_P_CANCEL_NOT_SUPPORT' }, 'in part'],
  ['another currency', { ...policy, code: 'RC_PM_CANCEL_NOT_SUPPORT' }, 'not in KRW'],
  ['no refund account', { ...policy, code: unclear }, 'try again with it'],
  [
    'a closed window, by its rule',
    { ...policy, rule: 'window_closed' },
    "Bootpay's cancel window has closed",
  ],
  [
    'a closed window, that may be asked about',
    { ...policy, rule: 'window_closed' },
    'asks Bootpay all the same',
  ],
  ['no partial cancels, by its rule', { ...policy, rule: 'method_cannot_partial' }, 'in part'],
  ['another currency, by its rule', { ...policy, rule: 'foreign_currency' }, 'not in KRW'],
  [
    'a data key that no worker had',
    { ...nothingElse, case: 'deadline_passed', rule: 'data_key_missing', cause: 'old' },
    'the data key old',
  ],
  ['no refund account, by its rule', { ...policy, rule: 'account_missing' }, 'try again with it'],
  ['a payment of 0 won', { ...policy, rule: 'nothing_paid' }, 'nothing was paid'],
  [
    'more than is left, by rule and code',
    { ...policy, rule: 'over_remaining', code: codes[2052] },
    'what is left',
  ],
  [
    'a firewall',
    { ...bootpay, rule: 'cancel_unusable', cause: '403 html' },
    'The latest cause, for the developers: 403 html.',
  ],
  [
    'a changed shape',
    { ...bootpay, rule: 'look_up_unusable', cause: 'incomplete: price is text' },
    'The latest cause, for the developers: incomplete: price is text.',
  ],
  ['a code that is none', { ...bootpay, cause: 'unreadable_code' }, 'no readable code'],
  [
    'a deadline, with what was in the way',
    { ...nothingElse, case: 'deadline_passed', cause: 'ENOTFOUND' },
    'ENOTFOUND',
  ],
  [
    'an unknown outcome, with its cause',
    { ...nothingElse, case: 'outcome_unknown', cause: '403 html' },
    '403 html',
  ],
  ['nothing left', { ...policy, code: 'RC_ALREADY_CANCELLED' }, 'Do not pay again'],
  ['a virtual account nobody paid into', { ...policy, code: 'RC_NOT_ABLE_CANCEL', status: 5 }, 'deposit'],
  [
    '2086 before any PG code',
    { ...bootpay, code: codes[2086], pgCode: '2015', pg: 'nicepay' },
    'neither try again',
  ],
  ['a known PG code', { ...bootpay, code: unclear, pgCode: '8012', pg: 'kcp' }, '223.130.82.131'],
  ['the sample of the page', { ...bootpay, code: 'RC_CANCEL_FAILED', pgCode: '8104' }, 'window has closed'],
  ['an unknown outcome', { ...nothingElse, case: 'outcome_unknown' }, 'may have gone back'],
  ['other amounts', { ...nothingElse, case: 'integrity_mismatch' }, 'Pay nothing'],
  ['a deadline', { ...nothingElse, case: 'deadline_passed' }, 'new deadline'],
  ['poison', { ...nothingElse, case: 'poison' }, 'check the receipt'],
  ['drift', { ...nothingElse, case: 'drift' }, 'do not pay again'],
])('%s is told apart by what to do about it', (_, question, en) => {
  expect(wordsFor(question).advice.en).toContain(en);
});

test('what Bootpay itself says about a closed window is not softened: no replay is offered', () => {
  const { en } = wordsFor({ ...bootpay, code: 'RC_CANCEL_FAILED', pgCode: '8104' }).advice;
  expect(en).not.toContain('asks Bootpay all the same');
});

test('a status that is known and not unpaid waits for no deposit', () => {
  const question = { ...policy, code: 'RC_NOT_ABLE_CANCEL', status: 2 };
  expect(wordsFor(question).advice.en).not.toContain('deposit');
});

describe('8104 is a closed window only as in the sample of the page', () => {
  test.each([
    ['RC_CANCEL_FAILED with another PG code', 'RC_CANCEL_FAILED', '4711'],
    ['8104 of an unknown PG beside another code', 'RC_CANCEL_SERVER_ERROR', '8104'],
  ])('%s keeps the advice for its code, and shows the PG code', (_, code, pgCode) => {
    const { en } = wordsFor({ case: 'bootpay_refused', code, pgCode, pg: null }).advice;
    expect(en).not.toContain('The cancel window has closed');
    expect(en).toContain(errorRow(code)?.advice.en);
    expect(en).toContain(`its code ${pgCode} means`);
  });
});

test.each(['outcome_unknown', 'deadline_passed'] as const)(
  '%s explains the code of the last reply where there is one, and speaks of none where none came',
  (name) => {
    const { en } = wordsFor({ ...nothingElse, case: name, code: unclear }).advice;
    expect(en).toContain(errorRow(unclear)?.advice.en);
    expect(wordsFor({ ...nothingElse, case: name }).advice.en).not.toMatch(/code/i);
  },
);

describe('a code nobody listed', () => {
  const adviceForCode = (code: string, pgCode: string | null = null) =>
    wordsFor({ case: 'bootpay_refused', code, pgCode, pg: null }).advice.en;
  const sixty = `RC_${'X'.repeat(57)}`;

  test('of 60 characters is shown whole, a longer one begins as it came and shows that it was cut', () => {
    expect(adviceForCode(sixty)).toContain(`${sixty}:`);
    expect(adviceForCode(`${sixty}Y`)).toContain(`${sixty.slice(0, -1)}…:`);
  });

  test('is shown with the PG code that came with it', () => {
    expect(adviceForCode('RC_SOMETHING_NEW', '4711')).toMatch(/^RC_SOMETHING_NEW \(PG 4711\): /);
    expect(adviceForCode('RC_SOMETHING_NEW')).toMatch(/^RC_SOMETHING_NEW: /);
  });
});

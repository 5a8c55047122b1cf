import { describe, expect, test } from 'vitest';
import { deadLetterCases } from '../../src/domain/refund.ts';
import { errorRow, errorTable } from '../../src/policies/error-table.ts';
import { adviceFor } from '../../src/review/case-advice.ts';

const nothingElse = { code: null, pgCode: null, pg: null };

describe.each(deadLetterCases)('a dead letter of the case %s', (name) => {
  test('has advice in both languages, whatever its code', () => {
    for (const code of [null, 'RC_SOMETHING_NEW', ...errorTable.map((row) => row.name)]) {
      const { ko, en } = adviceFor({ case: name, code, pgCode: '4711', pg: 'kcp' });
      expect(ko).toMatch(/요\.$/u);
      expect(en).toMatch(/\.$/);
    }
  });
});

test.each([
  ['a closed window', 'RC_CANCEL_FAILED', 'cancel window has closed', '직접 환불'],
  [
    'a method without partial cancels',
    'RC_PM_P_CANCEL_NOT_SUPPORT',
    'cannot be cancelled in part',
    '직접 환불',
  ],
  ['another currency', 'RC_PM_CANCEL_NOT_SUPPORT', 'not in KRW', '원화'],
  ['a virtual account without a refund account', 'RC_CANCEL_SERVER_ERROR', 'replay with it', '환불 계좌'],
  ['nothing left', 'RC_ALREADY_CANCELLED', 'Do not pay again', '다시 지급하지'],
])('%s, refused by a policy, says what to do', (_, code, en, ko) => {
  const advice = adviceFor({ ...nothingElse, case: 'policy_refused', code });
  expect(advice.en).toContain('no cancel was called');
  expect(advice.en).toContain(en);
  expect(advice.ko).toContain(ko);
});

test('a virtual account nobody paid into: nothing was paid; watch for a deposit', () => {
  const question = { ...nothingElse, case: 'policy_refused', code: 'RC_NOT_ABLE_CANCEL' } as const;
  expect(adviceFor({ ...question, status: 5 }).en).toContain('nothing was paid; watch for a deposit');
  expect(adviceFor({ ...question, status: 5 }).ko).toContain('입금');
  expect(adviceFor(question).en).toContain('nothing was paid; watch for a deposit');
  expect(adviceFor({ ...question, status: 2 }).en).not.toContain('deposit');
});

test('2086 sends nobody to pay before Bootpay has answered, whatever the PG code says', () => {
  const advice = adviceFor({
    case: 'bootpay_refused',
    code: 'RC_CANCEL_CRITICAL_ERROR',
    pgCode: '2015',
    pg: 'nicepay',
  });
  expect(advice.en).toContain('neither replay nor refund by hand');
  expect(advice.ko).toContain('부트페이 관리자');
});

test('a known PG code is explained instead of the catch-all', () => {
  const advice = adviceFor({
    case: 'bootpay_refused',
    code: 'RC_CANCEL_SERVER_ERROR',
    pgCode: '8012',
    pg: 'kcp',
  });
  expect(advice.en).toContain('223.130.82.131');
});

test('an unknown PG code is shown beside the advice for the code', () => {
  const advice = adviceFor({
    case: 'retries_exhausted',
    code: 'RC_CANCEL_SERVER_ERROR',
    pgCode: '4711',
    pg: 'kcp',
  });
  expect(advice.en).toMatch(/^Every attempt .*contact Bootpay.*its code 4711 means\.$/);
});

test("the page's sample, RC_CANCEL_FAILED with 8104, is a closed window at any PG", () => {
  const advice = adviceFor({ case: 'bootpay_refused', code: 'RC_CANCEL_FAILED', pgCode: '8104', pg: null });
  expect(advice.en).toContain('The cancel window has closed');
});

test('an unlisted code is named as such, and a long one is cut', () => {
  const advice = adviceFor({
    ...nothingElse,
    case: 'bootpay_refused',
    code: `RC_NEW_${'X'.repeat(500)}`,
  });
  expect(advice.en).toContain('not in our error table');
  expect(advice.ko).toContain('오류 표에 없는 코드');
  expect(advice.en.length).toBeLessThan(300);
});

test.each([
  ['outcome_unknown', 'may have gone back', 'looks up first'],
  ['integrity_mismatch', 'do not fit', 'Pay nothing'],
  ['deadline_passed', 'deadline passed', 'new deadline'],
  ['poison', 'fault of this worker', 'check the receipt'],
  ['drift', 'contradicts', 'do not pay again'],
] as const)('%s says what happened and what to do', (name, what, todo) => {
  const { en } = adviceFor({ ...nothingElse, case: name });
  expect(en).toContain(what);
  expect(en).toContain(todo);
});

describe('8104 is a closed window only as in the sample of the page', () => {
  test.each([
    ['RC_CANCEL_FAILED with another PG code', 'RC_CANCEL_FAILED', '4711'],
    ['8104 of an unknown PG beside another code', 'RC_CANCEL_SERVER_ERROR', '8104'],
  ])('%s keeps the advice for its code, and shows the PG code', (_, code, pgCode) => {
    const { en } = adviceFor({ case: 'bootpay_refused', code, pgCode, pg: null });
    expect(en).not.toContain('The cancel window has closed');
    expect(en).toContain(errorRow(code)?.advice.en);
    expect(en).toContain(`its code ${pgCode} means`);
  });
});

describe.each(['outcome_unknown', 'deadline_passed'] as const)('%s', (name) => {
  test('explains the code of the last reply where there is one', () => {
    const { en, ko } = adviceFor({ ...nothingElse, case: name, code: 'RC_CANCEL_SERVER_ERROR' });
    expect(en).toContain('contact Bootpay with the receipt_id');
    expect(ko).toContain('부트페이에 문의');
  });

  test('does not speak of a code where none came', () => {
    expect(adviceFor({ ...nothingElse, case: name }).en).not.toMatch(/code/i);
  });
});

describe('a code nobody listed', () => {
  const adviceForCode = (code: string, pgCode: string | null = null) =>
    adviceFor({ case: 'bootpay_refused', code, pgCode, pg: null }).en;
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

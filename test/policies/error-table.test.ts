import { describe, expect, test } from 'vitest';
import { errorRow, errorTable } from '../../src/policies/error-table.ts';

// Read from the official page by hand, apart from the table under test.
const ofThePage = [
  [2000, 'RC_NOT_FOUND', 'dead_letter'],
  [2027, 'RC_ALREADY_CANCELLED', 'check_first'],
  [2028, 'RC_NOT_ABLE_CANCEL', 'dead_letter'],
  [2051, 'RC_CANCEL_PRICE_NOT_ZERO', 'dead_letter'],
  [2052, 'RC_CANCEL_PRICE_OVER', 'check_first'],
  [2053, 'RC_CANCEL_TAX_FREE_OVER', 'check_first'],
  [2029, 'RC_CANCEL_ID_ALREADY_EXIST', 'id_exists'],
  [2030, 'RC_PM_CANCEL_NOT_SUPPORT', 'dead_letter'],
  [2031, 'RC_PM_P_CANCEL_NOT_SUPPORT', 'dead_letter'],
  [2033, 'RC_CANCEL_METHOD_NOT_FOUND', 'dead_letter'],
  [2032, 'RC_CANCEL_SERVER_ERROR', 'retry'],
  [2086, 'RC_CANCEL_CRITICAL_ERROR', 'critical'],
  [2039, 'RC_NOT_ISSUED', 'dead_letter'],
] as const;

const beyondThePage = [
  [null, 'RC_CANCEL_FAILED', 'dead_letter'],
  [null, 'TOKEN_KEY_INVALID', 'unauthorized'],
  [null, 'APP_KEY_NOT_FOUND', 'unauthorized'],
  [null, 'APP_KEY_NOT_REST', 'unauthorized'],
  [null, 'APP_SK_NOT_MATCHED', 'unauthorized'],
  [1216, 'APP_CLIENT_KEY_NOT_FOUND', 'unauthorized'],
] as const;

test.each([...ofThePage, ...beyondThePage])('%s %s means %s', (number, name, disposition) => {
  expect(errorRow(name)).toMatchObject({ number, name, disposition });
});

test('the table holds these codes and no others, each once', () => {
  const names = [...ofThePage, ...beyondThePage].map(([, name]) => name);
  expect(errorTable.map((row) => row.name).sort()).toEqual([...names].sort());
});

test('only 2086 is critical, and only 2029 and 2086 leave open whether money moved', () => {
  expect(errorTable.filter((row) => row.severity === 'critical').map((row) => row.number)).toEqual([2086]);
  expect(errorTable.filter((row) => !row.definite).map((row) => row.number)).toEqual([2029, 2086]);
});

test.each(['RC_SOMETHING_NEW', '2032', 'rc_not_found', '', 'constructor'])(
  '%j is not in the table',
  (name) => {
    expect(errorRow(name)).toBeNull();
  },
);

describe.each(errorTable)('$name', ({ meaning, advice }) => {
  test('is explained in polite Korean and in English', () => {
    for (const text of [meaning.ko, advice.ko]) expect(text).toMatch(/요\.$/u);
    for (const text of [meaning.en, advice.en]) expect(text).toMatch(/^[\x20-\x7e]+\.$/);
  });
});

test('a payment that is cancelled already is a notice; every other refusal but 2086 is a warning', () => {
  const notices = errorTable.filter((row) => row.severity === 'notice').map((row) => row.number);
  const warnings = errorTable.filter((row) => row.severity === 'warning').map((row) => row.name);
  expect(notices).toEqual([2027]);
  const others = [...ofThePage, ...beyondThePage].filter(([number]) => number !== 2027 && number !== 2086);
  expect(warnings.sort()).toEqual(others.map(([, name]) => name).sort());
});

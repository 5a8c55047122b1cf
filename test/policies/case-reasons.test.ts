// Reasons: whatever a case is, it has one, and the help explains it.
import { expect, test } from 'vitest';
import { caseRules, type DeadLetter, deadLetterCases } from '../../src/domain/refund.ts';
import { caseWords } from '../../src/policies/case-advice.ts';
import { caseReasons, reasonOf, reasonWhy } from '../../src/policies/case-reasons.ts';
import { errorTable } from '../../src/policies/error-table.ts';
import { pgErrorTable } from '../../src/policies/pg-error-table.ts';
import { receiptWith } from './receipts.ts';

const codes = [null, 'RC_NEVER_SEEN', ...errorTable.map(({ name }) => name)];
const pgs = [{ pg: null, code: null }, { pg: null, code: '8104' }, ...pgErrorTable];

test('every case that can be told has a reason with the very words that its list shows', () => {
  for (const kind of deadLetterCases)
    for (const code of codes)
      for (const rule of [undefined, ...caseRules])
        for (const { pg, code: pgCode } of pgs) {
          const deadLetter: DeadLetter = {
            ...{ case: kind, code, pgCode, severity: 'warning', at: 0, keepsLock: false, jobId: 'j' },
            ...(rule !== undefined && { rule }),
          };
          const lookUp = { at: 0, receipt: receiptWith({ pg }), settledWon: 0, marks: 0 };
          expect(reasonWhy(reasonOf(deadLetter, lookUp))).toEqual(caseWords(deadLetter, lookUp).why);
        }
});

test('no two reasons have one name, and a name fits into an address', () => {
  const names = caseReasons.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^\w{1,80}$/);
});

test('a reason that only a newer version knows is shown by its name', () => {
  expect(reasonWhy('brand_new')).toEqual({ ko: 'brand_new', en: 'brand_new' });
});

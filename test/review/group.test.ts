import { expect, test } from 'vitest';
import type { CaseGroup, Ledger } from '../../src/domain/ledger.ts';
import { groupCases } from '../../src/review/group.ts';

const group = (changes: Partial<CaseGroup>): CaseGroup => ({
  case: 'bootpay_refused',
  code: 'RC_A',
  severity: 'warning',
  pgCode: null,
  count: 1,
  oldestAt: 1_000,
  ...changes,
});

const ledger: Pick<Ledger, 'list' | 'cases' | 'caseGroups'> = {
  cases: () => Promise.reject(new Error('no case is read to be counted')),
  list: () => Promise.reject(new Error('no case is read to be counted')),
  caseGroups: async () => [
    group({ count: 2, oldestAt: 3_000 }),
    group({ severity: 'critical', count: 3, oldestAt: 2_000 }),
    group({ code: null, case: 'drift', severity: 'critical', count: 7 }),
    group({ pgCode: '2013', count: 1, oldestAt: 4_000 }),
  ],
};

const countedBy = (by: 'code' | 'pgCode' | 'case', filter = {}) =>
  groupCases({ ledger, now: () => 0 }, { filter, by });

test('cases are counted from what the ledger has counted, the biggest group first', async () => {
  expect(await countedBy('code')).toEqual([
    { key: null, count: 7, critical: 7, oldestAt: 1_000 },
    { key: 'RC_A', count: 6, critical: 3, oldestAt: 2_000 },
  ]);
  expect(await countedBy('pgCode', { code: 'RC_A' })).toEqual([
    { key: null, count: 5, critical: 3, oldestAt: 2_000 },
    { key: '2013', count: 1, critical: 0, oldestAt: 4_000 },
  ]);
  expect(await countedBy('case', { case: 'poison' })).toEqual([]);
});

test('of one order, or by order, the cases themselves are gone through', async () => {
  await expect(countedBy('code', { orderId: 'o-1' })).rejects.toThrow('is read');
  await expect(groupCases({ ledger, now: () => 0 }, { filter: {}, by: 'orderId' })).rejects.toThrow(
    'is read',
  );
});

import { expect, test } from 'vitest';
import type { Ledger, ListQuery } from '../../src/domain/ledger.ts';
import { listCases } from '../../src/review/cases.ts';

test('cases of one order are looked for in the short index of that order, not among all cases', async () => {
  const asked: ListQuery[] = [];
  const ledger: Pick<Ledger, 'list' | 'cases'> = {
    cases: () => Promise.reject(new Error('all cases are walked')),
    async list(query) {
      asked.push(query);
      return { items: [], all: [], unreadable: [], nextCursor: null };
    },
  };
  const found = await listCases(
    { ledger, now: () => 0 },
    { filter: { orderId: 'o-1', case: 'drift' }, limit: 10 },
  );
  expect(found).toEqual({ items: [], nextCursor: null });
  expect(asked).toMatchObject([{ state: 'dead_lettered', orderId: 'o-1' }]);
});

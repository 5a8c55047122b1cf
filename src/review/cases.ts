// Finding cases: dead-lettered refunds, by what they are and in the order asked for; those that cannot be read among them.

import type { BulkFilter } from '../domain/bulk.ts';
import type { CaseFilter, CaseTotals } from '../domain/case-query.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { DeadLetters } from './ports.ts';

interface Deps {
  readonly ledger: Pick<Ledger, 'list' | 'cases' | 'caseTotals'>;
  readonly now: () => number;
}

export async function listCases(
  deps: Pick<Deps, 'now'> & { readonly ledger: Pick<Ledger, 'list' | 'cases'> },
  { filter, sort, limit, cursor }: Parameters<DeadLetters['list']>[0],
): ReturnType<DeadLetters['list']> {
  const asked = filterOf(deps, filter);
  if (sort !== undefined) return deps.ledger.cases({ filter: asked, sort, limit, cursor });
  // By kind, code, order and age the list of refunds has indexes of its own; all else is found in an order of cases only.
  const { case: kind, code, orderId, deadBy, ...others } = asked;
  if (Object.values(others).some((part) => part !== undefined))
    return deps.ledger.cases({ filter: asked, sort: 'age', limit, cursor });
  const wanted = { state: 'dead_lettered', orderId, case: kind, code, deadBy, limit, cursor } as const;
  const page = await deps.ledger.list(wanted);
  return { items: page.all, nextCursor: page.nextCursor };
}

export function caseTotals(deps: Deps, filter: BulkFilter): Promise<CaseTotals> {
  return deps.ledger.caseTotals({ filter: filterOf(deps, filter), now: deps.now() });
}

function filterOf({ now }: Pick<Deps, 'now'>, { olderThanMs, ...filter }: BulkFilter): CaseFilter {
  return olderThanMs === undefined ? filter : { ...filter, deadBy: now() - olderThanMs };
}

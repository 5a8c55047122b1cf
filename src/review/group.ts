// Counting cases by one of their members. By kind, code, PG code and severity the ledger has them counted; by order or
// receipt, or of one order, they are gone through one by one.

import type { BulkFilter } from '../domain/bulk.ts';
import type { Ledger, ListItem } from '../domain/ledger.ts';
import { listCases } from './cases.ts';
import type { CaseCount, DeadLetters, GroupBy } from './ports.ts';

type Deps = { readonly ledger: Pick<Ledger, 'list' | 'cases' | 'caseGroups'>; readonly now: () => number };
type Counted = Omit<CaseCount, 'key'>;

export async function groupCases(
  deps: Deps,
  { filter, by }: Parameters<DeadLetters['group']>[0],
): Promise<readonly CaseCount[]> {
  const counts = new Map<string | null, Counted>();
  const add = (key: string | null, more: Counted) => {
    const { count = 0, critical = 0, oldestAt = Number.POSITIVE_INFINITY } = counts.get(key) ?? {};
    counts.set(key, {
      count: count + more.count,
      critical: critical + more.critical,
      oldestAt: Math.min(oldestAt, more.oldestAt),
    });
  };
  if (by === 'orderId' || by === 'receiptId' || !isCounted(filter))
    await goThrough(deps, { filter, by }, add);
  else {
    for (const group of await deps.ledger.caseGroups()) {
      if (filter.case !== undefined && group.case !== filter.case) continue;
      if (filter.code !== undefined && group.code !== filter.code) continue;
      add(group[by], { ...group, critical: group.severity === 'critical' ? group.count : 0 });
    }
  }
  return [...counts]
    .map(([key, counted]) => ({ key, ...counted }))
    .sort((one, other) => other.count - one.count);
}

function isCounted({ case: _kind, code: _code, ...others }: BulkFilter): boolean {
  return Object.values(others).every((part) => part === undefined);
}

async function goThrough(
  deps: Deps,
  { filter, by }: { readonly filter: BulkFilter; readonly by: GroupBy },
  add: (key: string | null, more: Counted) => void,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await listCases(deps, { filter, limit: 500, cursor });
    for (const refund of page.items) {
      const { severity, at } = refund.deadLetter ?? {};
      const oldestAt = at ?? ('acceptedAt' in refund ? refund.acceptedAt : Number.POSITIVE_INFINITY);
      add(memberOf(refund, by), { count: 1, critical: severity === 'critical' ? 1 : 0, oldestAt });
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function memberOf(refund: ListItem, by: GroupBy): string | null {
  return by === 'orderId' || by === 'receiptId' ? refund[by] : (refund.deadLetter?.[by] ?? null);
}

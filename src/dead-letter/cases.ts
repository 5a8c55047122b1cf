// Finding cases: dead-lettered refunds, newest first, by kind, code, order and age.
import type { Ledger } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { BulkFilter, DeadLetters } from './ports.ts';

const pageSize = 200;

export async function listCases(
  deps: { readonly ledger: Pick<Ledger, 'list'>; readonly now: () => number },
  query: Parameters<DeadLetters['list']>[0],
): ReturnType<DeadLetters['list']> {
  const items: Refund[] = [];
  let { cursor } = query;
  const { orderId, case: kind, code, olderThanMs } = query.filter;
  // No case is older than the refund itself.
  const until = olderThanMs === undefined ? undefined : deps.now() - olderThanMs;
  const indexed = { state: 'dead_lettered', orderId, case: kind, code, until } as const;
  for (;;) {
    const page = await deps.ledger.list({ ...indexed, limit: pageSize, cursor });
    for (const refund of page.items) {
      if (matchesFilter(refund, query.filter, deps.now())) items.push(refund);
      if (items.length === query.limit)
        return { items, nextCursor: `${refund.acceptedAt}:${refund.refundId}` };
    }
    if (page.nextCursor === null) return { items, nextCursor: null };
    cursor = page.nextCursor;
  }
}

export function matchesFilter(refund: Refund, filter: BulkFilter, now: number): boolean {
  const { deadLetter } = refund;
  return (
    deadLetter !== null &&
    (filter.case === undefined || deadLetter.case === filter.case) &&
    (filter.code === undefined || deadLetter.code === filter.code) &&
    (filter.orderId === undefined || refund.orderId === filter.orderId) &&
    (filter.olderThanMs === undefined || deadLetter.at <= now - filter.olderThanMs)
  );
}

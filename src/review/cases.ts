// Finding cases: dead-lettered refunds, newest first, by kind, code, order and age; those that cannot be read among them.
import type { Ledger } from '../domain/ledger.ts';
import type { DeadLetters } from './ports.ts';

export async function listCases(
  deps: { readonly ledger: Pick<Ledger, 'list'>; readonly now: () => number },
  query: Parameters<DeadLetters['list']>[0],
): ReturnType<DeadLetters['list']> {
  const { limit, cursor } = query;
  const { orderId, case: kind, code, olderThanMs } = query.filter;
  const deadBy = olderThanMs === undefined ? undefined : deps.now() - olderThanMs;
  const page = await deps.ledger.list({
    state: 'dead_lettered',
    orderId,
    case: kind,
    code,
    deadBy,
    limit,
    cursor,
  });
  return { items: page.all, nextCursor: page.nextCursor };
}

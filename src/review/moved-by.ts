// After a second reviewer or a double click: the last move of a refund, with its author and time.
import type { RefundId } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { ReviewResult } from './ports.ts';

export async function movedBy(
  { ledger }: { readonly ledger: Pick<Ledger, 'read'> },
  id: RefundId,
): Promise<Extract<ReviewResult, { kind: 'moved' | 'not_found' | 'purged' }>> {
  const stored = await ledger.read(id);
  if (stored === null) return { kind: 'not_found' };
  if (stored.purged) return { kind: 'purged', state: stored.state };
  const last = stored.history.findLast(({ to }) => to !== null);
  return {
    kind: 'moved',
    state: stored.state,
    version: stored.version,
    by: last?.who ?? null,
    at: last?.at ?? null,
  };
}

// A case as the latest look shows it, whoever asked for it: for what a page suggests. The acts go by the record, and look
// themselves.
import type { Look } from '../domain/ledger.ts';
import type { CaseFacts } from '../policies/replay-rules.ts';

/** A look that is older than the record's own says nothing; a stale one is seen through by its total. */
export function asShownLast<Facts extends Pick<CaseFacts, 'refund' | 'account'>>(
  facts: Facts,
  shown: Look | null,
): Facts {
  const { refund, account } = facts;
  if (shown === null || shown.at <= (refund.lastLookUp?.at ?? 0)) return facts;
  const { settledWon, marks } = account;
  return { ...facts, refund: { ...refund, lastLookUp: { ...shown, settledWon, marks } } };
}

// A second reading of design.md, sections 2 and 6: what totals prove about a refund and what a reply means. It imports
// types only: a mistake in `src` must not be repeated here by calling it.
import type { Attempt, Baseline, Cancel, Refund } from '../src/domain/refund.ts';
import type { CancelReply, Receipt } from '../src/domain/reply.ts';

/** What our ledger has to know of a receipt, added up from what it confirmed. In won. */
export interface Known {
  readonly settledWon: number;
  readonly highestWon: number;
}

export type Shown = 'stale' | 'zero' | 'landed' | 'neither';

export function grownWon(baseline: Baseline, receipt: Receipt, settledWon: number): number {
  return receipt.cancelledWon - baseline.totalWon - (settledWon - baseline.settledWon);
}

/** What a look-up says about one refund. */
export function shownBy(
  { cancel, baseline }: Pick<Refund, 'cancel' | 'baseline'>,
  receipt: Receipt,
  known: Known,
): Shown {
  if (isOld(receipt, known)) return 'stale';
  const wonSince = baseline === null ? 0 : grownWon(baseline, receipt, known.settledWon);
  if (wonSince === 0) return 'zero';
  if (cancel.kind === 'partial') return wonSince === cancel.amountWon ? 'landed' : 'neither';
  return wonSince > 0 && receipt.cancelledWon === receipt.priceWon ? 'landed' : 'neither';
}

export function isOld({ cancelledWon }: Receipt, known: Known): boolean {
  return cancelledWon < known.highestWon;
}

/** What a 2xx says that this attempt moved; null: amounts are missing or say something else. */
export function answeredWon({ cancel, t0 }: Attempt, reply: CancelReply): number | null {
  if (reply.kind !== 'accepted' || reply.body.cancelledWon === null) return null;
  const { priceWon, cancelledWon, cancelledTaxFreeWon } = reply.body;
  const wonSince = cancelledWon - t0.totalWon;
  const right =
    cancel.kind === 'partial' ? wonSince === cancel.amountWon : cancelledWon === priceWon && wonSince > 0;
  if (cancel.taxFreeWon === null || cancelledTaxFreeWon === null || t0.taxFreeWon === null)
    return right ? wonSince : null;
  return right && cancelledTaxFreeWon - t0.taxFreeWon === cancel.taxFreeWon ? wonSince : null;
}

export type Meaning = 'may_pass' | 'look_first' | 'id_taken' | 'critical' | 'unlisted' | 'final';

const meanings: Readonly<Record<string, Meaning>> = {
  RC_CANCEL_SERVER_ERROR: 'may_pass',
  RC_ALREADY_CANCELLED: 'look_first',
  RC_CANCEL_PRICE_OVER: 'look_first',
  RC_CANCEL_TAX_FREE_OVER: 'look_first',
  RC_CANCEL_ID_ALREADY_EXIST: 'id_taken',
  RC_CANCEL_CRITICAL_ERROR: 'critical',
  RC_CANCEL_METHOD_NOT_FOUND: 'final',
  RC_CANCEL_FAILED: 'final',
  RC_PM_P_CANCEL_NOT_SUPPORT: 'final',
  RC_NOT_FOUND: 'final',
  TOKEN_KEY_INVALID: 'final',
};

/** Behind 2032, as the gateway double says them; the same digits say nothing at another PG. */
const nicepayMeanings: Readonly<Record<string, Meaning>> = { '2015': 'look_first', '2026': 'final' };

export function meaningOf(code: string, pgCode: string | null, pg: string | null): Meaning {
  const meaning = meanings[code] ?? 'unlisted';
  if (meaning !== 'may_pass' || pg !== '나이스페이먼츠') return meaning;
  return nicepayMeanings[pgCode ?? ''] ?? meaning;
}

/** Answered with a code that says that nothing moved. */
export function isRefused({ outcome }: Attempt): boolean {
  if (outcome?.reply !== 'refused' || outcome.code === null) return false;
  return !['id_taken', 'critical', 'unlisted'].includes(meaningOf(outcome.code, null, null));
}

/** May it have moved money without our knowing? */
export function isOpenQuestion(attempt: Attempt): boolean {
  const reply = attempt.outcome?.reply;
  if (reply === 'refused') return !isRefused(attempt);
  return reply !== 'throttled' && reply !== 'unauthorized' && reply !== 'not_sent';
}

/** Does it count against the attempts? Only what Bootpay answered does. */
export function isUsed({ outcome }: Attempt): boolean {
  if (outcome?.reply === 'refused') return meaningOf(outcome.code ?? '', null, null) !== 'id_taken';
  return outcome?.reply === 'accepted';
}

export function sameCancel(one: Cancel, other: Cancel): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

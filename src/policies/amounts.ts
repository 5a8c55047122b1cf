// What a refund is about, in won, and how people write it.
import type { CaseSum } from '../domain/case-query.ts';
import type { Text } from '../domain/problem.ts';
import type { Refund } from '../domain/refund.ts';

/** null: a full cancel. */
export function askedWon({ cancel }: Pick<Refund, 'cancel'>): number | null {
  return cancel.kind === 'full' ? null : cancel.amountWon;
}

/** Of a full cancel, what the last look-up leaves; null: there was none. */
export function leftWon(refund: Pick<Refund, 'cancel' | 'lastLookUp'>): number | null {
  const receipt = refund.lastLookUp?.receipt;
  return askedWon(refund) ?? (receipt === undefined ? null : receipt.priceWon - receipt.cancelledWon);
}

/** How much of what it refunds is free of tax; null: not known. Of a full cancel, all that was left of it. */
export function taxFreeWon({
  cancel,
  lastLookUp,
  attempts,
}: Pick<Refund, 'cancel' | 'lastLookUp' | 'attempts'>): number | null {
  if (cancel.taxFreeWon !== null || cancel.kind === 'partial') return cancel.taxFreeWon ?? 0;
  const all = lastLookUp?.receipt.taxFreeWon ?? null;
  const before = attempts.at(-1)?.totalsBefore.taxFreeWon ?? null;
  return all === null || before === null ? null : all - before;
}

/** `12,000원`, `12,000 won`: the one form in which people read an amount. */
export function won(amount: number): Text {
  const digits = amount.toLocaleString('en-US');
  return { ko: `${digits}원`, en: `${digits} won` };
}

/** Several sums as one; the amounts of `uncounted` are not known. */
export function sumOf(sums: readonly Omit<CaseSum, 'severity' | 'reason'>[]) {
  const add = (of: 'count' | 'won' | 'uncounted') => sums.reduce((all, one) => all + one[of], 0);
  return { count: add('count'), won: add('won'), uncounted: add('uncounted') };
}

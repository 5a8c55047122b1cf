// From the form that closes a case, as it was typed, to the request: what is missing is named, field by field. Pure.
import { z } from 'zod';
import { type ConfirmableRule, confirmableRules } from '../../domain/approval.ts';
import type { Text } from '../../domain/problem.ts';
import { resolveOutcomes } from '../../domain/refund.ts';
import { won } from '../../policies/amounts.ts';
import type { ResolveRequest } from '../../review/ports.ts';
import { inputWords, typed, type Wrong, wonIn } from './input.ts';

export const resolveInputSchema = z.object({
  outcome: z.enum(resolveOutcomes).or(z.literal('')).catch(''),
  amount: typed(20),
  evidence: typed(1000),
  confirmed: z.literal('yes').or(z.literal('')).catch(''),
  /** What the box says that was ticked: rules, with a blank between them. */
  confirms: typed(200),
  reason: typed(1000),
});
export type ResolveInput = z.infer<typeof resolveInputSchema>;

export const resolveKeeps = { fields: ['outcome', 'amount', 'evidence', 'reason'], secrets: [] } as const;

export type WrongResolve = Wrong<keyof ResolveInput>;

type ResolveWish = Pick<
  ResolveRequest,
  'outcome' | 'amountWon' | 'evidence' | 'reason' | 'acknowledge' | 'acknowledged'
>;

type ReadResolve =
  | { readonly kind: 'wish'; readonly wish: ResolveWish }
  | { readonly kind: 'wrong'; readonly wrong: WrongResolve };

/** @param paidWon the payment's price: nobody returns more of it by hand; null: not known. */
export function readResolve(input: ResolveInput, paidWon: number | null): ReadResolve {
  const { outcome, evidence, reason, confirmed } = input;
  const amountWon = wonIn(input.amount);
  const byHand = outcome === 'refunded_by_hand';
  const wrong: WrongResolve = {
    ...(outcome === '' && { outcome: inputWords.choose }),
    ...(byHand && wrongAmount(amountWon, paidWon)),
    ...(byHand && evidence.trim() === '' && { evidence: noEvidence }),
    ...(reason.trim() === '' && { reason: inputWords.reason }),
  };
  if (outcome === '' || Object.keys(wrong).length > 0) return { kind: 'wrong', wrong };
  const wish = {
    outcome,
    ...(byHand && amountWon !== null && { amountWon }),
    evidence: evidence.trim() === '' ? null : evidence.trim(),
    reason: reason.trim(),
    acknowledge: confirmed === 'yes',
    acknowledged: confirmedIn(input),
  };
  return { kind: 'wish', wish };
}

/** Rules that were said to the person, and confirmed. */
export function confirmedIn({ confirmed, confirms }: ResolveInput): ConfirmableRule[] {
  const named = confirms.split(' ');
  return confirmed === 'yes' ? confirmableRules.filter((rule) => named.includes(rule)) : [];
}

function wrongAmount(amountWon: number | null, paidWon: number | null): WrongResolve {
  if (amountWon === null || amountWon === 0) return { amount: inputWords.amount };
  return paidWon !== null && amountWon > paidWon ? { amount: inputWords.notMore(won(paidWon)) } : {};
}

/** So that accounting can follow the money. */
const noEvidence: Text = {
  ko: '보낸 근거를 적어 주세요. 예: 국민은행 이체 1029',
  en: 'Please say what proves it, such as the number of the transfer.',
};

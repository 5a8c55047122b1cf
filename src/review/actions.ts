// What a person asked for, as an action of the stream. The write that follows keeps it; a refusal is kept here.

import type { Action } from '../domain/action.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import { itemOf } from '../domain/ledger.ts';
import type { ReplayRequest, ResolveRequest, ReviewDeps, ReviewResult } from './ports.ts';

/** The action of a request, before it is known what comes of it. */
export type Wish = Omit<Action, 'at' | 'answer'>;

export function replayWish(refundId: RefundId, request: ReplayRequest, bulk: string | null = null) {
  const { who, via, version, reason, edits, newGeneration, acknowledge } = request;
  const { amountWon, full, taxFreeWon, account, message } = edits;
  return {
    who,
    via,
    what: 'replay' as const,
    refundId,
    bulk,
    version,
    reason,
    edits: {
      ...(amountWon !== undefined && { amount: amountWon }),
      ...(full === true && { full }),
      ...(taxFreeWon !== undefined && { tax_free: taxFreeWon }),
      ...(account !== undefined && { account: 'replaced' }),
      ...(message !== undefined && { message: 'replaced' }),
      ...(newGeneration && { new_generation: true }),
      ...(acknowledge && { acknowledge }),
    },
  };
}

export function resolveWish(refundId: RefundId, request: ResolveRequest) {
  const { who, via, version, reason, outcome, amountWon, acknowledge } = request;
  const amount = amountWon === undefined ? {} : { amount: amountWon };
  const edits = { outcome, ...amount, ...(acknowledge && { acknowledge }) };
  return { who, via, what: 'resolve' as const, refundId, version, reason, edits };
}

/** What was not done is kept as well; what was done is, by the step that did it. */
export async function keptIfNotDone(
  deps: ReviewDeps,
  wish: Wish & { readonly refundId: RefundId },
  result: ReviewResult,
): Promise<ReviewResult> {
  const answer = answerOf(result);
  if (answer === null) return result;
  const stored = result.kind === 'not_found' ? null : await deps.ledger.read(wish.refundId);
  const orderId = itemOf(stored)?.orderId ?? null;
  await deps.ledger.recordAction({ ...wish, at: deps.now(), orderId, ...answer });
  return result;
}

/** null: the step that did it, or that asked for it, has kept it. */
export function answerOf(result: ReviewResult): Pick<Action, 'answer' | 'rule'> | null {
  switch (result.kind) {
    case 'done':
    case 'closed_unreadable':
    case 'asked':
      return null;
    case 'refused':
      return { answer: 'refused', rule: result.rule };
    case 'moved':
      return { answer: 'moved' };
    case 'not_found':
    case 'purged':
      return { answer: 'not_found' };
    default:
      return assertNever(result);
  }
}

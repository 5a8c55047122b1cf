// What sending a refund now would come to, by the worker's own rules and a look-up made for the question. Pure.
import type { ReceiptAccount, Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { decideBeforeSending } from './decide-look-up.ts';
import type { Situation } from './decisions.ts';

export interface Preview {
  readonly result: 'would_send' | 'already_refunded' | 'would_be_refused' | 'needs_person' | 'not_asked';
  /** Why it is not sent. */
  readonly rule: string | null;
  /** What would be sent, or has gone back already. */
  readonly amountWon: number | null;
}

export function previewOf(
  facts: Pick<Situation, 'now' | 'jumpedAt' | 'settings'> & {
    readonly refund: Refund;
    readonly account: ReceiptAccount;
  },
  receipt: Receipt,
): Preview {
  const { cancel } = facts.refund;
  const decision = decideBeforeSending({ ...facts, steadySince: 0, chance: 0 }, receipt);
  switch (decision.kind) {
    case 'send': {
      const amountWon =
        cancel.kind === 'partial' ? cancel.amountWon : receipt.priceWon - receipt.cancelledWon;
      return { result: 'would_send', rule: null, amountWon };
    }
    case 'settle':
      return { result: 'already_refunded', rule: null, amountWon: decision.settledWon };
    case 'dead_letter':
      return decision.case === 'policy_refused'
        ? unsent('would_be_refused', decision.rule ?? decision.code)
        : unsent('needs_person', decision.case);
    default:
      return notAsked('stale_look_up');
  }
}

export function unsent(result: Preview['result'], rule: string | null): Preview {
  return { result, rule, amountWon: null };
}

/** Nothing is known of what Bootpay would say. */
export function notAsked(rule: 'limit' | 'no_look_up' | 'stale_look_up'): Preview {
  return unsent('not_asked', rule);
}

/** Look-ups that one question makes at most: at 10 calls a second they take 20 s. */
export const mostAsked = 200;

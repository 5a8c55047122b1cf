// The outcome event that other services read: a CloudEvents 1.0 envelope with ids, amounts and the customer notice.
import { versionId } from '../domain/ids.ts';
import type { Refund, ResolveOutcome } from '../domain/refund.ts';
import type { OutcomeEventType } from '../domain/transition.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import { leftWon } from './amounts.ts';
import { caseWords } from './case-advice.ts';
import { wordsView } from './case-words.ts';
import { customerNews } from './customer-text.ts';

export function outcomeEvent(type: OutcomeEventType, refund: Refund, at: number): Record<string, unknown> {
  return envelope(type, refund, {
    at,
    data: {
      refund_id: refund.refundId,
      /** Of the record. Events may arrive out of order: a higher version is later. */
      version: refund.version,
      source: refund.source,
      event_id: refund.eventId,
      order_id: refund.orderId,
      receipt_id: refund.receiptId,
      cancel_id: refund.attempts.at(-1)?.cancelId ?? refund.firstCancelId,
      cancel_price: refund.cancel.kind === 'full' ? null : refund.cancel.amountWon,
      refunded: refund.settledWon,
      ...(refund.resolution !== null && {
        resolution: { outcome: refund.resolution.outcome, amount: refund.resolution.amountWon ?? null },
      }),
      case: refund.deadLetter?.case ?? null,
      code: refund.deadLetter?.code ?? null,
      rule: refund.deadLetter?.rule ?? null,
      ...(refund.deadLetter !== null && {
        severity: refund.deadLetter.severity,
        pg_error_code: refund.deadLetter.pgCode,
        amount: leftWon(refund),
        refund_by: new Date(refund.refundBy).toISOString(),
        ...wordsView(caseWords(refund.deadLetter, refund.lastLookUp)),
      }),
      customer_notice:
        refund.customerNotice === null ? null : { ...refund.customerNotice, ...customerNews(refund, at) },
    },
  });
}

/** Of a record that cannot be read: what is still known; of its money what a person says who closes it. */
export function unreadableEvent(
  type: OutcomeEventType,
  refund: UnreadRefund,
  { at, resolution }: UnreadableMove,
): Record<string, unknown> {
  return envelope(type, refund, {
    at,
    data: {
      refund_id: refund.refundId,
      order_id: refund.orderId,
      receipt_id: refund.receiptId,
      version: refund.version,
      case: refund.deadLetter?.case ?? null,
      code: refund.deadLetter?.code ?? null,
      unreadable: true,
      ...(resolution !== undefined && { resolution }),
    },
  });
}

export interface UnreadableMove {
  readonly at: number;
  /** How it was closed, and what was sent by hand. */
  readonly resolution?: { readonly outcome: ResolveOutcome; readonly amount: number | null };
}

function envelope(
  type: OutcomeEventType,
  refund: Pick<Refund, 'refundId' | 'version'>,
  { at, data }: { readonly at: number; readonly data: Record<string, unknown> },
): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: versionId(refund),
    source: 'bootpay-refund-worker',
    type,
    subject: refund.refundId,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data,
  };
}

// From a cancellation event to the first version of its refund. Pure but for the time it is given.
import type { CancellationEvent } from '../domain/event.ts';
import { cancelIdSchema } from '../domain/ids.ts';
import type { NewRefund } from '../domain/ledger.ts';
import type { Cancel } from '../domain/refund.ts';
import { contentOf, refundIdFor } from '../policies/identity.ts';
import { refundByFor } from '../policies/notices.ts';

export function newRefund(event: CancellationEvent, now: number, retryDeadlineMs: number): NewRefund {
  const refundId = refundIdFor(event.source, event.event_id);
  const occurredAt = event.occurred_at === undefined ? now : Date.parse(event.occurred_at);
  return {
    content: contentOf(event),
    ownCancelId: event.cancel_id ?? null,
    account: event.refund,
    refund: {
      schema: 1,
      refundId,
      source: event.source,
      eventId: event.event_id,
      orderId: event.order_id,
      receiptId: event.receipt_id,
      firstCancelId: event.cancel_id ?? cancelIdSchema.parse(refundId),
      generation: 1,
      revision: 1,
      cancel: cancelOf(event),
      username: event.cancel_username ?? null,
      message: event.cancel_message ?? null,
      account: event.refund === undefined ? 'none' : 'kept',
      occurredAt,
      acceptedAt: now,
      refundBy: refundByFor(occurredAt),
      deadlineAt: now + retryDeadlineMs,
      state: 'queued',
      version: 1,
      nextWakeUpAt: now,
      attemptsUsed: 0,
      bulk: false,
      acknowledged: false,
      totalsBefore: null,
      attempts: [],
      lastLookUp: null,
      staleSince: null,
      settledWon: null,
      deadLetter: null,
      resolution: null,
      customerNotice: null,
    },
  };
}

function cancelOf(event: CancellationEvent): Cancel {
  const taxFreeWon = event.cancel_tax_free ?? null;
  return event.cancel_price === undefined
    ? { kind: 'full', taxFreeWon }
    : { kind: 'partial', amountWon: event.cancel_price, taxFreeWon };
}

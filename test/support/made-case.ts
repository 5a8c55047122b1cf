// A case as it stands in the ledger, without a worker: whichever days, amount, method and code a test asks for.
import { cancellationEventSchema } from '../../src/domain/event.ts';
import type { RefundId } from '../../src/domain/ids.ts';
import type { DeadLetter, Refund } from '../../src/domain/refund.ts';
import { poison } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { receiptWith } from '../policies/receipts.ts';
import type { Shop } from './shop.ts';

export const day = 86_400_000;

export interface CaseToMake {
  readonly name: string;
  /** Default `ORD-` and the name; the receipt is `r-` and the name. */
  readonly orderId?: string;
  /** When the cancellation came, and when it became a case, ms. */
  readonly acceptedAt: number;
  readonly deadAt?: number;
  /** null: full, and never looked up. */
  readonly won?: number | null;
  readonly method?: 'card' | 'phone';
  /** Default: poison. */
  readonly code?: string;
  readonly severity?: DeadLetter['severity'];
}

export async function makeCase(
  { system: { ledger } }: Pick<Shop, 'system'>,
  made: CaseToMake,
): Promise<RefundId> {
  const { name, orderId = `ORD-${name}`, acceptedAt, deadAt = acceptedAt, won = 100, method, code } = made;
  const event = {
    event_id: name,
    order_id: orderId,
    receipt_id: `r-${name}`,
    ...(won !== null && { cancel_price: won }),
  };
  const fresh = newRefund(cancellationEventSchema.parse(event), acceptedAt, day);
  await ledger.accept([fresh]);
  const seen = method && {
    at: acceptedAt,
    receipt: receiptWith({ method }),
    settledWon: 0,
    marks: 0,
  };
  const refund: Refund = { ...fresh.refund, lastLookUp: seen ?? null };
  const decision = {
    ...poison(refund, 'made'),
    ...(code !== undefined && { case: 'bootpay_refused' as const, code }),
    ...(made.severity !== undefined && { severity: made.severity }),
  };
  const { kind } = await ledger.commit(transitionFor(refund, decision, { now: deadAt }), {});
  if (kind !== 'done') throw new Error(`the case was not made: ${kind}`);
  return refund.refundId;
}

// A refund's identity: ids made from the event alone, so that one event is the same refund on any day, by any producer.
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base32nopad } from '@scure/base';
import type { CancellationEvent } from '../domain/event.ts';
import { type CancelId, cancelIdSchema, type RefundId, refundIdSchema } from '../domain/ids.ts';

const idLength = 26; // 130 bits of the hash

/** Both parts are printable, so the line feed between them cannot be part of either. */
export function refundIdFor(source: string, eventId: string): RefundId {
  const hash = sha256(utf8ToBytes(`${source}\n${eventId}`));
  return refundIdSchema.parse(`rf_${base32nopad.encode(hash).slice(0, idLength).toLowerCase()}`);
}

/** Generation 1 uses the first cancel_id as it is; a later one appends its number. */
export function cancelIdFor(firstCancelId: CancelId, generation: number): CancelId {
  return generation === 1 ? firstCancelId : cancelIdSchema.parse(`${firstCancelId}-g${generation}`);
}

type Content = Pick<
  CancellationEvent,
  'order_id' | 'receipt_id' | 'cancel_price' | 'cancel_tax_free' | 'cancel_id'
>;

/** What a second delivery is compared with: other content under the same identity is a conflict. */
export function contentOf(event: Content): string {
  return JSON.stringify([
    event.order_id,
    event.receipt_id,
    event.cancel_price ?? null,
    event.cancel_tax_free ?? null,
    event.cancel_id ?? null,
  ]);
}

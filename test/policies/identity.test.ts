import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCancellationEvent } from '../../src/domain/event.ts';
import { cancelIdSchema } from '../../src/domain/ids.ts';
import { cancelIdFor, refundIdFor } from '../../src/policies/identity.ts';

/** The rule of the design once more, with other tools: RFC 4648 base32 by hand over node:crypto. */
function expectedId(source: string, eventId: string): string {
  const bits = [...createHash('sha256').update(`${source}\n${eventId}`, 'utf8').digest()]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = Array.from({ length: 26 }, (_, index) =>
    'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)),
  );
  return `rf_${letters.join('')}`;
}

test('the refund_id of orders, evt-1 is the known one', () => {
  // printf 'orders\nevt-1' | openssl dgst -sha256 -binary | base32 | tr A-Z a-z | cut -c1-26
  expect(refundIdFor('orders', 'evt-1')).toBe('rf_nootzcvvjj3wdy42zmhgi3dnfl');
});

const printable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });

test('a refund_id follows from source and event_id alone', () => {
  fc.assert(
    fc.property(printable, printable, (source, eventId) => {
      expect(refundIdFor(source, eventId)).toBe(expectedId(source, eventId));
      expect(refundIdFor(source, eventId)).toMatch(/^rf_[a-z2-7]{26}$/);
    }),
  );
});

test('generation 1 is sent as it is, later ones say which they are', () => {
  const first = cancelIdSchema.parse('cancel-7');
  expect(cancelIdFor(first, 1)).toBe('cancel-7');
  expect(cancelIdFor(first, 2)).toBe('cancel-7-g2');
  expect(cancelIdFor(first, 11)).toBe('cancel-7-g11');
});

test("no generation of a refund_id is another event's own cancel_id", () => {
  const second = cancelIdFor(cancelIdSchema.parse(refundIdFor('orders', 'evt-1')), 2);
  const event = { event_id: 'e', order_id: 'o', receipt_id: 'r', cancel_id: second };
  expect(parseCancellationEvent(event, Date.UTC(2026, 10, 20)).kind).toBe('refused');
});

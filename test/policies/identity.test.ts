import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCancellationEvent } from '../../src/domain/event.ts';
import { cancelIdSchema } from '../../src/domain/ids.ts';
import { cancelIdFor, contentOf, refundIdFor } from '../../src/policies/identity.ts';

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

test('the same event under two sources is two refunds, and the parts do not run together', () => {
  expect(refundIdFor('orders', 'evt-1')).not.toBe(refundIdFor('shop', 'evt-1'));
  expect(refundIdFor('a', 'bc')).not.toBe(refundIdFor('ab', 'c'));
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
  expect(parseCancellationEvent(event).kind).toBe('refused');
});

const full = { event_id: 'evt-1', order_id: 'o-1', receipt_id: 'r-1' };

function content(changes: Record<string, unknown>): string {
  const parsed = parseCancellationEvent({ ...full, ...changes });
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
  return contentOf(parsed.event);
}

test.each([
  { order_id: 'o-2' },
  { receipt_id: 'r-2' },
  { cancel_price: 1000 },
  { cancel_price: 1000, cancel_tax_free: 0 },
  { cancel_tax_free: 1000 },
  { cancel_id: 'mine' },
])('%j is other content', (changes) => {
  expect(content(changes)).not.toBe(content({}));
});

test.each([
  { occurred_at: '2026-11-20T10:30:00+09:00' },
  { cancel_username: '홍길동' },
  { cancel_message: '고객 요청' },
  { refund: { bank_account: '1234567890', bank_username: '홍길동', bank_code: '004' } },
])('%j is the same content', (changes) => {
  expect(content(changes)).toBe(content({}));
});

test('an amount of a partial cancel and the same tax-free amount are not confused', () => {
  expect(content({ cancel_price: 1000 })).not.toBe(content({ cancel_tax_free: 1000 }));
});

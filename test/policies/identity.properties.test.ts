// Identity as docs/design.md section 3 has it: one event one refund, one cancel_id one refund, and what is a conflict.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CancellationEvent, parseCancellationEvent } from '../../src/domain/event.ts';
import {
  type CancelId,
  cancelIdSchema,
  newIdentitySchema,
  ownCancelIdSchema,
  refundIdSchema,
} from '../../src/domain/ids.ts';
import { cancelIdFor, contentOf, refundIdFor } from '../../src/policies/identity.ts';

// Blanks, punctuation, Korean letters composed and decomposed, and letters outside the first plane of Unicode.
const letters = fc.constantFrom(...'abzAZ019-_.:/#|,\\"\'%+= 가힣ㄱ\u1100\u1161é한𝒜🧾');
const idParts = fc.oneof(
  fc.string({ unit: letters, minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', ' '), minLength: 1, maxLength: 4 }),
);

const newIds = idParts.filter((text) => newIdentitySchema.safeParse(text).success);
const now = Date.UTC(2026, 10, 20, 3);

describe('a refund_id', () => {
  test('is the same on every day and in every order, and has the one shape', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(idParts, idParts), { minLength: 1, maxLength: 8 }), (events) => {
        const ids = events.map(([source, eventId]) => refundIdFor(source, eventId));
        const again = [...events].reverse().map(([source, eventId]) => refundIdFor(source, eventId));
        expect(again.reverse()).toEqual(ids);
        for (const id of ids) {
          expect(id).toMatch(/^rf_[a-z2-7]{26}$/);
          expect(refundIdSchema.safeParse(id).success).toBe(true);
        }
      }),
    );
  });

  test('belongs to one source and event_id, wherever the border between the two would lie', () => {
    fc.assert(
      fc.property(fc.string({ unit: letters, minLength: 2, maxLength: 16 }), (text) => {
        const points = [...text];
        const ids = points
          .slice(1)
          .map((_, index) =>
            refundIdFor(points.slice(0, index + 1).join(''), points.slice(index + 1).join('')),
          );
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
    fc.assert(
      fc.property(idParts, idParts, idParts, idParts, (source, eventId, otherSource, otherId) => {
        const same = source === otherSource && eventId === otherId;
        expect(refundIdFor(source, eventId) === refundIdFor(otherSource, otherId)).toBe(same);
        if (source !== eventId) expect(refundIdFor(source, eventId)).not.toBe(refundIdFor(eventId, source));
      }),
    );
  });

  test('is another for another spelling: nothing is folded, trimmed or composed', () => {
    const respelled = fc.constantFrom<(text: string) => string>(
      (text) => text.normalize('NFC'),
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFKC'),
      (text) => text.trim(),
      (text) => text.toLowerCase(),
      (text) => text.toUpperCase(),
    );
    fc.assert(
      fc.property(idParts, idParts, respelled, (source, eventId, respell) => {
        const id = refundIdFor(source, eventId);
        expect(refundIdFor(source, respell(eventId)) === id).toBe(respell(eventId) === eventId);
        expect(refundIdFor(respell(source), eventId) === id).toBe(respell(source) === source);
      }),
    );
  });

  test('of an event without a source is that of the source orders', () => {
    fc.assert(
      fc.property(newIds, (eventId) => {
        const parsed = parseCancellationEvent({ event_id: eventId, order_id: 'o', receipt_id: 'r' }, now);
        if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
        expect(refundIdFor(parsed.event.source, parsed.event.event_id)).toBe(refundIdFor('orders', eventId));
      }),
    );
  });
});

describe('a cancel_id', () => {
  // Names made of the very pieces that a generation adds.
  const looksLikeGenerations = fc
    .array(fc.constantFrom('-', 'g', '-g', '2', '10', '-g2', 'G', '_', 'a'), { minLength: 1, maxLength: 8 })
    .map((pieces) => pieces.join(''));
  const ownIds = fc
    .oneof(looksLikeGenerations, fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/))
    .filter((id) => ownCancelIdSchema.safeParse(id).success)
    .map((id): CancelId => ownCancelIdSchema.parse(id));
  const refundIds = fc
    .tuple(idParts, idParts)
    .map((parts): CancelId => cancelIdSchema.parse(refundIdFor(...parts)));
  const firstIds = fc.oneof(ownIds, refundIds);
  const generations = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 99_999_999 }));

  test('of one refund and generation is never that of another', () => {
    fc.assert(
      fc.property(firstIds, firstIds, generations, generations, (one, other, n, m) => {
        const same = one === other && n === m;
        expect(cancelIdFor(one, n) === cancelIdFor(other, m)).toBe(same);
        expect(cancelIdFor(one, n) === cancelIdFor(one, m)).toBe(n === m);
      }),
      { numRuns: 500 },
    );
  });

  test('of a later generation cannot come with an event, and Bootpay takes every one there is', () => {
    fc.assert(
      fc.property(firstIds, generations, (first, generation) => {
        const id = cancelIdFor(first, generation);
        expect(id).toMatch(/^[A-Za-z0-9_-]{1,72}$/);
        const event = { event_id: 'e', order_id: 'o', receipt_id: 'r', cancel_id: id };
        const parsed = parseCancellationEvent(event, now);
        expect(parsed.kind).toBe(generation === 1 ? 'event' : 'refused');
      }),
    );
  });
});

describe('a second delivery under the same identity', () => {
  const given = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const contents = fc.record({
    order_id: fc.constantFrom('o-1', 'o-2', 'r-1', '1000', '["', 'null'),
    receipt_id: fc.constantFrom('r-1', 'r-2', 'o-1', '1000'),
    cancel_price: given(fc.constantFrom(1, 1_000, 10_000)),
    cancel_tax_free: given(fc.constantFrom(0, 1)),
    cancel_id: given(fc.constantFrom('r-1', '1000', 'null', 'c-1')),
  });
  const accounts = fc.record({
    bank_account: fc.constantFrom('110-482-915507', '1104829155'),
    bank_username: fc.constantFrom('홍길동', '김철수'),
    bank_code: fc.constantFrom('088', '004'),
  });
  const mayDiffer = fc.record({
    occurred_at: given(fc.constantFrom('2026-11-20T10:30:00+09:00', '2026-11-20T01:30:00Z')),
    cancel_username: given(fc.constantFrom('관리자', 'kim')),
    cancel_message: given(fc.constantFrom('단순 변심', 'r-1')),
    refund: given(accounts),
  });

  /** As it arrives: JSON without the fields that are absent, in any order. */
  function arrive(fields: Record<string, unknown>, backwards: boolean): CancellationEvent {
    const entries = Object.entries({ event_id: 'event-1', source: 'orders', ...fields });
    const body = JSON.stringify(Object.fromEntries(backwards ? entries.reverse() : entries));
    const parsed = parseCancellationEvent(JSON.parse(body), now);
    if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
    return parsed.event;
  }

  test('is none, whatever else it says', () => {
    fc.assert(
      fc.property(contents, mayDiffer, mayDiffer, (content, before, after) => {
        const first = arrive({ ...content, ...before }, false);
        const second = arrive({ ...content, ...after }, true);
        expect(contentOf(second)).toBe(contentOf(first));
        expect(refundIdFor(second.source, second.event_id)).toBe(refundIdFor(first.source, first.event_id));
      }),
    );
  });

  test('is a conflict when any one of the named fields differs, and absent is not zero', () => {
    const other = {
      order_id: 'o-9',
      receipt_id: 'r-9',
      cancel_price: 9_999,
      cancel_tax_free: 0,
      cancel_id: 'c-9',
    } as const;
    const fields = fc.constantFrom('order_id', 'receipt_id', 'cancel_price', 'cancel_tax_free', 'cancel_id');
    fc.assert(
      fc.property(contents, fields, (content, field) => {
        fc.pre(content[field] !== other[field]);
        const changed = arrive({ ...content, [field]: other[field] }, false);
        expect(contentOf(changed)).not.toBe(contentOf(arrive(content, false)));
      }),
    );
  });

  test('is a conflict when the amount of a partial cancel comes as the tax-free amount', () => {
    const ids = { order_id: 'o-1', receipt_id: 'r-1' };
    const [one, other] = [{ cancel_price: 1_000 }, { cancel_tax_free: 1_000 }];
    expect(contentOf(arrive({ ...ids, ...one }, false))).not.toBe(
      contentOf(arrive({ ...ids, ...other }, false)),
    );
  });

  test('carries no refund account into what is compared and kept in the history', () => {
    fc.assert(
      fc.property(contents, accounts, (content, refund) => {
        const kept = contentOf(arrive({ ...content, refund }, false));
        expect(kept).not.toContain(refund.bank_account);
        expect(kept).not.toContain(refund.bank_username);
      }),
    );
  });
});

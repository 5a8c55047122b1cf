// Which ids are let in: the alphabets on which identity rests, for any string that a JSON body can carry.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCancellationEvent } from '../../src/domain/event.ts';
import {
  cancelIdSchema,
  eventIdSchema,
  newIdentitySchema,
  orderIdSchema,
  ownCancelIdSchema,
  receiptIdSchema,
  sourceSchema,
} from '../../src/domain/ids.ts';

/** Any sequence of code points, halves of surrogate pairs and control characters included. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0xac00, max: 0xd7a3 }),
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(
        0x0a,
        0x0d,
        0x00,
        0x7f,
        0x85,
        0xa0,
        0x200b,
        0x200d,
        0x202e,
        0x2028,
        0xfeff,
        0xfffd,
        0xd83d,
        0xdc00,
      ),
      fc.constantFrom(0xe0100, 0xe01ef, 0x16fe4, 0x1d159, 0x1f600),
    ),
    { maxLength: 6 },
  )
  .map((points) => String.fromCodePoint(...points));
const lengths = fc
  .tuple(
    fc.constantFrom('x', '가', '-'),
    fc.oneof(fc.nat(200), fc.constantFrom(0, 1, 60, 61, 64, 65, 128, 129)),
  )
  .map(([letter, count]) => letter.repeat(count));
const halves = fc.string({ unit: fc.constantFrom('a', '가', ' ', '\ud83d', '\udc00'), maxLength: 4 });
const texts = fc.oneof(anyText, lengths, halves, fc.string({ unit: 'grapheme' }));

/** Printable is what is neither a control, a format sign, half a letter, unassigned nor a separator but the blank. */
const isPrintable = (text: string) =>
  [...text].every((letter) => letter === ' ' || !/[\p{C}\p{Z}]/u.test(letter));

/** Written apart from the rule: the characters named by the reports, and all that Unicode lets a reader ignore. */
const isUnseen = (letter: string) =>
  /\u034f|\u17b4|\u17b5|[\u180b-\u180f\ufe00-\ufe0f]|[\u115f\u1160\u2800\u3164\uffa0\ufffc]/.test(letter) ||
  /[\u{e0100}-\u{e01ef}\u{16fe4}\u{1d159}]/u.test(letter);

describe('a new source, event_id and order_id', () => {
  test('has no blank at its ends, one Unicode form and nothing unseen', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const taken =
          eventIdSchema.safeParse(text).success &&
          !text.startsWith(' ') &&
          !text.endsWith(' ') &&
          text.normalize('NFC') === text &&
          ![...text].some(isUnseen);
        expect(newIdentitySchema.safeParse(text).success).toBe(taken);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('source, event_id and order_id', () => {
  test('are 1 to 128 printable characters and nothing else', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const taken = text.length >= 1 && text.length <= 128 && isPrintable(text);
        for (const schema of [sourceSchema, eventIdSchema, orderIdSchema]) {
          expect(schema.safeParse(text).success).toBe(taken);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('are taken as they came: nothing is trimmed, folded or composed', () => {
    fc.assert(
      fc.property(texts, texts, texts, (source, eventId, orderId) => {
        const event = { source, event_id: eventId, order_id: orderId, receipt_id: 'r' };
        const parsed = parseCancellationEvent(event, Date.UTC(2026, 10, 20));
        if (parsed.kind === 'event') expect(parsed.event).toEqual(event);
        else
          expect([source, eventId, orderId].every((text) => newIdentitySchema.safeParse(text).success)).toBe(
            false,
          );
      }),
    );
  });
});

const pieces = fc
  .array(fc.constantFrom('-g', '-', 'g', 'G', '2', '07', 'a', '_', ' ', '.', '가', '\n'), { maxLength: 8 })
  .map((parts) => parts.join(''));

describe("an event's own cancel_id", () => {
  test('is 1 to 60 characters of its alphabet that do not end in -g and digits', () => {
    fc.assert(
      fc.property(fc.oneof(pieces, lengths, anyText), (text) => {
        const letters = [...text].every((letter) => /[A-Za-z0-9_-]/.test(letter));
        const beforeDigits = text.replace(/[0-9]+$/, '');
        const reserved = beforeDigits !== text && beforeDigits.endsWith('-g');
        const taken = letters && text.length >= 1 && text.length <= 60 && !reserved;
        expect(ownCancelIdSchema.safeParse(text).success).toBe(taken);
        if (taken) expect(cancelIdSchema.safeParse(text).success).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a receipt_id', () => {
  const paths = fc
    .array(fc.constantFrom('..', '/', '.', '%2e', '%2F', '?', '#', '\\', '@', ':', 'v2', '-', '_'), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''));

  test('cannot leave its place in the path of a look-up', () => {
    fc.assert(
      fc.property(fc.oneof(pieces, lengths, anyText, paths), (text) => {
        if (!receiptIdSchema.safeParse(text).success) return;
        const url = new URL(`https://api.bootpay.co.kr/v2/receipt/${text}`);
        expect(url.pathname).toBe(`/v2/receipt/${text}`);
        expect(url.search + url.hash).toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

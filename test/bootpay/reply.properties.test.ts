// Whatever comes back: one reply, never an error, no success beside a code, no text from outside where a code or a cause is.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyText } from '../../src/bootpay/body.ts';
import type { RawResult } from '../../src/bootpay/http.ts';
import { readReply } from '../../src/bootpay/reply.ts';
import { readReceipt } from '../../src/bootpay/wire.ts';
import { maskOf } from '../../src/domain/mask.ts';
import { causeOf, receiptSchema } from '../../src/domain/reply.ts';
import { receipt, receiptId } from './support.ts';

const account = '110222333333';
const hide = maskOf([account, '홍길동', 's3cr3t.key+']);
const code = /^[A-Za-z0-9_.-]{1,100}$/;
const cause = /^[A-Za-z0-9_., :-]{1,200}$/;

function readBody(status: number, body: string) {
  const raw: RawResult = {
    kind: 'answered',
    status,
    contentType: null,
    retryAfter: null,
    body,
    broken: null,
  };
  return readReply(raw, { read: (value) => readReceipt(receiptId, value), now: 0, hide });
}

const anyStatus = fc.constantFrom(200, 201, 204, 301, 400, 401, 403, 429, 500, 503);
const anyWords = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(account), fc.constant('RC_NOT_FOUND'));
const anyValue = fc.oneof(fc.jsonValue(), anyWords, fc.constantFrom(0, '0', 2086, '2086', 410, 1.5, -1));
const anyFields = fc.dictionary(
  fc.constantFrom(...Object.keys(receipt), 'error_code', 'pg_error_code', 'message', '__proto__'),
  anyValue,
);
const anyBody = fc.oneof(
  fc.string({ unit: 'binary' }),
  anyFields.map((fields) => JSON.stringify(fields)),
  anyFields.map((fields) => JSON.stringify({ ...receipt, ...fields })),
);

describe('any reply', () => {
  test('is read as one of the kinds, with codes and causes of our own letters', () => {
    fc.assert(
      fc.property(anyStatus, anyBody, (status, body) => {
        const reply = readBody(status, body);
        if (reply.kind === 'accepted') {
          expect(receiptSchema.parse(reply.body)).toEqual(reply.body);
          expect(JSON.parse(body).error_code ?? 0).toSatisfy((value) => /^\s*0*$/.test(String(value)));
          return;
        }
        expect(causeOf(reply)).toMatch(cause);
        for (const kept of ['code' in reply && reply.code, 'pgCode' in reply && reply.pgCode]) {
          if (typeof kept === 'string') expect(kept).toMatch(code);
        }
        expect(JSON.stringify(reply)).not.toContain(account);
        if ('message' in reply) expect(reply.message ?? '').not.toMatch(/\p{C}/u);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of any bytes under any coding becomes text within the bound, or says why not', () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
      fc.string().map((text) => gzipSync(text)),
    );
    const anyCoding = fc.constantFrom(null, 'gzip', 'deflate', 'br', 'gzip, br', 'identity', 'x', '');
    fc.assert(
      fc.property(anyBytes, anyCoding, (bytes, encoding) => {
        const read = bodyText(bytes, { encoding, maxBytes: 2_000 });
        if (read.kind === 'broken')
          expect(read.cause).toMatch(/^(too_large|unknown_encoding|broken_encoding)$/);
        else expect(read.text.length).toBeLessThanOrEqual(2_000);
      }),
      { numRuns: 1_000 },
    );
  });

  test('in which an account stands shows nothing of it, however it is broken up', () => {
    const anySeparator = fc.constantFrom('', ' ', '-', '‑', '–', '.', '/', '\u00a0', '\u200b', '－', '_');
    const anyForm = fc.constantFrom('0'.charCodeAt(0), '０'.charCodeAt(0));
    fc.assert(
      fc.property(fc.array(fc.tuple(anySeparator, anyForm), { minLength: 12, maxLength: 12 }), (breaks) => {
        const digits = [...account].map((digit, index) => {
          const [separator = '', zero = 48] = breaks[index] ?? [];
          return `${separator}${String.fromCharCode(zero + Number(digit))}`;
        });
        const reply = readBody(
          400,
          JSON.stringify({ error_code: 'X', message: `계좌 ${digits.join('')}번` }),
        );
        expect(Reflect.get(reply, 'message')).not.toMatch(/[0-9０-９]/);
      }),
      { numRuns: 500 },
    );
  });
});

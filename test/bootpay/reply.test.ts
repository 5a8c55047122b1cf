// What an answer is called: every listed code by name, every HTTP status without one, and what a reply never shows.
import { describe, expect, test } from 'vitest';
import type { RawResult } from '../../src/bootpay/http.ts';
import { readReply } from '../../src/bootpay/reply.ts';
import { Incomplete } from '../../src/bootpay/wire.ts';
import { maskOf } from '../../src/domain/mask.ts';
import { errorTable } from '../../src/policies/error-table.ts';

const now = Date.parse('2026-11-20T01:00:00Z');

function read(status: number, body: unknown, over: Partial<Extract<RawResult, { kind: 'answered' }>> = {}) {
  const raw: RawResult = {
    kind: 'answered',
    status,
    contentType: 'application/json',
    retryAfter: null,
    body: JSON.stringify(body),
    broken: null,
    ...over,
  };
  return readReply(raw, { read: (value) => value, now, hide: maskOf(['s3cr3t.key+', '110-222-333333']) });
}

const listed = errorTable.filter((row) => row.disposition !== 'unauthorized').map((row) => row.name);
const auth = errorTable.filter((row) => row.disposition === 'unauthorized').map((row) => row.name);
const statuses = [200, 201, 400, 401, 404, 429, 500, 503];

describe('a code decides, whatever the HTTP status', () => {
  test.each(listed)('%s is a refusal', (error_code) => {
    for (const httpStatus of statuses) {
      expect(read(httpStatus, { error_code })).toEqual({
        kind: 'refused',
        code: error_code,
        pgCode: null,
        message: null,
        httpStatus,
      });
    }
  });

  test.each(auth)('%s is unauthorized', (code) => {
    for (const httpStatus of statuses) {
      expect(read(httpStatus, { error_code: code })).toEqual({ kind: 'unauthorized', code, httpStatus });
    }
  });

  test('there are codes of both kinds', () => {
    expect(listed.length).toBeGreaterThanOrEqual(13);
    expect(auth).toContain('TOKEN_KEY_INVALID');
  });

  test.each([200, 400, 500])('a code nobody listed is a refusal too (%i)', (status) => {
    expect(read(status, { error_code: 'RC_NEW' })).toMatchObject({ kind: 'refused', code: 'RC_NEW' });
  });

  test('a number for a code is read as its digits', () => {
    expect(read(400, { error_code: -100, pg_error_code: 8104, message: 7 })).toEqual({
      kind: 'refused',
      code: '-100',
      pgCode: '8104',
      message: null,
      httpStatus: 400,
    });
  });

  test.each(errorTable.filter(({ number }) => number !== null))(
    'the number of the official table is the name: $number is $name',
    ({ number, name }) => {
      for (const error_code of [number, String(number), ` ${number} `]) {
        expect(read(500, { error_code })).toMatchObject({ code: name });
        expect(read(200, { error_code })).toMatchObject({ code: name });
      }
    },
  );

  test.each([0, '0', '0000', -0])('0 beside a success (%j) is no code', (error_code) => {
    expect(read(200, { error_code, price: 1 })).toMatchObject({ kind: 'accepted' });
    expect(read(201, { error_code, price: 1 })).toMatchObject({ kind: 'accepted' });
    expect(read(400, { error_code, price: 1 })).toMatchObject({ kind: 'refused' });
  });

  test.each([1, '00x', 'null', 'OK', 'SUCCESS'])(
    'anything else beside a success (%j) is one',
    (error_code) => {
      expect(read(200, { error_code, price: 1 })).toMatchObject({
        kind: 'refused',
        code: String(error_code),
      });
    },
  );

  test.each([null, '', '  '])('an empty code (%j) is none', (error_code) => {
    expect(read(200, { error_code, price: 1 })).toMatchObject({ kind: 'accepted' });
    expect(read(500, { error_code })).toEqual({ kind: 'unreadable', cause: 'no_code', httpStatus: 500 });
  });

  test('a code in a redirect is not believed', () => {
    expect(read(302, { error_code: 'RC_NOT_FOUND' })).toMatchObject({
      kind: 'unreadable',
      cause: 'redirect_302',
    });
  });
});

describe('without a listed code the status speaks', () => {
  test.each([[{}], [{ error_code: 'SLOW_DOWN' }], ['slow down'], [[]]])(
    '429 with %j is throttled',
    (body) => {
      expect(read(429, body)).toEqual({ kind: 'throttled', retryAfterMs: null, httpStatus: 429 });
    },
  );

  test.each([
    ['7', 7_000],
    ['1', 1_000],
    ['0', 1_000],
    ['000', 1_000],
    [' 12 ', 12_000],
    ['300', 300_000],
    ['301', 300_000],
    ['100000', 300_000],
    ['9'.repeat(400), 300_000],
    ['Fri, 20 Nov 2026 01:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 01:00:01 GMT', 1_000],
    ['Fri, 20 Nov 2026 01:00:00 GMT', 1_000],
    ['Fri, 20 Nov 2026 00:59:30 GMT', 1_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 1_000],
    ['Sat, 21 Nov 2026 01:00:00 GMT', 300_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 300_000],
    ['soon', null],
    ['-5', null],
    ['-0', null],
    ['+5', null],
    ['0.5', null],
    ['1.5', null],
    ['1e9', null],
    ['0x10', null],
    ['Infinity', null],
    ['NaN', null],
    ['5, 10', null],
    ['Friday, 20-Nov-26 01:00:30 GMT', null],
    ['Fri, 20 Nov 2026 01:00:30 +0900', null],
    ['Xxx, 99 Yyy 2026 01:00:00 GMT', null],
    ['2026-11-20', null],
    ['', null],
  ])('Retry-After "%s" is a wait of %j ms', (retryAfter, retryAfterMs) => {
    expect(read(429, {}, { retryAfter })).toMatchObject({ kind: 'throttled', retryAfterMs });
  });

  test('429 and 401 speak even when the body broke off', () => {
    expect(read(429, {}, { broken: 'truncated', body: '' })).toMatchObject({ kind: 'throttled' });
    expect(read(401, {}, { broken: 'truncated', body: '' })).toEqual({
      kind: 'unauthorized',
      code: null,
      httpStatus: 401,
    });
  });

  test('401 with a code nobody listed is unauthorized and keeps the code', () => {
    expect(read(401, { error_code: 'APP_NEW' })).toEqual({
      kind: 'unauthorized',
      code: 'APP_NEW',
      httpStatus: 401,
    });
  });

  test('words beside a failure without a code are kept, and beside a success that is none', () => {
    const message = '점검 중';
    const unreadable = { kind: 'unreadable', cause: 'no_code', httpStatus: 403, message };
    expect(read(403, { message })).toEqual(unreadable);
  });

  test('a success that is not the answer asked for says what is wrong with it', () => {
    const raw = { kind: 'answered', status: 200, contentType: null, retryAfter: null, body: '{}' } as const;
    const reading = { read: () => new Incomplete('price is text'), now, hide: (text: string) => text };
    expect(readReply({ ...raw, broken: null }, reading)).toEqual({
      kind: 'unreadable',
      cause: 'incomplete: price is text',
      httpStatus: 200,
    });
  });

  test.each([400, 403, 404, 422, 500, 502])('%i without a code is unreadable', (httpStatus) => {
    expect(read(httpStatus, { price: 1 })).toEqual({ kind: 'unreadable', cause: 'no_code', httpStatus });
  });
});

describe('words from outside', () => {
  const message = `${'가'.repeat(290)} s3cr3t.key+ 1102-2233-3333 110222333333`;

  test('are cut, and no part of a secret survives the cut', () => {
    const reply = read(400, { error_code: 'RC_CANCEL_SERVER_ERROR', pg_error_code: 's3cr3t.key+', message });
    expect(reply).toMatchObject({ pgCode: null, message: `${'가'.repeat(290)} (hidden)` });
  });

  test('hide an account number however it is written', () => {
    const said = '계좌 110222333333 / 110-222-333333 / 1102 2233 3333';
    expect(read(400, { error_code: 'X', message: said })).toMatchObject({
      message: '계좌 (hidden) / (hidden) / (hidden)',
    });
  });

  test.each([
    '110222333333',
    '110-222-333333',
    '110 222 333333',
    '1 1 0 2 2 2 3 3 3 3 3 3',
    '110\u00a0222\u2013333333',
    '110.222.333333',
    '110_222/333333',
    '１１０２２２３３３３３３',
    '１１０－２２２－３３３３３３',
    '110\u200b222\u200d333333',
    '①①⓪②②②③③③③③③',
    '예금주110222333333님',
  ])('no account survives as %s', (spelled) => {
    const reply = read(400, { error_code: 'X', message: `계좌 ${spelled} 확인` });
    expect(JSON.stringify(reply)).not.toMatch(/[0-9０-９①②③⓪][^a-z]*[0-9０-９①②③⓪].*확인/);
    expect(reply).toMatchObject({ message: expect.stringContaining('(hidden)') });
  });

  test.each([
    ['composed or not', '홍길동'.normalize('NFD')],
    ['with blanks', '홍 길 동'],
    ['in full', '홍길동'],
  ])('no holder of an account survives, %s', (_, spelled) => {
    expect(maskOf(['홍길동'])(`예금주 ${spelled} 불일치`)).toBe('예금주 (hidden) 불일치');
  });

  test('are read for a few thousand characters, and what that cuts through does not show', () => {
    const message = [...'110222333333'].join('-'.repeat(40)).repeat(20);
    expect(read(400, { error_code: 'X', message })).toMatchObject({ message: '(hidden)' });
    const long = read(400, { error_code: 'X', message: '가'.repeat(200_000) });
    expect(long).toMatchObject({ message: '가'.repeat(300) });
  });

  test('are left alone where they hold no secret', () => {
    const said = '취소 가능 금액 110,222원을 넘었어요 (2026-11-20)';
    expect(read(400, { error_code: 'X', message: said })).toMatchObject({ message: said });
    expect(maskOf(['', '-', '1'])('1 - 2 = 3')).toBe('(hidden) (hidden) 2 = 3');
  });

  test('lose what drives a terminal, and half a character at the cut', () => {
    const said = `\u001b[31m거절\u0007 \u202e${'😀'.repeat(400)}\ud83d`;
    const { message } = Object(read(400, { error_code: 'X', message: said }));
    expect(message).toMatch(/^\[31m거절/);
    expect(message).not.toMatch(/\p{C}/u);
    expect([...message].length).toBeLessThanOrEqual(300);
  });
});

describe('a code that is none', () => {
  const odd = [
    'KEY BAD',
    '취소불가',
    'RC_\u001b[31m',
    'RC/1',
    'A'.repeat(101),
    '２０８６',
    { a: 1 },
    [],
    true,
    false,
    1e21,
    'KEY s3cr3t.key+ BAD',
    '110-222-333333',
    '110222333333',
  ];

  test.each(odd.map((error_code) => [error_code]))('%j is kept nowhere, and is no success', (error_code) => {
    for (const status of [200, 400, 500]) {
      expect(read(status, { error_code, price: 1 })).toEqual({
        kind: 'refused',
        code: null,
        cause: 'unreadable_code',
        pgCode: null,
        message: null,
        httpStatus: status,
      });
    }
    expect(read(401, { error_code })).toEqual({ kind: 'unauthorized', code: null, httpStatus: 401 });
  });

  test.each(odd.map((pg_error_code) => [pg_error_code]))('%j of a PG is kept nowhere', (pg_error_code) => {
    expect(read(400, { error_code: 'RC_CANCEL_SERVER_ERROR', pg_error_code })).toEqual({
      kind: 'refused',
      code: 'RC_CANCEL_SERVER_ERROR',
      pgCode: null,
      cause: 'unreadable_pg_code',
      message: null,
      httpStatus: 400,
    });
  });

  test.each(['A', 'a.b-c_d', '-100', 'A'.repeat(100), '8104'])('%s is one', (code) => {
    const reply = read(400, { error_code: code, pg_error_code: code });
    expect(reply).toMatchObject({ code, pgCode: code });
  });
});

describe('a name that stands twice', () => {
  test.each([
    '{"error_code":"RC_NOT_FOUND","error_code":"RC_CANCEL_CRITICAL_ERROR"}',
    '{"price":1,"price":2}',
    '{"price":1,"pr\\u0069ce":2}',
    '{"payload":{"a":{"b":1,"b":1}}}',
  ])('makes %s unreadable', (body) => {
    expect(read(200, null, { body })).toMatchObject({ kind: 'unreadable', cause: 'repeated_name' });
  });
});

// A cancellation event at the border: docs/design.md sections 3 and 12, each wrong field named, no account echoed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedEvent, parseCancellationEvent } from '../../src/domain/event.ts';
import { InexactNumber } from '../../src/domain/json.ts';

const least: Record<string, string> = {
  event_id: 'event-1',
  order_id: 'order-1',
  receipt_id: '6244f60c1fc19202e42e8c4e',
};
const now = Date.UTC(2026, 10, 20, 3);
const account = { bank_account: '110482915507', bank_username: '홍길동', bank_code: '088' };

function fieldsOf(parsed: ParsedEvent): string[] {
  return parsed.kind === 'refused' ? parsed.problems.map(({ field }) => field) : [];
}

const parse = (changes: Record<string, unknown>) => parseCancellationEvent({ ...least, ...changes }, now);

describe('identities that a person cannot tell apart', () => {
  const lookAlikes = [
    'CX-77 ',
    ' CX-77',
    'CX-77\ufe0f',
    'CX-77\u3164',
    'CX-77\u115f',
    'CX-77\u1160',
    'CX-77\uffa0',
  ];
  const more = [
    'CX\u034f-77',
    'CX-77\u2800',
    'CX-77\u{e0100}',
    'CX-77\ufffc',
    '취소-77'.normalize('NFD'),
    'e\u0301',
    '\u212b',
  ];

  test.each(
    ['event_id', 'source', 'order_id'].flatMap((field) => [...lookAlikes, ...more].map((id) => [field, id])),
  )('%s %j is refused by name', (field, id) => {
    expect(fieldsOf(parse({ [field]: id }))).toEqual([field]);
  });

  test.each(['취소-77', 'CX- 77', 'é', 'Å', 'CX-７７', '👩‍🚀'.replace('\u200d', ''), '#1 (a+b)'])(
    '%j is taken',
    (id) => {
      expect(parse({ event_id: id, source: id, order_id: id }).kind).toBe('event');
    },
  );
});

describe('what JavaScript can hold and JSON cannot', () => {
  const throwing = {
    get cancel_price(): number {
      throw new Error('110482915507');
    },
  };

  test.each<[string, Record<string, unknown>, string]>([
    ['a price that is there and undefined', { cancel_price: undefined }, 'cancel_price'],
    ['a source that is there and undefined', { source: undefined }, 'source'],
    ['an account that is there and undefined', { refund: undefined }, 'refund'],
    ['an unknown field that is undefined', { amount: undefined }, 'amount'],
    ['a BigInt', { cancel_price: 1_000n }, 'cancel_price'],
    ['no number', { cancel_price: Number.NaN }, 'cancel_price'],
    ['an endless number', { cancel_price: Number.POSITIVE_INFINITY }, 'cancel_price'],
    ['a symbol', { order_id: Symbol('o') }, 'order_id'],
    ['a function', { order_id: () => 'o' }, 'order_id'],
    ['a boxed text', { order_id: new String('o') }, 'order_id'],
    [
      'a part of an account that is undefined',
      { refund: { ...account, bank_code: undefined } },
      'refund.bank_code',
    ],
    ['a BigInt in an account', { refund: { ...account, bank_code: 88n } }, 'refund.bank_code'],
  ])('%s is refused by name', (_, changes, field) => {
    expect(fieldsOf(parse(changes))).toEqual([field]);
  });

  test.each<[string, unknown]>([
    [
      'a getter that throws',
      Object.defineProperties({ ...least }, Object.getOwnPropertyDescriptors(throwing)),
    ],
    ['a getter that throws in the account', { ...least, refund: throwing }],
    [
      'a proxy that throws',
      new Proxy(least, {
        ownKeys() {
          throw new Error('no');
        },
      }),
    ],
  ])('%s is refused, and what it throws is not told', (_, input) => {
    const parsed = parseCancellationEvent(input, now);
    expect(fieldsOf(parsed)).toEqual(['(event)']);
    expect(JSON.stringify(parsed)).not.toContain('110482915507');
  });

  test('a getter is read once: what was judged is what is stored', () => {
    let price = 0;
    const growing = Object.defineProperty({ ...least }, 'cancel_price', {
      enumerable: true,
      get: () => (price += 1_000),
    });
    expect(parseCancellationEvent(growing, now)).toMatchObject({ event: { cancel_price: 1_000 } });
  });

  test.each<[unknown, string]>([
    [1_000n, '1000n'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [new InexactNumber('1e400'), '1e400'],
    [new InexactNumber('1000.0000000000000001'), '1000.0000000000000001'],
  ])('%o is named as what came', (value, received) => {
    expect(parse({ cancel_price: value })).toMatchObject({ problems: [{ field: 'cancel_price', received }] });
  });

  test.each([
    ['CX-77\u3164', String.raw`"CX-77\u3164"`],
    ['CX-77\ufe0f', String.raw`"CX-77\ufe0f"`],
    ['CX-77\u{e0100}', String.raw`"CX-77\udb40\udd00"`],
    ['CX\u00a077', String.raw`"CX\u00a077"`],
    ['CX\u202e77', String.raw`"CX\u202e77"`],
    ['취소-7'.normalize('NFD'), String.raw`"\u110e\u1171\u1109\u1169-7"`],
    ['취소 ', '"취소 "'],
  ])('%j is shown with what a reader could not tell from other text', (event_id, received) => {
    expect(parse({ event_id })).toMatchObject({ problems: [{ field: 'event_id', received }] });
  });
});

describe('an event', () => {
  test('of three ids is a full cancel of the source orders', () => {
    expect(parse({})).toEqual({ kind: 'event', event: { ...least, source: 'orders' } });
  });

  test('of every field is taken as it came', () => {
    const event = {
      ...least,
      source: 'pos',
      occurred_at: '2026-11-20T10:30:00+09:00',
      cancel_price: 1_000,
      cancel_tax_free: 1_000,
      cancel_id: 'cancel_1-a',
      cancel_username: '김 담당',
      cancel_message: '단순 변심',
      refund: account,
    };
    expect(parseCancellationEvent(event, now)).toEqual({ kind: 'event', event });
  });

  test.each<[string, unknown]>([
    ['source', 's'],
    ['source', '한글 source: #1 (a+b)'],
    ['event_id', 'x'.repeat(128)],
    ['order_id', 'x'.repeat(128)],
    ['receipt_id', 'A-z_0'.repeat(12)],
    ['occurred_at', '2026-11-20T01:30:00Z'],
    ['occurred_at', '2026-11-20T01:30:00.123+09:00'],
    ['cancel_price', 1],
    ['cancel_tax_free', 0],
    ['cancel_id', 'x'.repeat(60)],
    ['cancel_id', 'a-g'],
    ['cancel_id', 'a-g2b'],
    ['cancel_id', 'a_g2'],
    ['refund', { ...account, bank_account: '123456' }],
    ['refund', { ...account, bank_account: '1234567890123456' }],
    ['occurred_at', '2015-01-01T00:00:00Z'],
    ['occurred_at', '2026-11-21T03:00:00Z'],
    ['cancel_message', '👍🏽 café'],
    ['event_id', 'two  blanks'],
  ])('with %s %j is taken', (field, value) => {
    expect(parse({ [field]: value }).kind).toBe('event');
  });

  test.each<[string, unknown]>([
    ['event_id', ''],
    ['event_id', 'x'.repeat(129)],
    ['event_id', 'two\nlines'],
    ['event_id', 'bell\u0007'],
    ['event_id', 17],
    ['source', ''],
    ['source', 'x'.repeat(129)],
    ['source', 'a\nb'],
    ['order_id', ''],
    ['order_id', null],
    ['receipt_id', ''],
    ['receipt_id', 'x'.repeat(65)],
    ['receipt_id', '../v2/cancel'],
    ['receipt_id', '영수증'],
    ['occurred_at', '2026-11-20'],
    ['occurred_at', '2026-11-20T10:30:00'],
    ['occurred_at', 1_795_000_000_000],
    ['occurred_at', '0001-01-01T00:00:00Z'],
    ['occurred_at', '1970-01-01T00:00:00Z'],
    ['occurred_at', '2014-12-31T23:59:59Z'],
    ['occurred_at', '2026-11-21T03:00:01Z'],
    ['occurred_at', '9999-12-31T23:59:59-23:59'],
    ['cancel_price', null],
    ['cancel_price', 0],
    ['cancel_price', -1],
    ['cancel_price', '1000'],
    ['cancel_price', 999.5],
    ['cancel_price', Number.NaN],
    ['cancel_tax_free', -1],
    ['cancel_tax_free', 0.5],
    ['cancel_tax_free', null],
    ['cancel_id', ''],
    ['cancel_id', 'x'.repeat(61)],
    ['cancel_id', 'a b'],
    ['cancel_id', 'order-1-g2'],
    ['cancel_id', 'order-1-g12'],
    ['cancel_username', ''],
    ['cancel_message', 'x'.repeat(501)],
    ['cancel_message', 'x \ud83d'],
    ['cancel_message', '\udc4d x'],
    ['cancel_message', 'abc\u0000def'],
    ['cancel_message', '\u001b[2J'],
    ['cancel_message', 'two\nlines'],
    ['cancel_username', 'x\ud83d'],
    ['cancel_username', 'kim\u009b'],
    ['refund', '(an object, not a text)'],
  ])('with %s %j is refused by name', (field, value) => {
    const parsed = parse({ [field]: value });
    expect(fieldsOf(parsed)).toEqual([field]);
  });

  test.each(['event_id', 'order_id', 'receipt_id'])('without %s is refused by name', (field) => {
    const { [field]: _, ...rest } = least;
    const parsed = parseCancellationEvent(rest, now);
    expect(parsed).toMatchObject({ kind: 'refused', problems: [{ field, received: 'nothing' }] });
    expect(parse({ [field]: undefined })).toMatchObject({ problems: [{ field, received: 'undefined' }] });
  });

  test.each<[number | undefined, number, boolean]>([
    [1_000, 1_000, true],
    [1_000, 1_001, false],
    [undefined, 5_000, true],
  ])('of %s won with %s won tax-free is taken: %s', (price, taxFree, taken) => {
    const parsed = parse({ ...(price !== undefined && { cancel_price: price }), cancel_tax_free: taxFree });
    expect(fieldsOf(parsed)).toEqual(taken ? [] : ['cancel_tax_free']);
  });

  test('with a field that does not exist is refused by its name, in both languages', () => {
    expect(parse({ amount: 1_000, reason: 'x' })).toEqual({
      kind: 'refused',
      problems: [
        { field: 'amount', expected: 'no such field', expected_ko: '없는 필드', received: 'a number' },
        { field: 'reason', expected: 'no such field', expected_ko: '없는 필드', received: 'a string' },
      ],
    });
  });

  test('with several wrong fields names them all, with what was expected and what came', () => {
    const parsed = parse({ event_id: '', cancel_price: '1000', cancel_id: 'a-g2', extra: [] });
    expect(fieldsOf(parsed).sort()).toEqual(['cancel_id', 'cancel_price', 'event_id', 'extra']);
    if (parsed.kind !== 'refused') return;
    expect(parsed.problems.find(({ field }) => field === 'cancel_price')).toEqual({
      field: 'cancel_price',
      expected: 'a whole number of won above 0, or absent for a full cancel',
      expected_ko: '0보다 큰 원 단위 정수, 전액 취소면 생략',
      received: '"1000"',
    });
    expect(parsed.problems.find(({ field }) => field === 'extra')?.received).toBe('an array');
  });

  test('with a tax-free part above its amount and another wrong field names both', () => {
    const parsed = parse({ order_id: '', cancel_price: 1_000, cancel_tax_free: 2_000 });
    expect(fieldsOf(parsed).sort()).toEqual(['cancel_tax_free', 'order_id']);
  });

  test.each([null, undefined, 'text', 17, [], true])(
    'that is no object (%j) is refused as a whole',
    (input) => {
      expect(parseCancellationEvent(input, now)).toMatchObject({
        kind: 'refused',
        problems: [{ field: '(event)' }],
      });
    },
  );

  test('echoes no more than 80 characters of what came', () => {
    const parsed = parse({ order_id: 'x'.repeat(5_000) });
    expect(parsed.kind === 'refused' ? parsed.problems[0]?.received.length : 0).toBe(80);
  });

  test('of any shape is read or refused by name, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        const parsed = parseCancellationEvent(input, now);
        if (parsed.kind === 'refused') {
          for (const problem of parsed.problems) {
            expect(problem.expected).not.toBe('');
            expect(problem.expected_ko).not.toBe('');
          }
        }
      }),
    );
  });
});

describe('a refund account in an event', () => {
  test.each<[string, string]>([
    ['bank_account', '110-482-915507'],
    ['bank_account', '110 482 915507 '],
    ['bank_account', '110-482-915507-'],
    ['bank_account', '110\u2010482\u2212915507'],
    ['bank_account', '110\u00a0482\u3000915507'],
    ['bank_username', ' 홍길동 '],
    ['bank_username', '홍길동'.normalize('NFD')],
    ['bank_username', '홍\u200b길\ufe0f동\u3164'],
  ])('is the same one however it is written: %s %j', (part, spelled) => {
    expect(parse({ refund: { ...account, [part]: spelled } })).toMatchObject({ event: { refund: account } });
  });

  test.each(['bank_account', 'bank_username', 'bank_code'])(
    'is taken whole: %s may not be missing',
    (part) => {
      const parsed = parse({ refund: { ...account, [part]: undefined } });
      expect(fieldsOf(parsed)).toEqual([`refund.${part}`]);
    },
  );

  test.each<[string, unknown]>([
    ['bank_account', '12345'],
    ['bank_account', '1---'],
    ['bank_account', '1'.repeat(17)],
    ['bank_account', '１１０４８２９１５５０７'],
    ['bank_username', '\u200b\u3164'],
    ['bank_username', '홍\u0000길동'],
    ['bank_username', '홍\ud83d'],
    ['bank_account', 110_482_915_507],
    ['bank_username', '  '],
    ['bank_username', '홍'.repeat(61)],
    ['bank_code', '88'],
    ['bank_code', 'KB1'],
    ['bank_address', 'Seoul'],
  ])('with %s %j is refused by name, and nothing of it is echoed', (part, value) => {
    const parsed = parse({ refund: { ...account, [part]: value } });
    expect(fieldsOf(parsed)).toEqual([`refund.${part}`]);
    expect(parsed).toMatchObject({ problems: [{ received: `a ${typeof value}` }] });
    const text = JSON.stringify(parsed);
    for (const secret of [...Object.values(account), String(value).trim()]) {
      if (secret !== '') expect(text).not.toContain(secret);
    }
  });

  test('is never echoed when another field is wrong', () => {
    const text = JSON.stringify(parse({ order_id: '', refund: account }));
    for (const secret of Object.values(account)) expect(text).not.toContain(secret);
  });

  test.each<[string, Record<string, unknown>]>([
    ['as a text', { refund: '110-482-915507' }],
    ['as a number', { refund: 110_482_915_507 }],
    ['beside the other fields', { bank_account: '110482915507' }],
    ['in a list', { refund: ['110-482-915507'] }],
    ['within another field', { refund: { account: { bank_account: '110482915507' } } }],
    ['within an id', { order_id: { bank_account: '110482915507' } }],
  ])('is not echoed when it comes %s', (_, changes) => {
    const parsed = parse(changes);
    expect(parsed.kind).toBe('refused');
    expect(JSON.stringify(parsed)).not.toMatch(/110-?482-?915507/);
  });
});

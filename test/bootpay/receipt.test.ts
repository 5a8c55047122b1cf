// From Bootpay's receipt to ours: what must be there, what may be missing, and how it was paid.
import { describe, expect, test } from 'vitest';
import { Incomplete, readCancelAnswer, readReceipt, readToken } from '../../src/bootpay/wire.ts';
import { InexactNumber } from '../../src/domain/json.ts';
import { receiptSchema } from '../../src/domain/reply.ts';
import { receipt, receiptId } from './support.ts';

describe('a receipt', () => {
  test('is read from a real look-up', () => {
    const read = readReceipt(receiptId, receipt);
    expect(read).toEqual({
      receiptId,
      priceWon: 1_200,
      taxFreeWon: 0,
      cancelledWon: 0,
      cancelledTaxFreeWon: 0,
      status: 1,
      currency: 'KRW',
      method: 'card',
      funding: null,
      pg: '나이스페이먼츠',
      purchasedAt: Date.parse('2023-05-11T02:54:22Z'),
    });
    expect(receiptSchema.parse(read)).toEqual(read);
  });

  test.each(['receipt_id', 'price', 'cancelled_price', 'status'])('without %s is none', (field) => {
    const read = readReceipt(receiptId, { ...receipt, [field]: undefined });
    expect(read).toEqual(new Incomplete(`${field} is missing`));
  });

  test.each([
    [{ receipt_id: 'another' }, 'receipt_id is another'],
    [{ receipt_id: receiptId.toUpperCase() }, 'receipt_id is in another case'],
    [{ receipt_id: 7 }, 'receipt_id is a number'],
    [{ price: '1200' }, 'price is text'],
    [{ price: '1,200' }, 'price is text'],
    [{ price: -1 }, 'price is negative'],
    [{ price: 1_200.5 }, 'price is a fraction'],
    [{ price: 2 ** 60 }, 'price is too large'],
    [{ price: 2 ** 60, currency: 'USD' }, 'price is too large'],
    [{ price: new InexactNumber('1200.0000000000000000001') }, 'price is an inexact number'],
    [{ price: [1_200] }, 'price is a list'],
    [{ price: { won: 1_200 } }, 'price is an object'],
    [{ cancelled_price: null }, 'cancelled_price is null'],
    [{ cancelled_price: '0' }, 'cancelled_price is text'],
    [{ cancelled_tax_free: '0' }, 'cancelled_tax_free is text'],
    [{ tax_free: true }, 'tax_free is a boolean'],
    [{ status: '1' }, 'status is text'],
    [{ status: 1.5 }, 'status is a fraction'],
    [{ currency: false }, 'currency is a boolean'],
    [
      { price: '1200', cancelled_price: '0', tax_free: '0', cancelled_tax_free: '0' },
      'price is text, tax_free is text, cancelled_price is text',
    ],
    [
      { price: undefined, cancelled_price: undefined, status: 11 },
      'price is missing, cancelled_price is missing',
    ],
  ])('with %j is none, and what is wrong is named', (wrong, why) => {
    expect(readReceipt(receiptId, { ...receipt, ...wrong })).toEqual(new Incomplete(why));
  });

  test.each([
    ['KRW', 'KRW'],
    ['WON', 'KRW'],
    [' won ', 'KRW'],
    [410, 'KRW'],
    ['410', 'KRW'],
    [840, '840'],
    ['usd', 'USD'],
    ['\u001b[31m', 'XXX'],
    ['A'.repeat(11), 'XXX'],
  ])('in %j is in %s', (currency, named) => {
    expect(readReceipt(receiptId, { ...receipt, currency })).toMatchObject({ currency: named });
  });

  test('may leave out what not every decision needs, and then it is not known', () => {
    const { receipt_id, price, cancelled_price, status } = receipt;
    expect(readReceipt(receiptId, { receipt_id, price, cancelled_price, status })).toEqual({
      receiptId,
      priceWon: 1_200,
      taxFreeWon: null,
      cancelledWon: 0,
      cancelledTaxFreeWon: null,
      status: 1,
      currency: null,
      method: null,
      funding: null,
      pg: null,
      purchasedAt: null,
    });
  });

  test.each([
    [{ tax_free: null }, { taxFreeWon: null }],
    [{ tax_free: undefined }, { taxFreeWon: null, cancelledTaxFreeWon: 0 }],
    [{ tax_free: 700 }, { taxFreeWon: 700 }],
    [{ cancelled_tax_free: null }, { cancelledTaxFreeWon: null }],
    [{ cancelled_tax_free: undefined }, { taxFreeWon: 0, cancelledTaxFreeWon: null }],
    [{ cancelled_tax_free: 300 }, { cancelledTaxFreeWon: 300 }],
    [{ currency: null }, { currency: null }],
    [{ currency: undefined }, { currency: null }],
    [{ currency: ' ' }, { currency: null }],
    [{ currency: 'krw' }, { currency: 'KRW' }],
    [{ pg: null }, { pg: null }],
    [{ pg: ' ' }, { pg: null }],
    [{ pg: '\u001b[31m나이스\ud800' }, { pg: '[31m나이스' }],
    [{ pg: '😀'.repeat(200) }, { pg: '😀'.repeat(100) }],
    [{ purchased_at: null }, { purchasedAt: null }],
  ])('with %j shows what it says and makes nothing up', (fields, read) => {
    const shown = readReceipt(receiptId, { ...receipt, ...fields });
    expect(shown).toMatchObject({ priceWon: 1_200, cancelledWon: 0, ...read });
    expect(receiptSchema.parse(shown)).toEqual(shown);
  });

  test.each([{ price: 1_200.5 }, { cancelled_price: 0.5 }, { tax_free: 0.5 }, { cancelled_tax_free: 0.5 }])(
    'without a currency is in won: with %j it is none',
    (fraction) => {
      const read = readReceipt(receiptId, { ...receipt, currency: undefined, ...fraction });
      expect(read).toEqual(new Incomplete(`${Object.keys(fraction)[0]} is a fraction`));
    },
  );

  test.each([
    ['2023-05-11T11:54:22+09:00', Date.parse('2023-05-11T02:54:22Z')],
    ['2023-05-11T02:54:22.5Z', Date.parse('2023-05-11T02:54:22.500Z')],
    ['2023-05-11T11:54:22', null],
    ['yesterday', null],
    [1_683_773_662, null],
  ])('paid at %j', (purchased_at, purchasedAt) => {
    expect(readReceipt(receiptId, { ...receipt, purchased_at })).toMatchObject({ purchasedAt });
  });

  test('in another currency is readable, fractions cut, so that a policy can refuse it', () => {
    const foreign = { ...receipt, currency: 'usd', price: 10.5, cancelled_price: 0.9 };
    expect(readReceipt(receiptId, foreign)).toMatchObject({ currency: 'USD', priceWon: 10, cancelledWon: 0 });
  });
});

describe('the method', () => {
  const none = { method_symbol: undefined, method_origin_symbol: undefined, card_data: undefined };
  const tid = { tid: 't1' };

  test.each([
    [{ method_symbol: 'card' }, 'card', null],
    [{ method_symbol: 'card', method_origin_symbol: 'card_rebill_rest' }, 'card', null],
    [{ method_origin_symbol: 'automatic_transfer_rest' }, 'bank', null],
    [{ method_symbol: 'bank' }, 'bank', null],
    [{ method_symbol: 'vbank' }, 'vbank', null],
    [{ method_symbol: 'phone' }, 'phone', null],
    [{ method_symbol: 'card', naver_point_data: tid }, 'naverpay', null],
    [{ method_symbol: 'card', kakao_money_data: tid }, 'kakaopay', 'money'],
    [{ method_symbol: 'kakaopay', card_data: tid }, 'kakaopay', 'card'],
    [{ method_symbol: 'card', card_data: tid, pg: '카카오페이' }, 'kakaopay', 'card'],
    [{ card_data: tid, kakao_money_data: tid }, 'kakaopay', null],
    [{ method_symbol: 'payco', card_data: tid }, 'payco', 'card'],
    [{ method_symbol: 'card', payco_point_data: tid, card_data: tid }, 'payco', null],
    [{ method_symbol: 'card', toss_point_data: tid }, null, null],
    [{ naver_point_data: tid, payco_point_data: tid }, null, null],
    [{ method_symbol: 'card', naver_point_data: { tid: '' }, kakao_money_data: null }, 'card', null],
    [{ method_symbol: 'card', method_origin_symbol: 'newpay' }, null, null],
    [{ method_symbol: 'newpay' }, null, null],
    [{ method_symbol: 'naverpay', method_origin_symbol: 'card', card_data: tid }, 'naverpay', null],
    [{ method_symbol: 'kakaopay', method_origin_symbol: 'card', card_data: tid }, 'kakaopay', 'card'],
    [{ method_symbol: 'card', method_origin_symbol: 'kakao' }, 'kakaopay', null],
    [{ method_symbol: 'phone', method_origin_symbol: 'card' }, null, null],
    [{ method_symbol: 'toss', method_origin_symbol: 'card', card_data: tid }, null, null],
    [{ method_symbol: 'bank', method_origin_symbol: '' }, 'bank', null],
    [{}, null, null],
  ])('of %j is %j, funded by %j', (signs, method, funding) => {
    expect(readReceipt(receiptId, { ...receipt, ...none, ...signs })).toMatchObject({ method, funding });
  });
});

describe("a cancel's answer", () => {
  test.each([
    [{ price: 1_200, cancelled_price: 1_000, cancelled_tax_free: 0 }, 1_200, 1_000, 0],
    [{ receipt_id: receiptId, price: 1_200 }, 1_200, null, null],
    [{ price: '1200', cancelled_price: -1, cancelled_tax_free: 0.5 }, null, null, null],
    [{}, null, null, null],
    [{ receipt_id: 'another', price: 1_200, cancelled_price: 1_000 }, null, null, null],
  ])('%j shows the amounts it names', (body, priceWon, cancelledWon, cancelledTaxFreeWon) => {
    const amounts = { priceWon, cancelledWon, cancelledTaxFreeWon };
    expect(readCancelAnswer(receiptId, body)).toEqual(amounts);
  });
});

test.each([
  [
    { access_token: 'a.b.c', expire_in: 60 },
    { value: 'a.b.c', lifeMs: 60_000 },
  ],
  [{ access_token: 'a.b.c' }, { value: 'a.b.c', lifeMs: 1_800_000 }],
  [
    { access_token: 'a.b.c', expire_in: 0 },
    { value: 'a.b.c', lifeMs: 1_800_000 },
  ],
  [{ access_token: '' }, new Incomplete('access_token is text')],
  [{ access_token: 'a\r\nx: y' }, new Incomplete('access_token is text')],
  [{}, new Incomplete('access_token is missing')],
])('a token answer of %j is read as %j', (body, token) => {
  expect(readToken(body)).toEqual(token);
});

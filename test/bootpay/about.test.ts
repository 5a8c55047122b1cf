import { expect, test } from 'vitest';
import { aboutOf } from '../../src/bootpay/about.ts';

const link = 'https://door.bootpay.co.kr/receipt/abc';
const card = { card_no: '94352017****6169', card_company: '비씨', card_approve_no: '49397854' };

test('of a look-up the order, the card and the receipt are kept for people, and the buyer is not', () => {
  const buyer = { username: '홍길동', phone: '01012345678', phone_data: { phone: '01012345678' } };
  expect(aboutOf({ order_name: '책', receipt_url: link, card_data: card, ...buyer })).toEqual({
    orderName: '책',
    cardCompany: '비씨',
    cardNumber: '94352017****6169',
    receiptUrl: link,
  });
  expect(aboutOf({ ...buyer })).toBeNull();
  expect(aboutOf({ order_name: 7, receipt_url: {}, card_data: 'x' })).toBeNull();
});

test.each([
  ['a\u0000b\u001b[31m\u202ec\u2028d', 'a b [31m c d'],
  ['  \n ', null],
  ['가'.repeat(500), '가'.repeat(200)],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
])(
  'the name of the order is one line without control characters, and no longer than 200 (%j)',
  (written, kept) => {
    expect(aboutOf({ order_name: written, card_data: card })?.orderName).toBe(kept);
  },
);

test.each([
  ['9435-2017-****-6169', '94352017****6169'],
  ['9435201712346169', '************6169'],
  ['943520171234*169', '*************169'],
  ['4xxxxxxx1234', '4xxxxxxx1234'],
  ['1234', null],
  ['홍길동 1234****', null],
])('a card number is shown masked, or not at all (%s)', (written, kept) => {
  expect(aboutOf({ order_name: 'x', card_data: { card_no: written } })?.cardNumber).toBe(kept);
});

test.each([
  ['http://door.bootpay.co.kr/receipt/abc'],
  ['https://bootpay.co.kr.evil.example/'],
  ['https://evilbootpay.co.kr/'],
  ['https://door.bootpay.co.kr@evil.example/'],
  ['https://kim:pw@door.bootpay.co.kr/'],
  ['https://door.bootpay.co.kr:8443/'],
  ['javascript:alert(1)'],
  ['https://door.bootpay.co.kr/\n'],
  [`${link}${'x'.repeat(500)}`],
  ['//door.bootpay.co.kr/'],
])('a link that does not lead to Bootpay over https is none (%s)', (written) => {
  expect(aboutOf({ order_name: 'x', receipt_url: written })?.receiptUrl).toBeNull();
});

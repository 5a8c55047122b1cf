// Banks of refund accounts, and how an account may be shown.
import { expect, test } from 'vitest';
import { refundAccountSchema } from '../../src/domain/event.ts';
import { banks, maskedAccount } from '../../src/policies/banks.ts';

test('each bank has a code that an account takes, and a name of its own', () => {
  const codes = banks.map(({ code }) => refundAccountSchema.shape.bank_code.parse(code));
  expect(new Set(codes).size).toBe(banks.length);
  expect(new Set(banks.map(({ name }) => name.ko)).size).toBe(banks.length);
});

test.each([
  ['110123456789', '신한은행 ********6789 홍*'],
  ['1234567', '신한은행 ****567 홍*'],
  ['123456', '신한은행 ****56 홍*'],
])('of the number %s too little is shown to use it', (bank_account, shown) => {
  expect(maskedAccount({ bank_code: '088', bank_account, bank_username: '홍길동' }).ko).toBe(shown);
});

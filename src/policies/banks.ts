// Banks that a refund account may be at: their codes as Bootpay's own libraries list them, and names as customers say them.
// https://github.com/bootpay/backend-ruby (lib/bootpay/version.rb), backend-python (bankcode.py), backend-dotnet
// (BankCode.cs) and the samples of bootpay-mcp. Left out: the central bank, and one that was merged into another.
import type { RefundAccount } from '../domain/event.ts';
import type { Text } from '../domain/problem.ts';

interface Bank {
  readonly code: RefundAccount['bank_code'];
  readonly name: Text;
}

/** The ones that most customers have first. */
export const banks: readonly Bank[] = [
  { code: '004', name: { ko: 'KB국민은행', en: 'KB Kookmin' } },
  { code: '088', name: { ko: '신한은행', en: 'Shinhan' } },
  { code: '020', name: { ko: '우리은행', en: 'Woori' } },
  { code: '081', name: { ko: '하나은행', en: 'Hana' } },
  { code: '011', name: { ko: 'NH농협은행', en: 'NH NongHyup' } },
  { code: '003', name: { ko: 'IBK기업은행', en: 'IBK' } },
  { code: '090', name: { ko: '카카오뱅크', en: 'KakaoBank' } },
  { code: '092', name: { ko: '토스뱅크', en: 'Toss Bank' } },
  { code: '089', name: { ko: '케이뱅크', en: 'K bank' } },
  { code: '045', name: { ko: '새마을금고', en: 'MG Community Credit' } },
  { code: '071', name: { ko: '우체국', en: 'Korea Post' } },
  { code: '023', name: { ko: 'SC제일은행', en: 'SC First' } },
  { code: '027', name: { ko: '한국씨티은행', en: 'Citibank Korea' } },
  { code: '031', name: { ko: 'iM뱅크(대구은행)', en: 'iM Bank (Daegu)' } },
  { code: '032', name: { ko: '부산은행', en: 'Busan' } },
  { code: '039', name: { ko: '경남은행', en: 'Kyongnam' } },
  { code: '034', name: { ko: '광주은행', en: 'Gwangju' } },
  { code: '007', name: { ko: '수협은행', en: 'Suhyup' } },
];

/** Enough to recognise an account, and too little to use it: `신한은행 ********6789 홍*`. */
export function maskedAccount({ bank_code, bank_account, bank_username }: RefundAccount): Text {
  const { ko, en } = banks.find(({ code }) => code === bank_code)?.name ?? { ko: bank_code, en: bank_code };
  const shown = Math.min(4, Math.max(bank_account.length - 4, 0));
  const number = '*'.repeat(bank_account.length - shown) + bank_account.slice(bank_account.length - shown);
  const [first = ''] = bank_username;
  return { ko: `${ko} ${number} ${first}*`, en: `${en} ${number} ${first}*` };
}

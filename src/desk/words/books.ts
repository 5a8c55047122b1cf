// What the page of the accounting book says.
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';

export const books = {
  days: { ko: '하루씩', en: 'Day by day' },
  day: { ko: '날짜', en: 'Day' },
  refunded: { ko: '환불 완료', en: 'Refunded' },
  won: { ko: '돌려준 돈', en: 'Went back' },
  closed: { ko: '사람이 종결', en: 'Closed by people' },
  file: { ko: '파일', en: 'File' },
  download: { ko: 'CSV 받기', en: 'Get the CSV' },
  months: { ko: '달', en: 'Months' },
  month: { ko: '다른 달', en: 'Another month' },
  show: { ko: '보기', en: 'Show' },
  quiet: { ko: '이 달에는 끝난 환불이 없어요.', en: 'No refund came to an end in this month.' },
  about: { ko: '파일에 있는 것', en: 'What the file holds' },
  dayMeans: {
    ko: '환불이 끝난 날(한국 시각)에 들어가요. 한 줄이 한 번의 완료이고, 완료를 되돌린 날에는 음수로 한 줄이 더 있어요.',
    en: 'A refund stands on the day on which it ended (Korean time), one line for each end. Where an end was taken back, that day has one more line, with a negative amount.',
  },
  byHand: {
    ko: '부트페이 밖에서 직접 환불한 금액은 따로 한 칸에 있고, 환불금액에는 더하지 않아요.',
    en: 'Money sent by hand, outside Bootpay, has a column of its own and is not added to what was refunded.',
  },
  sums: {
    ko: '마지막 두 줄은 합계와 원장의 하루 집계예요. 둘이 다르면 어느 날 얼마가 다른지 적혀 있어요.',
    en: 'The last two lines are the totals and what the counters of the days say. Where they differ, the days and amounts are named.',
  },
  noAccounts: {
    ko: '계좌번호와 고객의 이름, 연락처는 들어 있지 않아요.',
    en: 'It holds no account number, and no name or number of a customer.',
  },
} as const satisfies Record<string, Text>;

/** 2026년 11월 */
export function monthText(month: string): Text {
  const [year = '', number = ''] = month.split('-');
  return { ko: `${year}년 ${Number(number)}월`, en: month };
}

/** 2026년 11월에 23건, 913,900원을 돌려줬어요. */
export function booksTitle(
  month: string,
  { count, amount }: { readonly count: number; readonly amount: number },
): Text {
  const { ko, en } = monthText(month);
  const sum = won(amount);
  const number = count.toLocaleString('en-US');
  if (count === 0 && amount === 0)
    return { ko: `${ko}에 돌려준 환불은 없어요`, en: `No refund went back in ${en}` };
  return {
    ko: `${ko}에 ${number}건, ${sum.ko}을 돌려줬어요`,
    en: `${number} ${count === 1 ? 'refund' : 'refunds'}, ${sum.en}, went back in ${en}`,
  };
}

export function monthFileText(month: string): Text {
  const { ko, en } = monthText(month);
  return { ko: `${ko} 전체 CSV 받기`, en: `Get the CSV of ${en}` };
}

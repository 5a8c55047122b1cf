// A spreadsheet of cancellations as spreadsheet programs write it, and what they do to numbers.
import { describe, expect, it, test } from 'vitest';
import { mostSheetRows, type SheetRow } from '../../src/domain/sheet.ts';
import { rowsOf, type SheetRead } from '../../src/policies/sheet-rows.ts';
import { linesOf } from '../../src/policies/sheet-text.ts';

/** "영수증번호,주문번호,금액\r\nr-1,가나,1000\r\n" in CP949. */
const cp949 = Buffer.from(
  'bfb5bcf6c1f5b9f8c8a32cc1d6b9aeb9f8c8a32cb1ddbed70d0a722d312cb0a1b3aa2c313030300d0a',
  'hex',
);

function read(file: string | Buffer): SheetRead {
  const text = linesOf(typeof file === 'string' ? Buffer.from(file) : file);
  return text.kind === 'lines' ? rowsOf(text.lines, '김운영') : text;
}

function rows(file: string | Buffer): readonly SheetRow[] {
  const found = read(file);
  if (found.kind !== 'rows') throw new Error(found.why.en);
  return found.rows;
}

const head = '영수증번호,주문번호,금액';
const one = (row: string, header = `${head},면세,사유,구분`) => {
  const [found] = rows(`${header}\n${row}\n`);
  if (found === undefined) throw new Error('no row');
  return found;
};
const paid = { order_id: '가나', receipt_id: 'r-1', cancel_price: 1_000, cancel_username: '김운영' };

describe('a file', () => {
  it.each([
    ['UTF-8', Buffer.from(`${head}\nr-1,가나,1000\n`)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${head}\r\nr-1,가나,1000\r\n`)],
    ['CP949', cp949],
    ['UTF-16 with tabs', Buffer.from(`\uFEFF${head}\nr-1,가나,1000\n`.replaceAll(',', '\t'), 'utf16le')],
    ['semicolons', Buffer.from(`${head}\nr-1,가나,1000\n`.replaceAll(',', ';'))],
    ['English names', Buffer.from('receipt_id,Order ID,cancel_price\nr-1,가나,1000\n')],
    ['blank rows at the end', Buffer.from(`${head},\nr-1,가나,1000,\n,,,\n ,,,\n\n`)],
    ['a quoted amount with a comma', Buffer.from(`${head}\nr-1,가나,"1,000"\n`)],
  ])('is read in %s', (_, file) => {
    expect(rows(file)).toMatchObject([{ line: 2, verdict: 'right', event: paid }]);
  });

  it('is the same event in whichever form it comes', () => {
    const ids = [rows(cp949), rows('order_id;amount;receipt_id\n가나;１，０００원;r-1')].map(
      ([row]) => row?.event?.['event_id'],
    );
    expect(ids[0]).toMatch(/^sheet-[0-9a-f]{40}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it.each([
    [Buffer.from('PK\u0003\u0004...'), '엑셀 파일'],
    [Buffer.from([0xff, 0xff, 0x00, 0x80]), '글자를 읽을 수 없는'],
    ['', '이 열이 없어요: 영수증번호, 주문번호, 금액'],
    ['영수증번호,주문번호\nr-1,a\n', '이 열이 없어요: 금액'],
    [`${head},취소 금엑\nr-1,a,,500\n`, '모르는 열이 있어 읽지 않았어요: “취소 금엑”'],
    [`${head},환불금액\nr-1,a,,500\n`, '같은 뜻의 열이 두 개'],
    [`${head}\n`, '줄이 없어요'],
    [`${head}\nr-1,"a,1\n`, '따옴표'],
    [`${head}\n${'r-1,a,1\n'.repeat(mostSheetRows + 1)}`, '1,000줄까지'],
  ])('%# is refused whole, in words', (file, why) => {
    expect(read(file)).toMatchObject({ kind: 'unreadable', why: { ko: expect.stringContaining(why) } });
  });
});

describe('a row', () => {
  test('without an amount is a full refund, and its tax-free part and message go along', () => {
    expect(one('r-1,a,,,,').event).not.toHaveProperty('cancel_price');
    const event = { cancel_price: 12_000, cancel_tax_free: 2_000, cancel_message: '단순 변심, 반품' };
    expect(one('r-1,a,"₩12,000 원","2,000","단순 변심, 반품",').event).toMatchObject(event);
  });

  it.each([
    ['6.53E+11,a,1000,,,', 'receipt', '1.23E+10'],
    ['r-1,1.23E+10,1000,,,', 'order', '1.23E+10'],
    ['r-1,1234567890123450,1000,,,', 'order', '16번째 자리'],
    ['r-1,#N/A,1000,,,', 'order', '수식 오류'],
    ['r 1,a,1000,,,', 'receipt', '영수증 번호가 아니에요'],
    [',a,1000,,,', 'receipt', '비어 있어요'],
    ['r-1,,1000,,,', 'order', '비어 있어요'],
    ['r-1,a,1.2E+4,,,', 'amount', '1.23E+10'],
    ['r-1,a,2026-11-29,,,', 'amount', '날짜'],
    ['r-1,a,11월 29일,,,', 'amount', '날짜'],
    ['r-1,a,29-Nov,,,', 'amount', '날짜'],
    ['r-1,a,1000.5,,,', 'amount', '소수점'],
    ['r-1,a,"1,00",,,', 'amount', '금액이 아니에요'],
    ['r-1,a,-1000,,,', 'amount', '금액이 아니에요'],
    ['r-1,a,(1000),,,', 'amount', '금액이 아니에요'],
    ['r-1,a,0,,,', 'amount', '0원'],
    ['r-1,a,#REF!,,,', 'amount', '수식 오류'],
    ['r-1,a,전액,,,', 'amount', '금액이 아니에요'],
    ['r-1,a,1000,2000,,', 'taxFree', '금액보다 많아요'],
    [`r-1,a,1000,,${'가'.repeat(501)},`, 'message', '500자'],
    ['r-1,a,12,000,,,x', null, '칸이 머리글보다 많아요'],
    // Thousands commas that split a cell, in rows that fit the columns all the same.
    ['r-1,a,50,000,,,', null, '칸이 머리글보다 많아요'],
    ['r-1,a,50000,,,,', null, '칸이 머리글보다 많아요'],
    ['r-1,a,100,000,고객요청,', 'taxFree', '0으로 시작해요'],
    ['r-1,a,0500,,,', 'amount', '0으로 시작해요'],
    ['r-1,a,"0,500",,,', 'amount', '0으로 시작해요'],
    ['r-1,a,5000,007,,', 'taxFree', '0으로 시작해요'],
    ['r-1,a,300,200,,', 'amount', '300,200원인지 300원인지'],
    ['r-1,a,₩300, 200원,,', 'amount', '300,200원인지 300원인지'],
    ['r-1,a,1,500', 'amount', '1,500원인지 1원인지'],
    ['r-1,a,50000,1,500,', 'taxFree', '1,500원인지 1원인지'],
    ['r-1,a', 'amount', '금액 칸 앞에서 줄이 끝났어요'],
    ['r-1,a,1000,,,\u200b', 'key', '보이지 않는 글자(U+200B)'],
    ['r-1,a,1000,,,\u3164', 'key', '보이지 않는 글자(U+3164)'],
    ['r-1,a,1000,,,x\ufe0f', 'key', '보이지 않는 글자(U+FE0F)'],
  ])('%j is refused for its cell', (row, column, why) => {
    const { verdict, event, problems } = one(row);
    expect({ verdict, event }).toEqual({ verdict: 'wrong', event: null });
    expect(problems).toContainEqual({
      column,
      text: { ko: expect.stringContaining(why), en: expect.any(String) },
    });
  });

  it('of a small amount and a tax-free share is read once it is sure that they are two', () => {
    expect(one('r-1,a,300원,200,,').event).toMatchObject({ cancel_price: 300, cancel_tax_free: 200 });
    expect(one('r-1,a,300,20,,').event).toMatchObject({ cancel_price: 300, cancel_tax_free: 20 });
    expect(one('r-1,a,5000,500,,').event).toMatchObject({ cancel_price: 5_000, cancel_tax_free: 500 });
    expect(one('r-1,a,5000,0,,').event).toMatchObject({ cancel_tax_free: 0 });
  });

  it('may end after its amount, as Excel ends rows whose last columns are empty', () => {
    expect(one('r-1,a,50000').event).toMatchObject({ cancel_price: 50_000 });
    expect(one('r-1,a,50000,,단순 변심').event).toMatchObject({ cancel_message: '단순 변심' });
  });

  it.each([
    ['receipt', 'r-2,a,1000,100,사유,1', false],
    ['order', 'r-1,b,1000,100,사유,1', false],
    ['amount', 'r-1,a,2000,100,사유,1', false],
    ['key', 'r-1,a,1000,100,사유,2', false],
    ['tax-free share', 'r-1,a,1000,200,사유,1', true],
    ['reason', 'r-1,a,1000,100,다른 사유,1', true],
  ])('with another %s is the same event or not', (_, row, isSame) => {
    const ids = ['r-1,a,1000,100,사유,1', row].map((text) => one(text).event?.['event_id']);
    expect(ids[0] === ids[1]).toBe(isSame);
  });

  it('that stands twice is sent once, unless the two have different keys', () => {
    const verdicts = (text: string) => rows(`${head},구분\n${text}`).map(({ verdict }) => verdict);
    expect(verdicts('r-1,a,1000,\nr-1,a,"1,000",\nr-1,a,900,\n')).toEqual(['right', 'same_row', 'right']);
    expect(verdicts('r-1,a,1000,1\nr-1,a,1000,2\nr-1,a,1000,2\n')).toEqual(['right', 'right', 'same_row']);
    // A misspelled order pays no second time.
    expect(verdicts('r-1,a,1000,\nr-1,b,1000,\n')).toEqual(['right', 'same_row']);
  });
});

// A finance clerk sends cancellations from a spreadsheet: judged first, sent once, and above the threshold by two people.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { keysFor } from '../../src/redis/keys.ts';
import { hashPassword } from '../../src/server/password.ts';
import { operatorsEnv } from '../server/people.ts';
import { openServer, type Served } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, type Visitor, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();
/** 영수증번호,주문번호,금액 / p-1,가나-1,"3,000원" in CP949. */
const cp949 = Buffer.from(
  'bfb5bcf6c1f5b9f8c8a32cc1d6b9aeb9f8c8a32cb1ddbed70d0a702d312cb0a1b3aa2d312c22332c303030bff8220d0a',
  'hex',
);

async function desk(): Promise<Served> {
  const { OPERATORS } = await operatorsEnv();
  const password = await hashPassword('second', { n: 16, r: 1, p: 1 });
  const approver = { name: '박승인', role: 'approver', password };
  const receipts = ['p-1', 'p-2', 'p-3', 'p-4', 'p-5'].map((id) => ({ id, price: 10_000 }));
  return openServer(redis, {
    worker: true,
    scenario: { receipts: [...receipts, { id: 'big', price: 2_000_000 }] },
    env: {
      OPERATORS: JSON.stringify([...JSON.parse(OPERATORS), approver]),
      APPROVAL_THRESHOLD_WON: '1000000',
    },
  });
}

async function give({ page, open }: Visitor, name: string, content: string | Buffer): Promise<void> {
  await open('/review/upload');
  const buffer = Buffer.from(content);
  await page.getByLabel('CSV 파일').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: '올려서 확인하기' }).click();
}

const title = ({ page }: Visitor) => page.locator('h1').innerText();
const verdicts = async ({ page }: Visitor) =>
  (await page.locator('tr[data-row]').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
const paid = ({ simulator }: Served, id: string) => simulator.book.of(id).refundedAmount;
const totalPaid = (served: Served) =>
  ['p-1', 'p-2', 'p-3', 'p-4', 'p-5', 'big'].reduce((sum, id) => sum + paid(served, id), 0);

const sheet = [
  '영수증번호,주문번호,금액,면세,사유,구분',
  'p-1,가나-1,"3,000원",,단순 변심,',
  'p-2,가나-2,,,,',
  'p-3,가나-3,1.2E+4,,,',
  'p-4,가나-4,20000,,,',
  'p-1,가나-1,3000,,,',
  'p-5,가나-5,4000,,,',
  'big,가나-6,1500000,,,',
  '<b>,=cmd,1,,,',
].join('\r\n');

test('rows are judged, sent once and told, and the same file again pays nothing', async () => {
  const served = await desk();
  // The order service was faster with one of them.
  await served.until((await served.send({ receipt_id: 'p-5', cancel_price: 4_000 })).refund_id, 'succeeded');
  const clerk = await browser.visit(served.server.url);
  await clerk.signIn('김운영', 'act: 처리');
  await give(clerk, '11월 취소.csv', `\uFEFF${sheet}`);
  expect(await title(clerk)).toBe('8줄 가운데 2줄, 13,000원을 보낼 수 있어요');
  expect(await clerk.page.locator('main').innerText()).toContain('11월 취소.csv · 김운영 님이 오늘');
  expect(await verdicts(clerk)).toEqual([
    expect.stringMatching(/^2 가나-1 p-1 3,000원 보낼 수 있어요$/),
    expect.stringMatching(/^3 가나-2 p-2 10,000원 보낼 수 있어요$/),
    expect.stringMatching(/^4 가나-3 p-3 1\.2E\+4 고쳐야 해요 금액: 엑셀이 긴 숫자를 줄여 썼어요/),
    expect.stringMatching(/^5 가나-4 p-4 20,000원 환불할 수 없어요 남은 금액보다 많아요/),
    expect.stringMatching(
      /^6 가나-1 p-1 3,000원 같은 줄이 있어요 2번째 줄과 결제와 금액이 같아서 한 번만 보내요/,
    ),
    expect.stringMatching(/^7 가나-5 p-5 4,000원 이미 같은 환불이 있어요/),
    expect.stringMatching(/^8 가나-6 big 1,500,000원 다른 승인자가 보내요/),
    expect.stringMatching(/^9 =cmd <b> 1원 고쳐야 해요 영수증번호/),
  ]);
  expect(totalPaid(served)).toBe(4_000);
  await expectReadable(clerk.page);
  const address = new URL(clerk.page.url()).pathname;
  // And with another one between the look and the send.
  const late = (await served.send({ receipt_id: 'p-2' })).refund_id;
  await served.until(late, 'succeeded');
  await clerk.page.getByRole('button', { name: '2줄, 13,000원 환불 보내기' }).click();
  expect(await title(clerk)).toBe('8줄 가운데 1줄을 접수했어요');
  await expect.poll(() => totalPaid(served)).toBe(17_000);
  await result(served, clerk);
  await again(served, clerk);
  await second(served, address);
});

/** What became of the rows, as a file; and who sent which file, in the log. */
async function result(served: Served, { page }: Visitor): Promise<void> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '결과 CSV 받기' }).click(),
  ]);
  const rows: unknown = parse(await readFile(await download.path()), { bom: true, columns: true });
  expect(rows).toMatchObject([
    { 줄: '2', 주문번호: '가나-1', 금액: '3,000원', 판정: '접수했어요', '지금 상태': '환불 완료' },
    { 줄: '3', 판정: '이미 같은 환불이 있어요', '지금 상태': '환불 완료' },
    { 줄: '4', 판정: '고쳐야 해요', 왜: expect.stringContaining('1.23E+10') },
    { 줄: '5', 판정: '환불할 수 없어요' },
    { 줄: '6', 판정: '같은 줄이 있어요' },
    { 줄: '7', 판정: '이미 같은 환불이 있어요', 환불번호: expect.stringMatching(/^rf_/) },
    { 줄: '8', 판정: '다른 승인자가 보내요' },
    { 줄: '9', 주문번호: "'=cmd" },
  ]);
  const { items } = await served.system.ledger.actions({ what: 'sheet_send', limit: 10 });
  expect(items).toMatchObject([
    { who: '김운영', via: 'desk', answer: 'done', edits: { file: '11월 취소.csv', rows: 1, won: 3_000 } },
  ]);
}

async function again(served: Served, clerk: Visitor): Promise<void> {
  await give(clerk, 'again.csv', sheet);
  expect(await title(clerk)).toBe('8줄 가운데 보낼 수 있는 줄이 없어요');
  await give(clerk, 'cp949.csv', cp949);
  expect(await title(clerk)).toBe('1줄 가운데 보낼 수 있는 줄이 없어요');
  expect(await verdicts(clerk)).toEqual([expect.stringMatching(/가나-1 p-1 3,000원 이미 접수됐어요/)]);
  expect(totalPaid(served)).toBe(17_000);
}

/** The password of the sign-in does not count any more. */
async function sixMinutesLater(): Promise<void> {
  const client = redis.connect();
  for (const key of await client.keys(keysFor(redis.prefix).deskSession('*'))) {
    const session = JSON.parse((await client.get(key)) ?? '{}');
    if (session.signedIn) session.signedIn.at -= 6 * 60_000;
    await client.set(key, JSON.stringify(session), 'KEEPTTL');
  }
}

/** On a phone. */
async function second(served: Served, address: string): Promise<void> {
  const other = await browser.visit(served.server.url, { width: widths.phone });
  await other.signIn('박승인', 'second');
  await sixMinutesLater();
  await other.open(address);
  expect(await title(other)).toBe('8줄 가운데 1줄, 1,500,000원을 보낼 수 있어요');
  await expectReadable(other.page);
  await other.page.getByRole('button', { name: /환불 보내기$/ }).click();
  await other.page.locator('input[name="password"]').fill('wrong');
  await other.page.getByRole('button', { name: /환불 보내기$/ }).click();
  await other.page.locator('input[name="password"][aria-invalid]').fill('second');
  expect(paid(served, 'big')).toBe(0);
  await other.page.getByRole('button', { name: /환불 보내기$/ }).click();
  await expect.poll(() => paid(served, 'big'), { timeout: 10_000 }).toBe(1_500_000);
  expect(totalPaid(served)).toBe(1_517_000);
}

test('a file is taken from who is signed in, may act and has a token, and only as large as said', async () => {
  const served = await desk();
  const clerk = await browser.visit(served.server.url);
  await clerk.signIn('김운영', 'act: 처리');
  await give(clerk, 'a.xlsx', 'PK\u0003\u0004');
  expect(await clerk.page.getByRole('alert').innerText()).toContain('엑셀 파일이에요');
  await give(clerk, 'a.csv', 'a'.repeat(2 * 1024 * 1024 + 1));
  expect(await title(clerk)).toBe('파일이 너무 커요');
  await give(clerk, 'a.csv', `${sheet}`);
  const send = `${new URL(clerk.page.url()).pathname}/send`;
  const file = { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet) };
  const api = clerk.context.request;
  expect((await api.post('/review/upload', { multipart: { file } })).status()).toBe(403);
  expect((await api.post('/review/upload', { multipart: { _csrf: 'x', file } })).status()).toBe(403);
  expect((await api.post(send, { form: { _csrf: 'x' } })).status()).toBe(403);
  const viewer = await browser.visit(served.server.url);
  const outside = await viewer.context.request.post('/review/upload', {
    multipart: { file },
    maxRedirects: 0,
  });
  expect([outside.status(), outside.headers()['location']]).toEqual([
    303,
    expect.stringContaining('/review/sign-in'),
  ]);
  await viewer.signIn('보기', 'look only');
  expect((await viewer.page.goto('/review/upload'))?.status()).toBe(403);
  expect(totalPaid(served)).toBe(0);
});

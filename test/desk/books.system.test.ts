// The accounting book: every end of a journey on its day, and a sum that is the payment book's to the won.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { seoulDay } from '../../src/policies/seoul-time.ts';
import type { ResolveRequest } from '../../src/review/ports.ts';
import { cli, folderForTest } from '../cli/support.ts';
import { operatorsEnv, viewer } from '../server/people.ts';
import { openServer, type Served } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf } from '../support/shop.ts';
import { useBrowser, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();
const refused = { cancel: [{ reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND', times: 'always' } as const] };
const receipts = [
  { id: 'full', price: 12_000 },
  { id: 'part', price: 10_000, taxFree: 5_000 },
  { id: 'gone', price: 8_000 },
  ...['hand', 'already', 'not'].map((id) => ({ id, price: 5_000, script: refused })),
];

async function close(served: Served, id: string, verdict: Partial<ResolveRequest>): Promise<void> {
  const by = { who: '김민지', via: 'cli', reason: '확인', version: null, evidence: null } as const;
  const request = { ...by, outcome: 'not_to_be_refunded', acknowledge: true, ...verdict } as const;
  const closed = await served.system.deadLetters.resolve(refundIdSchema.parse(id), request);
  expect(closed.kind).toBe('done');
}

/** Successes, parts, by hand, cancelled by somebody else, given up, and paid but taken back by the PG. */
async function aDay(): Promise<Served> {
  const served = await openServer(redis, {
    worker: true,
    scenario: { receipts },
    env: await operatorsEnv(),
  });
  const { simulator, send, until } = served;
  const stopped = async (id: string) => {
    const { refund_id } = await send({ receipt_id: id, order_id: `=${id}` });
    await until(refund_id, 'dead_lettered');
    return refund_id ?? '';
  };
  const paid = async (id: string, amounts: { cancel_price?: number; cancel_tax_free?: number } = {}) =>
    until((await send({ receipt_id: id, ...amounts })).refund_id, 'succeeded');
  await paid('gone');
  simulator.takeBack('gone', 8_000);
  await paid('full');
  await paid('part', { cancel_price: 3_000, cancel_tax_free: 500 });
  await paid('part', { cancel_price: 4_000 });
  const hand = {
    outcome: 'refunded_by_hand',
    amountWon: 4_500,
    evidence: '=1+1',
    reason: '@이체, "국민"\n두 줄',
  } as const;
  await close(served, await stopped('hand'), hand);
  const already = await stopped('already');
  simulator.cancelOutside('already', 5_000);
  await close(served, already, { outcome: 'already_refunded' });
  await close(served, await stopped('not'), {});
  await expect.poll(() => casesAfterReconciling(served), { timeout: 10_000 }).toBe(1);
  return served;
}

/** 1 once a second look, a settle window after the first one, has opened the drift. */
async function casesAfterReconciling(served: Served): Promise<number> {
  for await (const _ of served.system.reconcile({}) ?? []);
  return (await served.system.ledger.counts()).byState.dead_lettered;
}

const paidBack = ({ simulator }: Served) =>
  receipts.reduce((sum, { id }) => sum + simulator.book.of(id).refundedAmount, 0);

type Row = Record<string, string>;
const rowsOf = (text: string): Row[] => parse(text, { bom: true, columns: true });

test('the accounting book adds up to the payment book, at the desk, over HTTP and by command', async () => {
  const served = await aDay();
  await theDesk(served);
  await otherWays(served);
  await phone(served);
});

async function theDesk(served: Served): Promise<void> {
  const today = seoulDay(served.system.clock.now());
  const visit = await browser.visit(served.server.url);
  await visit.signIn('보기', 'look only');
  expect(await visit.open('/review/books')).toMatch(/월에 4건, 24,000원을 돌려줬어요/);
  await expectReadable(visit.page);
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.page.getByRole('link', { name: /전체 CSV 받기/ }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  const rows = rowsOf(text);
  const [lines, foot] = [rows.slice(0, -2), rows.slice(-2)];
  const sum = lines.reduce((all, row) => all + Number(row['환불금액']), 0);
  expect(sum).toBe(paidBack(served));
  expect((await served.system.ledger.day(today)).totals.won).toBe(sum);
  expect(foot).toMatchObject([
    { 날짜: '합계', 환불금액: String(sum), '직접 환불한 금액': '4500', 면세: '500', 비고: '8줄' },
    { 환불금액: String(sum), 비고: '환불금액 합계와 같아요' },
  ]);
  expect(lines.map((row) => [row['영수증번호'], row['결과'], row['환불금액'], row['처리자']])).toEqual([
    ['gone', '환불 완료', '8000', '자동'],
    ['full', '환불 완료', '12000', '자동'],
    ['part', '환불 완료', '3000', '자동'],
    ['part', '환불 완료', '4000', '자동'],
    ['hand', '직접 환불했어요', '0', '김민지'],
    ['already', '이미 환불됐어요', '5000', '김민지'],
    ['not', '환불하지 않아요', '0', '김민지'],
    ['gone', '완료를 되돌리고 다시 검토', '-8000', '대사'],
  ]);
  // What a person typed is text, whatever it begins with.
  const hand = { 주문번호: "'=hand", 근거: "'=1+1", 이유: '\'@이체, "국민"\n두 줄' };
  expect(lines[4]).toMatchObject({ ...hand, 사유코드: 'RC_CANCEL_METHOD_NOT_FOUND', 날짜: today });
  expect(text).toContain(",'=hand,");
}

/** And as JSON Lines with the whole records. */
async function otherWays(served: Served): Promise<void> {
  const today = seoulDay(served.system.clock.now());
  const csv = await served.call(`/v1/exports?day=${today}`, { headers: viewer });
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const folder = folderForTest();
  const env = environmentOf(served);
  const made = await cli(['export', '--day', today, '--out', 'day.csv', '--json'], { folder, env });
  expect([made.code, JSON.parse(made.stdout)]).toMatchObject([
    0,
    { lines: 8, refunded: paidBack(served), counted: paidBack(served), differs: [] },
  ]);
  // fetch drops the mark at the beginning.
  expect((await readFile(`${folder}/day.csv`, 'utf8')).slice(1)).toBe(csv.text);
  const jsonl = await served.call(`/v1/exports?from=${today}&format=jsonl`, { headers: viewer });
  const lines = jsonl.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.reduce((all, { refunded }) => all + refunded, 0)).toBe(paidBack(served));
  expect(lines[4]).toMatchObject({ to: 'resolved', record: { resolution: { evidence: '=1+1' } } });

  expect((await served.call('/v1/exports?day=2026-11-29')).status).toBe(401);
  for (const query of [
    '',
    '?day=2026-11-29&month=2026-11',
    '?to=2026-11-29',
    '?month=2026-13',
    '?day=2099-01-01',
  ])
    expect((await served.call(`/v1/exports${query}`, { headers: viewer })).status, query).toBe(400);
}

/** In English, without JavaScript. */
async function phone(served: Served): Promise<void> {
  const visit = await browser.visit(served.server.url, { width: widths.phone, javaScript: false });
  await visit.signIn('보기', 'look only');
  await visit.open('/review/books');
  await visit.page.getByRole('button', { name: 'English' }).click();
  expect(await visit.page.locator('h1').innerText()).toMatch(/^4 refunds, 24,000 won, went back in 20/);
  await visit.page.getByLabel('Another month').fill('2020-02');
  await visit.page.getByRole('button', { name: 'Show' }).click();
  expect(await visit.page.locator('h1').innerText()).toBe('No refund went back in 2020-02');
}

test('the log is a file with the filter of its page', async () => {
  const served = await openServer(redis, { env: await operatorsEnv() });
  const { ledger, clock } = served.system;
  const act = { via: 'cli', what: 'note', answer: 'done', orderId: 'ORD-1', at: clock.now() } as const;
  for (let n = 1; n <= 1_200; n += 1)
    await ledger.recordAction({ ...act, who: n % 2 ? '김민지' : '이서준', reason: `=${n}` });
  const visit = await browser.visit(served.server.url);
  await visit.signIn('보기', 'look only');
  await visit.open('/review/log?who=김민지');
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.page.getByRole('link', { name: '이 조건 그대로 CSV 받기' }).click(),
  ]);
  const rows = rowsOf(await readFile(await download.path(), 'utf8'));
  expect(rows).toHaveLength(600);
  expect(rows[0]).toMatchObject({
    누가: '김민지',
    어디서: '명령',
    무엇을: '메모',
    주문번호: 'ORD-1',
    이유: "'=1199",
  });
  await expectReadable(visit.page);
});

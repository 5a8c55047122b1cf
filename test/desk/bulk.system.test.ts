// Many at once at the desk: chosen by an address, previewed, started, stopped, started anew, and taken home as a file.
import { expect, test } from 'vitest';
import { operatorsEnv } from '../server/people.ts';
import { openServer, type Served } from '../server/support.ts';
import { idOf } from '../support/bulk.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, type Visitor, type VisitorOptions, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

const down = { code: 'RC_CANCEL_SERVER_ERROR', severity: 'warning' } as const;
const evil = '=1+1<img src=x>';

/** Three that the PG can pay again, one with nothing left, one that may have moved money. */
async function deskWithCases(): Promise<Served> {
  const ids = ['1', '2', '3', 'gone', 'critical'];
  const receipts = ids.map((name) => ({ id: `r-${name}`, price: 10_000 }));
  const served = await openServer(redis, { env: await operatorsEnv(), scenario: { receipts }, worker: true });
  const acceptedAt = served.system.clock.now() - 3_600_000;
  for (const name of ['1', '2', '3'])
    await makeCase(served, {
      name,
      acceptedAt,
      won: 1_000 * Number(name),
      orderId: `${evil}${name}`,
      ...down,
    });
  await makeCase(served, { name: 'gone', acceptedAt, won: 500, ...down });
  await makeCase(served, { name: 'critical', acceptedAt, won: 700, severity: 'critical' });
  served.simulator.cancelOutside('r-gone', 10_000);
  return served;
}

async function reviewer(served: Served, options?: VisitorOptions): Promise<Visitor> {
  const visit = await browser.visit(served.server.url, options);
  await visit.signIn('김운영', 'act: 처리');
  return visit;
}

const heading = ({ page }: Visitor) => page.locator('h1').innerText();
const press = ({ page }: Visitor, name: string) => page.getByRole('button', { name }).click();

test('is previewed, started, stopped and started anew; the file adds up to what the page says', async () => {
  const served = await deskWithCases();
  const visit = await reviewer(served);
  const { page, open } = visit;
  await open('/review/cases');
  await page.getByRole('link', { name: '한꺼번에…', exact: true }).last().click();
  expect(await page.locator('main').innerText()).toContain('모든 검토 건: 5건, 7,200원');
  await expectReadable(page);

  await press(visit, '미리 보기');
  await page.getByRole('button', { name: '3건 시작' }).waitFor();
  expect(await heading(visit)).toContain('시작할 수 있는 건: 3건, 6,000원');
  const figures = await page.locator('.bulk-figures').innerText();
  expect(figures).toMatch(/보낼 건\s+3건\s+6,000원 · 다시 보내요/);
  expect(figures).toMatch(/또 거절될 건\s+1건\s+500원 · 건너뛰어요/);
  expect(figures).toMatch(/사람이 볼 건\s+1건\s+700원/);
  for (const why of ['이미 취소된 결제예요', '중요하거나 결과를 모르는 건이에요'])
    expect(figures).toContain(why);
  await expectReadable(page);

  await press(visit, '3건 시작');
  await page.locator('textarea[name="reason"]').fill('PG 복구');
  await page.locator('input[name="per_minute"]').fill('0');
  await press(visit, '3건 시작');
  expect(await page.locator('.wrong').innerText()).toContain('60,000');
  expect(await page.locator('textarea[name="reason"]').inputValue()).toBe('PG 복구');
  await page.locator('input[name="per_minute"]').fill('1');
  await press(visit, '3건 시작');
  // Replaced while one looks on, without a click.
  await expect.poll(() => heading(visit), { timeout: 15_000 }).toContain('진행 중: 3/5건');
  await expectReadable(page);
  await press(visit, '멈추기');
  expect(await heading(visit)).toContain('멈췄어요: 3/5건');
  expect(await page.locator('main').innerText()).toMatch(/김운영 님이 오늘 \d+:\d+에 멈췄어요/);

  await press(visit, '이어서 하기: 남은 2건 다시 미리 보기');
  await page.getByRole('button', { name: '2건 시작' }).waitFor();
  expect(await page.locator('input[name="per_minute"]').inputValue()).toBe('1');
  await page.locator('textarea[name="reason"]').fill('나머지');
  await page.locator('input[name="per_minute"]').fill('6000');
  await press(visit, '2건 시작');
  await expect.poll(() => heading(visit), { timeout: 15_000 }).toContain('끝났어요: 2건');
  await expectReadable(page);
  await expect.poll(async () => (await served.system.ledger.counts()).byState.succeeded).toBe(3);

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '건별 결과 CSV' }).click(),
  ]);
  const text = await textOf(file.createReadStream());
  expect(text.startsWith('\uFEFF번호,주문,')).toBe(true);
  const rows = text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
  expect(rows).toHaveLength(4);
  expect(rows.filter(([, order]) => order?.startsWith("'=1+1"))).toHaveLength(2);
  const bulk = await served.system.bulks.read(file.suggestedFilename().replace('.csv', ''));
  const won = (result: string) =>
    rows.filter((row) => row[7] === result).reduce((sum, row) => sum + Number(row[9]), 0);
  expect(won('다시 시도함')).toBe(bulk?.results['replayed']?.won);
  expect(won('건너뜀')).toBe(1_200);
  expect(bulk?.results).toMatchObject({ replayed: { count: 2 }, skipped: { won: 1_200 } });
});

async function textOf(stream: Promise<NodeJS.ReadableStream>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of await stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

test('works on a phone without JavaScript, beside one that a command started; a viewer only looks', async () => {
  const served = await deskWithCases();
  const { bulks } = served.system;
  const visit = await reviewer(served, { javaScript: false });
  const { page, open } = visit;
  await open('/review/bulk?q=%3D1');
  await press(visit, '미리 보기');
  await expect
    .poll(async () => (await page.goto(page.url())) && heading(visit), { timeout: 15_000 })
    .toContain('시작할 수 있는 건: 3건, 6,000원');
  const preview = page.url();

  const slowly = { who: '이서준', via: 'cli', reason: '먼저', perMinute: 1 } as const;
  const id = await idOf(bulks.start({ ...slowly, filter: {} }));
  await page.locator('textarea[name="reason"]').fill('나도');
  await press(visit, '3건 시작');
  expect(await page.locator('[role="alert"]').innerText()).toContain('이서준 님이 시작한 일이 진행 중이에요');
  expect(await page.locator('textarea[name="reason"]').inputValue()).toBe('나도');
  await page.locator('[role="alert"] a').click();
  expect(page.url()).toContain(id);
  await expect.poll(async () => (await bulks.read(id))?.results['replayed']?.count).toBe(1);
  await page.getByRole('link', { name: '새로 고침' }).click();
  expect(await heading(visit)).toContain('진행 중');

  const looker = await browser.visit(served.server.url, { width: widths.phone, dark: true });
  await looker.signIn('보기', 'look only');
  expect(await looker.open(`/review/bulk/${id}`)).toContain('진행 중');
  expect(await looker.page.locator('main form').count()).toBe(0);
  await expectReadable(looker.page);
  expect(await looker.open(preview)).toContain('조회자는 볼 수만 있어요');
  await expectReadable(looker.page);
  expect(await looker.open('/review/bulk?all=1')).toContain('조회자는 볼 수만 있어요');
  await expectReadable(looker.page);

  await press(visit, '멈추기');
  expect(await bulks.read(id)).toMatchObject({ state: 'stopped', stop: { who: '김운영', via: 'desk' } });
});

// The log, which keeps what people did and wanted to do by whichever way, and the help, which explains all of it.
import { describe, expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { stateSchema } from '../../src/domain/states.ts';
import { caseReasons } from '../../src/policies/case-reasons.ts';
import { seoulDay } from '../../src/policies/seoul-time.ts';
import { stateWords } from '../../src/policies/state-words.ts';
import { operator, operatorsEnv } from '../server/people.ts';
import { basic, openServer, type Served } from '../server/support.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, type Visitor, type VisitorOptions, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();
const payload = '<script>alert(1)</script>';

async function visitor({ server }: Served, options?: VisitorOptions): Promise<Visitor> {
  const visit = await browser.visit(server.url, options);
  await visit.signIn('보기', 'look only');
  return visit;
}

const lines = async ({ page }: Visitor) =>
  (await page.locator('table.log tbody tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

/** One case, which is closed from a terminal after a program wanted to replay it. */
async function deskWithActs(): Promise<{ served: Served; refundId: string }> {
  const served = await openServer(redis, { env: await operatorsEnv() });
  const { deadLetters, clock, ledger } = served.system;
  const at = clock.now();
  const refundId = await makeCase(served, { name: 'a', acceptedAt: at, code: 'RC_CANCEL_PRICE_OVER' });
  await ledger.recordAction({
    at: at - 2 * 86_400_000,
    who: '이서준',
    via: 'cli',
    what: 'note',
    answer: 'done',
  });
  const wish = { version: 1, reason: payload, edits: { cancel_price: 50 } };
  await served.call(`/v1/dead-letters/${refundId}/replay`, { json: wish, headers: operator });
  const verdict = {
    outcome: 'refunded_by_hand',
    evidence: '이체',
    acknowledge: true,
    version: null,
  } as const;
  const by = { who: '김민지', via: 'cli', reason: '계좌로 보냄' } as const;
  expect((await deadLetters.resolve(refundIdSchema.parse(refundId), { ...by, ...verdict })).kind).toBe(
    'done',
  );
  return { served, refundId };
}

describe('the log', () => {
  test.each([
    ['a desk', widths.desk, false],
    ['a phone in the dark', widths.phone, true],
  ])('says who did what by which way, why, and what came of it, on %s', async (_, width, dark) => {
    const { served } = await deskWithActs();
    const visit = await visitor(served, { width, dark });
    await visit.open('/review/log');
    expect(await lines(visit)).toEqual([
      expect.stringMatching(/^오늘 \d\d:\d\d 보기 데스크 로그인 완료$/),
      expect.stringMatching(/ 김민지 명령 종결 ORD-a 직접 환불했어요 · 확인했어요 계좌로 보냄 완료$/),
      expect.stringMatching(
        / 김운영 API 다시 시도 ORD-a 금액 50원 <script>alert\(1\)<\/script> 그사이 상태가 바뀌었어요$/,
      ),
      expect.stringMatching(/ 이서준 명령 메모 완료$/),
    ]);
    await expectReadable(visit.page);
    await visit.page.getByRole('button', { name: 'English' }).click();
    expect((await lines(visit))[1]).toMatch(
      /command Closed ORD-a refunded by hand · confirmed 계좌로 보냄 done$/,
    );
    await expectReadable(visit.page);
  });

  test('is filtered by person, by order or refund and by days, as an address and without JavaScript', async () => {
    const { served, refundId } = await deskWithActs();
    const visit = await visitor(served, { javaScript: false });
    const { page, open } = visit;
    await open('/review/log');
    await page.getByLabel('누가').fill('김민지');
    await page.getByRole('button', { name: '찾기' }).click();
    expect(page.url()).toMatch(/\/review\/log\?who=%EA%B9%80[^&]*$/);
    expect(await lines(visit)).toHaveLength(1);
    for (const about of ['ORD-a', refundId]) {
      await open(`/review/log?about=${about}`);
      expect(await lines(visit)).toHaveLength(2);
    }
    const now = served.system.clock.now();
    await open(`/review/log?to=${seoulDay(now - 86_400_000)}`);
    expect(await lines(visit)).toEqual([expect.stringContaining('이서준')]);
    await open(`/review/log?from=${seoulDay(now)}&who=${encodeURIComponent('이서준')}`);
    expect(await page.locator('#log').innerText()).toContain('이 조건에 맞는 기록이 없어요');
  });

  test('a changed filter replaces the lines and becomes the address', async () => {
    const { served } = await deskWithActs();
    const visit = await visitor(served);
    await visit.open('/review/log');
    await visit.page.getByLabel('주문 번호 또는 환불 번호').fill('ORD-a');
    await visit.page.keyboard.press('Enter');
    await visit.page.waitForURL('**/review/log?about=ORD-a');
    await expect.poll(() => lines(visit)).toHaveLength(2);
    await visit.page.goBack();
    await expect.poll(() => lines(visit)).toHaveLength(4);
  });

  test('goes back page after page', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const visit = await visitor(served, { javaScript: false });
    const { ledger, clock } = served.system;
    for (let n = 0; n < 70; n += 1)
      await ledger.recordAction({ at: clock.now(), who: `p${n}`, via: 'cli', what: 'note', answer: 'done' });
    await visit.open('/review/log');
    const newest = await lines(visit);
    await visit.page.getByRole('link', { name: '더 오래된 기록 보기' }).click();
    const older = await lines(visit);
    expect([newest.length, older.length, new Set([...newest, ...older]).size]).toEqual([50, 21, 71]);
  });

  test('has refused sign-ins, with a name only if it is an operator’s, and one a minute for each', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const { page, open } = await browser.visit(served.server.url);
    for (const name of ['김운영', '김운영', 'my-password', 'another']) {
      await open('/review/sign-in');
      await page.getByLabel('이름').fill(name);
      await page.getByLabel('비밀번호').fill('wrong');
      await page.getByRole('button', { name: '들어가기' }).click();
      await page.getByRole('alert').waitFor();
    }
    await served.call('/v1/lane', { headers: basic('김운영', 'wrong') });
    const visit = await visitor(served);
    await visit.open('/review/log');
    await expect
      .poll(() => lines(visit))
      .toEqual([
        expect.stringContaining('보기 데스크 로그인 완료'),
        expect.stringContaining('김운영 API 로그인 하지 못했어요 이름과 비밀번호가 맞지 않아요'),
        expect.stringContaining('모르는 이름 데스크 로그인 하지 못했어요'),
        expect.stringContaining('김운영 데스크 로그인 하지 못했어요'),
      ]);
    await visit.page.getByRole('button', { name: '나가기', exact: true }).click();
    await visit.signIn('보기', 'look only');
    await visit.open('/review/log');
    expect((await lines(visit))[1]).toContain('보기 데스크 나가기 완료');
  });
});

describe('the help', () => {
  test('explains every state and every reason, in both languages, and each reason where links lead to it', async () => {
    const visit = await visitor(await openServer(redis, { env: await operatorsEnv() }), {
      width: widths.phone,
    });
    const { page, open } = visit;
    await open('/review/log');
    await page.keyboard.press('?');
    await page.waitForURL('**/review/help');
    for (const language of ['ko', 'en'] as const) {
      const text = await page.locator('main').innerText();
      for (const state of stateSchema.options) expect(text).toContain(stateWords[state][language]);
      for (const { name, why, told } of caseReasons) {
        const entry = await page.locator(`[id="reason-${name}"]`).innerText();
        expect(entry).toContain(why[language]);
        for (const { toDo } of told) expect(entry).toContain(toDo[language]);
      }
      await expectReadable(page);
      if (language === 'ko') await page.getByRole('button', { name: 'English' }).click();
    }
  });
});

// Today: the sentence, the figures and the chart, and the way to Bootpay in words whatever stands in it.
import { expect, onTestFinished, test } from 'vitest';
import { seoulDay } from '../../src/policies/seoul-time.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { operatorsEnv } from '../server/people.ts';
import { openServer, type Served, type ServeOptions } from '../server/support.ts';
import { day, makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, type Visitor, type VisitorOptions, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

const scenario = {
  receipts: [
    { id: 'paid', price: 12_000 },
    { id: 'over', price: 1_000 },
  ],
};
const payload = '<img src=x onerror=alert(1)>';

async function desk(options: ServeOptions = {}): Promise<Served> {
  return openServer(redis, { scenario, env: await operatorsEnv(), ...options });
}

async function visitor({ server }: Served, options?: VisitorOptions): Promise<Visitor> {
  const visit = await browser.visit(server.url, options);
  await visit.signIn('보기', 'look only');
  return visit;
}

/** One refund is paid, one goes to a person. */
async function deskOfOneDay(): Promise<Served> {
  const served = await desk({ worker: true });
  await served.until((await served.send({ receipt_id: 'paid' })).refund_id, 'succeeded');
  const over = await served.send({ receipt_id: 'over', cancel_price: 2_000 });
  await served.until(over.refund_id, 'dead_lettered');
  return served;
}

const figures = async ({ page }: Visitor) =>
  Object.fromEntries(
    (await page.locator('.figures .card').allInnerTexts()).map((text) => {
      const [name = '', ...rest] = text.split('\n');
      return [name, rest.join(' | ')];
    }),
  );

test.each([
  ['a desk', widths.desk, false],
  ['a phone in the dark', widths.phone, true],
])(
  'a day is a sentence, four figures, a chart with its table and the first cases, on %s',
  async (_, width, dark) => {
    const served = await deskOfOneDay();
    const visit = await visitor(served, { width, dark });
    const { page, open } = visit;
    const text = await open('/review');
    expect(await page.locator('h1').innerText()).toBe('오늘 1건, 12,000원을 돌려줬어요');
    expect(await figures(visit)).toMatchObject({
      '자동으로 끝난 비율': '50% | 2건 중 1건',
      '사람을 기다리는 건': '1건 | 2,000원',
      '법정 기한(3영업일)': expect.stringMatching(/^기한을 넘긴 건 없음 \| 가장 이른 기한 /),
      '결과 확인 중': expect.stringMatching(/^0건/),
    });
    const chart = page.getByRole('img', { name: '하루 동안 환불 완료 1건, 담당자에게 넘어간 건 1건' });
    expect(await chart.locator('rect').count()).toBeGreaterThanOrEqual(2);
    await page.getByText('표로 보기').click();
    expect(await page.getByRole('row', { name: /^\d+시 / }).count()).toBeGreaterThanOrEqual(1);
    for (const fact of ['열림', '/ 1,000번', '작업자', '초 전', '남은 금액보다 많아요'])
      expect(text).toContain(fact);
    expect(await page.getByRole('link', { name: '모두 보기 (1건)' }).getAttribute('href')).toBe(
      '/review/cases',
    );
    await expectReadable(page);
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('h1').innerText()).toBe('1 refund, 12,000 won, went back today');
    await expectReadable(page);
  },
);

test('an idle day is a good page, any day kept has its own, and the future is today', async () => {
  const served = await desk({ worker: true });
  const visit = await visitor(served, { javaScript: false });
  const { page, open } = visit;
  await open('/review');
  const quiet = '오늘은 조용해요. 검토할 환불도 없어요';
  expect(await page.locator('h1').innerText()).toBe(quiet);
  const now = served.system.clock.now();
  await makeCase(served, { name: 'old', acceptedAt: now - 5 * day, deadAt: now - 4 * day });
  await open('/review');
  expect(await page.locator('h1').innerText()).toBe('오늘 들어온 환불은 없고, 검토할 환불이 1건 있어요');
  await open(`/review?day=${seoulDay(now - 4 * day)}`);
  expect(await figures(visit)).toMatchObject({ '들어온 환불': '0건', '담당자에게 넘어간 건': '1건' });
  await page.locator('.day-head nav a').first().click();
  expect(await page.locator('h1').innerText()).toMatch(/월 \d+일\(.\)에 1건이 들어왔고, 돌려준 건은 없어요$/);
  await page.getByRole('link', { name: '오늘 보기' }).click();
  for (const other of ['2099-01-01', '2026-02-31', payload]) {
    await open(`/review?day=${encodeURIComponent(other)}`);
    expect(await page.locator('h1').innerText()).toContain('오늘');
  }
});

test('what stands in the way is told in words: who or what, why, since when, and how much waits', async () => {
  const served = await desk();
  const { system } = served;
  const { page, open } = await visitor(served);
  await open('/review');
  const told = page.locator('#standstills');
  expect(await told.count()).toBe(0);

  await served.send({ receipt_id: 'paid', cancel_price: 4_000 });
  await open('/review');
  expect(await told.innerText()).toContain('작업자가 없어');
  expect(await told.innerText()).toContain('환불 1건, 4,000원이 기다려요');
  await system.redis.hset(keysFor(redis.prefix).workers, 'there', system.clock.now());

  await system.laneActs.hold({ who: payload, via: 'cli' }, payload);
  await open('/review');
  expect(await told.innerText()).toMatch(/님이 오늘 \d\d:\d\d부터 전송을 멈춰 두었어요. 이유: <img src=x/);
  expect(await told.innerText()).toContain('환불 1건, 4,000원이 기다려요');
  expect(await page.locator('#way').innerText()).toContain('멈춤');
  await expectReadable(page);
  await system.laneActs.resume({ who: 'kim', via: 'cli' }, 'over');

  const refused = { at: system.clock.now(), who: 'worker', reason: 'TOKEN_KEY_INVALID', fingerprint: 'f' };
  await system.lane.hold('credentials', refused);
  for (let call = 0; call < 10; call += 1) system.rateLimiter.report({ failed: true });
  await expect
    .poll(() => open('/review'))
    .toMatch(/키를 거절해.*오늘 \d\d:\d\d부터[\s\S]*10초마다.*오늘 \d\d:\d\d부터/);
  system.rateLimiter.report({ throttledMs: 120_000 });
  await expect
    .poll(() => open('/review'))
    .toMatch(/잠시 멈춰 달라고 했어요.*오늘 \d\d:\d\d까지|내일 00:0\d까지/);
  expect(await page.locator('#way').innerText()).toContain('안 됨');
});

test('a Redis that is full says so, and what to do', async () => {
  const served = await desk();
  const { open } = await visitor(served);
  const { redis: client } = served.system;
  const set = client.set.bind(client);
  const full = Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), {
    name: 'ReplyError',
  });
  Reflect.set(client, 'set', async () => Promise.reject(full));
  onTestFinished(() => void Reflect.set(client, 'set', set));
  expect(await open('/review')).toContain('Redis 메모리가 가득 차 쓸 수 없어요');
});

test('the last reconciliation is told as it ended, and calls of the last second are counted', async () => {
  const served = await desk();
  const { system } = served;
  const { open } = await visitor(served);
  const at = system.clock.now();
  await system.ledger.noteReconciliation({ at, compared: 45, different: 2, complete: false });
  const calls = setInterval(() => void system.rateLimiter.acquire('look_up').catch(() => undefined), 100);
  await expect.poll(() => open('/review'), { timeout: 20_000 }).toMatch(/초당 호출\s+[1-9]\d* \/ 1,000번/);
  clearInterval(calls);
  expect(await open('/review')).toMatch(
    /마지막 대사\s+(오늘|어제) \d\d:\d\d, 45건 중 2건 확인 필요 \(중간에 멈춤\)/,
  );
});

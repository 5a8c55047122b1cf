// A person decides a case in a browser: what is offered and why not the rest, what is sent, and that it is done once however
// it is pressed.
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { operatorsEnv, viewer } from '../server/people.ts';
import { everythingIn, openServer, type ServeOptions } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

const evil = '"\'><script>alert(1)</script><img src=x onerror=alert(2)>';
const patient = { timeout: 30_000 };
const kim = ['김운영', 'act: 처리'] as const;
const lee = ['이운영', 'other'] as const;
const refused = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT' } as const;

async function served(options: ServeOptions & { readonly settleMs?: number } = {}) {
  const { settleMs = 100, ...rest } = options;
  const env = { ...(await operatorsEnv()), SETTLE_WINDOW_MS: String(settleMs) };
  return openServer(redis, { worker: true, env, ...rest });
}

test('a lower amount is sent once, however it is pressed, and the page follows it', async () => {
  const shop = await served({ scenario: { receipts: [{ id: 'r', price: 50_000 }] } });
  shop.simulator.cancelOutside('r', 20_000);
  const { refund_id: id } = await shop.send({ receipt_id: 'r', cancel_price: 40_000, cancel_message: 'x' });
  await shop.until(id, 'dead_lettered');
  const { page, open, signIn } = await browser.visit(shop.server.url);
  page.on('dialog', () => expect.unreachable('a script ran'));
  await signIn(...kim);
  await open(`/review/cases/${id}`);
  await page.getByRole('button', { name: '다시 시도…' }).click();

  expect(await page.getByRole('radio', { name: '처음 요청한 40,000원' }).isDisabled()).toBe(true);
  expect(await page.locator('main').innerText()).toContain('남은 돈 30,000원보다 많아 보낼 수 없어요');
  const send = page.locator('button.main');
  expect(await send.innerText()).toBe('30,000원 환불 보내기');
  shop.simulator.cancelOutside('r', 1_000);
  await page.getByRole('button', { name: '다시 조회' }).click();
  await page.locator('#preview').getByText('남은 돈 29,000원보다 많아 보낼 수 없어요').waitFor();
  await page.getByLabel('돌려줄 금액').fill('25,000');
  await page.locator('#preview').getByText('25,000원').waitFor();
  await expect.poll(() => send.innerText(), patient).toBe('25,000원 환불 보내기');
  await page.getByText('부트페이에 남길 사유 고치기').click();
  await page.getByLabel('부트페이에 남길 사유', { exact: true }).fill(evil);
  await expect.poll(() => page.locator('#preview').innerText(), patient).toContain(evil);
  await page.getByLabel('이유').fill(`남은 금액으로 합의 ${evil}`);
  await expectReadable(page);

  const form = page.url();
  await send.dblclick();
  await page.waitForURL(`**/review/cases/${id}`);
  // Without anything being pressed.
  await page.getByText('25,000원이 환불됐어요').waitFor();
  expect(await page.locator('main .badge').first().innerText()).toBe('환불 완료');
  expect(await page.locator('#refund[hx-get]').count(), 'it moves no more').toBe(0);
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(await page.locator('main').innerText()).toContain(`이유: 남은 금액으로 합의 ${evil}`);

  await page.goBack();
  expect(page.url()).toBe(form);
  const again = await page.locator('main').innerText();
  expect(again).toMatch(/이미 하셨어요[\s\S]*김운영 님이 오늘 \d\d:\d\d에 다시 시도했어요[\s\S]*환불 완료/);
  expect(shop.simulator.book.of('r')?.entries.map(({ amount }) => amount)).toEqual([20_000, 1_000, 25_000]);
});

test('of two people the second is told who was faster, keeps what was typed, and can go on if it stopped again', async () => {
  const receipts = [{ id: 'r', price: 50_000, script: { cancel: [refused, refused] } }];
  const shop = await served({ scenario: { receipts } });
  const { refund_id: id } = await shop.send({ receipt_id: 'r', order_id: 'ORD-1' });
  await shop.until(id, 'dead_lettered');
  const [first, second] = [await browser.visit(shop.server.url), await browser.visit(shop.server.url)];
  await first.signIn(...kim);
  await second.signIn(...lee);
  for (const { open } of [first, second]) await open(`/review/cases/${id}/replay`);
  await second.page.getByLabel('이유').fill('고객이 다시 요청');
  await first.page.getByLabel('이유').fill('PG 복구');
  await first.page.locator('button.main').click();
  await first.page.getByText('부트페이에 취소를 요청했어요 (2번째)').waitFor();
  await shop.until(id, 'dead_lettered');

  const [answer] = await Promise.all([
    second.page.waitForResponse((one) => one.request().method() === 'POST' && one.url().endsWith('/replay')),
    second.page.locator('button.main').click(),
  ]);
  expect(answer.status()).toBe(409);
  const text = await second.page.locator('main').innerText();
  expect(text).toMatch(/김운영 님이 먼저 처리했어요[\s\S]*김운영 님이 오늘 \d\d:\d\d에 다시 시도했어요/);
  expect(text).toContain('지금은 “검토 필요” 상태예요. 이번에는 아무것도 바뀌지 않았어요.');
  expect(await second.page.getByLabel('이유').inputValue()).toBe('고객이 다시 요청');
  await expectReadable(second.page);
  expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(2);
  await second.page.locator('button.main').click();
  await second.page.getByText('50,000원이').first().waitFor();
  await shop.until(id, 'succeeded');
});

test('what has to be waited for is counted down, and can be pressed then', async () => {
  const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const] };
  const shop = await served({
    scenario: { receipts: [{ id: 'r', price: 9_000, script }] },
    settleMs: 12_000,
  });
  const { page, open, signIn } = await browser.visit(shop.server.url, { width: widths.phone });
  await signIn(...kim);
  const { refund_id: id } = await shop.send({ receipt_id: 'r' });
  await shop.until(id, 'dead_lettered');
  const text = await open(`/review/cases/${id}`);
  expect(text).toMatch(/이후에 처리할 수 있어요[\s\S]*\d+초 남았어요/);
  const replay = page.getByRole('button', { name: '다시 시도…' });
  expect(await replay.isDisabled()).toBe(true);
  await expectReadable(page);
  await page.getByText('이제 할 수 있어요.').waitFor();
  expect(await page.getByRole('button', { name: '종결…' }).isEnabled()).toBe(true);
  await replay.click();
  await page.getByText('확인했어요: 부트페이나 PG에 물어봤고').waitFor();
});

describe('a refund account', () => {
  const number = '110-123-456789';
  const account = /110\D{0,3}123\D{0,3}456|홍길동/;
  const vbank = { receipts: [{ id: 'v', price: 33_000, method: 'vbank' as const }] };

  test('is not kept while its person signs in again; the rest of the form is', async () => {
    const shop = await served({ scenario: vbank });
    const { refund_id: id } = await shop.send({ receipt_id: 'v' });
    await shop.until(id, 'dead_lettered');
    const { page, context, open, signIn } = await browser.visit(shop.server.url);
    await signIn(...kim);
    await open(`/review/cases/${id}/replay`);
    await page.getByLabel('은행').selectOption({ label: '신한은행' });
    await page.getByLabel('계좌번호', { exact: true }).fill(number);
    await page.getByLabel('계좌번호 한 번 더').fill(number);
    await page.getByLabel('예금주').fill('홍길동');
    await page.getByLabel('이유').fill('고객이 110 123 456789 (홍길동)으로 달라고 함');
    await context.clearCookies({ name: 'desk' });
    await page.locator('button.main').click();
    await page.getByText('다시 들어오면 입력한 내용이 그대로 있어요').waitFor();
    expect(await page.content()).not.toMatch(account);
    await page.getByLabel('이름').fill(kim[0]);
    await page.getByLabel('비밀번호').fill(kim[1]);
    await page.getByRole('button', { name: '들어가기' }).click();
    await page.getByText('입력한 내용은 그대로 두었으니').waitFor();
    expect(await page.getByLabel('이유').inputValue()).toBe('고객이 (hidden) ((hidden))으로 달라고 함');
    expect(await page.getByLabel('계좌번호', { exact: true }).inputValue()).toBe('');
    expect(page.url()).toBe(`${shop.server.url}/review/cases/${id}/replay`);
    expect(await everythingIn(shop.system)).not.toMatch(account);
    expect((await shop.read(id)).state).toBe('dead_lettered');
  });

  test('is given without JavaScript, and shown by nothing afterwards', async () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const shop = await served({ scenario: vbank, log });
    const { refund_id: id } = await shop.send({ receipt_id: 'v' });
    await shop.until(id, 'dead_lettered');
    const { page, open, signIn } = await browser.visit(shop.server.url, {
      width: widths.phone,
      javaScript: false,
    });
    await signIn(...kim);
    await open(`/review/cases/${id}/replay`);
    await page.getByLabel('은행').selectOption('088');
    await page.getByLabel('계좌번호', { exact: true }).fill(number);
    await page.getByLabel('계좌번호 한 번 더').fill('110123456788');
    await page.getByLabel('예금주').fill('홍길동');
    await page.getByLabel('이유').fill('고객에게 받은 계좌');
    await page.locator('button.main').click();
    expect(await page.getByRole('alert').innerText()).toContain('붉은 글씨로 표시한 곳을');
    expect(await page.locator('#number_again-wrong').innerText()).toContain('서로 달라요');
    await page.getByLabel('계좌번호 한 번 더').fill('110 123 456789');
    await page.getByRole('button', { name: '미리 보기' }).click();
    expect(await page.locator('#preview').innerText()).toMatch(/신한은행 \*{8}6789 홍\*/);
    await page.locator('button.main').click();
    expect(new URL(page.url()).pathname).toBe(`/review/cases/${id}`);
    await shop.until(id, 'succeeded');
    await open(`/review/cases/${id}`);
    const paid = shop.simulator.calls.find(({ kind }) => kind === 'cancel');
    expect(JSON.stringify(paid)).toContain('110123456789');

    const shown = [
      await page.content(),
      await open('/review/log'),
      await open(`/review/search?q=${id}`),
      (await shop.call(`/v1/refunds/${id}`, { headers: viewer })).text,
      (await shop.call('/v1/actions', { headers: viewer })).text,
      await everythingIn(shop.system),
      lines.join(''),
    ];
    expect(shown.filter((text) => account.test(text))).toEqual([]);
    expect(shown[1]).toContain('환불 계좌를 새로 넣음');
  });
});

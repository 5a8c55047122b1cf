// The page of one refund: what it says, that it says it to everybody in both languages and on every screen, and the button
// that looks again.
import { describe, expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { operatorsEnv } from '../server/people.ts';
import { openServer, type ServeOptions } from '../server/support.ts';
import { day, makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

const evil = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>';
const critical = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', message: evil } as const;

async function served({ script = {}, env = {} }: { script?: object; env?: ServeOptions['env'] } = {}) {
  return openServer(redis, {
    scenario: { receipts: [{ id: 'r1', price: 150_000, script }] },
    env: { ...(await operatorsEnv()), ...env },
  });
}

describe('a case', () => {
  test('says why it stopped, from when something can be done, and where the money is', async () => {
    const shop = await served({ script: { cancel: [critical] }, env: { SETTLE_WINDOW_MS: '600000' } });
    const { server, send, until } = shop;
    const { refund_id: id } = await send({
      receipt_id: 'r1',
      order_id: `ORD-${evil}`,
      cancel_message: evil,
      cancel_username: evil,
      refund: { bank_account: '110-123-456789', bank_username: '홍길동', bank_code: '088' },
    });
    await shop.startWorker();
    await until(id, 'dead_lettered');
    const waits = await send({ receipt_id: 'r1', order_id: 'ORD-2', cancel_price: 1_000 });
    await expect
      .poll(
        async () =>
          (await shop.system.ledger.readReceipt((await until(id, 'dead_lettered')).receiptId)).waiting,
      )
      .toEqual([waits.refund_id]);

    const wide = await browser.visit(server.url);
    await wide.signIn('보기', 'look only');
    const text = await wide.open(`/review/cases/${id}`);
    expect(await wide.page.locator('h1').innerText()).toContain(`ORD-${evil}, 150,000원 환불`);
    expect(text).toMatch(/검토 필요[\s\S]*법정 기한 .*까지/);
    expect(text).toContain('돈이 나갔는지 알 수 없어요');
    expect(text).toMatch(/(오늘|내일) \d\d:\d\d 이후에 처리할 수 있어요/);
    expect(text).toContain('부트페이에 취소를 요청했어요 (1번째)');
    expect(text).toMatch(/남은 돈\s+150,000원/);
    expect(text).toMatch(/이 결제의 환불 모두[\s\S]*뒤에서 기다리는 환불[\s\S]*ORD-2/);
    expect(await wide.page.getByRole('button', { name: /시도|종결/ }).count(), 'a viewer').toBe(0);
    const html = await wide.page.content();
    expect(html).not.toMatch(/110-?123-?456789|홍길동/);
    await expectReadable(wide.page);
    // In print the ids are whole, and it says who printed it.
    await wide.page.emulateMedia({ media: 'print' });
    const printed = await wide.page.locator('main').innerText();
    expect(printed).toContain(id);
    expect(printed).toMatch(/KST에 보기 님이 출력했어요/);

    const phone = await browser.visit(server.url, { width: widths.phone, dark: true });
    await phone.signIn('김운영', 'act: 처리');
    await phone.page.getByRole('button', { name: 'English' }).click();
    const english = await phone.open(`/review/cases/${id}`);
    expect(english).toMatch(/Something can be done from (today|tomorrow) \d\d:\d\d/);
    const { receiptId } = await until(id, 'dead_lettered');
    const { about } = await shop.system.ledger.readReceipt(receiptId);
    expect(english).toContain(about?.orderName);
    const names = [
      evil,
      ...shop.system.caseBeside.takers,
      '한국어',
      '나이스페이먼츠',
      ...Object.values({ ...about }),
    ].map(String);
    expect(names.reduce((left, name) => left.replaceAll(name, ''), english)).not.toMatch(/[가-힣]/);
    await expectReadable(phone.page);
  });

  test('names what can be done once the time has come', async () => {
    const shop = await served({ script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_PRICE_OVER' }] } });
    const { refund_id: id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.startWorker();
    await shop.until(id, 'dead_lettered');
    const { page, open, signIn } = await browser.visit(shop.server.url);
    await signIn('김운영', 'act: 처리');
    const text = await open(`/review/cases/${id}`);
    expect(text).toMatch(/할 수 있는 일\s+다시 시도는 위 안내대로[\s\S]*다시 시도[\s\S]*종결/);
    expect(await page.getByRole('button', { name: '다시 시도…' }).isEnabled()).toBe(true);
    expect(await page.getByRole('button', { name: '종결…' }).isEnabled()).toBe(true);
    expect(text).not.toMatch(/다시 시도: 지금은 할 수 없어요|다른 사람이 맡아야/);
  });
});

describe('looking again', () => {
  test('replaces the card of the money, and asks Bootpay once in 5 s', async () => {
    const shop = await served({ script: { cancel: [critical] } });
    const { refund_id: id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.startWorker();
    await shop.until(id, 'dead_lettered');
    await shop.simulator.waitForCall('look_up', 2);
    shop.simulator.cancelOutside('r1', 40_000);
    const { page, open, signIn } = await browser.visit(shop.server.url);
    await signIn('보기', 'look only');
    await open(`/review/cases/${id}`);
    const marked = await page.locator('h1').evaluateHandle((head) => head);
    const again = page.getByRole('button', { name: '다시 조회' });
    const asked = shop.simulator.calls.length;
    await again.click();
    await page.getByText('방금 부트페이에 조회했어요.').waitFor();
    expect(await page.locator('#money').innerText()).toMatch(
      /부트페이에서 취소됨\s+40,000원[\s\S]*남은 돈\s+110,000원/,
    );
    expect(await marked.evaluate((head) => head.isConnected)).toBe(true);
    await again.click();
    await page.getByText('조회는 5초에 한 번만 해요').waitFor();
    expect(shop.simulator.calls.length).toBe(asked + 1);
    await expectReadable(page);
    // The session has ended elsewhere meanwhile.
    await page.context().clearCookies({ name: 'desk' });
    await again.click();
    await page.waitForURL(`**/review/sign-in?to=${encodeURIComponent(`/review/cases/${id}`)}`);
  });

  test('works without JavaScript, and says that sending is held', async () => {
    const shop = await served();
    const { refund_id: id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const { page, open, signIn } = await browser.visit(shop.server.url, { javaScript: false });
    await signIn('보기', 'look only');
    expect(await open(`/review/cases/${id}`)).toContain('환불을 보내는 프로그램이 멈춰 있어');
    await page.getByRole('button', { name: '다시 조회' }).click();
    expect(new URL(page.url()).pathname).toBe(`/review/cases/${id}`);
    expect(await page.locator('#money').innerText()).toMatch(/결제한 돈\s+150,000원[\s\S]*방금 부트페이에/);
    await shop.system.laneActs.hold({ who: 'kim', via: 'cli' }, 'maintenance');
    await page.getByRole('button', { name: '다시 조회' }).click();
    expect(await page.locator('#money').innerText()).toContain('전송이 멈춰 있어 확인하지 못했어요');
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'look_up')).toHaveLength(1);
    expect(await page.locator('#money').innerText()).toMatch(
      /150,000원[\s\S]*kim 님이 오늘 \d\d:\d\d부터 전송을 멈춰 두어 지금은 다시 조회할 수 없어요/,
    );
    expect(await page.getByRole('button', { name: '다시 조회' }).isDisabled()).toBe(true);
    const stale = await page.request.post(`/review/cases/${id}/look`, { form: { _csrf: 'x' } });
    expect(stale.status()).toBe(403);
  });
});

test('a refund that ended after its legal deadline says so', async () => {
  const shop = await openServer(redis);
  const { clock, deadLetters } = shop.system;
  const close = async (name: string, acceptedAt: number) => {
    const id = await makeCase(shop, { name, acceptedAt });
    const by = { who: 'kim', via: 'cli', reason: 'r', version: null, evidence: null } as const;
    await deadLetters.resolve(id, { ...by, outcome: 'not_to_be_refunded', acknowledge: true });
    return (await shop.call(`/review/cases/${id}`)).text;
  };
  expect(await close('late', clock.now() - 30 * day)).toContain('기한을 넘겨 종결했어요');
  expect(await close('timely', clock.now())).not.toContain('기한을 넘겨');
});

test('the form that closes a record of an unknown order has its title in the language of the page', async () => {
  const shop = await served();
  const id = await makeCase(shop, { name: 'broken', acceptedAt: shop.system.clock.now() });
  const record = keysFor(redis.prefix).refund(id);
  await shop.system.redis.hset(record, 'body', '{"broken', 'content', '{"broken');
  const { page, signIn, open } = await browser.visit(shop.server.url);
  await signIn('김운영', 'act: 처리');
  await open(`/review/cases/${id}/resolve`);
  expect(await page.locator('h1').innerText()).toBe('주문을 알 수 없는 환불, 이렇게 종결해요');
  await page.getByRole('button', { name: 'English' }).click();
  expect(await page.locator('h1').innerText()).toBe('A refund of an unknown order: how it is closed');
});

test('a record that cannot be read, one that was erased and one that never was each have a page', async () => {
  const shop = await served();
  const keys = keysFor(redis.prefix);
  const { refund_id: id } = await shop.send({ receipt_id: 'r1', order_id: 'ORD-broken' });
  const refundId = refundIdSchema.parse(id);
  const { page, signIn, open } = await browser.visit(shop.server.url);
  await signIn('보기', 'look only');
  await shop.system.redis.hset(keys.refund(refundId), 'body', '{"broken');
  expect(await open(`/review/cases/${id}`)).toMatch(/ORD-broken, 읽을 수 없는 기록[\s\S]*개발팀에 알리고/);
  await expectReadable(page);
  await shop.system.redis.hdel(keys.refund(refundId), 'body');
  await shop.system.redis.hset(keys.refund(refundId), 'state', 'succeeded');
  const erased = await page.goto(`/review/cases/${id}`);
  expect(erased?.status()).toBe(410);
  expect(await page.locator('main').innerText()).toContain('상세 기록이 삭제됐어요');
  for (const unknown of [`rf_${'a'.repeat(26)}`, 'nonsense', '..%2f']) {
    expect((await page.goto(`/review/cases/${unknown}`))?.status()).toBe(404);
  }
});

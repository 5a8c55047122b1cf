// People who decide together: notes and who looks at a case, an approval by another and by oneself, and the password once
// more for what weighs most.
import { beforeAll, expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { hashPassword } from '../../src/server/password.ts';
import { openServer } from '../server/support.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, widths } from './browser.ts';
import { signedIn } from './caller.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();
const evil = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>';
const passwords = { 김민지: 'a password of kim', 이서준: 'a password of lee', 박하나: 'a password of park' };
let env: Record<string, string> = {};
beforeAll(async () => {
  const cheap = { n: 16, r: 1, p: 1 };
  const person = async (name: keyof typeof passwords, role: string) => ({
    ...{ name, role, password: await hashPassword(passwords[name], cheap) },
  });
  const people = [
    await person('김민지', 'reviewer'),
    await person('이서준', 'approver'),
    await person('박하나', 'approver'),
  ];
  env = { OPERATORS: JSON.stringify(people), APPROVAL_THRESHOLD_WON: '100000' };
});

const refused = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT', pgErrorCode: '2013' } as const;

async function openCase(cancelPrice: number) {
  const receipts = [{ id: 'r-1', price: 500_000, script: { cancel: [refused] } }];
  const shop = await openServer(redis, { worker: true, scenario: { receipts }, env });
  const { refund_id } = await shop.send({ receipt_id: 'r-1', order_id: 'ORD-1', cancel_price: cancelPrice });
  const id = refundIdSchema.parse(refund_id);
  await shop.until(id, 'dead_lettered');
  const come = async (name: keyof typeof passwords, width: number = widths.desk) => {
    const visitor = await browser.visit(shop.server.url, { width });
    await visitor.signIn(name, passwords[name]);
    return visitor;
  };
  return { ...shop, id, come };
}

test('colleagues see notes, whose case it is, and who is looking at it', async () => {
  const { come, id, system } = await openCase(9_000);
  const kim = await come('김민지');
  kim.page.on('dialog', () => expect.unreachable('a script ran'));
  await kim.open(`/review/cases/${id}`);
  await kim.page.getByLabel('메모').fill(evil);
  await kim.page.getByRole('button', { name: '메모 남기기' }).click();
  await kim.page.getByText('김민지 님의 메모').waitFor();
  expect(await kim.page.locator('.timeline').innerText()).toContain(evil);
  expect(await kim.page.locator('img, main script').count()).toBe(0);
  await kim.page.getByRole('button', { name: '내가 볼게요' }).click();
  await kim.page.getByText('내가 보고 있어요').waitFor();
  await kim.page.getByText('담당 넘기기').click();
  await kim.page.getByLabel('담당', { exact: true }).selectOption('이서준');
  await kim.page.getByLabel('함께 남길 말').fill('부탁해요');
  await kim.page.getByRole('button', { name: '넘기기', exact: true }).click();
  await kim.page.getByText('김민지 님이 이서준 님에게 넘겼어요').waitFor();
  await expectReadable(kim.page);

  const lee = await come('이서준', widths.phone);
  const text = await lee.open(`/review/cases/${id}`);
  expect(text).toMatch(/담당 이서준[\s\S]*김민지 님이 보고 있어요/);
  await expectReadable(lee.page);
  expect(await lee.open('/review/cases')).toMatch(/담당 이서준 · 김민지 님이 보고 있어요/);
  expect(await lee.open('/review/search?q=ORD-1')).toContain('담당은 이서준 님이에요');
  // To open the form of an act is to look at the case.
  await lee.open(`/review/cases/${id}/replay`);
  expect(await kim.open(`/review/cases/${id}`)).toContain('이서준 님이 보고 있어요');
  await kim.page.getByRole('button', { name: '그만 보기' }).click();
  await kim.page.getByRole('button', { name: '내가 볼게요' }).waitFor();
  expect((await system.ledger.beside(id, system.clock.now())).watching).toMatchObject([{ who: '이서준' }]);
});

test('a note that is too long is shown again', async () => {
  const shop = await openServer(redis, { env });
  const id = await makeCase(shop, { name: 'long', acceptedAt: shop.system.clock.now() });
  const kim = await signedIn(shop, '김민지', passwords['김민지']);
  const { status, text } = await kim.post(`/review/cases/${id}/note`, { text: 'y'.repeat(1_001) });
  expect([status, text]).toEqual([422, expect.stringContaining('y'.repeat(1_001))]);
  expect(text).toContain('1,000자까지');
});

test('an act above the threshold is asked for and approved by another, never by oneself', async () => {
  const { come, id, simulator, until } = await openCase(150_000);
  const lee = await come('이서준');
  await lee.open(`/review/cases/${id}/replay`);
  expect(await lee.page.locator('#preview').innerText()).toContain('다른 사람의 승인이 필요한 금액');
  await lee.page.getByLabel('이유').fill('고객과 통화');
  await lee.page.getByRole('button', { name: '150,000원 승인 요청하기' }).click();
  await lee.page.getByText('승인을 기다리고 있어요').waitFor();
  expect(await lee.page.locator('main').innerText()).toMatch(/이서준 님이 요청했어요: 다시 시도, 150,000원/);
  expect(await lee.page.getByRole('navigation').first().innerText()).toMatch(/승인\s*1/);
  const own = await lee.open('/review/approvals');
  expect(own).toContain('스스로 승인하거나 돌려보낼 수 없어요');
  expect(await lee.page.getByRole('button', { name: '승인', exact: true }).count()).toBe(0);
  const kim = await come('김민지');
  await kim.open(`/review/cases/${id}`);
  expect(await kim.page.locator('main button.main, main .button.main').count()).toBe(0);
  expect(await kim.open('/review/approvals')).toContain('승인자 역할을 가진 운영자만');

  const park = await come('박하나', widths.phone);
  const seen = await park.open('/review/approvals');
  expect(seen).toMatch(/ORD-1[\s\S]*다시 시도[\s\S]*150,000원[\s\S]*이서준 님 · 데스크[\s\S]*고객과 통화/);
  await expectReadable(park.page);
  await park.page.getByRole('button', { name: '승인', exact: true }).click();
  await park.page.waitForURL(/\/review\/cases\//);
  await until(id, 'succeeded');
  expect(simulator.book.of('r-1')).toMatchObject({ refunds: 1, refundedAmount: 150_000 });
  const told = await park.open(`/review/cases/${id}`);
  expect(told).toMatch(/이서준 님이 다시 시도했어요[\s\S]*박하나 님이 승인했어요/);
  expect(await park.open('/review/log')).toMatch(/승인 요청/);
});

test('the password is asked once more after five minutes, and not again for as long', async () => {
  const { come, id, system, read } = await openCase(150_000);
  const kim = await come('김민지');
  const later = async () => {
    const pattern = `${system.config.redis.prefix}:desk:session:*`;
    for (const key of await system.redis.keys(pattern)) {
      const session = JSON.parse((await system.redis.get(key)) ?? '{}');
      const at = session.signedIn.at - 6 * 60_000;
      await system.redis.set(key, JSON.stringify({ ...session, signedIn: { ...session.signedIn, at } }));
    }
  };
  await later();
  await kim.open(`/review/cases/${id}/replay`);
  const send = kim.page.getByRole('button', { name: '150,000원 승인 요청하기' });
  await kim.page.getByLabel('이유').fill('고객과 통화');
  await send.click();
  await kim.page.getByText('비밀번호를 한 번 더 적어 주세요').waitFor();
  expect(await kim.page.getByLabel('이유').inputValue()).toBe('고객과 통화');
  await kim.page.getByLabel('비밀번호 한 번 더').fill('another one');
  await send.click();
  await kim.page.locator('#password-wrong').waitFor();
  expect(await system.approvals.list()).toEqual([]);
  const { items } = await system.ledger.actions({ what: 'sign_in', answer: 'refused', limit: 5 });
  expect(items).toMatchObject([{ who: '김민지', via: 'desk', rule: 'wrong_password' }]);
  await expectReadable(kim.page);
  await kim.page.getByLabel('비밀번호 한 번 더').fill(passwords['김민지']);
  await send.click();
  await kim.page.getByText('승인을 기다리고 있어요').waitFor();
  expect((await read(id)).state).toBe('dead_lettered');
  await kim.open(`/review/cases/${id}/resolve`);
  expect(await kim.page.getByLabel('비밀번호 한 번 더').count()).toBe(0);

  const lee = await come('이서준');
  await later();
  await lee.open('/review/approvals');
  const approve = lee.page.getByRole('button', { name: '승인', exact: true });
  await approve.click();
  await lee.page.getByText('비밀번호를 한 번 더 적어 주세요').waitFor();
  expect((await read(id)).state).toBe('dead_lettered');
  await lee.page.locator('summary', { hasText: '돌려보내기' }).click();
  await lee.page.getByLabel('돌려보내는 이유').fill('금액을 다시 봐 주세요');
  await lee.page.getByRole('button', { name: '돌려보내기' }).click();
  await lee.page.getByText('승인을 기다리는 요청이 없어요').waitFor();
  expect(await kim.open(`/review/cases/${id}`)).toMatch(
    /이서준 님이 승인 요청을 돌려보냈어요[\s\S]*금액을 다시 봐 주세요/,
  );
});

// What the forms of acts answer: what is offered and prefilled, what a rule refuses and how it can go on, and that many at
// once are one.
import { describe, expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { hashPassword } from '../../src/server/password.ts';
import { operatorsEnv, viewer } from '../server/people.ts';
import { openServer, type ServeOptions } from '../server/support.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { signedIn, tokenIn } from './caller.ts';

const redis = useRedis();

const evil = '"\'><script>alert(1)</script>';

async function served(options: ServeOptions = {}) {
  const env = { ...(await operatorsEnv()), SETTLE_WINDOW_MS: '100' };
  const shop = await openServer(redis, { worker: true, env, ...options });
  return { ...shop, kim: await signedIn(shop, '김운영', 'act: 처리') };
}

async function caseOf(code: string, more: Partial<Parameters<typeof send>[0]> = {}) {
  const script = { cancel: [{ reply: 'code' as const, code }] };
  const shop = await served({ scenario: { receipts: [{ id: 'r', price: 20_000, script }] } });
  return send({ shop, ...more });
}

interface Sent {
  readonly shop: Awaited<ReturnType<typeof served>>;
  readonly amount?: number;
  readonly receipt?: string;
}

async function send({ shop, amount, receipt = 'r' }: Sent) {
  const { refund_id } = await shop.send({
    receipt_id: receipt,
    ...(amount !== undefined && { cancel_price: amount }),
  });
  const { version } = await shop.until(refund_id, 'dead_lettered');
  const id = refundIdSchema.parse(refund_id);
  return { ...shop, id, version: String(version), at: `/review/cases/${id}` };
}

/** The password of the sign-in does not count any more. */
async function signedInLongAgo(ms = 6 * 60_000): Promise<void> {
  const client = redis.connect();
  for (const key of await client.keys(keysFor(redis.prefix).deskSession('*'))) {
    const session = JSON.parse((await client.get(key)) ?? '{}');
    if (session.signedIn) session.signedIn.at -= ms;
    await client.set(key, JSON.stringify(session), 'KEEPTTL');
  }
}

function chosen(html: string, name: string): string | undefined {
  const fields = html.match(/<input[^>]*type="radio"[^>]*>/g) ?? [];
  const field = fields.find((one) => one.includes(`name="${name}"`) && / checked/.test(one));
  return /value="([^"]*)"/.exec(field ?? '')?.[1];
}

/** What the box of a confirmation stands for, and whether it is ticked. */
function confirmIn(html: string) {
  const box = /<input[^>]*name="confirmed"[^>]*>/.exec(html)?.[0] ?? '';
  return {
    confirms: /name="confirms" value="([^"]*)"/.exec(html)?.[1],
    ticked: / checked/.test(box),
  };
}

describe('trying again', () => {
  test('a thousand at once are one attempt', async () => {
    const { system, simulator, id, version, at, kim, until } = await caseOf('RC_PM_CANCEL_NOT_SUPPORT');
    const request = {
      who: 'lee',
      via: 'http',
      reason: 'PG is back',
      version: Number(version),
      newGeneration: false,
      acknowledge: false,
      edits: {},
    } as const;
    const token = tokenIn((await kim.get('/review')).text);
    const pressed = { choice: 'as_asked', reason: 'PG is back', version };
    const answers = await Promise.all([
      ...Array.from({ length: 950 }, async () => (await system.deadLetters.replay(id, request)).kind),
      ...Array.from({ length: 50 }, async () => (await kim.post(`${at}/replay`, pressed, token)).status),
    ]);
    const isOneOf = (some: readonly unknown[]) => (answer: unknown) => some.includes(answer);
    expect(answers.filter(isOneOf(['done', 303]))).toHaveLength(1);
    // A busy machine may keep the desk from Redis for too long.
    const late = answers.filter(isOneOf(['moved', 409, 503]));
    expect(late, [...new Set(answers)].join()).toHaveLength(999);
    await until(id, 'succeeded');
    expect(simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(2);
    expect(simulator.book.of('r')?.entries).toMatchObject([{ amount: 20_000 }]);
  });

  test('after “used before” offers a new cancel number, and says that the same one pays nothing', async () => {
    const { id, version, at, kim, until, simulator } = await caseOf('RC_CANCEL_ID_ALREADY_EXIST');
    const page = (await kim.get(`${at}/replay`)).text;
    expect(chosen(page, 'cancel_id')).toBe('new');
    expect(page).toContain('그대로 보내면 아무것도 지급되지 않고 또 멈춰요');
    expect(page).toContain(`${id}-g2`);
    const form = { choice: 'as_asked', cancel_id: 'new', reason: '총액 확인', version };
    const unconfirmed = await kim.post(`${at}/replay`, form);
    expect(unconfirmed.status).toBe(422);
    expect(unconfirmed.text).toContain('이 결제에서 아직 취소된 돈이 없고');
    // The settle window of the first attempt may just be open.
    const confirmed = async () => {
      const answer = await kim.post(`${at}/replay`, { ...form, confirmed: 'yes' });
      return answer.status === 303 || /이후에 할 수 있어요/.test(answer.text) ? answer.status : answer.text;
    };
    await expect.poll(confirmed, { timeout: 10_000 }).toBe(303);
    await until(id, 'succeeded');
    expect(simulator.book.of('r')?.entries).toMatchObject([{ amount: 20_000 }]);
  });

  test('says beside the field what a rule refuses, and keeps all that was typed', async () => {
    const { version, at, kim, system, id } = await caseOf('RC_PM_CANCEL_NOT_SUPPORT', { amount: 5_000 });
    const form = { choice: 'amount', amount: '30,000', tax_free: '1', reason: evil, message: evil, version };
    const { status, text } = await kim.post(`${at}/replay`, form);
    expect(status).toBe(422);
    expect(text).toMatch(/id="amount-wrong"[^>]*>남은 돈 20,000원보다 많아 보낼 수 없어요/);
    expect(text).toContain('value="30,000"');
    expect(text).not.toContain('<script>alert');
    expect(text.match(/&lt;script>alert\(1\)&lt;\/script>/g)?.length).toBeGreaterThan(1);
    const holder = { account: 'new', bank: '004', number: '110123456789', number_again: '110123456789' };
    const preview = await kim.post(`${at}/replay/preview`, { ...form, ...holder, holder: evil, amount: '1' });
    expect(preview.text).not.toContain('<script>alert');
    expect((await system.ledger.read(id))?.state).toBe('dead_lettered');
  });

  test('with an old token shows the form again with what was typed', async () => {
    const { version, at, kim } = await caseOf('RC_PM_CANCEL_NOT_SUPPORT');
    const form = { choice: 'as_asked', reason: '합의함', version, number: '110123456789' };
    const { location } = await kim.post(`${at}/replay`, form, 'of another session');
    expect(location).toBe(`${at}/replay`);
    const { text } = await kim.get(`${at}/replay`);
    expect(text).toMatch(/화면이 오래돼 보내지 않았어요[\s\S]*합의함<\/textarea>/);
    expect((await kim.get(`${at}/replay`)).text, 'once').not.toContain('합의함');
  });
});

describe('closing', () => {
  test('by hand asks for the amount and what proves it, and shows both afterwards', async () => {
    const { version, at, kim, id, call, system } = await caseOf('RC_PM_CANCEL_NOT_SUPPORT');
    const form = { outcome: 'refunded_by_hand', reason: '취소 불가', version };
    for (const [amount, wrong] of [
      ['', '금액을 원 단위 숫자로'],
      ['20,001', '20,000원까지'],
    ] as const) {
      const refused = await kim.post(`${at}/resolve`, { ...form, amount, evidence: '이체 7' });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(wrong)]);
    }
    const bare = await kim.post(`${at}/resolve`, { ...form, amount: '18,000' });
    expect(bare.text).toMatch(/id="evidence-wrong"/);
    expect((await kim.post(`${at}/resolve`, { ...form, amount: '18,000', evidence: '이체 7' })).status).toBe(
      303,
    );
    const { resolution } = (await call(`/v1/refunds/${id}`, { headers: viewer })).body;
    expect(resolution).toMatchObject({ outcome: 'refunded_by_hand', amount: 18_000, evidence: '이체 7' });
    const [[, fields] = []] = await system.redis.xrevrange(
      keysFor(redis.prefix).events,
      '+',
      '-',
      'COUNT',
      1,
    );
    expect(JSON.parse(fields?.[1] ?? '').data).toMatchObject({
      resolution: { outcome: 'refunded_by_hand', amount: 18_000 },
    });
    const page = (await kim.get(at)).text;
    expect(page).toContain('18,000원을 직접 환불하고 종결했어요');
    expect(page).toMatch(/보낸 금액: 18,000원/);
    expect((await kim.get(`/review/search?q=${id}`)).text).toContain('취소 금액 18,000원을 고객님께 직접');
    const { items } = await system.ledger.actions({ refundId: id, what: 'resolve', limit: 1 });
    expect(items).toMatchObject([{ answer: 'done', edits: { amount: 18_000 } }]);
  });

  test('without a look-up goes on once the person says that they looked themselves', async () => {
    const shop = await served({ worker: false });
    const id = await makeCase(shop, { name: 'one', acceptedAt: shop.system.clock.now() });
    const form = { outcome: 'not_to_be_refunded', reason: '시험 주문', version: '2' };
    const refused = await shop.kim.post(`/review/cases/${id}/resolve`, form);
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/아직 하지 않았어요[\s\S]*부트페이 관리자에서 이 결제를 직접 봤어요/);
    expect(refused.text).toContain('시험 주문</textarea>');
    expect(chosen(refused.text, 'outcome')).toBe('not_to_be_refunded');
    const confirmed = { ...form, confirmed: 'yes', confirms: 'no_look_up' };
    const again = await shop.kim.post(`/review/cases/${id}/resolve`, confirmed);
    expect(again.status).toBe(303);
    expect((await shop.system.ledger.read(id))?.state).toBe('resolved');
  });

  test('by hand of more than the threshold asks for the password, and for a second person', async () => {
    const { OPERATORS } = await operatorsEnv();
    const password = await hashPassword('second', { n: 16, r: 1, p: 1 });
    const people = [...JSON.parse(OPERATORS), { name: '박승인', role: 'approver', password }];
    const script = { cancel: [{ reply: 'code' as const, code: 'RC_PM_CANCEL_NOT_SUPPORT' }] };
    const shop = await served({
      scenario: { receipts: [{ id: 'r', price: 20_000, script }] },
      env: { OPERATORS: JSON.stringify(people), APPROVAL_THRESHOLD_WON: '10000' },
    });
    const { at, kim, version, id, system } = await send({ shop, amount: 3_000 });
    await signedInLongAgo();
    const first = (await kim.get(`${at}/resolve`)).text;
    expect(first).toContain('10,000원을 넘게 보냈으면');
    expect(first).not.toMatch(/승인 요청하기|name="password"/);
    const form = { outcome: 'refunded_by_hand', evidence: '이체 7', reason: '앱 오류', version };
    const asked = await kim.post(`${at}/resolve`, { ...form, amount: '18,000' });
    expect(asked.status).toBe(422);
    expect(asked.text).toMatch(/비밀번호를 한 번 더 적어 주세요[\s\S]*name="password"[\s\S]*승인 요청하기/);
    expect((await system.approvals.openOn(id)) === null).toBe(true);
    const proven = { ...form, amount: '18,000', password: 'act: 처리' };
    expect((await kim.post(`${at}/resolve`, proven)).status).toBe(303);
    expect(await system.approvals.openOn(id)).toMatchObject({ amountWon: 18_000, caseWon: 3_000 });
    expect((await system.ledger.read(id))?.state).toBe('dead_lettered');
    // The password given once more makes no new sign-in: eight hours after that one it is over.
    await signedInLongAgo(8 * 60 * 60_000 - 5 * 60_000);
    expect((await kim.get(at)).status).toBe(303);
  });

  test('of what was confirmed for one reason asks again for another one, unticked', async () => {
    const { at, kim, version, id, simulator, system } = await caseOf('RC_PM_CANCEL_NOT_SUPPORT');
    simulator.script('r', { look_up: [{ reply: 'html_502', times: 'always' }] });
    const form = { outcome: 'not_to_be_refunded', reason: '시험 주문', version };
    const first = (await kim.post(`${at}/resolve`, form)).text;
    expect(confirmIn(first)).toEqual({ confirms: 'no_look_up', ticked: false });
    // Meanwhile the money goes back, and Bootpay answers again.
    simulator.cancelOutside('r', 20_000);
    simulator.script('r', { look_up: [] });
    const second = await kim.post(`${at}/resolve`, { ...form, confirmed: 'yes', confirms: 'no_look_up' });
    expect(second.status).toBe(422);
    expect(second.text).toContain('그래도 고른 대로 종결할게요');
    expect(confirmIn(second.text)).toEqual({ confirms: 'no_look_up landed', ticked: false });
    expect((await system.ledger.read(id))?.state).toBe('dead_lettered');
    const third = { ...form, confirmed: 'yes', confirms: 'no_look_up landed' };
    expect((await kim.post(`${at}/resolve`, third)).status).toBe(303);
    expect((await system.ledger.read(id))?.state).toBe('resolved');
  });

  test('of a payment that is not ours says so before anything is asked', async () => {
    const shop = await served();
    const { at, kim, version, id, system } = await send({ shop, receipt: 'nowhere' });
    expect((await kim.get(`${at}/resolve`)).text).toMatch(
      /조회할 수 없어요[\s\S]*우리 상점의 결제가 아니에요/,
    );
    const form = { outcome: 'not_to_be_refunded', reason: '잘못 온 취소', version };
    expect((await kim.post(`${at}/resolve`, form)).status).toBe(422);
    const confirmed = { ...form, confirmed: 'yes', confirms: 'no_look_up' };
    expect((await kim.post(`${at}/resolve`, confirmed)).status).toBe(303);
    expect((await system.ledger.read(id))?.state).toBe('resolved');
  });

  test('suggests “refunded already” where it went back, and says why not the rest', async () => {
    const critical = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 1 } as const;
    const shop = await served({
      scenario: { receipts: [{ id: 'r', price: 20_000, script: { cancel: [critical] } }] },
    });
    const { at, kim, version, id, until, system } = await send({ shop });
    await system.lookAgain(id, { who: 'kim', via: 'desk' });
    const shown = (await kim.get(at)).text;
    expect(shown).toContain('마지막 조회로는 이 환불이 이미 나갔어요');
    expect(shown).not.toMatch(/결과를 모르는 환불이 있어서|card danger|\/replay"/);
    const replay = (await kim.get(`${at}/replay`)).text;
    expect(replay).toContain(`${at}/resolve`);
    expect(replay).not.toMatch(/확인했어요:|환불 보내기/);
    const page = (await kim.get(`${at}/resolve`)).text;
    expect(chosen(page, 'outcome')).toBe('already_refunded');
    expect(page.match(/부트페이 조회로는 이미 환불되어 고를 수 없어요/g)).toHaveLength(2);
    const byHand = { outcome: 'refunded_by_hand', amount: '1', evidence: 'x', reason: 'x', version };
    expect((await kim.post(`${at}/resolve`, byHand)).text).toContain('그래도 고른 대로 종결할게요');
    expect((await kim.post(`${at}/resolve`, { ...byHand, outcome: 'already_refunded' })).status).toBe(303);
    await until(id, 'succeeded');
  });
});

test('the page of an act on what is no case any more says so', async () => {
  const { at, kim, version, id, until } = await caseOf('RC_PM_CANCEL_NOT_SUPPORT');
  const form = { choice: 'as_asked', reason: 'PG 복구', version };
  expect((await kim.post(`${at}/replay`, form)).status).toBe(303);
  await until(id, 'succeeded');
  for (const path of [`${at}/replay`, `${at}/resolve`]) {
    const { status, text } = await kim.get(path);
    expect([status, text]).toEqual([409, expect.stringContaining('이미 하셨어요')]);
  }
  const late = await kim.post(`${at}/resolve`, { outcome: 'not_to_be_refunded', reason: '늦음', version });
  expect([late.status, late.text]).toEqual([409, expect.stringContaining('늦음')]);
});

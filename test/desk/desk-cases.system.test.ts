// The twenty cases of `npm run desk:cases`: what is prepared is what its sheet says, the right acts are judged right, and
// wrong ones wrong, double payments by name.
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { createLifecycle } from '../../src/shutdown.ts';
import { check, type Judged } from '../../tools/desk-cases/check.ts';
import { type Desk, openDesk, type Prepared } from '../../tools/desk-cases/desk.ts';
import { prepare } from '../../tools/desk-cases/prepare.ts';
import { resultOf, sheetOf } from '../../tools/desk-cases/sheet.ts';
import { deskCases } from '../../tools/desk-cases/twenty.ts';
import { basic, caller } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser } from './browser.ts';

const redis = useRedis();
const browser = useBrowser();

async function openWith(numbers: readonly number[], settleWindowMs: number) {
  const lifecycle = createLifecycle();
  redis.onEnd(async () => void (await lifecycle.stopAll(10_000)));
  const options = { redisUrl: redis.url, redisPrefix: redis.prefix, httpPort: 0, settleWindowMs };
  const desk = await openDesk(lifecycle, options);
  const cases = deskCases.filter(({ number }) => numbers.includes(number));
  return { desk, cases, prepared: await prepare(desk, cases) };
}

/** As programs and people act over HTTP, by the number of the case. */
function actor({ url, people }: Desk, who: 0 | 1 = 0) {
  const call = caller(url);
  const headers = basic(people[who].name, people[who].password);
  const find = async (number: number) => {
    const order = `ORD-${String(number).padStart(4, '0')}`;
    const { body } = await call(`/v1/dead-letters?order_id=${order}`, { headers });
    return body.items[0];
  };
  const act = async (number: number, name: string, json: object) => {
    const { refund_id, version } = await find(number);
    const about = name === 'notes' ? {} : { version };
    return call(`/v1/dead-letters/${refund_id}/${name}`, { headers, json: { ...about, ...json } });
  };
  const reason = '확인했어요';
  return {
    find,
    call: (path: string, json?: object, method?: string) =>
      call(path, { headers, ...(json && { json }), ...(method && { method }) }),
    replay: (number: number, more: object = {}) => act(number, 'replay', { reason, ...more }),
    resolve: (number: number, outcome: string, more: object = {}) =>
      act(number, 'resolve', { reason, outcome, ...more }),
    note: (number: number, text: string) => act(number, 'notes', { text }),
    handOver: (number: number, to: string) => act(number, 'assign', { to }),
  };
}

interface Filled {
  /** The outcome of a case that is closed. */
  readonly pick?: string;
  readonly looks?: boolean;
  readonly confirms?: boolean;
  readonly [field: string]: string | boolean | undefined;
}

/** At the pages, as the first of the two people; clicks are counted from the page of the case on. */
async function clerkAt({ url, people: [kim] }: Desk, prepared: Prepared) {
  const { page, signIn } = await browser.visit(url);
  await signIn(kim.name, kim.password);
  const counted = new Map<number, number>();
  const idOf = (number: number) => [...prepared].find(([one]) => one.number === number)?.[1][0];
  const send = page.locator('#act button.primary, #act .primary button, #act button[type="submit"]').last();

  return {
    clicks: () => [...counted],
    /** Answers what the page says then. */
    async decide(number: number, button: string, { pick, looks, confirms, ...fields }: Filled = {}) {
      let clicks = 0;
      const click = async (what: Locator) => {
        clicks += 1;
        await what.click();
      };
      await page.goto(`/review/cases/${idOf(number)}`);
      if (looks === true) {
        await click(page.getByRole('button', { name: '다시 조회' }));
        await page
          .getByText('0원 남음')
          .or(page.getByText(/취소됨/))
          .first()
          .waitFor();
      }
      await click(page.getByRole('button', { name: button }));
      const picked = page.locator(`#act input[value="${pick}"]`);
      if (pick !== undefined && !(await picked.isChecked())) await click(picked);
      for (const [name, value] of Object.entries(fields)) {
        const field = page.locator(`#act [name="${name}"]`);
        if (name === 'bank') await field.selectOption(String(value));
        else await field.fill(String(value));
      }
      await page.locator('#act [name="reason"]').fill('확인했어요');
      const password = page.locator('#act [name="password"]');
      if ((await password.count()) > 0) await password.fill(kim.password);
      if (confirms === true) await click(page.locator('#act [name="confirmed"]'));
      const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
      await click(send);
      await answered;
      counted.set(number, clicks);
      await page.waitForLoadState();
      return page.locator('main').innerText();
    },
  };
}

type Person = ReturnType<typeof actor>;

/** What each of them is, as the lists have it. */
async function reasonsOf(person: Person) {
  const { body } = await person.call('/v1/dead-letters?limit=100');
  return Object.fromEntries(
    body.items.map((item: Record<string, string | null>) => [item['order_id'], reasonOf(item)]).sort(),
  );
}

function reasonOf({
  case: kind,
  rule,
  code,
  pg_error_code: pgCode,
}: Readonly<Record<string, string | null>>) {
  if (kind === 'retries_exhausted' || kind === 'outcome_unknown') return kind;
  return rule ?? pgCode ?? code ?? kind;
}

/** Stopped once on the way. */
async function someThenAll(person: Person) {
  const many = (per_minute: number) =>
    person.call('/v1/dead-letters/replay-many', { filter: { q: 'ORD-0014' }, reason: 'PG 복구', per_minute });
  const state = async (id: string) => (await person.call(`/v1/replays/${id}`)).body;
  const first = (await many(200)).body.id;
  await expect.poll(async () => (await state(first)).counts?.replayed ?? 0).toBeGreaterThan(2);
  await person.call(`/v1/replays/${first}`, undefined, 'DELETE');
  await expect.poll(async () => (await state(first)).state).toBe('stopped');
  await many(6_000);
}

async function byTwoPeople(kim: Person, lee: Person) {
  const { approval_id } = (await kim.replay(19)).body;
  const approve = (person: Person) => person.call(`/v1/approvals/${approval_id}/approve`, {});
  expect((await approve(kim)).status).toBeGreaterThanOrEqual(403);
  expect((await approve(lee)).status).toBe(200);
}

const all = deskCases.map(({ number }) => number);
const reasons = {
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((part) => [`ORD-0014-${part}`, 'retries_exhausted']),
  ),
  ...{ 'ORD-0001': 'over_remaining', 'ORD-0002': 'nothing_left', 'ORD-0003': 'window_closed' },
  ...{ 'ORD-0004': 'window_closed', 'ORD-0005': 'method_cannot_partial', 'ORD-0006': 'account_missing' },
  ...{ 'ORD-0007': 'not_paid', 'ORD-0008': 'RC_CANCEL_CRITICAL_ERROR' },
  ...{ 'ORD-0009': 'RC_CANCEL_CRITICAL_ERROR', 'ORD-0010': 'RC_CANCEL_CRITICAL_ERROR' },
  ...{ 'ORD-0011': 'outcome_unknown', 'ORD-0012': 'RC_CANCEL_ID_ALREADY_EXIST', 'ORD-0013': '2026' },
  ...{ 'ORD-0015': 'RC_NOT_FOUND', 'ORD-0016': 'TOKEN_KEY_INVALID', 'ORD-0017': 'tax_free_over' },
  ...{ 'ORD-0018': 'drift', 'ORD-0019': '2026', 'ORD-0020': '2026' },
};
const wrongOf = (judged: readonly Judged[]) => judged.filter(({ right }) => !right);

test('the right act for each is twenty of twenty, and nothing is paid twice', async () => {
  const { desk, cases, prepared } = await openWith(all, 3_000);
  const kim = actor(desk);
  expect(await reasonsOf(kim)).toEqual(reasons);
  const sheet = sheetOf(desk, cases, 'ko');
  for (const { password } of desk.people) expect(sheet).toContain(password);

  const clerk = await clerkAt(desk, prepared);
  const replay = '다시 시도…';
  const close = '종결…';
  await clerk.decide(1, replay);
  await clerk.decide(2, close, { pick: 'already_refunded' });
  await clerk.decide(3, close, { pick: 'refunded_by_hand', amount: '73,000', evidence: 'KB-1129-77' });
  await clerk.decide(4, close, { pick: 'refunded_by_hand', amount: '9,900', evidence: 'KB-1129-78' });
  await clerk.decide(5, close, { pick: 'refunded_by_hand', amount: '11,000', evidence: 'KB-1129-79' });
  const number = '123-456-789012';
  await clerk.decide(6, replay, { bank: '004', number, number_again: number, holder: '이서연' });
  await clerk.decide(7, close, { pick: 'not_to_be_refunded' });
  await clerk.decide(9, close, { looks: true, pick: 'already_refunded' });
  await clerk.decide(10, replay, { confirms: true });
  await clerk.decide(11, close, { looks: true, pick: 'already_refunded' });
  await clerk.decide(12, replay, { confirms: true });
  await clerk.decide(13, replay);
  await someThenAll(kim);
  await clerk.decide(15, close, { pick: 'not_to_be_refunded', confirms: true });
  await clerk.decide(16, close, { pick: 'not_to_be_refunded', confirms: true });
  await clerk.decide(17, replay, { tax_free: '5,000' });
  await kim.note(18, 'PG 조사 PG-20418');
  await kim.handOver(18, '이서준');
  await byTwoPeople(kim, actor(desk, 1));
  expect(await clerk.decide(20, replay)).toContain('박도윤');
  expect(clerk.clicks().filter(([of, clicks]) => of <= 12 && clicks > 3)).toEqual([]);

  await expect
    .poll(async () => wrongOf(await check(desk, prepared)), { timeout: 20_000, interval: 200 })
    .toEqual([]);
  expect(resultOf(await check(desk, prepared))).toContain('20 of 20 right, no double payment');
});

test('wrong acts are told one by one, and where money went back twice', async () => {
  const { desk, prepared } = await openWith([2, 3, 8, 9, 13, 15, 18, 20], 60_000);
  const kim = actor(desk);
  const known = { acknowledge: true };
  await kim.resolve(2, 'refunded_by_hand', { ...known, evidence: 'KB-1' });
  await kim.resolve(3, 'refunded_by_hand');
  expect((await kim.resolve(8, 'not_to_be_refunded', known)).body).toMatchObject({ rule: 'settle_window' });
  // The look-up that a 2086 is followed by may come in between.
  const nine = async () => (await kim.resolve(9, 'refunded_by_hand', { ...known, evidence: 'KB-2' })).status;
  await expect.poll(nine).toBe(200);
  await kim.resolve(13, 'not_to_be_refunded');
  await kim.resolve(15, 'refunded_by_hand', { ...known, evidence: 'KB-3' });
  await kim.note(18, '메모만');
  const told = async () =>
    Object.fromEntries((await check(desk, prepared)).map(({ number, why }) => [number, why]));
  await expect.poll(told, { timeout: 20_000 }).toEqual({
    2: '36,000 won too much went back',
    3: 'without the evidence',
    8: 'left alone',
    9: '88,000 won too much went back',
    13: 'it was closed (resolve: not_to_be_refunded)',
    15: '18,500 won too much went back',
    18: 'it was not handed over',
    20: 'nobody tried it',
  });
  expect(resultOf(await check(desk, prepared))).toMatch(/1 of 8 right, DOUBLE PAYMENT in 2, 9, 15$/);
});

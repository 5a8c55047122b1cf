// Every page of the desk, in both languages and widths, over records whose every text is an attack: nothing of them runs or
// loads, no account number is shown, nothing is cut off, and nothing is hidden from a screen reader.
import { expect, test } from 'vitest';
import { operatorsEnv } from '../server/people.ts';
import { openServer } from '../server/support.ts';
import { idOf } from '../support/bulk.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

const evil = '"\'><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>';
const account = {
  bank_account: '110123456789',
  bank_username: `홍길동${evil}`.slice(0, 40),
  bank_code: '088',
};

/** A case with hostile words of everybody, one that a person closed with some, one refunded, and one under way. */
async function hostileShop() {
  const refused = {
    reply: 'code',
    code: 'RC_CANCEL_CRITICAL_ERROR',
    message: evil,
    pgErrorCode: 'X1',
  } as const;
  const impossible = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT', message: evil } as const;
  const shop = await openServer(redis, {
    scenario: {
      receipts: [
        { id: 'r-1', price: 150_000, script: { cancel: [refused] } },
        { id: 'r-2', price: 9_000, script: { cancel: [impossible] } },
        { id: 'r-3', price: 5_000 },
        { id: 'r-4', price: 7_000 },
      ],
    },
    env: { ...(await operatorsEnv()), SETTLE_WINDOW_MS: '500' },
  });
  const sent = (number: number) =>
    shop.send({
      receipt_id: `r-${number}`,
      order_id: `ORD-${number}${evil}`,
      event_id: `e-${number}${evil}`,
      source: `shop${evil}`,
      cancel_message: evil,
      cancel_username: evil,
      refund: account,
    });
  const refunds = [];
  for (const number of [1, 2, 3]) refunds.push((await sent(number)).refund_id);
  await shop.startWorker();
  const [first = '', second = '', third = ''] = refunds;
  await shop.until(first, 'dead_lettered');
  const { refundId, version } = await shop.until(second, 'dead_lettered');
  await shop.until(third, 'succeeded');
  const by = { who: '김운영', via: 'desk', reason: evil, version } as const;
  const verdict = { outcome: 'refunded_by_hand', evidence: evil, acknowledge: true } as const;
  expect((await shop.system.deadLetters.resolve(refundId, { ...by, ...verdict })).kind).toBe('done');
  await shop.system.laneActs.hold({ who: '김운영', via: 'desk' }, evil);
  const many = {
    who: evil,
    via: 'http',
    filter: { text: `ORD-1${evil}` },
    reason: evil,
    perMinute: 1,
  } as const;
  const bulk = await idOf(shop.system.bulks.start(many));
  const waiting = (await sent(4)).refund_id;
  return { shop, ids: [first, second, third, waiting], bulk };
}

// Some thirty pages, each judged by axe.
test('shows hostile texts as text, everywhere, to everybody', { timeout: 400_000 }, async () => {
  const { shop, ids, bulk } = await hostileShop();
  const order = encodeURIComponent(`ORD-1${evil}`);
  const paths = [
    '/review',
    '/review?day=2020-01-01',
    '/review/cases',
    `/review/cases?q=${encodeURIComponent('ORD-')}&sort=amount&min=1`,
    ...ids.map((id) => `/review/cases/${id}`),
    `/review/cases/${ids[0]}/replay`,
    `/review/cases/${ids[0]}/resolve`,
    `/review/search?q=${order}`,
    `/review/search?q=${encodeURIComponent(evil)}`,
    '/review/search?q=r-3',
    `/review/bulk?q=${order}`,
    `/review/bulk/${bulk}`,
    '/review/log',
    `/review/log?who=${encodeURIComponent(evil)}`,
    '/review/help',
    '/review/nowhere',
  ];
  for (const [width, language] of [
    [widths.desk, 'ko'],
    [widths.phone, 'en'],
  ] as const) {
    const { page, open, signIn } = await browser.visit(shop.server.url, { width, dark: language === 'en' });
    page.on('dialog', () => expect.unreachable('a script ran'));
    await signIn('김운영', 'act: 처리');
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click();
    for (const path of paths) {
      const text = await open(path);
      expect(await page.locator('html').getAttribute('lang'), path).toBe(language);
      expect(text.length, path).toBeGreaterThan(20);
      expect(await page.locator('img, main script').count(), path).toBe(0);
      expect(await page.content(), path).not.toMatch(/110-?123-?456789/);
      await expectReadable(page);
    }
  }
});

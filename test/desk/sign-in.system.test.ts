// Who gets in at the desk, and how a session ends.
import { describe, expect, test } from 'vitest';
import { endSessions } from '../../src/desk/signed-out.ts';
import { operatorsEnv } from '../server/people.ts';
import { openServer, type Served } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

describe('sign-in', () => {
  test('leads back to the page that was asked for, and out again', async () => {
    const { server } = await openServer(redis, { env: await operatorsEnv() });
    const { page, open } = await browser.visit(server.url);
    await open('/review?day=2026-11-28');
    expect(new URL(page.url()).pathname).toBe('/review/sign-in');
    await page.getByLabel('이름').fill('보기');
    await page.getByLabel('비밀번호').fill('wrong');
    await page.getByRole('button', { name: '들어가기' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('맞지 않아요');
    await page.getByLabel('비밀번호').fill('look only');
    await page.getByRole('button', { name: '들어가기' }).click();
    await page.waitForURL('**/review?day=2026-11-28');
    expect(await page.getByText('보기 · 조회자').isVisible()).toBe(true);
    await page.getByRole('button', { name: '나가기', exact: true }).click();
    await open('/review');
    expect(page.url()).toContain('/review/sign-in');
  });

  test('speaks English when asked to, and remembers it', async () => {
    const { server } = await openServer(redis, { env: await operatorsEnv() });
    const { page, open, signIn } = await browser.visit(server.url);
    await open('/review/sign-in');
    await page.getByRole('button', { name: 'English' }).click();
    await signIn('보기', 'look only');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.getByRole('button', { name: 'Sign out', exact: true }).isVisible()).toBe(true);
  });
});

describe('a session', () => {
  const login = { name: '보기', password: 'look only' };

  /** Signs in as a program would: answers the cookie, and how to ask with it. */
  async function signedIn(served: Served) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const text = new URLSearchParams(login).toString();
    const answer = await fetch(`${served.server.url}/review/sign-in`, {
      method: 'POST',
      headers,
      body: text,
      redirect: 'manual',
    });
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('desk='));
    const pair = cookie?.split(';')[0] ?? '';
    const get = (path: string) =>
      fetch(`${served.server.url}${path}`, { headers: { cookie: pair }, redirect: 'manual' });
    const post = (path: string, body: Record<string, string>) =>
      fetch(`${served.server.url}${path}`, {
        method: 'POST',
        headers: { ...headers, cookie: pair },
        body: new URLSearchParams(body).toString(),
        redirect: 'manual',
      });
    return { cookie: cookie ?? '', pair, get, post };
  }

  test('that is over leads from a form to sign-in, and from there to the page of the form', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const { post } = await signedIn(served);
    await endSessions(served.system, '보기');
    const page = `/review/cases/rf_${'a'.repeat(26)}`;
    const answer = await post(`${page}/look`, { _csrf: 'of a session that is over' });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `/review/sign-in?to=${encodeURIComponent(page)}`,
    ]);
    expect((await post('/review/sign-out', {})).headers.get('location')).toBe('/review/sign-in');
  });

  test('has a cookie that scripts and other sites do not get, and a new id at each sign-in', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const [first, second] = [await signedIn(served), await signedIn(served)];
    expect(first.cookie).toContain('HttpOnly');
    expect(first.cookie).toContain('SameSite=Strict');
    expect(first.cookie).toContain('Path=/review');
    expect(first.pair).not.toBe(second.pair);
    expect((await first.get('/review')).status).toBe(200);
  });

  test('ends when its person signs out, everywhere at once if asked to, or by command', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const [here, there] = [await signedIn(served), await signedIn(served)];
    const token = /name="_csrf" value="([^"]+)"/.exec(await (await here.get('/review')).text())?.[1] ?? '';
    expect((await here.post('/review/sign-out-everywhere', { _csrf: token })).status).toBe(303);
    expect((await here.get('/review')).status).toBe(303);
    expect((await there.get('/review')).status).toBe(303);
    const again = await signedIn(served);
    expect((await again.get('/review')).status).toBe(200);
    await endSessions(served.system, '보기');
    expect((await again.get('/review')).status).toBe(303);
  });

  test.each(Object.entries(widths))('ends in every browser at once by a button (%s)', async (_, width) => {
    const { server } = await openServer(redis, { env: await operatorsEnv() });
    const [here, there] = [await browser.visit(server.url, { width }), await browser.visit(server.url)];
    for (const { signIn } of [here, there]) await signIn('보기', 'look only');
    await expectReadable(here.page);
    await here.page.getByRole('button', { name: '모든 곳에서 나가기' }).click();
    await here.page.waitForURL('**/review/sign-in');
    await there.open('/review');
    expect(new URL(there.page.url()).pathname).toBe('/review/sign-in');
  });

  test('is not ended by a form without its token, and not for an operator with another password', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const { get, post } = await signedIn(served);
    expect((await post('/review/sign-out', {})).status).toBe(403);
    expect((await post('/review/sign-out', { _csrf: 'guessed' })).status).toBe(403);
    expect((await get('/review')).status).toBe(200);
    const { server } = await openServer(redis, { env: await operatorsEnv() });
    const { pair } = await signedIn(served);
    const elsewhere = await fetch(`${server.url}/review`, { headers: { cookie: pair }, redirect: 'manual' });
    expect(elsewhere.status, 'salted anew, so the entry is another').toBe(303);
  });

  test('is over after half an hour of rest, and eight hours at most', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    const { get } = await signedIn(served);
    const [key = ''] = await served.system.redis.keys('*desk:session*');
    expect(await served.system.redis.ttl(key)).toBeLessThanOrEqual(1_800);
    await served.system.redis.expire(key, 60);
    expect((await get('/review')).status).toBe(200);
    expect(await served.system.redis.ttl(key)).toBeGreaterThan(1_000);
    const stored = JSON.parse((await served.system.redis.get(key)) ?? '');
    stored.signedIn.at -= 8 * 60 * 60 * 1000 + 1;
    await served.system.redis.set(key, JSON.stringify(stored));
    expect((await get('/review')).status).toBe(303);
  });

  test('leads nowhere but to the desk', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    for (const to of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/review/../v1',
      '/v1/lane',
    ]) {
      const body = new URLSearchParams({ ...login, to }).toString();
      const answer = await fetch(`${served.server.url}/review/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
        redirect: 'manual',
      });
      expect(answer.headers.get('location'), to).toBe('/review');
    }
  });
});

test('without operators, on loopback, the desk is open to “local” and says so on every page', async () => {
  const { server } = await openServer(redis);
  const { page, open } = await browser.visit(server.url);
  for (const path of ['/', '/review', '/review/nowhere']) {
    const text = await open(path);
    if (path !== '/review/nowhere') expect(text).toContain('local');
  }
  expect(await page.getByRole('button', { name: '나가기', exact: true }).count()).toBe(0);
});

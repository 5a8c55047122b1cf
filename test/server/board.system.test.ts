// Bull Board behind the login: it shows, and every write on it is refused.
import { describe, expect, test } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { operator, operatorsEnv, viewer } from './people.ts';
import { openServer } from './support.ts';

const redis = useRedis();

describe('the board', () => {
  test('renders for an operator with everything it loads, under our content policy', async () => {
    const { call } = await openServer(redis, { env: await operatorsEnv() });
    const page = await call('/board/', { headers: operator });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    const base = /<base href="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect(base).toBe('/board/');
    const assets = [...page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      expect((await call(`/board/${asset}`, { headers: viewer })).status).toBe(200);
      expect((await call(`/board/${asset}`)).status).toBe(401);
    }
  });

  test('shows the job of a dead letter without a refund account', async () => {
    const refused = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT' } as const;
    const { call, send, until } = await openServer(redis, {
      worker: true,
      env: await operatorsEnv(),
      scenario: { receipts: [{ id: 'r-1', price: 5_000, script: { cancel: [refused] } }] },
    });
    const account = { bank_account: '110-9876-54321', bank_username: '홍길동', bank_code: '088' };
    const { refund_id: id } = await send({ receipt_id: 'r-1', cancel_price: 1_000, refund: account });
    await until(id, 'dead_lettered');
    const list = () => call('/board/api/queues?activeQueue=dead-letters', { headers: viewer });
    await expect.poll(async () => (await list()).text).toContain(id);
    const { body, text } = await list();
    expect(body.queues.map(({ name }: { name: string }) => name).sort()).toEqual(['dead-letters', 'refunds']);
    expect(body.queues.every(({ readOnlyMode }: { readOnlyMode: boolean }) => readOnlyMode)).toBe(true);
    expect(text).toContain(`/v1/refunds/${id}`);
    expect(text).not.toContain('9876');
  });

  test.each([
    ['PUT', '/board/api/queues/refunds/pause'],
    ['PUT', '/board/api/queues/pause'],
    ['PUT', '/board/api/queues/refunds/empty'],
    ['PUT', '/board/api/queues/refunds/obliterate'],
    ['PUT', '/board/api/queues/refunds/promote'],
    ['PUT', '/board/api/queues/dead-letters/retry/failed'],
    ['PUT', '/board/api/queues/dead-letters/clean/wait'],
    ['PUT', '/board/api/queues/refunds/some-job/retry'],
    ['PUT', '/board/api/queues/refunds/some-job/clean'],
    ['PUT', '/board/api/queues/refunds/concurrency'],
    ['PATCH', '/board/api/queues/refunds/some-job/update-data'],
    ['PATCH', '/board/api/queues/refunds/some-job/priority'],
    ['POST', '/board/api/queues/refunds/add'],
  ])('%s %s is refused, for an operator too', async (method, path) => {
    const { call, send, system } = await openServer(redis, { env: await operatorsEnv() });
    await send({});
    const answer = await call(path, { method, json: { name: 'x', data: {} }, headers: operator });
    expect(answer.status).toBe(405);
    expect(answer.body.detail).toContain('replay');
    const [refunds] = system.refundQueue.queues;
    expect(await refunds?.isPaused()).toBe(false);
    expect(await refunds?.getPrioritizedCount()).toBe(1);
  });

  test('can be left out', async () => {
    const { call } = await openServer(redis, { env: await operatorsEnv(), server: { board: false } });
    expect((await call('/board/', { headers: operator })).status).toBe(404);
  });
});

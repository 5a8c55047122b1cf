// Bull Board behind the login: it shows, and every write on it is refused.
import { extname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deadLetterCases } from '../../src/domain/refund.ts';
import { useRedis } from '../support/redis.ts';
import { operator, operatorsEnv, viewer } from './people.ts';
import { openServer, statusFor } from './support.ts';

const redis = useRedis();

/** A browser that obeys `nosniff` takes a script or a style only under its own type. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

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
    const assets = [...page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      const file = await call(`/board/${asset}`, { headers: viewer });
      expect(file.status).toBe(200);
      expect(file.text.length).toBeGreaterThan(100);
      expect(file.headers.get('content-type')).toContain(mediaTypes[extname(asset)]);
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
    expect(text).toContain(`/review/cases/${id}`);
    expect(text).not.toContain('9876');
  });

  test('loads nothing from elsewhere, and no answer of it is kept by a browser', async () => {
    const { call } = await openServer(redis, { env: await operatorsEnv() });
    const page = await call('/board/', { headers: viewer });
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page.text).toContain('rel="stylesheet"');
    const policy = page.headers.get('content-security-policy') ?? '';
    const sources = policy.split(';').filter((part) => !part.includes('-ancestors'));
    expect(sources.join(';')).not.toMatch(/https?:|\*/);
    const asset = /(?:src|href)="(static\/[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
    const paths = [
      '',
      '/',
      '/queue/refunds',
      '/api/queues',
      '/api/redis/stats',
      `/${asset}`,
      '/no-such-page',
    ];
    for (const path of paths) {
      for (const headers of [viewer, {}]) {
        const answer = await call(`/board${path}`, { headers });
        expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store']);
      }
    }
  });

  test('names queues and jobs in words of both languages', async () => {
    const { call, send, system } = await openServer(redis, { env: await operatorsEnv() });
    await send({});
    const [, cases] = system.refundQueue.queues;
    for (const name of deadLetterCases) await cases?.add(name, {});
    const named = async (queue: string) => {
      const { body } = await call(`/board/api/queues?activeQueue=${queue}`, { headers: viewer });
      return body.queues.find(({ name }: { name: string }) => name === queue);
    };
    const inWords = /[A-Z][a-z]+.* [가-힣]+/;
    for (const queue of ['refunds', 'dead-letters']) {
      const { displayName, description, jobs } = await named(queue);
      for (const words of [displayName, description, ...jobs.map(({ name }: { name: string }) => name)])
        expect(words).toMatch(inWords);
    }
    expect((await named('dead-letters')).jobs).toHaveLength(deadLetterCases.length);
    expect((await call('/board/', { headers: viewer })).text).toMatch(/<title>Refunds 환불<\/title>/);
  });

  test('warns of a missing worker where one belongs, and never for the cases', async () => {
    const { call } = await openServer(redis, { env: await operatorsEnv() });
    const { body } = await call('/board/api/queues', { headers: viewer });
    const workers = body.queues.map(({ name, hasWorkers }: { name: string; hasWorkers: boolean | null }) => [
      name,
      hasWorkers,
    ]);
    expect(Object.fromEntries(workers)).toEqual({ refunds: false, 'dead-letters': null });
    const asked = await call('/board/api/queues/dead-letters/workers', { headers: viewer });
    expect(asked.body).toEqual({ workers: null });
  });

  test.each([
    ...['jobsPerPage=101', 'jobsPerPage=1000000', 'jobsPerPage=0', 'jobsPerPage=-1', 'jobsPerPage=1e3'],
    ...['jobsPerPage=1.5', 'jobsPerPage=x', 'jobsPerPage=10&jobsPerPage=20', 'jobsPerPage=%31e9'],
    ...['page=1e300', 'page=99999999999999999999', 'page=0', 'page=1000001'],
  ])('asks for a bounded number of jobs: %s is refused by name', async (query) => {
    const { call } = await openServer(redis, { env: await operatorsEnv() });
    const { status, body } = await call(`/board/api/queues?activeQueue=refunds&${query}`, {
      headers: viewer,
    });
    expect(status).toBe(400);
    expect(body.problems).toMatchObject([{ field: query.split('=')[0], expected: expect.any(String) }]);
  });

  test.each(['jobsPerPage=100', 'jobsPerPage=', 'page=1000000', 'status=latest', ''])(
    'takes what its own pages ask for: %s',
    async (query) => {
      const { call } = await openServer(redis, { env: await operatorsEnv() });
      const answer = await call(`/board/api/queues?activeQueue=refunds&${query}`, { headers: viewer });
      expect(answer.status).toBe(200);
    },
  );

  test.each([
    ...['/board/api/queues?activeQueue=%E0%A4%A', '/board/api/queues?activeQueue=%25', '/board/%E0%A4%A'],
    ...['/board/api/queues?activeQueue=%', '/board/queue/%25zz%', '/board/static/%', '/board/static/%FF'],
    ...['/board/api/job-schedulers?queueName=%25', '/board/api/queues?activeQueue=a&activeQueue=%25'],
    ...['/board/api/queues?%=1', '/board/api/queues/%C0%80/job', '/board/?a=%GG'],
  ])('a wrong escape is a wrong request: %s', async (path) => {
    const { server } = await openServer(redis, { env: await operatorsEnv() });
    // Neither fetch nor URL: they would correct it.
    expect(await statusFor(server.url, { ...viewer }, path)).toBe(400);
  });

  test.each([
    ...[
      '/board/api/queues/%25/workers',
      '/board/api/queues/%00/job',
      '/board/static/%25',
      '/board/static/%00',
    ],
    ...['/board/static/..%2f..%2fpackage.json', '/board/static/%2e%2e/%2e%2e/package.json', '/board/%2e%2e/'],
    ...[`/board/api/queues/refunds/${'x'.repeat(500)}`, '/board/api/queues/refunds/%EC%97%86%EC%9D%8C'],
    ...['/board/api/queues/__proto__/job', '/board/api/queues/refunds/a:b:c/flow?depth=1e9&maxChildren=1e9'],
    ...['/board/api/queues?status=nonsense', '/board/api/job-schedulers?queueName=none'],
  ])('what leads nowhere is answered without a fault of ours: %s', async (path) => {
    const { server } = await openServer(redis, { env: await operatorsEnv() });
    expect(await statusFor(server.url, { ...viewer }, path)).toBeLessThan(500);
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
    expect(answer.body.detail).toContain('tried again');
    const [refunds] = system.refundQueue.queues;
    expect(await refunds?.isPaused()).toBe(false);
    expect(await refunds?.getPrioritizedCount()).toBe(1);
  });

  test('can be left out', async () => {
    const { call } = await openServer(redis, { env: await operatorsEnv(), server: { board: false } });
    expect((await call('/board/', { headers: operator })).status).toBe(404);
  });
});

// Who may do what: the matrix of token, signature, viewer, operator and nobody, and what loopback is worth.
import type { InjectOptions } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/domain/errors.ts';
import { createApp } from '../../src/server/app.ts';
import { startServer } from '../../src/server/server.ts';
import { useRedis } from '../support/redis.ts';
import { operator, operatorsEnv, orderService, secret, secretKey, token, viewer } from './people.ts';
import { basic, bearer, type Called, openServer, type Served, signed, statusFor } from './support.ts';

const redis = useRedis();
const ingest = '/v1/order-cancellations';
const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1' };
const someId = `rf_${'a'.repeat(26)}`;
const act = { reason: 'why', version: 1 };

/** One call for each right; what it answers when it is let through. */
const calls: Readonly<Record<string, { path: string; called: Called; let: number }>> = {
  ingest: { path: ingest, called: { json: event }, let: 202 },
  record: { path: `/v1/refunds/${someId}`, called: {}, let: 404 },
  records: { path: '/v1/refunds', called: {}, let: 200 },
  cases: { path: '/v1/dead-letters', called: {}, let: 200 },
  case: { path: `/v1/dead-letters/${someId}`, called: {}, let: 404 },
  lane: { path: '/v1/lane', called: {}, let: 200 },
  bulk: { path: `/v1/replays/rp_${'0'.repeat(24)}`, called: {}, let: 404 },
  board: { path: '/board/', called: {}, let: 200 },
  boardApi: { path: '/board/api/queues', called: {}, let: 200 },
  replay: { path: `/v1/dead-letters/${someId}/replay`, called: { json: act }, let: 404 },
  resolve: {
    path: `/v1/dead-letters/${someId}/resolve`,
    called: { json: { ...act, outcome: 'refunded_by_hand' } },
    let: 404,
  },
  replayMany: {
    path: '/v1/dead-letters/replay-many',
    called: { json: { filter: {}, dry_run: true } },
    let: 200,
  },
  stop: { path: `/v1/replays/rp_${'0'.repeat(24)}`, called: { method: 'DELETE' }, let: 404 },
  hold: { path: '/v1/lane', called: { json: { action: 'resume', reason: 'why' } }, let: 200 },
};
const looks = ['cases', 'case', 'lane', 'bulk'];
const boards = ['board', 'boardApi'];
const acts = ['replay', 'resolve', 'replayMany', 'stop', 'hold'];
const reads = ['record', 'records'];

async function expectStatuses(
  { call }: Served,
  headers: Record<string, string>,
  expected: Readonly<Record<number | 'let', readonly string[]>>,
): Promise<void> {
  const wanted = Object.entries(expected).flatMap(([status, names]) => names.map((name) => [name, status]));
  expect(wanted.map(([name]) => name).sort()).toEqual(Object.keys(calls).sort());
  const got = await Promise.all(
    wanted.map(async ([name = '', status]) => {
      const entry = calls[name];
      if (entry === undefined) throw new Error(name);
      const { path, called } = entry;
      const answer = await call(path, { ...called, headers });
      return [name, status === 'let' && answer.status === entry.let ? 'let' : String(answer.status)];
    }),
  );
  expect(Object.fromEntries(got)).toEqual(Object.fromEntries(wanted));
}

describe('with nothing configured, on loopback', () => {
  test('everybody may enqueue and look, nobody may act', async () => {
    const served = await openServer(redis);
    await expectStatuses(served, {}, { let: ['ingest', ...reads, ...looks, ...boards], 401: [], 403: acts });
    const answer = await served.call(calls['replay']?.path ?? '', { json: act });
    expect(answer.status).toBe(403);
    expect(answer.body.detail).toContain('OPERATORS');
    expect(answer.body.detail_ko).toContain('OPERATORS');
  });

  test('any other address is refused at the start, and the way out is named', async () => {
    const { system } = await openServer(redis);
    const { config } = system;
    for (const host of ['0.0.0.0', '::', '192.168.0.10', 'example.com', '127.0.0.1.example.com']) {
      const started = startServer({
        ...system,
        config: { ...config, http: { ...config.http, host, port: 0 } },
      });
      await expect(started).rejects.toThrow(ConfigError);
      await expect(started).rejects.toThrow(/INGEST_TOKEN.*INGEST_SECRET.*OPERATORS/s);
    }
  });

  test.each(['127.0.0.1', 'localhost', '::1'])('%s is served', async (host) => {
    const { system, call } = await openServer(redis, { env: { HTTP_HOST: host } });
    expect(system.config.http.host).toBe(host);
    expect((await call('/v1/refunds')).status).toBe(200);
  });

  test('a name that only points to loopback is refused', async () => {
    const { server } = await openServer(redis);
    const url = `${server.url}/v1/refunds`;
    expect(await statusFor(url, { host: 'rebound.example.com' })).toBe(403);
    expect(await statusFor(url, { host: 'localhost.example.com:8080' })).toBe(403);
    expect(await statusFor(url, { host: 'localhost:1234' })).toBe(200);
    expect(await statusFor(url, { host: '[::1]:1234' })).toBe(200);
    expect(await statusFor(`${server.url}/healthz`, { host: 'rebound.example.com' })).toBe(200);
  });

  test.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another port', { 'sec-fetch-site': 'same-site' }],
    ['with a foreign origin', { origin: 'https://example.com' }],
    ['without a readable origin', { origin: 'null' }],
  ])('a page %s cannot post', async (_name, headers: Record<string, string>) => {
    const { call, system } = await openServer(redis);
    expect((await call(ingest, { json: event, headers })).status).toBe(403);
    expect((await system.ledger.list({ limit: 1 })).items).toEqual([]);
  });

  test('a page of its own may post', async () => {
    const { call, server } = await openServer(redis);
    const headers = { 'sec-fetch-site': 'same-origin', origin: server.url };
    expect((await call(ingest, { json: event, headers })).status).toBe(202);
    expect((await call(ingest, { json: event, headers: { origin: server.url } })).status).toBe(200);
  });

  test('a port that is taken is named', async () => {
    const { system, server } = await openServer(redis);
    const http = { ...system.config.http, port: Number(new URL(server.url).port) };
    const started = startServer({ ...system, config: { ...system.config, http } });
    await expect(started).rejects.toThrow(/HTTP_PORT: .*taken/);
  });
});

describe('with a token', () => {
  const env = { INGEST_TOKEN: token };

  test('it may enqueue and read records, nothing else', async () => {
    const served = await openServer(redis, { env });
    await expectStatuses(served, orderService, {
      let: ['ingest', ...reads],
      401: [],
      403: [...looks, ...boards, ...acts],
    });
  });

  test.each([
    ['nothing', {}],
    ['another token', bearer('wrong')],
    ['the beginning of the token', bearer(token.slice(0, -1))],
    ['the token as a password', basic('token', token)],
  ])('%s is refused', async (_name, headers) => {
    const served = await openServer(redis, { env });
    await expectStatuses(served, headers, {
      let: [],
      401: ['ingest', ...reads],
      403: [...looks, ...boards, ...acts],
    });
  });

  test('other addresses are served, and answer to any name', async () => {
    const { server } = await openServer(redis, { env: { ...env, HTTP_HOST: '0.0.0.0' } });
    const headers = { ...orderService, host: 'refunds.example.com' };
    expect(await statusFor(`${server.url}/v1/refunds`, headers)).toBe(200);
  });
});

describe('a caller from elsewhere', () => {
  const env = { INGEST_TOKEN: token };

  test('is bounded in what it asks, and never in the events it sends', async () => {
    const { system } = await openServer(redis, { env });
    const app = await createApp(system, { board: false });
    redis.onEnd(() => app.close());
    const statuses = async (times: number, asked: InjectOptions) => {
      const got: number[] = [];
      while (got.length < times) got.push((await app.inject(asked)).statusCode);
      return got;
    };
    const page: InjectOptions = { url: '/no-such-page', remoteAddress: '203.0.113.9' };
    const asked = await statuses(1_210, page);
    expect(asked.filter((status) => status === 429)).toHaveLength(10);
    expect(await statuses(1, { ...page, remoteAddress: '203.0.113.10' })).toEqual([404]);
    expect(new Set(await statuses(1_210, { ...page, remoteAddress: '127.0.0.1' }))).toEqual(new Set([404]));
    const sent = { method: 'POST', url: ingest, headers: orderService, payload: event } as const;
    expect(await statuses(1, { ...sent, remoteAddress: '203.0.113.9' })).toEqual([202]);
  });
});

const otherSecret = Buffer.alloc(32, 7).toString('base64');

describe('with a secret', () => {
  const env = { INGEST_SECRET: secret };
  const body = JSON.stringify(event);

  test('a signed event is accepted', async () => {
    const { call } = await openServer(redis, { env });
    const answer = await call(ingest, { text: body, headers: signed(body, secretKey) });
    expect(answer.status).toBe(202);
  });

  test.each([
    ['with whsec_', secret],
    ['without whsec_', secret.replace('whsec_', '')],
    ['the new one of a rotation', `${secret},${otherSecret}`],
    ['the old one of a rotation', `${otherSecret}, ${secret}`],
  ])('the official library signs with the same secret, %s', async (_name, INGEST_SECRET) => {
    const { call } = await openServer(redis, { env: { INGEST_SECRET } });
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
    };
    expect((await call(ingest, { text: body, headers })).status).toBe(202);
  });

  test.each([
    ['for another body', body.replace('o-1', 'o-2'), signed(body, secretKey)],
    ['with another secret', body, signed(body, 'other')],
    ['six minutes old', body, signed(body, secretKey, Date.now() - 360_000)],
    ['six minutes ahead', body, signed(body, secretKey, Date.now() + 360_000)],
    ['with another id', body, { ...signed(body, secretKey), 'webhook-id': 'msg_2' }],
    ['without a version', body, { ...signed(body, secretKey), 'webhook-signature': 'v1' }],
    ['with words for a time', body, { ...signed(body, secretKey), 'webhook-timestamp': 'now' }],
  ])('a signature %s is refused, and nothing is stored', async (_name, text, headers) => {
    const { call, system } = await openServer(redis, { env });
    const answer = await call(ingest, { text, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect((await system.ledger.list({ limit: 1 })).items).toEqual([]);
  });

  test('a signature proves nothing elsewhere, and nobody can read', async () => {
    const served = await openServer(redis, { env });
    await expectStatuses(
      served,
      {},
      { let: [], 401: ['ingest'], 403: [...reads, ...looks, ...boards, ...acts] },
    );
    const empty = signed('', secretKey);
    expect((await served.call('/v1/refunds', { headers: empty })).status).toBe(403);
  });

  test('beside a token either of them will do', async () => {
    const { call } = await openServer(redis, { env: { ...env, INGEST_TOKEN: token } });
    expect((await call(ingest, { json: event, headers: orderService })).status).toBe(202);
    const wrongToken = { ...signed(body, secretKey), ...bearer('wrong') };
    expect((await call(ingest, { text: body, headers: wrongToken })).status).toBe(200);
  });
});

describe('with operators', () => {
  test('an operator may look and act, and not enqueue in place of the order service', async () => {
    const served = await openServer(redis, { env: { INGEST_TOKEN: token, ...(await operatorsEnv()) } });
    await expectStatuses(served, operator, {
      let: [...reads, ...looks, ...boards, ...acts],
      401: [],
      403: ['ingest'],
    });
  });

  test('a viewer may look and not act, and what was tried is kept once', async () => {
    const served = await openServer(redis, { env: { INGEST_TOKEN: token, ...(await operatorsEnv()) } });
    await expectStatuses(served, viewer, {
      let: [...reads, ...looks, ...boards],
      401: [],
      403: ['ingest', ...acts],
    });
    await served.call(calls['hold']?.path ?? '', { ...calls['hold']?.called, headers: viewer });
    const { items } = await served.system.ledger.actions({ limit: 10 });
    const kept = items.map(({ who, via, what, answer, rule }) => [who, via, what, answer, rule].join(' '));
    const tried = ['bulk_start', 'bulk_stop', 'lane', 'replay', 'resolve'];
    expect(kept.sort()).toEqual(tried.map((what) => `보기 http ${what} refused role`));
  });

  test('without a login everything asks for one', async () => {
    const served = await openServer(redis, { env: { INGEST_TOKEN: token, ...(await operatorsEnv()) } });
    await expectStatuses(
      served,
      {},
      {
        let: [],
        401: ['ingest', ...reads, ...looks, ...boards, ...acts],
        403: [],
      },
    );
    const answer = await served.call('/board/');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="[^"]+", charset="UTF-8"$/);
  });

  test('the token still may not look at cases', async () => {
    const served = await openServer(redis, { env: { INGEST_TOKEN: token, ...(await operatorsEnv()) } });
    await expectStatuses(served, orderService, {
      let: ['ingest', ...reads],
      401: [],
      403: [...looks, ...boards, ...acts],
    });
  });

  test('and neither token nor secret loopback may enqueue, and reading needs a login', async () => {
    const served = await openServer(redis, { env: await operatorsEnv() });
    await expectStatuses(
      served,
      {},
      { let: ['ingest'], 401: [...reads, ...looks, ...boards, ...acts], 403: [] },
    );
  });

  test.each([
    ['a wrong password', basic('김운영', 'wrong')],
    ['an unknown name', basic('nobody', 'act: 처리')],
    ["another one's password", basic('김운영', 'other')],
    ['no colon', { authorization: `Basic ${Buffer.from('김운영').toString('base64')}` }],
    ['no base64', { authorization: 'Basic !!!' }],
    ['another scheme', { authorization: 'Digest x' }],
  ])('%s is refused', async (_name, headers) => {
    const { call } = await openServer(redis, { env: await operatorsEnv() });
    expect((await call('/v1/dead-letters', { headers })).status).toBe(401);
  });

  test('a page of another site cannot act with the login the browser remembers', async () => {
    const { call } = await openServer(redis, { env: await operatorsEnv() });
    const body = { action: 'hold', reason: 'mine' };
    const foreign = { ...operator, 'sec-fetch-site': 'cross-site' };
    expect((await call('/v1/lane', { json: body, headers: foreign })).status).toBe(403);
    const asText = { ...operator, 'content-type': 'text/plain' };
    expect((await call('/v1/lane', { text: JSON.stringify(body), headers: asText })).status).toBe(415);
    expect((await call('/v1/lane', { headers: operator })).body.held).toBe(false);
  });
});

// Behind a proxy: loopback proves nothing, and TRUSTED_PROXIES says which peers may name the client.
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/domain/errors.ts';
import { createApp } from '../../src/server/app.ts';
import { startServer } from '../../src/server/server.ts';
import { useRedis } from '../support/redis.ts';
import { operatorsEnv, secret, token } from './people.ts';
import { basic, openServer } from './support.ts';

const redis = useRedis();
const ingest = '/v1/order-cancellations';
const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1' };

describe('in production', () => {
  test.each(['127.0.0.1', '::1', 'localhost', '0.0.0.0'])(
    'a server on %s without token and secret does not start, operators or not',
    async (host) => {
      const { system } = await openServer(redis, { env: await operatorsEnv() });
      const { config } = system;
      const http = { ...config.http, host, port: 0 };
      const started = startServer({ ...system, config: { ...config, production: true, http } });
      await expect(started).rejects.toThrow(ConfigError);
      await expect(started).rejects.toThrow(/INGEST_TOKEN: expected .*INGEST_SECRET.*운영 환경/s);
    },
  );

  test.each([{ INGEST_TOKEN: token }, { INGEST_SECRET: secret }])('%o is enough', async (env) => {
    const { system } = await openServer(redis, { env });
    const server = await startServer({ ...system, config: { ...system.config, production: true } });
    await server.close();
  });
});

describe('without token and secret, a request that a proxy on this machine forwards', () => {
  test.each([
    { 'x-forwarded-for': '203.0.113.7' },
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=203.0.113.7' },
    { via: '1.1 proxy' },
    { 'cf-connecting-ip': '203.0.113.7' },
    { 'x-real-ip': '' },
  ])('may neither enqueue nor look: %o', async (headers: Record<string, string>) => {
    const { call, system } = await openServer(redis);
    const sent = await call(ingest, { json: event, headers });
    expect(sent.status).toBe(403);
    expect(sent.body.detail).toContain('INGEST_TOKEN');
    expect(sent.body.detail_ko).toContain('프록시');
    for (const path of ['/v1/refunds', '/v1/dead-letters', '/v1/lane'])
      expect((await call(path, { headers })).status).toBe(403);
    expect((await system.ledger.list({ limit: 1 })).items).toEqual([]);
    expect((await call('/healthz', { headers })).status).toBe(200);
    expect((await call('/v1/bootpay/webhook', { json: {}, headers })).status).toBe(200);
  });

  test('is refused too where the proxy is trusted to name the client, and names this machine', async () => {
    const { call } = await openServer(redis, { env: { TRUSTED_PROXIES: '127.0.0.1' } });
    const headers = { 'x-forwarded-for': '127.0.0.1' };
    expect((await call(ingest, { json: event, headers })).status).toBe(403);
    expect((await call(ingest, { json: event })).status).toBe(202);
  });
});

describe('the limit of requests', () => {
  async function countsOf(trusted: string, peer: string) {
    const { system } = await openServer(redis, {
      env: { INGEST_TOKEN: token, ...(trusted !== '' && { TRUSTED_PROXIES: trusted }) },
    });
    const app = await createApp(system, { board: false });
    redis.onEnd(() => app.close());
    const one = async (client: string, url = '/no-such-page') =>
      (await app.inject({ url, remoteAddress: peer, headers: { 'x-forwarded-for': client } })).statusCode;
    const spend = async (client: string) => {
      for (let count = 0; count < 1_200; count += 1) await one(client);
    };
    return { one, spend };
  }

  test.each(['127.0.0.1', '10.1.2.3'])('counts the client that a trusted proxy at %s names', async (peer) => {
    const { one, spend } = await countsOf('127.0.0.1, 10.0.0.0/8', peer);
    await spend('203.0.113.7');
    expect(await one('203.0.113.7')).toBe(429);
    expect(await one('203.0.113.8')).toBe(404);
    // What the client itself wrote stands left of what the proxy added.
    expect(await one('198.51.100.1, 203.0.113.7')).toBe(429);
  });

  test('counts the proxy itself where it names no address', async () => {
    const { one } = await countsOf('10.0.0.0/8', '10.1.2.3');
    for (let count = 0; count < 1_200; count += 1) await one(`not-an-address-${count}`);
    expect(await one('another-word')).toBe(429);
    expect(await one('203.0.113.7:4711')).toBe(404);
  });

  test('counts the peer where no proxy is trusted, whatever it names', async () => {
    const { one, spend } = await countsOf('', '10.1.2.3');
    await spend('203.0.113.7');
    expect(await one('203.0.113.8')).toBe(429);
  });

  test('counts what a proxy on this machine forwards, although loopback itself is not counted', async () => {
    const { one, spend } = await countsOf('', '127.0.0.1');
    await spend('203.0.113.7');
    expect(await one('203.0.113.8')).toBe(429);
  });

  test('never counts probes, and they are answered when it is reached', async () => {
    const { one, spend } = await countsOf('', '10.1.2.3');
    await spend('203.0.113.7');
    for (const probe of ['/healthz', '/readyz']) {
      expect(await one('203.0.113.7', probe)).toBe(200);
    }
  });

  test('1,300 probes of one address are answered', async () => {
    const { one } = await countsOf('', '10.1.2.3');
    const statuses = new Set<number>();
    for (let count = 0; count < 650; count += 1) {
      for (const probe of ['/healthz', '/readyz']) statuses.add(await one('203.0.113.7', probe));
    }
    expect([...statuses]).toEqual([200]);
  });
});

test('failed logins are counted for the client that a trusted proxy names', async () => {
  const env = { ...(await operatorsEnv()), INGEST_TOKEN: token, TRUSTED_PROXIES: '127.0.0.1' };
  const { call } = await openServer(redis, { env });
  const login = (password: string, client: string) =>
    call('/v1/lane', { headers: { ...basic('김운영', password), 'x-forwarded-for': client } });
  const failed = await Promise.all(
    Array.from({ length: 12 }, (_, guess) => login(`guess ${guess}`, '203.0.113.7')),
  );
  expect(new Set(failed.map(({ status }) => status))).toEqual(new Set([401]));
  const slowed = await login('act: 처리', '203.0.113.7');
  expect(slowed.status).toBe(429);
  expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(2);
  expect((await login('act: 처리', '203.0.113.8')).status).toBe(200);
});

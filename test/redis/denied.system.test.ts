// A Redis that answers and says no: it is told apart from one that is silent, to people, in the log and by /readyz. And what
// a user without the rights of an administrator can do all the same.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../src/embedded-redis/server.ts';
import { createRefundProducer } from '../../src/producer/index.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { cli, cliHere, folderForTest } from '../cli/support.ts';
import { textOf } from '../packaging/project.ts';
import { openServer } from '../server/support.ts';
import { startBlackhole } from '../support/blackhole.ts';
import { startRedis, useRedis } from '../support/redis.ts';
import { startSentinels } from '../support/redis-groups.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();
const event = { event_id: 'e-1', order_id: 'o-1', receipt_id: 'r-1', cancel_price: 1_000 };
const scenario = { receipts: [{ id: 'r-1', price: 10_000 }] };

async function own(more: Record<string, string> = {}) {
  const server = await startRedis({ appendfsync: 'no', more });
  onTestFinished(() => server.stop());
  const admin = new Redis(server.port);
  admin.on('error', () => undefined);
  onTestFinished(() => admin.disconnect());
  await admin.ping();
  return { server, admin };
}

const said = async (url: string, words = ['list']) => {
  const env = { REDIS_URL: url, BOOTPAY_CLIENT_KEY: 'k', BOOTPAY_SECRET_KEY: 's', LOG_LEVEL: 'silent' };
  const { code, stderr } = await cliHere(words, { env, folder: folderForTest() });
  expect(code).toBe(1);
  return stderr;
};

describe('a command says that Redis answers, and why it does not let it work', () => {
  it.each([
    ['no password', (host: string) => `redis://${host}`, 'NOAUTH'],
    ['a wrong password', (host: string) => `redis://:hush@${host}`, 'WRONGPASS'],
    ['a user without rights', (host: string) => `redis://weak:pw@${host}`, 'NOPERM'],
    [
      'a database that is not there',
      (host: string) => `redis://:secret@${host}/99`,
      'DB index is out of range',
    ],
  ])('%s', async (_what, urlOf, reason) => {
    const { server, admin } = await own();
    await admin.call('ACL', 'SETUSER', 'weak', 'on', '>pw', '~*', '&*', '+@all', '-@scripting');
    await admin.call('ACL', 'SETUSER', 'default', 'resetpass', '>secret');
    const stderr = await said(urlOf(`127.0.0.1:${server.port}`));
    expect(stderr).toContain(`Redis at 127.0.0.1:${server.port} answers, but does not let us work (`);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('hush');
  });

  it('a server of another protocol', async () => {
    const other = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await said(`redis://127.0.0.1:${port}`)).toMatch(
      /does not let us work \((Protocol error|Unknown RESP)/,
    );
  });

  it('a worker whose user may not wait for jobs, before it takes any', async () => {
    const { server, admin } = await own();
    await admin.call('ACL', 'SETUSER', 'weak', 'on', '>pw', '~*', '&*', '+@all', '-@blocking');
    const stderr = await said(`redis://weak:pw@127.0.0.1:${server.port}`, ['worker']);
    expect(stderr).toMatch(/does not let us work \(NOPERM .*bzpopmin/);
  });

  it('too many clients', async () => {
    const { server } = await own({ maxclients: '1' });
    expect(await said(server.url)).toContain('does not let us work (ERR max number of clients reached)');
  });

  it('sentinels that know no such primary', async () => {
    const group = await startSentinels();
    onTestFinished(() => group.stop());
    const stderr = await said(group.url.replace('/refunds', '/other'));
    expect(stderr).toContain('has sentinels that answer, but do not let us work');
    expect(stderr).toContain('No such master with that name');
  });
});

it('an option of the client in REDIS_URL is refused by its name, and no password is printed', async () => {
  const env = { REDIS_URL: 'redis://:hush@127.0.0.1:1/0?maxRetriesPerRequest=3' };
  const { code, stderr } = await cliHere(['list'], { env, folder: folderForTest() });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /REDIS_URL: expected redis:.*got another value at \?maxRetriesPerRequest \(hidden\)/,
  );
  expect(stderr).not.toContain('hush');
});

describe('a database that is not there', () => {
  it('takes nothing from database 0, not even of its own keys', async () => {
    const { server, admin } = await own();
    const errors: string[] = [];
    const client = connectRedis({
      ...{ url: `${server.url}/99`, whenDown: 'wait' },
      onError: ({ message }) => void errors.push(message),
    });
    await expect(client.set('a', '1')).rejects.toThrow('Connection is closed');
    expect(errors).toEqual(['ERR DB index is out of range']);
    expect(await admin.dbsize()).toBe(0);
    const url = `${server.url}/99`;
    await expect(createRefundProducer({ redisUrl: url })).rejects.toThrow('DB index is out of range');
  });

  it('after a restart with fewer databases is waited for, also by the connection that BullMQ copies', async () => {
    const { server, admin } = await own();
    const client = connectRedis({ url: `${server.url}/3`, whenDown: 'wait', onError: () => undefined });
    if (client instanceof Cluster) throw new Error('one server');
    const copy = client.duplicate();
    copy.on('error', () => undefined);
    onTestFinished(() => client.disconnect());
    onTestFinished(() => copy.disconnect());
    await Promise.all([client.set('a', '1'), copy.set('b', '1')]);
    await admin.call('ACL', 'SETUSER', 'default', '-select');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const sets = Promise.all([client.set('c', '1'), copy.set('d', '1')]);
    await vi.waitFor(async () => {
      const log = z.array(z.array(z.unknown())).parse(await admin.call('ACL', 'LOG'));
      expect(log.flat().filter((one) => one === 'select').length).toBeGreaterThan(0);
    });
    await admin.call('ACL', 'SETUSER', 'default', '+select');
    await sets;
    expect(await admin.dbsize()).toBe(0);
  });
});

describe('a user of Redis', () => {
  const rights = ['~{refunds}:*', 'resetchannels', '+@all', '-@admin', '-@dangerous'];

  it.each([
    [
      'without @admin and @dangerous',
      rights,
      { version: null, 'maxmemory-policy': null, appendonly: null, appendfsync: null },
    ],
    ['that may INFO', [...rights, '+info'], { appendfsync: null }],
    ['with the rights that README lists', [...rights, '+info', '+config|get'], { appendfsync: 'no' }],
    ['without HELLO and CLIENT', [...rights, '+info', '-hello', '-client'], { appendfsync: null }],
  ])('%s works, with a warning of what cannot be read', async (_which, user, warnings) => {
    const { server, admin } = await own();
    await admin.call('ACL', 'SETUSER', 'worker', 'on', '>pw', ...user);
    const printed = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    onTestFinished(() => printed.mockRestore());
    const url = `redis://worker:pw@127.0.0.1:${server.port}`;
    const { system, send, until } = await openShop(
      { url, prefix: '{refunds}', onEnd: redis.onEnd },
      { scenario },
    );
    const verdict = await system.redisVerdict();
    expect(verdict.ok).toBe(true);
    expect(Object.fromEntries(verdict.warnings.map(({ setting, found }) => [setting, found]))).toEqual(
      warnings,
    );
    await until((await send({ receipt_id: 'r-1', cancel_price: 1_000 })).refund_id, 'succeeded');
    expect(printed).not.toHaveBeenCalled();
    for (const readme of ['README.md', 'README.ko.md'])
      expect(textOf(readme)).toContain([...rights, '+info', '+config|get'].join(' '));
  });
});

it.each([
  ['', 'is never sent'],
  ['?protocol=3', 'is sent where the address asks for it'],
])('HELLO, which proxies refuse in words of their own, with %j %s', async (option) => {
  const way = await startBlackhole(redis, { port: Number(new URL(redis.url).port) });
  const client = connectRedis({ url: way.url + option, whenDown: 'wait', onError: () => undefined });
  redis.onEnd(async () => client.disconnect());
  expect(await client.get(`${redis.prefix}:a`)).toBe(null);
  expect(/hello/i.test(way.sent())).toBe(option !== '');
});

it('/readyz tells a Redis that says no from one that is silent', async () => {
  const { server, admin } = await own();
  await admin.call('ACL', 'SETUSER', 'worker', 'on', '>pw', '~*', '&*', '+@all');
  const place = { url: `redis://worker:pw@127.0.0.1:${server.port}`, prefix: '{t}', onEnd: redis.onEnd };
  const { call } = await openServer({ ...place, connect: redis.connect }, { apart: { whenDown: 'fail' } });
  expect((await call('/readyz')).status).toBe(200);
  await admin.call('ACL', 'SETUSER', 'worker', 'resetpass', '>other');
  await admin.call('CLIENT', 'KILL', 'USER', 'worker');
  await vi.waitFor(async () => {
    const { status, body } = await call('/readyz');
    expect(status).toBe(503);
    expect(body.redis).toMatchObject({
      ...{ reachable: true, ok: false },
      problems: [{ setting: 'connection', found: 'WRONGPASS', ko: expect.stringMatching(/거부/) }],
    });
  });
  const { status, body } = await call('/v1/order-cancellations', { json: event });
  expect([status, body.title]).toEqual([503, 'Redis is away']);
});

describe('sentinels', () => {
  it.each([
    ['with the password of the data', 'secret', undefined],
    ['with a password of their own', 'hush', { username: null, password: 'hush' }],
  ])('%s name the primary', async (_which, password, sentinel) => {
    const group = await startSentinels();
    onTestFinished(() => group.stop());
    await secure(group.url, password);
    const data = new Redis(group.primary.port);
    await data.call('ACL', 'SETUSER', 'default', 'resetpass', '>secret');
    data.disconnect();
    const url = group.url.replace('://', '://:secret@');
    const errors: string[] = [];
    const client = connectRedis({
      ...{ url, whenDown: 'fail', sentinel },
      onError: ({ message }) => void errors.push(message),
    });
    onTestFinished(() => client.disconnect());
    expect(await client.set('a', '1')).toBe('OK');
    expect(errors).toEqual([]);
  });
});

async function secure(url: string, password: string): Promise<void> {
  for (const [, port] of url.matchAll(/127\.0\.0\.1:(\d+)/g)) {
    const sentinel = new Redis(Number(port));
    await sentinel.call('ACL', 'SETUSER', 'default', 'resetpass', `>${password}`);
    sentinel.disconnect();
  }
}

it('a cluster behind TLS is reached by the host name that its certificate names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-worker-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  certify(folder);
  const port = await freePort();
  const { admin } = await own({
    'tls-port': String(port),
    'tls-cert-file': join(folder, 'crt'),
    'tls-key-file': join(folder, 'key'),
    'tls-ca-cert-file': join(folder, 'crt'),
    'tls-auth-clients': 'no',
    'tls-cluster': 'yes',
    'cluster-enabled': 'yes',
    'cluster-port': String(await freePort()),
    'cluster-announce-hostname': 'localhost',
    'cluster-preferred-endpoint-type': 'hostname',
  });
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  await vi.waitFor(async () => expect(await admin.call('CLUSTER', 'INFO')).toContain('cluster_state:ok'), {
    timeout: 20_000,
  });
  const list = (url: string, trusted: boolean) =>
    cli(['list'], {
      env: { REDIS_URL: url, ...(trusted && { NODE_EXTRA_CA_CERTS: join(folder, 'crt') }) },
      folder: folderForTest(),
    });
  expect(await list(`rediss+cluster://localhost:${port}`, true)).toMatchObject({ code: 0 });
  const { code, stderr } = await list(`rediss+cluster://localhost:${port}`, false);
  expect(code).toBe(1);
  expect(stderr).toMatch(/does not let us work \(Failed to refresh.* Last error: self-signed certificate/);
});

/** Of localhost alone, signed by itself. */
function certify(folder: string): void {
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', join(folder, 'key'), '-out', join(folder, 'crt')],
  ]);
}

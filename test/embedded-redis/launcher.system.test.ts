// A Redis of our own: one per folder, found by every command, its data kept, and recovered after a hard death.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOwnRedis, type LaunchedRedis, launchRedis } from '../../src/embedded-redis/launcher.ts';
import { isAlive, signalTo } from '../../src/embedded-redis/server.ts';
import { checkRedis } from '../../src/redis/check.ts';
import { useFolder } from '../support/redis.ts';

const root = useFolder();
let count = 0;
let folder = '';
let launched: LaunchedRedis[] = [];

beforeEach(() => {
  count += 1;
  folder = join(root(), String(count));
});
afterEach(async () => {
  for (const redis of launched) await redis.stop();
  launched = [];
  const left = await findOwnRedis(folder);
  // Only a failed test leaves one.
  if (left !== null) await ask(left, (client) => client.shutdown('NOSAVE').catch(() => undefined));
});

async function launch(): Promise<LaunchedRedis> {
  const redis = await launchRedis({ folder });
  launched.push(redis);
  return redis;
}

async function ask<Answer>(url: string, question: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(url);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

test('it is safe enough for production, on loopback only', async () => {
  const { url, kept } = await launch();
  expect(kept).toBe(false);
  expect(url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  await ask(url, async (client) => {
    expect(await checkRedis([client], true)).toEqual({ ok: true, problems: [], warnings: [] });
    expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
    expect(await client.config('GET', 'protected-mode')).toEqual(['protected-mode', 'yes']);
  });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('it is found by every command while it runs, and by none afterwards', async () => {
  expect(await findOwnRedis(folder)).toBeNull();
  const redis = await launch();
  expect(await findOwnRedis(folder)).toBe(redis.url);
  await redis.stop();
  expect(await findOwnRedis(folder)).toBeNull();
  expect(existsSync(join(folder, 'redis.json'))).toBe(false);
  expect(isAlive(redis.pid)).toBe(false);
});

test('it keeps its data from one run to the next', async () => {
  const first = await launch();
  await ask(first.url, (client) => client.set('{refunds}:kept', 'yes'));
  await first.stop();
  const second = await launch();
  expect(await ask(second.url, (client) => client.get('{refunds}:kept'))).toBe('yes');
});

test('a second launcher uses the server that runs, and leaves it running', async () => {
  const first = await launch();
  const second = await launch();
  expect(second).toMatchObject({ url: first.url, pid: first.pid, kept: true });
  await second.stop();
  expect(await findOwnRedis(folder)).toBe(first.url);
});

test('launchers that come at the same time start one server', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, launch));
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  expect(all.filter(({ kept }) => !kept)).toHaveLength(1);
});

test('a server that outlived its launcher is inherited with its data, and stopped by the heir', async () => {
  const launcher = fileURLToPath(new URL('../../src/embedded-redis/launcher.ts', import.meta.url));
  const script = `
    const { launchRedis } = await import(${JSON.stringify(launcher)});
    const { url } = await launchRedis({ folder: ${JSON.stringify(folder)} });
    process.stdout.write(url, () => process.kill(process.pid, 'SIGKILL'));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(child.signalCode).toBe('SIGKILL');
  await ask(url, (client) => client.set('{refunds}:left', 'behind'));

  const heir = await launch();
  expect(heir).toMatchObject({ url, kept: false });
  expect(await ask(heir.url, (client) => client.get('{refunds}:left'))).toBe('behind');
  await heir.stop();
  expect(await findOwnRedis(folder)).toBeNull();
});

test('an address left by a server that died hard does not stop the next start', async () => {
  const first = await launch();
  await ask(first.url, (client) => client.set('{refunds}:kept', 'yes'));
  signalTo(first.pid, 'SIGKILL');
  await expect.poll(() => isAlive(first.pid)).toBe(false);
  expect(await findOwnRedis(folder)).toBeNull();
  const second = await launch();
  expect(second.kept).toBe(false);
  expect(await ask(second.url, (client) => client.get('{refunds}:kept'))).toBe('yes');
});

test.each([
  [
    'the pid of somebody else',
    (port: number) => ({ url: `redis://127.0.0.1:${port}`, port, pid: process.pid }),
  ],
  ['nonsense', () => 'nonsense'],
])('an address file with %s is not believed', async (_what, content) => {
  const other = await launch();
  const port = Number(new URL(other.url).port);
  folder = `${folder}-stale`;
  const started = await launch();
  await started.stop();
  const text = content(port);
  const stale = typeof text === 'string' ? text : JSON.stringify({ ...text, owner: process.pid });
  writeFileSync(join(folder, 'redis.json'), stale);
  expect(await findOwnRedis(folder)).toBeNull();
  const own = await launch();
  expect(own.kept).toBe(false);
  expect(own.pid).not.toBe(other.pid);
});

test('a lock left by a launcher that died hard is broken', async () => {
  const first = await launch();
  await first.stop();
  writeFileSync(join(folder, 'redis.lock'), `${first.pid}\n`);
  expect((await launch()).kept).toBe(false);
  expect(existsSync(join(folder, 'redis.lock'))).toBe(false);
});

test('a data folder that Redis cannot read is told with the end of its log', async () => {
  const first = await launch();
  await ask(first.url, (client) => client.set('{refunds}:a', '1'));
  await first.stop();
  const manifest = join(folder, 'data', 'appendonlydir', 'appendonly.aof.manifest');
  writeFileSync(manifest, `${readFileSync(manifest, 'utf8')}spoiled\n`);
  await expect(launchRedis({ folder })).rejects.toThrow(
    /did not start on port \d+\. The end of .*redis\.log/,
  );
  expect(existsSync(join(folder, 'redis.lock'))).toBe(false);
});

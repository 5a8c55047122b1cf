// A Redis of our own: one per folder, found by every command, its data kept, and recovered after a hard death.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findOwnRedis, type LaunchedRedis, launchRedis } from '../../src/embedded-redis/launcher.ts';
import { keepTouching } from '../../src/embedded-redis/lock-file.ts';
import { findProgram } from '../../src/embedded-redis/program.ts';
import { freePort, isAlive, signalTo, startServer } from '../../src/embedded-redis/server.ts';
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
  const { url, keptBy } = await launch();
  expect(keptBy).toBeNull();
  expect(url).toMatch(/^redis:\/\/:[0-9a-f]{48}@127\.0\.0\.1:\d+$/);
  await ask(url, async (client) => {
    expect(await checkRedis([client], true)).toEqual({ ok: true, problems: [], warnings: [] });
    expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
    expect(await client.config('GET', 'protected-mode')).toEqual(['protected-mode', 'yes']);
  });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

describe('its password', () => {
  /** What a server says to a client that knows no password. */
  function answerTo(command: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${command}\r\n`));
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
      socket.once('error', reject);
    });
  }

  test.each(['PING', 'KEYS *', 'CONFIG GET requirepass', 'FLUSHALL', 'AUTH guess'])(
    'keeps out a client that does not know it: %s',
    async (command) => {
      const { url } = await launch();
      expect(await answerTo(command, Number(new URL(url).port))).toMatch(/^-(NOAUTH|WRONGPASS) /);
    },
  );

  test('stands in a file that its owner alone can read, and nowhere that others look', async () => {
    const { url, pid } = await launch();
    const { password } = new URL(url);
    expect(statSync(join(folder, 'redis.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'redis.json'), 'utf8')).toContain(password);
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password);
    expect(readFileSync(join(folder, 'redis.log'), 'utf8')).not.toContain(password);
  });

  test('is another one at each start', async () => {
    const first = await launch();
    await first.stop();
    const second = await launch();
    expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
  });

  test('is given to a server that an earlier version left without one, and the data is kept', async () => {
    mkdirSync(folder, { mode: 0o700 });
    const settings = { dataFolder: join(folder, 'data'), logFile: join(folder, 'redis.log') };
    const program = await findProgram({ folder: join(folder, 'redis') });
    const port = await freePort();
    const open = await startServer({ program, port, ...settings, appendfsync: 'always' });
    await ask(`redis://127.0.0.1:${port}`, (client) => client.set('{refunds}:kept', 'yes'));
    const address = { url: `redis://127.0.0.1:${port}`, ...open, owner: 2 ** 22 + 1 };
    writeFileSync(join(folder, 'redis.json'), JSON.stringify(address));
    const own = await launch();
    expect(new URL(own.url).password).not.toBe('');
    expect(isAlive(open.pid)).toBe(false);
    expect(await ask(own.url, (client) => client.get('{refunds}:kept'))).toBe('yes');
  });
});

const isRoot = process.geteuid?.() === 0;

describe('a folder that others can write', () => {
  const repair = (words: string) => new RegExp(`${words}.*\n.*환불이 조작될 수 있습니다.*${words}`, 's');

  test.each([0o770, 0o707, 0o777, 0o702])(
    'is refused with the command to repair it: mode %o',
    async (mode) => {
      mkdirSync(folder);
      chmodSync(folder, mode);
      await expect(launchRedis({ folder })).rejects.toThrow(repair(`chmod -R go-rwx ${folder}`));
      await expect(findOwnRedis(folder)).rejects.toThrow(repair(`chmod -R go-rwx ${folder}`));
      chmodSync(folder, 0o700);
      expect((await launch()).keptBy).toBeNull();
    },
  );

  test.each(['data', 'redis'])('is refused inside ours as well: %s', async (name) => {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    chmodSync(join(folder, name), 0o777);
    await expect(launchRedis({ folder })).rejects.toThrow(repair(`chmod -R go-rwx ${join(folder, name)}`));
    expect(existsSync(join(folder, 'redis.lock'))).toBe(false);
  });

  test('is told from one that others only see', async () => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect((await launch()).keptBy).toBeNull();
  });

  test('an address in a file that others can write is not followed', async () => {
    await launch();
    chmodSync(join(folder, 'redis.json'), 0o666);
    await expect(findOwnRedis(folder)).rejects.toThrow(repair(`chmod 600 ${join(folder, 'redis.json')}`));
    chmodSync(join(folder, 'redis.json'), 0o600);
  });

  test.runIf(isRoot)('or that belongs to another user is refused', async () => {
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 65_534, 65_534);
    await expect(launchRedis({ folder })).rejects.toThrow(/uid 65534.*sudo chown -R .*\n.*uid 65534/s);
    chownSync(folder, 0, 0);
  });
});

test.runIf(isRoot)('another user of the machine reaches neither server nor file', async () => {
  const { url } = await launch();
  const { port } = new URL(url);
  const asNobody = (script: string) => {
    const words = ['--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', script];
    return text(spawn('setpriv', words, { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/' }).stdout);
  };
  expect(await asNobody(`redis-cli -p ${port} KEYS '*'`)).toContain('NOAUTH');
  expect(await asNobody(`cat ${join(folder, 'redis.json')} || echo refused`)).toBe('refused\n');
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
  expect(second).toMatchObject({ url: first.url, pid: first.pid, keptBy: { pid: process.pid } });
  await second.stop();
  expect(await findOwnRedis(folder)).toBe(first.url);
});

test('launchers that come at the same time start one server', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, launch));
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  expect(all.filter(({ keptBy }) => keptBy === null)).toHaveLength(1);
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
  expect(heir).toMatchObject({ url, keptBy: null });
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
  expect(second.keptBy).toBeNull();
  expect(await ask(second.url, (client) => client.get('{refunds}:kept'))).toBe('yes');
});

test.each([
  ['the pid of somebody else', (url: string) => ({ url, port: Number(new URL(url).port), pid: process.pid })],
  ['nonsense', () => 'nonsense'],
])('an address file with %s is not believed', async (_what, content) => {
  const other = await launch();
  folder = `${folder}-stale`;
  const started = await launch();
  await started.stop();
  const text = content(other.url);
  const stale = typeof text === 'string' ? text : JSON.stringify({ ...text, owner: process.pid });
  writeFileSync(join(folder, 'redis.json'), stale);
  expect(await findOwnRedis(folder)).toBeNull();
  const own = await launch();
  expect(own.keptBy).toBeNull();
  expect(own.pid).not.toBe(other.pid);
});

describe('a folder that another machine shares', () => {
  /** As another machine's launcher wrote it. */
  function leftElsewhere(): string {
    mkdirSync(folder, { mode: 0o700 });
    const holder = { pid: 1, id: 'a', started: null, host: 'elsewhere' };
    const address = { url: 'redis://:p@127.0.0.1:1', port: 1, pid: 1, owner: 1, holder };
    writeFileSync(join(folder, 'redis.json'), JSON.stringify(address));
    return join(folder, 'redis.json');
  }

  test('gets no second server on its data while that one lives', async () => {
    const stop = keepTouching(leftElsewhere());
    await expect(launchRedis({ folder })).rejects.toThrow(/is run by process 1 on elsewhere.*REDIS_URL/);
    stop();
  });

  test('is taken once that one is gone', async () => {
    leftElsewhere();
    expect((await launch()).keptBy).toBeNull();
  });
});

test('a lock left by a launcher that died hard is broken', async () => {
  const first = await launch();
  await first.stop();
  writeFileSync(join(folder, 'redis.lock'), `${first.pid}\n`);
  expect((await launch()).keptBy).toBeNull();
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

// A real Redis for system tests: one per test process, a prefix per test, and servers that a test may kill.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, stat, truncate } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { privateFolder } from '../../src/config/files.ts';
import { holdLock } from '../../src/embedded-redis/lock-file.ts';
import { findProgram, type Program } from '../../src/embedded-redis/program.ts';
import {
  type AppendFsync,
  freePort,
  signalTo,
  startServer,
  stopServer,
} from '../../src/embedded-redis/server.ts';

let shared: Promise<{ url: string }> | undefined;

/** Started at the first call of this process, for all its test files one after the other; it ends with the process. */
export function sharedRedis(): Promise<{ url: string }> {
  // `no`: these tests are not about power cuts; those that are start a server of their own.
  shared ??= startRedis({ appendfsync: 'no' });
  return shared;
}

/** Like REDIS_PREFIX: one hash tag, unique. */
export function freshPrefix(): string {
  return `{t-${randomBytes(6).toString('hex')}}`;
}

type ConnectOptions = Pick<RedisOptions, 'maxRetriesPerRequest' | 'enableOfflineQueue' | 'commandTimeout'>;

export interface TestRedis {
  readonly url: string;
  /** Another one in each test. */
  readonly prefix: string;
  /** Runs after the test and before its keys are removed: whoever still writes stops here. Last added, first run. */
  onEnd(stop: () => Promise<void>): void;
  /** Closed after the test. Waits for Redis by default, as a worker's connection does. `to`: another server's address. */
  connect(options?: ConnectOptions, to?: string): Redis;
}

/**
 * Call it at the top of a describe: gives each test a prefix of its own. After each test connections are closed,
 * the prefix is removed, and a key left anywhere else fails the test. What files before it left is removed first.
 */
export function useRedis(): TestRedis {
  let url = '';
  let prefix = '';
  let connections: Redis[] = [];
  let ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    ({ url } = await sharedRedis());
    await removePrefix(url, '');
  });
  beforeEach(() => {
    prefix = freshPrefix();
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
    for (const connection of connections) connection.disconnect();
    connections = [];
    const strays = await removePrefix(url, prefix);
    expect(strays, 'keys outside the prefix of the test').toEqual([]);
  });

  return {
    get url() {
      return url;
    },
    get prefix() {
      return prefix;
    },
    onEnd: (end) => void ends.push(end),
    connect: (options: ConnectOptions = { maxRetriesPerRequest: null }, to: string = url) => {
      const connection = new Redis(to, options);
      // Without a listener ioredis prints every lost connection of a crash test.
      connection.on('error', () => undefined);
      connections.push(connection);
      return connection;
    },
  };
}

export interface CrashableRedis {
  readonly url: string;
  readonly port: number;
  pid(): number;
  /** Ends it at once (SIGKILL) or in good order (SIGTERM), and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stands still: connections stay open and nothing answers. `resume` lets it go on. */
  freeze(): void;
  resume(): void;
  /** Starts again on the same port and the same data. */
  restart(): Promise<void>;
  /** While it is down: cuts this share off the end of its AOF, as a power cut may. Answers the bytes lost. */
  loseTail(share: number): Promise<number>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** A server of the test's own, for crashes. Ends with this process at the latest. */
export async function startRedis(
  options: { readonly appendfsync?: AppendFsync; readonly more?: Readonly<Record<string, string>> } = {},
): Promise<CrashableRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'refund-worker-crash-'));
  const settings = {
    program: await findShared(),
    port: await freePort(),
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'redis.log'),
    appendfsync: options.appendfsync ?? 'always',
    more: options.more ?? {},
  };
  let server = await startServer(settings);
  let watcher = endWithUs(server.pid, folder);
  return {
    url: `redis://127.0.0.1:${settings.port}`,
    port: settings.port,
    pid: () => server.pid,
    kill: (signal = 'SIGKILL') => stopServer(server, signal),
    freeze: () => signalTo(server.pid, 'SIGSTOP'),
    resume: () => signalTo(server.pid, 'SIGCONT'),
    restart: async () => {
      server = await startServer(settings);
      watcher.dismiss();
      watcher = endWithUs(server.pid, folder);
    },
    loseTail: async (share) => {
      const aof = join(settings.dataFolder, 'appendonlydir');
      const name = (await readdir(aof)).find((file) => file.endsWith('.incr.aof')) ?? '';
      const { size } = await stat(join(aof, name));
      await truncate(join(aof, name), Math.floor(size * (1 - share)));
      return size * share;
    },
    stop: async () => {
      await stopServer(server, 'SIGKILL');
      watcher.dismiss();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A folder that is gone after the file's tests. */
export function useFolder(): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'refund-worker-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Removes all keys: strays as well, or every later test would be blamed for them. Answers with those strays. */
async function removePrefix(url: string, prefix: string): Promise<string[]> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    await redis.flushall();
    return keys.filter((key) => !key.startsWith(prefix)).sort();
  } finally {
    redis.disconnect();
  }
}

/** Where no Redis is installed, the first process unpacks one where `demo` looks as well, and the others wait. */
export async function findShared(): Promise<Program> {
  const folder = resolve('.refund-worker');
  await privateFolder(folder);
  return holdLock(join(folder, 'program.lock'), () => findProgram({ folder: join(folder, 'redis') }));
}

/**
 * Vitest may end its processes without an exit event. A shell that holds the other end of a pipe notices any end of
 * ours, kills the server and removes its folder.
 */
export function endWithUs(pid: number, folder: string): { dismiss: () => void } {
  const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; rm -rf "$2"';
  const watcher = spawn('sh', ['-c', script, 'watcher', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return {
    dismiss: () => {
      // The shell and the cat it waits for: a group of their own.
      if (watcher.pid !== undefined) process.kill(-watcher.pid, 'SIGKILL');
    },
  };
}

// A Redis of our own for `demo` and `start` without REDIS_URL: one per folder, shared by every command, data kept.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { privateFolder, readPrivate, replaceFile } from '../config/files.ts';
import { refuseShared } from '../config/private.ts';
import { ConfigError } from '../domain/errors.ts';
import { parseJson } from '../domain/problem.ts';
import { answers, type OwnServer } from './ask.ts';
import { type Holder, holderSchema, runsHere, thisProcess } from './holder.ts';
import { holderText, holdLock, isTouched, keepTouching, type LockOptions } from './lock-file.ts';
import { findProgram } from './program.ts';
import {
  type AppendFsync,
  freePort,
  isAlive,
  type ServerSettings,
  signalTo,
  startServer,
  stopServer,
} from './server.ts';

interface LaunchOptions extends LockOptions {
  /** Data, address, log and unpacked packages live here. Default `.refund-worker` in the working folder. */
  readonly folder?: string;
  /** Default `always`: an accepted event is on disk when the answer leaves. */
  readonly appendfsync?: AppendFsync;
  /** Instead of our own PATH. */
  readonly searchPath?: string;
  /** The process that ran the server was killed, and it is ours now. */
  readonly onTakenOver?: () => void;
}

export interface LaunchedRedis {
  /** With its password. */
  readonly url: string;
  readonly pid: number;
  /** The process that runs it, and stops it; null: this one. When that one is killed, this one takes over. */
  readonly keptBy: Holder | null;
  stop(): Promise<void>;
}

/**
 * `holder` is the process that stops it. When that process was killed, another one inherits server and data. An earlier
 * version knows `owner`, its pid, alone.
 */
const addressSchema = z
  .object({
    url: z.string(),
    port: z.int().positive(),
    pid: z.int().positive(),
    owner: z.int().positive(),
    holder: holderSchema.optional(),
  })
  .transform(({ owner, holder = holderSchema.parse(owner), ...server }) => ({ ...server, holder }));
type Address = z.infer<typeof addressSchema>;
type Unowned = Omit<Address, 'holder'>;

const ownerCheckMs = 1_000;

/** @throws ConfigError when there is no Redis to run, it does not start, or it runs on another machine. */
export async function launchRedis(options: LaunchOptions = {}): Promise<LaunchedRedis> {
  const folder = resolve(options.folder ?? '.refund-worker');
  await privateFolder(folder);
  return holdLock(
    lockFile(folder),
    async () => {
      const found = await readLiveAddress(folder);
      if (found !== null && (await runsHere(found.holder))) return keptServer(folder, found, options);
      if (found === null) await refuseElsewhere(folder);
      return own(folder, (await inherited(found)) ?? (await startOwn(folder, options)));
    },
    options,
  );
}

/** A server that an earlier version left has no password: its data is kept, the server is not. */
async function inherited(found: Address | null): Promise<Address | null> {
  if (found === null) return null;
  const server = serverAt(found);
  if (server.password) return found;
  await stopServer(server);
  return null;
}

/** Two servers on one data folder would destroy it, and one on another machine cannot be asked. */
async function refuseElsewhere(folder: string): Promise<void> {
  const holder = (await readAddress(folder))?.holder;
  if (holder === undefined || holder.host === (await thisProcess()).host) return;
  if (!(await isTouched(addressFile(folder)))) return;
  const { en, ko } = holderText(holder);
  throw new ConfigError([
    `The Redis of ${folder} is run by ${en}. Stop it there, or set REDIS_URL to a Redis that both reach.`,
    `${folder}의 Redis를 ${ko}가 실행하고 있습니다. 그쪽을 멈추거나, 양쪽에서 접속할 수 있는 Redis를 REDIS_URL에 지정하세요.`,
  ]);
}

/** The address, password included, of the Redis that runs in this folder; null when none does. */
export async function findOwnRedis(folder = '.refund-worker'): Promise<string | null> {
  return (await readLiveAddress(resolve(folder)))?.url ?? null;
}

/** Under the lock: the server is this process's from now on. */
async function own(folder: string, { url, port, pid }: Unowned): Promise<LaunchedRedis> {
  const address = { url, port, pid, holder: await thisProcess() };
  await replaceFile(addressFile(folder), `${JSON.stringify({ ...address, owner: process.pid })}\n`);
  return ownedServer(folder, address);
}

function keptServer(folder: string, address: Address, { onTakenOver }: LaunchOptions): LaunchedRedis {
  let owned: LaunchedRedis | null = null;
  let looking = Promise.resolve();
  const look = async () => {
    if (owned !== null || (await runsHere(address.holder))) return;
    owned = await takeOver(folder, address);
    if (owned !== null) onTakenOver?.();
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined); // tried again
  }, ownerCheckMs);
  timer.unref();
  return {
    url: address.url,
    pid: address.pid,
    keptBy: address.holder,
    stop: async () => {
      clearInterval(timer);
      await looking;
      await owned?.stop();
    },
  };
}

/** null: another one did, or the server is gone as well. */
function takeOver(folder: string, { pid }: Address): Promise<LaunchedRedis | null> {
  return holdLock(lockFile(folder), async () => {
    const found = await readLiveAddress(folder);
    if (found?.pid !== pid || (await runsHere(found.holder))) return null;
    return own(folder, found);
  });
}

function ownedServer(folder: string, address: Address): LaunchedRedis {
  // A process that exits without stopping its server stops it here. Not reached after SIGKILL.
  const atExit = () => signalTo(address.pid, 'SIGTERM');
  process.once('exit', atExit);
  const stopTouching = keepTouching(addressFile(folder));
  return {
    url: address.url,
    pid: address.pid,
    keptBy: null,
    stop: async () => {
      process.off('exit', atExit);
      await stopServer(serverAt(address));
      stopTouching();
      if ((await readAddress(folder))?.pid === address.pid) await rm(addressFile(folder), { force: true });
    },
  };
}

async function startOwn(folder: string, options: LaunchOptions): Promise<Unowned> {
  const programs = join(folder, 'redis');
  refuseShared(programs);
  const program = await findProgram({ folder: programs, searchPath: options.searchPath });
  const password = randomBytes(24).toString('hex');
  const { port, pid } = await startOnFreePort({
    program,
    password,
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'redis.log'),
    appendfsync: options.appendfsync ?? 'always',
  });
  return { url: `redis://:${password}@127.0.0.1:${port}`, port, pid };
}

/** Tries once more when the first port was taken before the server started. */
async function startOnFreePort(settings: Omit<ServerSettings, 'port'>) {
  try {
    return await startServer({ ...settings, port: await freePort() });
  } catch {
    return startServer({ ...settings, port: await freePort() });
  }
}

async function readLiveAddress(folder: string): Promise<Address | null> {
  const address = await readAddress(folder);
  return address !== null && isAlive(address.pid) && (await answers(serverAt(address))) ? address : null;
}

async function readAddress(folder: string): Promise<Address | null> {
  refuseShared(folder);
  const text = await readPrivate(addressFile(folder));
  return addressSchema.safeParse(parseJson(text)).data ?? null;
}

function serverAt({ url, port, pid }: Address): OwnServer {
  return { port, pid, password: URL.canParse(url) ? new URL(url).password : '' };
}

function lockFile(folder: string): string {
  return join(folder, 'redis.lock');
}

function addressFile(folder: string): string {
  return join(folder, 'redis.json');
}

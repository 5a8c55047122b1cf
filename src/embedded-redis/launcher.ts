// A Redis of our own for `demo` and `start` without REDIS_URL: one per folder, shared by every command, data kept.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { privateFolder, readPrivate, replaceFile } from '../config/files.ts';
import { refuseShared } from '../config/private.ts';
import { parseJson } from '../domain/problem.ts';
import { answers, type OwnServer } from './ask.ts';
import { holdLock } from './lock-file.ts';
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

export interface LaunchOptions {
  /** Data, address, log and unpacked packages live here. Default `.refund-worker` in the working folder. */
  readonly folder?: string;
  /** Default `always`: an accepted event is on disk when the answer leaves. */
  readonly appendfsync?: AppendFsync;
  /** Instead of our own PATH. */
  readonly searchPath?: string;
}

export interface LaunchedRedis {
  /** With its password. */
  readonly url: string;
  readonly pid: number;
  /** true: it belongs to another live process; `stop` leaves it alone. */
  readonly kept: boolean;
  stop(): Promise<void>;
}

/** `owner` is the process that stops it. When that process was killed, the next launcher inherits server and data. */
const addressSchema = z.object({
  url: z.string(),
  port: z.int().positive(),
  pid: z.int().positive(),
  owner: z.int().positive(),
});
type Address = z.infer<typeof addressSchema>;

/** @throws ConfigError when there is no Redis to run, or it does not start. */
export async function launchRedis(options: LaunchOptions = {}): Promise<LaunchedRedis> {
  const folder = resolve(options.folder ?? '.refund-worker');
  await privateFolder(folder);
  return holdLock(join(folder, 'redis.lock'), async () => {
    const found = await readLiveAddress(folder);
    if (found !== null && isAlive(found.owner)) return keptServer(found);
    const address = (await inherit(found)) ?? (await startOwn(folder, options));
    await replaceFile(addressFile(folder), `${JSON.stringify(address)}\n`);
    return ownedServer(folder, address);
  });
}

/** A server that an earlier version left has no password: its data is kept, the server is not. */
async function inherit(found: Address | null): Promise<Address | null> {
  if (found === null) return null;
  const server = serverAt(found);
  if (server.password) return { ...found, owner: process.pid };
  await stopServer(server);
  return null;
}

/** The address, password included, of the Redis that runs in this folder; null when none does. */
export async function findOwnRedis(folder = '.refund-worker'): Promise<string | null> {
  return (await readLiveAddress(resolve(folder)))?.url ?? null;
}

function keptServer({ url, pid }: Address): LaunchedRedis {
  return { url, pid, kept: true, stop: () => Promise.resolve() };
}

function ownedServer(folder: string, address: Address): LaunchedRedis {
  // A process that exits without stopping its server stops it here. Not reached after SIGKILL.
  const atExit = () => signalTo(address.pid, 'SIGTERM');
  process.once('exit', atExit);
  return {
    url: address.url,
    pid: address.pid,
    kept: false,
    stop: async () => {
      process.off('exit', atExit);
      await stopServer(serverAt(address));
      if ((await readAddress(folder))?.pid === address.pid) await rm(addressFile(folder), { force: true });
    },
  };
}

async function startOwn(folder: string, options: LaunchOptions): Promise<Address> {
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
  return { url: `redis://:${password}@127.0.0.1:${port}`, port, pid, owner: process.pid };
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

function addressFile(folder: string): string {
  return join(folder, 'redis.json');
}

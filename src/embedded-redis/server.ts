// One redis-server process on loopback: started with the settings money needs, awaited until it answers, stopped by its
// pid.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { privateFolder, readIfThere } from '../config/files.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { answers, ask, isClosed, type OwnServer } from './ask.ts';
import type { Program } from './program.ts';

export type AppendFsync = 'always' | 'everysec' | 'no';

export interface ServerSettings {
  readonly program: Program;
  readonly port: number;
  /** Kept when the server stops: the next one reads it. */
  readonly dataFolder: string;
  readonly logFile: string;
  readonly appendfsync: AppendFsync;
  /** Letters and digits. Absent: every user of the machine reaches the server. */
  readonly password?: string;
  /** Of Redis' own configuration, beyond ours. */
  readonly more?: Readonly<Record<string, string>>;
}

const pollMs = 20;
/** How long a start may take before the first sign of life; reading a long append-only file comes on top. */
const startLimitMs = 10_000;
const stopLimitMs = 5000;

/** @throws ConfigError with the end of the server's log. */
export async function startServer(settings: ServerSettings): Promise<OwnServer> {
  await privateFolder(settings.dataFolder);
  // A process group of its own: Ctrl-C is for the worker, which still needs Redis to stop in good order.
  const child = spawn(settings.program.command, argumentsFor(settings), {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: settings.program.env,
  });
  const password = settings.password ?? '';
  child.stdin.on('error', () => undefined); // it died; told below
  await once(child, 'spawn');
  // Not an argument, because every user of the machine can read those of every process.
  child.stdin.end(password === '' ? '' : `requirepass ${password}\n`);
  child.unref();
  const server = { port: settings.port, pid: child.pid ?? 0, password };
  const limit = performance.now() + startLimitMs;
  while (!(await answers(server))) {
    const loading = (await ask(server, 'PING'))?.startsWith('-LOADING') === true;
    const died = child.exitCode !== null || child.signalCode !== null;
    if (died || (!loading && performance.now() > limit)) {
      child.kill('SIGKILL');
      throw await notStarted(settings);
    }
    await pause(pollMs);
  }
  return server;
}

/** SIGTERM, so that it writes what it holds; SIGKILL after 5 s. Works for a server that another process started. */
export async function stopServer(server: OwnServer, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  signalTo(server.pid, signal);
  if (await isGoneWithin(server, stopLimitMs)) return;
  signalTo(server.pid, 'SIGKILL');
  await isGoneWithin(server, stopLimitMs);
}

export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Chosen by the kernel; another process may take it before the server does, hence the caller's second try. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function argumentsFor({ port, dataFolder, logFile, appendfsync, more }: ServerSettings): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    'protected-mode': 'yes',
    dir: dataFolder,
    logfile: logFile,
    appendonly: 'yes',
    appendfsync,
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    ...more,
  };
  // `-`: more of it comes over standard input.
  return ['-', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])];
}

/**
 * A stopped server may stay a zombie where no parent reaps it. Redis closes its port last, so that this counts as well.
 */
async function isGoneWithin(server: OwnServer, limitMs: number): Promise<boolean> {
  const limit = performance.now() + limitMs;
  while (isAlive(server.pid) && !(await isClosed(server.port))) {
    if (performance.now() > limit) return false;
    await pause(pollMs);
  }
  return true;
}

async function notStarted({ program, port, logFile }: ServerSettings): Promise<ConfigError> {
  const tail = ((await readIfThere(logFile)) ?? '').trim().split('\n').slice(-3).join(' / ');
  return new ConfigError([
    `${program.command} did not start on port ${port}. The end of ${logFile}: ${tail}`,
    `${program.command} 프로그램을 포트 ${port}에서 시작하지 못했습니다. ${logFile}을 확인하세요.`,
  ]);
}

// Runs the command line, here or as a process of its own, and tells what it printed and how it ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inject, onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/program.ts';
import { createTerminal } from '../../src/cli/terminal.ts';

const tsx = import.meta.resolve('tsx');

export interface JobResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly input?: string | Buffer;
  /** What a person types when a password is asked for, without echo. */
  readonly password?: string;
  /** Standard input stays open: a producer that goes on. */
  readonly keepsInputOpen?: boolean;
  /** A program, with its arguments, that runs it. */
  readonly within?: readonly string[];
  /** Of the test, in place of a pipe that is read. */
  readonly outputs?: { readonly stdout?: number; readonly stderr?: number };
}

export interface Running {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  readonly printed: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves once standard output holds it; rejects when the process ends before. */
  until(text: string | RegExp): Promise<string>;
  readonly ended: Promise<JobResult>;
}

/** In this process: quick, for everything but signals and the outputs themselves. */
export async function cliHere(words: readonly string[], options: RunOptions = {}): Promise<JobResult> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    folder: options.folder ?? folderForTest(),
    env: options.env ?? {},
    stdin: Readable.from([Buffer.from(options.input ?? '')]),
    ...(options.password !== undefined && { askHidden: async () => options.password }),
    isTerminal: false,
    notesAreWatched: false,
    width: 200,
    outputBroken: new AbortController().signal,
    outlivesOutput: () => undefined,
    ...createTerminal(false),
    out: async (text) => {
      stdout += `${text}\n`;
    },
    outRaw: (text) => {
      stdout += text;
    },
    note: (text) => {
      stderr += `${text}\n`;
    },
    noteRaw: (text) => {
      stderr += text;
    },
  };
  const code = await runCli(words, io);
  return { code, stdout, stderr };
}

/** As a process of its own. */
export async function cli(words: readonly string[], options: RunOptions = {}): Promise<JobResult> {
  return startCli(words, options).ended;
}

/** Killed at the end of the test at the latest. */
export function startCli(words: readonly string[], options: RunOptions = {}): Running {
  return startNode([inject('command'), ...words], options);
}

/** A program of TypeScript, another one than the command line. */
export function startProgram(words: readonly string[], options: RunOptions = {}): Running {
  return startNode(['--import', tsx, ...words], options);
}

function startNode(words: readonly string[], options: RunOptions): Running {
  const [program = '', ...rest] = [...(options.within ?? []), process.execPath, ...words];
  const child = spawn(program, rest, {
    cwd: options.folder ?? tmpdir(),
    // Nothing of the caller's own settings but what a process needs to live.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      // The folder has none, and pages are written in JSX.
      TSX_TSCONFIG_PATH: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
      ...options.env,
    },
    stdio: ['pipe', options.outputs?.stdout ?? 'pipe', options.outputs?.stderr ?? 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const waiters = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const check of waiters) check();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.on('error', () => undefined);
  if (options.keepsInputOpen === true) child.stdin?.write(options.input ?? '');
  else child.stdin?.end(options.input ?? '');
  const ended = once(child, 'close').then(([code]): JobResult => ({ code: exitCode(code), stdout, stderr }));
  return {
    child,
    ended,
    printed: () => ({ stdout, stderr }),
    until: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (typeof text === 'string' ? !stdout.includes(text) : !text.test(stdout)) return;
          waiters.delete(check);
          resolve(stdout);
        };
        waiters.add(check);
        void ended.then(({ code }) => reject(new Error(`ended with ${code} before: ${stdout}${stderr}`)));
        check();
      }),
  };
}

/** Removed after the test. */
export function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'refund-worker-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line));
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function exitCode(code: unknown): number | null {
  return typeof code === 'number' ? code : null;
}

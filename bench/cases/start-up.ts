// Start-up and memory: the built command, from its start to its first line, and what it holds when it is idle.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { spread } from '../numbers.ts';
import type { Found } from '../result.ts';
import { inRounds } from '../rounds.ts';
import { spreadOf } from '../stats.ts';

const built = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

const commands = {
  'node, nothing else': ['-e', "console.log('ready'); setInterval(() => {}, 1000)"],
  'node and BullMQ': [
    '--input-type=module',
    '-e',
    "await import('bullmq'); console.log('ready'); setInterval(() => {}, 1000)",
  ],
  worker: [built, 'worker', '--json'],
  'start (worker and server)': [built, 'start', '--json'],
} as const;
type Name = keyof typeof commands;
const names: readonly Name[] = [
  'node, nothing else',
  'node and BullMQ',
  'worker',
  'start (worker and server)',
];

export async function startUp(context: Context): Promise<Found> {
  if (!existsSync(built)) throw new Error('not built: run `npm run build` first');
  const samples = await inRounds({
    names,
    rounds: Math.min(context.rounds, context.quick ? 1 : 7),
    chance: context.chance,
    async run(name, round) {
      context.tell(`start-up: ${name}, round ${round}`);
      await context.clean();
      return startOnce(name, environmentFor(context));
    },
  });
  const rows = names.map((name) => [
    name,
    spread(spreadOf(samples(name).map(({ ms }) => ms))),
    spread(spreadOf(samples(name).map(({ rssMiB }) => rssMiB))),
  ]);
  return {
    tables: [{ head: ['command', 'ready after ms', 'RSS MiB, idle'], rows }],
    notes: ['Ready is the first line on stdout: the worker takes jobs by then, the server answers.'],
    goals: [],
  };
}

async function startOnce(name: Name, env: NodeJS.ProcessEnv): Promise<{ ms: number; rssMiB: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, commands[name], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await firstLine(child, ended);
    const ms = performance.now() - startedAt;
    await new Promise((settled) => setTimeout(settled, 1_000));
    return { ms, rssMiB: rssMiBOf(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }
}

async function firstLine({ stdout, stderr }: ChildProcess, ended: Promise<void>): Promise<void> {
  if (stdout === null || stderr === null) throw new Error('no pipes');
  let complaint = '';
  stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  const lines = createInterface({ input: stdout });
  const line = new Promise<void>((resolve) => lines.once('line', () => resolve()));
  const failed = ended.then(() => {
    throw new Error(`it ended at its start: ${complaint}`);
  });
  await Promise.race([line, failed]);
}

/** Linux tells it in /proc; elsewhere it is not measured. */
function rssMiBOf(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return Number.NaN;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024;
}

function environmentFor({ redis, stub }: Context): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    REDIS_URL: redis.url,
    REDIS_PREFIX: '{bench}',
    BOOTPAY_BASE_URL: stub.url,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    HTTP_PORT: '0',
    LOG_LEVEL: 'warn',
  };
}

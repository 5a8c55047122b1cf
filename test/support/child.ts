// Starts a worker, a producer or a person in a process of its own, which a test may kill.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bundleOf } from './bundle.ts';

export interface Child {
  readonly process: ChildProcess;
  /** How it ended: an exit code or a signal. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Answers when it takes jobs. */
export async function forkWorker(env: Readonly<Record<string, string>>): Promise<Child> {
  const child = await start('./worker-child.ts', env);
  await ready(child);
  return child;
}

async function ready(child: Child): Promise<void> {
  await Promise.race([
    once(child.process, 'message'),
    child.ended.then(({ code, signal }) => {
      throw new Error(`the worker ended at its start: ${code ?? signal}`);
    }),
  ]);
}

/** A worker on a host whose wall clock is off, until it is set to another time. */
export async function forkWorkerOnHost(
  shiftMs: number,
  env: Readonly<Record<string, string>>,
): Promise<Child & { setHost(shiftMs: number): Promise<void> }> {
  const preload = await bundleOf(fileURLToPath(new URL('./shifted-host.ts', import.meta.url)));
  const child = await start('./worker-child.ts', { ...env, HOST_SHIFT_MS: String(shiftMs) }, preload);
  await ready(child);
  return {
    ...child,
    async setHost(to) {
      const set = once(child.process, 'message');
      child.process.send({ shiftMs: to });
      await set;
    },
  };
}

/** Does what `actor-child.ts` is told, and ends. */
export function forkActor(env: Readonly<Record<string, string>>): Promise<Child> {
  return start('./actor-child.ts', env);
}

async function start(file: string, env: Readonly<Record<string, string>>, preload?: string): Promise<Child> {
  const bundle = await bundleOf(fileURLToPath(new URL(file, import.meta.url)));
  const child = fork(bundle, [], {
    execArgv: preload === undefined ? [] : ['--import', preload],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // A child that nobody ended must not keep the test process alive; it ends with it.
  child.unref();
  child.channel?.unref();
  return { process: child, ended };
}

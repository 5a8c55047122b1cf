// Starts a worker in a process of its own and waits until it takes jobs.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const entry = new URL('./worker-child.ts', import.meta.url).pathname;

export interface WorkerChild {
  readonly process: ChildProcess;
  /** How it ended: an exit code or a signal. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export async function forkWorker(env: Readonly<Record<string, string>>): Promise<WorkerChild> {
  const child = fork(entry, [], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await Promise.race([
    once(child, 'message'),
    ended.then(({ code, signal }) => {
      throw new Error(`the worker ended at its start: ${code ?? signal}`);
    }),
  ]);
  return { process: child, ended };
}

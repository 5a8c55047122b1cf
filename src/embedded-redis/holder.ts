// Who holds a lock or runs a Redis: a process, told from another one that got its number later.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isAlive } from './server.ts';

const run = promisify(execFile);

export const holderSchema = z.union([
  z.object({ pid: z.int(), id: z.string(), started: z.string().nullable(), host: z.string() }),
  // A lock of an earlier version has the pid alone.
  z.int().transform((pid) => ({ pid, id: '', started: null, host: hostname() })),
]);
/** `id`: another one in each process. `started`: as the system names the start of the process; null where it does not. */
export type Holder = z.infer<typeof holderSchema>;

const ownId = randomUUID();

/** null: no holder can be read from it. */
export function readHolder(json: unknown): Holder | null {
  return holderSchema.safeParse(json).data ?? null;
}

export async function thisProcess(): Promise<Holder> {
  own ??= startOf(process.pid).then((started) => ({
    pid: process.pid,
    id: ownId,
    started,
    host: hostname(),
  }));
  return own;
}
let own: Promise<Holder> | undefined;

/**
 * By this machine's processes: for a holder of another machine it says nothing. In a container the first process has
 * the number of the one that was killed before it, and on every machine numbers come again.
 */
export async function runsHere({ pid, id, started }: Holder): Promise<boolean> {
  if (pid === process.pid) return id === ownId;
  if (!isAlive(pid)) return false;
  const found = await startOf(pid);
  return started === null || found === null || found === started;
}

/** From /proc where there is one, else from `ps`; null: neither knows. '' is a process that has ended and was not reaped. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // Behind the name, which may hold anything: state, and as the 20th field the start in ticks since the boot.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return '';
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim()} ${fields[19]}`;
  } catch {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
    const shown = run('ps', ['-o', 'lstart=', '-p', String(pid)], { env });
    return shown.then(({ stdout }) => stdout.trim() || null).catch(() => null);
  }
}

// A lock between processes of one machine: two servers on one data folder would destroy it.
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createFile, readIfThere } from '../config/files.ts';
import { ConfigError } from '../domain/errors.ts';
import { isAlive } from './server.ts';

const pollMs = 25;
/** A first start may download packages. */
const patienceMs = 120_000;

/** The file names the holder's pid; a lock whose holder died is broken. */
export async function holdLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const limit = performance.now() + patienceMs;
  while (!(await createFile(path, `${process.pid}\n`))) {
    const holder = await readIfThere(path);
    if (performance.now() > limit) throw heldTooLong(path, holder);
    if (holder !== null && !isAlive(Number(holder))) await breakLock(path, holder);
    else await pause(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** Only one process breaks a dead holder's lock: a second one would remove the lock that the first has just taken. */
async function breakLock(path: string, holder: string): Promise<void> {
  const breaker = `${path}.break`;
  if (!(await createFile(breaker, `${process.pid}\n`))) {
    if (!isAlive(Number(await readIfThere(breaker)))) await rm(breaker, { force: true });
    return pause(pollMs);
  }
  try {
    if ((await readIfThere(path)) === holder) await rm(path, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

function heldTooLong(path: string, holder: string | null): ConfigError {
  return new ConfigError([
    `${path}: held by process ${(holder ?? '?').trim()} for too long; if that is no refund-worker, remove the file`,
    `${path}: ${(holder ?? '?').trim()}번 프로세스가 너무 오래 잡고 있습니다. refund-worker가 아니라면 파일을 지우세요.`,
  ]);
}

// A lock between processes that share a folder: two servers on one data folder would destroy it.
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createFile } from '../config/files.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { parseJson } from '../domain/problem.ts';
import { type Holder, readHolder, runsHere, thisProcess } from './holder.ts';

const pollMs = 25;
/** A first start may download packages. */
const patienceMs = 120_000;
/** A wait is told after so long, in ms. */
const tellAfterMs = 1_000;
/** A file that its writer keeps is touched so often, in ms. */
const touchMs = 1_000;
/** Not touched for so long: whoever wrote it is gone, wherever that was. In ms. */
const silentMs = 5_000;

export interface LockOptions {
  /** Hears of a wait, once. `holder`: null where the lock does not say. */
  readonly onWait?: ((wait: { path: string; holder: Holder | null }) => void) | undefined;
}

/**
 * The file names its holder and is touched as long as it is held. A lock whose holder is gone is broken: at once where
 * this machine's processes show it, after 5 s of silence where they cannot (another machine's, an empty file).
 */
export async function holdLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { onWait }: LockOptions = {},
): Promise<Result> {
  const began = performance.now();
  const [lock, breaker] = [createLook(path), createLook(breakerOf(path))];
  const own = `${JSON.stringify(await thisProcess())}\n`;
  let told = false;
  while (!(await createFile(path, own))) {
    const found = await lock();
    const waitedMs = performance.now() - began;
    if (waitedMs > patienceMs) throw heldTooLong(path, found?.holder ?? null);
    if (found?.isDead === true) await breakLock({ path, own, text: found.text, breaker });
    else {
      if (waitedMs > tellAfterMs && !told) onWait?.({ path, holder: found?.holder ?? null });
      told = waitedMs > tellAfterMs;
      await pause(pollMs);
    }
  }
  const stopTouching = keepTouching(path);
  try {
    return await work();
  } finally {
    stopTouching();
    // Another's, where ours was broken because this process slept.
    if ((await read(path))?.text === own) await rm(path, { force: true });
  }
}

/** Shows others that whoever wrote the file lives. Answers how to stop. */
export function keepTouching(path: string): () => void {
  const touch = () => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, touchMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether the file's writer, of another machine, touches it: watched by our own clock, because theirs may be another. */
export async function isTouched(path: string): Promise<boolean> {
  const before = (await read(path))?.touchedAt;
  const until = performance.now() + silentMs;
  while (performance.now() < until) {
    if ((await read(path))?.touchedAt !== before) return true;
    await pause(10 * pollMs);
  }
  return false;
}

interface Found {
  readonly text: string;
  readonly holder: Holder | null;
  readonly isDead: boolean;
}
type Look = () => Promise<Found | null>;

/** Looks at a lock again and again, and so notices its silence. null: there is none. */
function createLook(path: string): Look {
  let seen = '';
  let since = 0;
  return async () => {
    const found = await read(path);
    if (found === null) return null;
    const { text, touchedAt } = found;
    if (seen !== `${touchedAt} ${text}`) {
      seen = `${touchedAt} ${text}`;
      since = performance.now();
    }
    const holder = readHolder(parseJson(text));
    const isSilent = performance.now() - since > silentMs;
    return { text, holder, isDead: (await isGone(holder)) ?? isSilent };
  };
}

/** null: it cannot be told from here. */
async function isGone(holder: Holder | null): Promise<boolean | null> {
  const own = await thisProcess();
  return holder === null || holder.host !== own.host ? null : !(await runsHere(holder));
}

/** Only one process breaks a dead holder's lock: a second one would remove the lock that the first has just taken. */
async function breakLock({
  path,
  own,
  text,
  breaker,
}: {
  readonly path: string;
  readonly own: string;
  readonly text: string;
  readonly breaker: Look;
}): Promise<void> {
  if (!(await createFile(breakerOf(path), own))) {
    if ((await breaker())?.isDead === true) await rm(breakerOf(path), { force: true });
    return pause(pollMs);
  }
  try {
    if ((await read(path))?.text === text) await rm(path, { force: true });
  } finally {
    await rm(breakerOf(path), { force: true });
  }
}

function breakerOf(path: string): string {
  return `${path}.break`;
}

/** Any bytes are text here: what a power cut left must not stop a start. null: no such file. */
async function read(path: string): Promise<{ text: string; touchedAt: number } | null> {
  try {
    const [text, { mtimeMs: touchedAt }] = await Promise.all([readFile(path, 'latin1'), stat(path)]);
    return { text, touchedAt };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    throw new ConfigError([
      `${path}: cannot be read (${code ?? 'unknown'}); if no refund-worker runs in this folder, remove it`,
      `${path}: 읽을 수 없습니다(${code ?? 'unknown'}). 이 폴더에서 실행 중인 refund-worker가 없다면 지우세요.`,
    ]);
  }
}

/** Such as `process 17`, and on which machine where it may be another one. */
export function holderText(holder: Holder | null): { readonly en: string; readonly ko: string } {
  if (holder === null) return { en: 'an unknown process', ko: '알 수 없는 프로세스' };
  const { pid, host } = holder;
  return { en: `process ${pid} on ${host}`, ko: `${host}의 ${pid}번 프로세스` };
}

function heldTooLong(path: string, holder: Holder | null): ConfigError {
  const { en, ko } = holderText(holder);
  return new ConfigError([
    `${path}: held by ${en} for too long; if that is no refund-worker, remove the file`,
    `${path}: ${ko}가 너무 오래 잡고 있습니다. refund-worker가 아니라면 파일을 지우세요.`,
  ]);
}

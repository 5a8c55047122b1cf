// Small files that several processes may create at the same time: the first one wins, and no reader sees half a file.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { refuseShared } from './private.ts';

/** For this user alone: it holds the ledger's data and a key. @throws ConfigError when others can write it. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  refuseShared(path);
}

/** false: the file was there already and stays as it is. */
export async function createFile(path: string, content: string): Promise<boolean> {
  return viaTemporary(path, content, async (temporary) => {
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

export async function replaceFile(path: string, content: string): Promise<void> {
  await viaTemporary(path, content, (temporary) => rename(temporary, path));
}

/** UTF-8, with or without a byte order mark. @throws ConfigError for UTF-16, which some editors write. */
export function textIn(bytes: Buffer, path: string): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff' || bytes.includes(0)) {
    throw new ConfigError([
      `${path}: expected a text file in UTF-8 (UTF-8로 저장한 텍스트 파일 필요), got UTF-16 or binary`,
    ]);
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** null: no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return textIn(await readFile(path), path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** As `readIfThere`. @throws ConfigError when others can write it, so that what it says may not be ours. */
export async function readPrivate(path: string): Promise<string | null> {
  refuseShared(path);
  return readIfThere(path);
}

async function viaTemporary<Result>(
  path: string,
  content: string,
  finish: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
    return await finish(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

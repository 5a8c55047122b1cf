// Small files that several processes may create at the same time: the first one wins, and no reader sees half a file.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { codeOf } from '../domain/errors.ts';
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

/** null: no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
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

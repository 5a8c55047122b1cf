// The keys that encrypt refund accounts: those of DATA_KEYS; where none is configured, one that is made under
// `.refund-worker/` when the first account is sealed, never in production.
import { createHash, randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type DataKeys, fixedDataKeys } from '../domain/data-keys.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';
import type { DataKey } from '../domain/event.ts';
import { createFile, privateFolder, readPrivate } from './files.ts';
import { readDataKey } from './people-and-keys.ts';
import { refuseShared } from './private.ts';

interface DataKeySettings {
  readonly production: boolean;
  readonly configured: readonly DataKey[];
  readonly folder: string;
}

/** The configured keys; else one of our own; in production without any: none, and accounts are refused. */
export function dataKeysFrom({ production, configured, folder }: DataKeySettings): DataKeys {
  if (configured.length > 0 || production) return fixedDataKeys(configured);
  // Read at each use: a key that is put there while a process runs is found.
  const known = async () => {
    const found = await findLocalKey(folder);
    return found === null ? [] : [found];
  };
  return { folder: nameOf(folder), known, toSeal: async () => [await localDataKey(folder)] };
}

/** The key in this folder; null: none was made. A folder that cannot be written is no obstacle. */
async function findLocalKey(folder: string): Promise<DataKey | null> {
  const path = join(folder, 'data-key');
  refuseShared(folder);
  const text = await readPrivate(path);
  if (text === null) return null;
  const key = readDataKey(text.trim());
  if (key !== null) return key;
  throw new ConfigError([`${path}: expected id:base64 of 32 bytes (id:32바이트의 base64), got another text`]);
}

/** Reads `data-key` in this folder or makes it (mode 0600). Written as DATA_KEYS wants it, so it can be moved there. */
export async function localDataKey(folder: string): Promise<DataKey> {
  const found = await findLocalKey(folder);
  if (found !== null) return found;
  try {
    await privateFolder(folder);
    await createFile(join(folder, 'data-key'), newKey());
  } catch (error) {
    const code = codeOf(error);
    throw code === null ? error : notMade(folder, code);
  }
  const made = await findLocalKey(folder);
  if (made === null) throw notMade(folder, 'gone');
  return made;
}

function notMade(folder: string, why: string): ConfigError {
  return new ConfigError([
    `${folder}: no data key for refund accounts can be made here (${why}); set DATA_KEYS`,
    `${folder}: 환불 계좌를 암호화할 데이터 키를 만들 수 없습니다(${why}). DATA_KEYS를 설정하세요.`,
  ]);
}

/** Another one for each folder, and says nothing of it. */
function nameOf(folder: string): string {
  return createHash('sha256')
    .update(`${hostname()}:${realPath(folder)}`)
    .digest('hex')
    .slice(0, 16);
}

/** Of a folder that is not there yet, too. */
function realPath(folder: string): string {
  const path = resolve(folder);
  try {
    return join(realpathSync(join(path, '..')), path.slice(path.lastIndexOf('/') + 1));
  } catch {
    return path;
  }
}

/** The id names the key itself, so that a key made anew after a loss is not taken for the old one. */
function newKey(): string {
  const key = randomBytes(32);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `local-${id}:${key.toString('base64')}\n`;
}

// The key that encrypts refund accounts where none is configured: made once under `.refund-worker/`, never in production.
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError } from '../domain/errors.ts';
import type { DataKey } from '../domain/event.ts';
import { createFile, privateFolder, readPrivate } from './files.ts';
import { readDataKey } from './people-and-keys.ts';

export interface DataKeySettings {
  readonly production: boolean;
  readonly configured: readonly DataKey[];
  readonly folder: string;
}

/** The configured keys; else one of our own; in production without any: none, and accounts are refused. */
export async function dataKeys({
  production,
  configured,
  folder,
}: DataKeySettings): Promise<readonly DataKey[]> {
  if (configured.length > 0 || production) return configured;
  return [await localDataKey(folder)];
}

/** Reads `data-key` in this folder or makes it (mode 0600). Written as DATA_KEYS wants it, so it can be moved there. */
export async function localDataKey(folder: string): Promise<DataKey> {
  const path = join(folder, 'data-key');
  await privateFolder(folder);
  if ((await readPrivate(path)) === null) await createFile(path, newKey());
  const key = readDataKey(((await readPrivate(path)) ?? '').trim());
  if (key !== null) return key;
  throw new ConfigError([`${path}: expected id:base64 of 32 bytes (id:32바이트의 base64), got another text`]);
}

/** The id names the key itself, so that a key made anew after a loss is not taken for the old one. */
function newKey(): string {
  const key = randomBytes(32);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `local-${id}:${key.toString('base64')}\n`;
}

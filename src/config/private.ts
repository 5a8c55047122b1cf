// Refuses files and folders that decide over money and that another user of the machine can write.
import { type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError, codeOf } from '../domain/errors.ts';

const writableByOthers = 0o022;
const writableByAll = 0o002;
/** In such a folder (/tmp) a file is renamed and removed by its owner alone. */
const sticky = 0o1000;

/**
 * For what this program makes: it belongs to this user, or to root, who can write everything anyway. Absent is fine.
 * @throws ConfigError that names the command to repair it.
 */
export function refuseShared(path: string): void {
  const [found, folder] = [statOf(path), folderOf(path)];
  if (found === null) return;
  refuseForeign(path, found, []);
  refuseWritable(path, found);
  refuseReplaceable(folder);
}

/** For what people make, such as `.env`: it may belong to the owner of its folder as well, who could replace it. */
export function refuseSharedByPeople(path: string): void {
  const [found, folder] = [statOf(path), folderOf(path)];
  if (found === null) return;
  refuseForeign(path, found, [statOf(folder)?.uid]);
  refuseWritable(path, found);
  refuseReplaceable(folder);
}

function refuseForeign(path: string, { uid }: Stats, trusted: readonly (number | undefined)[]): void {
  const ours = process.geteuid?.();
  if (ours === undefined || [ours, 0, ...trusted].includes(uid)) return;
  throw new ConfigError([
    `${path}: belongs to another user (uid ${uid}), who could redirect refunds. If what is in it is yours: sudo chown -R "$(id -u)" ${quoted(path)}`,
    `${path}: 다른 사용자(uid ${uid})의 것이라 환불이 조작될 수 있습니다. 내용을 믿을 수 있다면 실행하세요: sudo chown -R "$(id -u)" ${quoted(path)}`,
  ]);
}

function refuseWritable(path: string, found: Stats): void {
  if (!hasModes() || (found.mode & writableByOthers) === 0) return;
  throw writable(path, found.isDirectory() ? `chmod -R go-rwx ${quoted(path)}` : `chmod 600 ${quoted(path)}`);
}

/** All users can put another file or folder in the place of what is in it. */
function refuseReplaceable(folder: string): void {
  const mode = statOf(folder)?.mode ?? 0;
  if (!hasModes() || (mode & writableByAll) === 0 || (mode & sticky) !== 0) return;
  throw writable(folder, `chmod o-w ${quoted(folder)}`);
}

function writable(path: string, repair: string): ConfigError {
  return new ConfigError([
    `${path}: other users can write it, and could redirect refunds. If what is in it is yours: ${repair}`,
    `${path}: 다른 사용자가 쓸 수 있어 환불이 조작될 수 있습니다. 내용을 믿을 수 있다면 실행하세요: ${repair}`,
  ]);
}

/** They mean nothing on Windows. */
function hasModes(): boolean {
  return process.geteuid !== undefined;
}

function folderOf(path: string): string {
  return dirname(resolve(path));
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** As a word of the shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

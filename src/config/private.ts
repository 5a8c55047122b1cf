// Refuses files and folders that decide over money and that another user of the machine can write.
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConfigError, codeOf } from '../domain/errors.ts';

const writableByOthers = 0o022;

/** Absent is fine. @throws ConfigError that names the command to repair it. */
export async function refuseShared(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return;
  refuseForeign(path, found);
  refuseWritable(path, found);
}

/** @throws ConfigError unless it belongs to this user, or to root, who can write everything anyway. */
function refuseForeign(path: string, { uid }: Stats): void {
  const ours = process.geteuid?.();
  if (ours === undefined || uid === ours || uid === 0) return;
  throw new ConfigError([
    `${path}: belongs to another user (uid ${uid}), who could redirect refunds. If what is in it is yours: sudo chown -R "$(id -u)" ${quoted(path)}`,
    `${path}: 다른 사용자(uid ${uid})의 것이라 환불이 조작될 수 있습니다. 내용을 믿을 수 있다면 실행하세요: sudo chown -R "$(id -u)" ${quoted(path)}`,
  ]);
}

/** @throws ConfigError when group or others may write. Modes mean nothing on Windows. */
export function refuseWritable(path: string, found: Stats): void {
  if (process.geteuid === undefined || (found.mode & writableByOthers) === 0) return;
  const repair = found.isDirectory() ? `chmod -R go-rwx ${quoted(path)}` : `chmod 600 ${quoted(path)}`;
  throw new ConfigError([
    `${path}: other users can write it, and could redirect refunds. If what is in it is yours: ${repair}`,
    `${path}: 다른 사용자가 쓸 수 있어 환불이 조작될 수 있습니다. 내용을 믿을 수 있다면 실행하세요: ${repair}`,
  ]);
}

/** As a word of the shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

// The `.env` file of the working folder: read once by the commands, never written into process.env.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { refuseSharedByPeople } from './private.ts';
import type { Environment } from './values.ts';

/** What `.env` in this folder says; nothing where there is no such file. */
export function readEnvFile(folder: string): Record<string, string> {
  const path = join(folder, '.env');
  try {
    refuseSharedByPeople(path);
    return Object.fromEntries(
      Object.entries(parseEnv(readFileSync(path, 'utf8'))).map(([name, value]) => [name, String(value)]),
    );
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([
      `${path}: expected a readable file (읽을 수 있는 파일 필요), got ${codeOf(error) ?? error}`,
    ]);
  }
}

/** The environment wins, also with an empty value: as in Node's own --env-file. */
export function withEnvFile(folder: string, env: Environment): Environment {
  return { ...readEnvFile(folder), ...env };
}

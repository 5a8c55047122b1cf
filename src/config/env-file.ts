// The `.env` file of the working folder: read once by the commands, never written into process.env.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { textIn } from './files.ts';
import { refuseSharedByPeople } from './private.ts';
import type { Environment } from './values.ts';
import { variables } from './variables.ts';

/** What `.env` in this folder says; nothing where there is no such file. */
export function readEnvFile(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parseEnv(textOf(folder))).map(([name, value]) => [name, String(value)]),
  );
}

/** The environment wins, also with an empty value: as in Node's own --env-file. */
export function withEnvFile(folder: string, env: Environment): Environment {
  return { ...readEnvFile(folder), ...env };
}

/** null: nothing is odd. A file with lines and no variable of ours is another program's, or was saved wrongly. */
export function oddEnvFile(folder: string): string | null {
  const isFilled = textOf(folder)
    .split('\n')
    .some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (!isFilled || Object.keys(readEnvFile(folder)).some((name) => name in variables)) return null;
  const path = join(folder, '.env');
  return `${path} has lines, but no variable of refund-worker in them; README lists the names. (refund-worker가 아는 변수가 하나도 없어요. 변수 이름은 README에 있어요.)`;
}

function textOf(folder: string): string {
  const path = join(folder, '.env');
  try {
    refuseSharedByPeople(path);
    return textIn(readFileSync(path), path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([
      `${path}: expected a readable file (읽을 수 있는 파일 필요), got ${codeOf(error) ?? error}`,
    ]);
  }
}

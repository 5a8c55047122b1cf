// The project's own files as a stranger finds them: paths from its root, texts, and what an example environment says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Assignments of `.env.example` that are on, and those that are offered behind a `# `. */
export function exampleEnvironment(): Readonly<Record<'on' | 'offered', Record<string, string>>> {
  const lines = textOf('.env.example').split('\n');
  const offered = lines.filter((line) => /^# [A-Z_]+=/.test(line)).map((line) => line.slice(2));
  return { on: read(lines), offered: read(offered) };
}

function read(lines: readonly string[]): Record<string, string> {
  const entries = Object.entries(parseEnv(lines.join('\n')));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

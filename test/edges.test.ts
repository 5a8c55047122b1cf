// Clock, chance, environment and connections come in from the edges: elsewhere they are handed in, so that tests can be
// exact. Which room may import which is in biome.json.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const edges = /^(cli\/|embedded-redis\/|compose\.ts|shutdown\.ts|redis\/(clock|connection)\.ts)/;
const touches: readonly [what: RegExp, alsoIn: RegExp][] = [
  [/\bDate\.now\b|\bnew Date\(\)/, /^$/],
  [/\bMath\.random\b/, /^$/],
  [/\bnew (Redis|Cluster)\(/, /^$/],
  [/\bprocess\.env\b/, /^config\//],
];

function crossings(path: string, code: string): string[] {
  if (edges.test(path)) return [];
  const lines = code.split('\n').filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line));
  return touches.flatMap(([what, alsoIn]) =>
    lines.some((line) => what.test(line)) && !alsoIn.test(path) ? [`${path} touches ${what.source}`] : [],
  );
}

test('time, chance, environment and Redis come in from the edges', () => {
  const files = ['src', 'simulator/core'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => ({ path, code: readFileSync(join(root, room, path), 'utf8') })),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(({ path, code }) => crossings(path, code))).toEqual([]);
});

// The desk's content policy would drop a style in an element; the linter keeps HTML that was put together by hand out.
test('no page of the desk has a style of its own', () => {
  const desk = join(root, 'src/desk');
  const pages = readdirSync(desk, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.tsx'),
  );
  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((path) => /\sstyle=/.test(readFileSync(join(desk, path), 'utf8')))).toEqual([]);
});

test.each([
  ['worker/a.ts', 'const at = Date.now();', 1],
  ['policies/b.ts', 'const at = new Date();', 1],
  ['queue/c.ts', 'const jitter = Math.random();', 1],
  ['ledger/d.ts', 'const redis = new Redis(url);', 1],
  ['server/e.ts', 'const port = process.env.HTTP_PORT;', 1],
  ['redis/clock.ts', 'const at = Date.now();', 0],
  ['config/f.ts', 'loadConfig(process.env);', 0],
  ['worker/g.ts', '// Date.now()', 0],
])('%s with %s has %i', (path, code, found) => {
  expect(crossings(path, code)).toHaveLength(found);
});

// Holds the lines of the style guide: directions, cycles, who knows which library, where the edges are.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from './rules.ts';
import { parseSource, readSources } from './source.ts';

const root = join(import.meta.dirname, '../..');
const files = readSources(root, ['src', 'simulator']);

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(files.length);
});

describe.each(rules)('$name', ({ crossings, bad, badCount, good = {} }) => {
  test('in this project', () => {
    expect(crossings(files)).toEqual([]);
  });

  test('and an example that crosses the line is found', () => {
    const found = crossings(parseAll(bad));
    expect(found).toHaveLength(badCount);
  });

  test('while one that only looks like it is not', () => {
    expect(crossings(parseAll(good))).toEqual([]);
  });
});

describe('an import', () => {
  test.each([
    ["import x from 'a'", false],
    ["import 'a'", false],
    ["import type { X } from 'a'", true],
    ["import { type X, type Y } from 'a'", true],
    ["import { type X, y } from 'a'", false],
    ["export type { X } from 'a'", true],
    ["export * from 'a'", false],
    ["type X = import('a').X", true],
    ["const x = await import('a')", false],
  ])('is read: %s', (code, typeOnly) => {
    expect(parseSource('src/cli/x.ts', code).imports).toEqual([{ to: 'a', kind: 'package', typeOnly }]);
  });

  test('in a comment or a text is none', () => {
    expect(parseSource('src/cli/x.ts', "// import 'a'\nconst x = `import 'a'`;").imports).toEqual([]);
  });
});

function parseAll(examples: Readonly<Record<string, string>>) {
  return Object.entries(examples).map(([path, code]) => parseSource(path, code));
}

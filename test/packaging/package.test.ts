// What `npm pack` would publish, and what the lock file says.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { root, textOf } from './project.ts';

const packSchema = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]);
const entry = z.object({ types: z.string(), default: z.string() });
const manifest = z
  .looseObject({
    bin: z.record(z.string(), z.string()),
    exports: z.looseObject({ './producer': z.object({ import: entry, require: entry }) }),
  })
  .parse(JSON.parse(textOf('package.json')));

describe('the package (after npm run build)', () => {
  let files: readonly string[] = [];

  beforeAll(async () => {
    // Without scripts: packing would build, under the feet of the other tests.
    const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await promisify(execFile)('npm', words, { cwd: root });
    files = packSchema.parse(JSON.parse(stdout))[0].files.map(({ path }) => path);
  }, 60_000);

  test('holds the command, and it is executable', () => {
    const command = manifest.bin['refund-worker'] ?? '';
    expect(files).toContain(command);
    expect(readFileSync(join(root, command), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(join(root, command)).mode & 0o111).toBe(0o111);
  });

  test('holds the producer with its types, as ES module and as CommonJS', () => {
    const paths = Object.values(manifest.exports['./producer']).flatMap(Object.values);
    expect(paths.length).toBe(4);
    expect(files).toEqual(expect.arrayContaining(paths.map((path: string) => path.replace('./', ''))));
  });

  test('holds every Lua script beside the code that reads it', () => {
    const scripts = filesBelow('src').filter((path) => path.endsWith('.lua'));
    expect(scripts.length).toBeGreaterThan(5);
    expect(files).toEqual(expect.arrayContaining(scripts.map((path) => `dist/${path}`)));
  });

  test('holds what a reader needs first', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'README.ko.md', 'CHANGELOG.md']));
  });

  test('holds no test, no environment file, no source and no data of this folder', () => {
    const allowed =
      /^(bin\/refund-worker\.cjs$|dist\/(src|demo|simulator|producer)\/|samples\/|README(\.ko)?\.md$|CHANGELOG\.md$|LICENSE|package\.json$)/;
    expect(files.filter((path) => !allowed.test(path))).toEqual([]);
    expect(files.filter((path) => /\.test\.|(^|\/)\.(env|refund-worker|git)/.test(path))).toEqual([]);
    expect(files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
  });
});

test('the lock file names no registry, so that it installs from whichever is configured', () => {
  const lock = textOf('package-lock.json');
  expect(lock).not.toContain('"resolved"');
  expect(lock).not.toMatch(/https?:\/\/[^"]*(registry|npm)[^"]*\.tgz/);
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(folder, path),
  );
}

// Both packages as they would be published (after npm run build): right in every way of resolving, and in need of nothing
// that is not inside.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { root, textOf } from './project.ts';

const run = promisify(execFile);
const packSchema = z.tuple([
  z.object({ unpackedSize: z.number(), files: z.array(z.object({ path: z.string() })) }),
]);
const manifestSchema = z.looseObject({ version: z.string(), engines: z.looseObject({ node: z.string() }) });

describe.each([['.'], ['packages/producer']])('the package in %s', (folder) => {
  const cwd = join(root, folder);

  test('passes publint without a suggestion', async () => {
    const { stdout } = await run('npx', ['--no-install', 'publint', '--strict'], { cwd });
    expect(stdout).toContain('All good!');
  });

  test('has the right types in every resolution', async () => {
    const words = ['--no-install', 'attw', '--pack', '.', '--exclude-entrypoints', './package.json'];
    const { stdout } = await run('npx', words, { cwd });
    expect(stdout).toContain('No problems found');
  });

  test('holds no source map, and no file points to one', async () => {
    const { files } = await packed(cwd);
    expect(files.filter((path) => path.endsWith('.map'))).toEqual([]);
    const code = files.filter((path) => /\.[cm]?js$/.test(path));
    expect(code.length).toBeGreaterThan(1);
    const pointing = code.filter((path) => /^\/\/# sourceMappingURL/m.test(textOf(join(folder, path))));
    expect(pointing).toEqual([]);
  });
});

describe('the package of the producer', () => {
  const folder = 'packages/producer';
  const manifest = manifestSchema.parse(JSON.parse(textOf(`${folder}/package.json`)));
  const worker = manifestSchema.parse(JSON.parse(textOf('package.json')));

  test('is a tenth of what an import of the worker cost (113 MB and 147 packages): 6 MB and itself', async () => {
    const { size } = await packed(join(root, folder));
    expect(size).toBeLessThan(6_000_000);
    const needs = Object.keys(manifest).filter((key) => /dependencies/i.test(key));
    expect(needs).toEqual([]);
  });

  test('has the version of the worker, and asks for the same Node', () => {
    expect(manifest.version).toBe(worker.version);
    expect(manifest.engines).toEqual(worker.engines);
    expect(textOf(`${folder}/LICENSE`)).toBe(textOf('LICENSE'));
  });

  test('imports nothing but what Node has', () => {
    const imported = [...textOf(`${folder}/dist/index.mjs`).matchAll(/^import .*from "([^"]+)";$/gm)];
    const required = [...textOf(`${folder}/dist/index.cjs`).matchAll(/\brequire\("([^"]+)"\)/g)];
    for (const found of [imported, required]) {
      const names = found.map(([, name = '']) => name);
      expect(names.length).toBeGreaterThan(5);
      expect(names.filter((name) => !isBuiltin(name))).toEqual([]);
    }
  });

  test('stays whole when it is bundled again: no path of its own, no require in the ES module', () => {
    const stumbles = (file: string, pattern: RegExp) => pattern.test(textOf(`${folder}/dist/${file}`));
    for (const file of ['index.mjs', 'index.cjs']) {
      expect(stumbles(file, /import\.meta|__dirname|createRequire/)).toBe(false);
    }
    expect(stumbles('index.mjs', /\b__require\(/)).toBe(false);
  });

  test('carries the licence of everything inside', () => {
    const licences = textOf(`${folder}/dist/LICENSES.md`);
    for (const name of ['bullmq', 'ioredis', 'zod', 'luxon']) expect(licences).toContain(`## ${name} `);
  });

  test('is what the worker offers as its producer', () => {
    for (const file of ['index.mjs', 'index.cjs', 'index.d.mts', 'index.d.cts']) {
      const [own, offered] = [`${folder}/dist`, 'dist/producer'].map((at) =>
        readFileSync(join(root, at, file)),
      );
      expect(offered?.equals(own ?? Buffer.of())).toBe(true);
    }
  });

  test('has a README of one screen', () => {
    const lines = textOf(`${folder}/README.md`).split('\n');
    expect(lines.length).toBeLessThan(45);
    expect(lines.filter((line) => line.startsWith('## '))).toEqual(['## 한국어']);
  });
});

async function packed(cwd: string): Promise<{ size: number; files: readonly string[] }> {
  // Without scripts: packing would build, under the feet of the other tests.
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd });
  const [{ unpackedSize, files }] = packSchema.parse(JSON.parse(stdout));
  return { size: unpackedSize, files: files.map(({ path }) => path) };
}

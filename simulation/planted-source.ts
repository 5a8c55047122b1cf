// A copy of `src` in a temporary folder with a planted bug in it, loaded like the real one.
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { plantedBugNamed } from './planted-bugs.ts';
import { ourSource } from './subject.ts';

/** A copy of `src` with the bug in it, which finds our packages. */
export function plantedSource(name: string): { readonly source: URL; remove(): void } {
  const root = fileURLToPath(new URL('../', ourSource));
  const folder = mkdtempSync(join(tmpdir(), 'refund-plant-'));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const exports = Object.keys(plantedBugNamed(name).replaces).map((key) => key.split('#'));
  for (const path of new Set(exports.map(([path = '']) => path))) {
    const file = join(folder, 'src', path);
    const real = `real-${basename(path)}`;
    renameSync(file, join(dirname(file), real));
    const names = exports.flatMap(([of, one]) => (of === path && one !== undefined ? [one] : []));
    writeFileSync(file, moduleWith(names, { real, name, path }));
  }
  const source = pathToFileURL(`${join(folder, 'src')}/`);
  return { source, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A module that exports what the real one beside it exports, but for what the bug replaces. */
function moduleWith(names: readonly string[], bug: { real: string; name: string; path: string }): string {
  const bugs = JSON.stringify(new URL('./planted-bugs.ts', import.meta.url));
  const real = JSON.stringify(`./${bug.real}`);
  return [
    `import { plantedBugNamed } from ${bugs};`,
    `import * as real from ${real};`,
    `export * from ${real};`,
    `const { replaces } = plantedBugNamed(${JSON.stringify(bug.name)});`,
    ...names.map((name) => `export const ${name} = replaces['${bug.path}#${name}'](real.${name});`),
  ].join('\n');
}

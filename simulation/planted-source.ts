// A copy of `src` in a temporary folder with a planted bug in it, loaded like the real one.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PlantedBug } from './planted-bugs.ts';
import { ourSource } from './subject.ts';

/** A copy of `src` with the bug in it, which finds our packages. */
export function plantedSource(bug: PlantedBug): { readonly source: URL; remove(): void } {
  const root = fileURLToPath(new URL('../', ourSource));
  const folder = mkdtempSync(join(tmpdir(), 'refund-plant-'));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, find, put } of bug.edits) {
    const path = join(folder, 'src', file);
    const [before, after, ...more] = readFileSync(path, 'utf8').split(find);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`the planted bug "${bug.name}" does not fit ${file} any more`);
    }
    writeFileSync(path, before + put + after);
  }
  const source = pathToFileURL(`${join(folder, 'src')}/`);
  return { source, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

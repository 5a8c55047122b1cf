// Takes the types out of a file as it is loaded. Imports name their files in full, so nothing has to be resolved.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

export async function load(url, context, nextLoad) {
  const [, loader] = /^file:.*\.(tsx?)$/.exec(url) ?? [];
  if (loader === undefined) return nextLoad(url, context);
  const sourcefile = fileURLToPath(url);
  // As tsconfig.json says for pages.
  const jsx = { jsx: 'automatic', jsxImportSource: 'preact' };
  const options = { loader, ...jsx, format: 'esm', target: 'node20', sourcemap: 'inline', sourcefile };
  const { code } = await transform(await readFile(sourcefile, 'utf8'), options);
  return { format: 'module', source: code, shortCircuit: true };
}

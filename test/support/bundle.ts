// One file made of a test's child and everything it imports: it starts in a fraction of the time that `tsx` needs, and
// crash tests start many.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const bundleFolder = resolve('node_modules/.cache/refund-worker');
const made = new Map<string, Promise<string>>();

/** Answers where the bundle of this TypeScript file lies; made once in each test process. */
export function bundleOf(entry: string): Promise<string> {
  const known = made.get(entry) ?? bundle(entry);
  made.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Its main file is UMD, whose inner `require` no bundler follows.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    // CommonJS packages inside ask for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [whereItWas],
    logLevel: 'error',
  });
  const file = join(bundleFolder, `${entry.replaceAll(/\W+/g, '-')}.mjs`);
  await mkdir(dirname(file), { recursive: true });
  // Another test process may start the same file now: it never sees half of it.
  await writeFile(`${file}.${process.pid}`, outputFiles[0]?.contents ?? '');
  await rename(`${file}.${process.pid}`, file);
  return file;
}

/** Lua scripts, samples and the pages' own files are found beside the code that uses them. */
export const whereItWas: Plugin = {
  name: 'where it was',
  setup(build) {
    build.onLoad({ filter: /\/(?:src|demo|simulator)\/.*\.tsx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

// Bundles the producer for services that import it: one ES module and one CommonJS file without any dependency, so that
// they work in bundlers, under every package manager, and beside any version of BullMQ and ioredis that a service has.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** What BullMQ and ioredis load only where it is installed; our queue needs none of it. */
const absentModules = /^(?:supports-color|pg|redis|bun|@valkey\/valkey-glide)$/;

export interface ProducerBundle {
  readonly text: string;
  /** Folders of the packages that are inside. */
  readonly packages: readonly string[];
}

export async function bundleProducer(format: 'esm' | 'cjs'): Promise<ProducerBundle> {
  const options = {
    entryPoints: ['src/producer/index.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // jsonc-parser's `main` is UMD, which no bundler can look into.
    mainFields: ['module', 'main'],
    format,
    // Names and lines stay: a stack trace has to be readable.
    minifySyntax: true,
    legalComments: 'none',
    // Nothing looks for files beside itself: scripts are inside, and ioredis only leaves its own lines out of a stack.
    define: { 'import.meta.url': '""', __dirname: '"ioredis"' },
    plugins: [scriptTexts, queueAlone, withoutAbsentModules, ...(format === 'esm' ? [importedBuiltins] : [])],
    metafile: true,
    write: false,
    logLevel: 'warning',
  } satisfies BuildOptions;
  const { outputFiles, metafile } = await build(options);
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = used.flatMap((path) => path.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  return { text: outputFiles[0]?.text ?? '', packages: [...new Set(folders)].sort() };
}

/** Texts instead of files. A script is known by its name alone, so two of one name end the build. */
const scriptTexts: Plugin = {
  name: 'script-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]redis[\\/]script-files\.ts$/ }, () => {
      const paths = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('.lua'),
      );
      const texts = new Map<string, string>();
      for (const path of paths) {
        const name = basename(path);
        if (texts.has(name)) throw new Error(`two Lua scripts are named ${name}`);
        texts.set(name, readFileSync(join('src', path), 'utf8'));
      }
      const table = JSON.stringify(Object.fromEntries(texts));
      const read = `(_base, file) => texts[file.slice(file.lastIndexOf('/') + 1)]`;
      return { contents: `const texts = ${table};\nexport const readScript = ${read};\n` };
    });
  },
};

/**
 * BullMQ's index brings workers and sandboxes with their child processes, msgpackr's a search for a native module; a
 * producer only adds jobs.
 */
const queueAlone: Plugin = {
  name: 'queue-alone',
  setup({ onResolve }) {
    const queue = resolve('node_modules/bullmq/dist/esm/classes/queue.js');
    const packer = resolve('node_modules/msgpackr/pack.js');
    onResolve({ filter: /^bullmq$/ }, () => ({ path: queue }));
    onResolve({ filter: /^msgpackr$/ }, () => ({ path: packer }));
  },
};

const withoutAbsentModules: Plugin = {
  name: 'without-absent-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: absentModules }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not part of this package`)});`,
    }));
  },
};

/**
 * An ES module has no `require`, and what stands in for one breaks when the bundle is bundled again. CommonJS
 * dependencies get Node's modules through an import instead.
 */
const importedBuiltins: Plugin = {
  name: 'imported-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?[a-z_]+(?:\/[a-z]+)?$/ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'required' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(`imported:${path}`)}).builtin;`,
    }));
    onResolve({ filter: /^imported:/ }, ({ path }) => ({ path, namespace: 'imported' }));
    onLoad({ filter: /.*/, namespace: 'imported' }, ({ path }) => {
      const name = `node:${path.replace(/^imported:(?:node:)?/, '')}`;
      return { contents: `export { default as builtin } from ${JSON.stringify(name)};` };
    });
  },
};

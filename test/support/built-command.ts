// Builds the command line once for all tests that start it as a process: what is built starts in a third of the time that
// `tsx` needs, and tests start hundreds. Each command stays a file that is loaded when it is used.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { bundleFolder, whereItWas } from './bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file that runs the command line. */
    command: string;
  }
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let folder = '';

export async function setup({ provide }: TestProject): Promise<void> {
  await mkdir(bundleFolder, { recursive: true });
  folder = await mkdtemp(join(bundleFolder, 'command-'));
  await build({
    entryPoints: [main],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: 'linked',
    plugins: [whereItWas],
    logLevel: 'error',
  });
  provide('command', join(folder, 'main.mjs'));
}

export async function teardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

// The producer as another service gets it: installed from its tarball without scripts and without a registry, loaded both
// ways, and bundled by esbuild (after npm run build). Other bundlers: bundlers.proof.test.ts.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { useFolder, useRedis } from '../support/redis.ts';
import { root } from './project.ts';
import { packProducer, runService, writeService } from './service.ts';

describe('installed from its tarball, the producer', () => {
  const redis = useRedis();
  const folder = useFolder();
  const service = () => join(folder(), 'service');

  beforeAll(async () => {
    writeService(service());
    const tarball = await packProducer(folder());
    const words = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball];
    await promisify(execFile)('npm', words, { cwd: service() });
  });

  test('brings no other package', () => {
    const installed = readdirSync(join(service(), 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['bootpay-refund-producer']);
  });

  test.each(['main.mjs', 'main.cjs'])('stores a refund for a service written as %s', async (file) => {
    expect(await runService(join(service(), file), redis)).toBe('accepted duplicate\n');
  });

  // A service that requires, bundled as an ES module, is what esbuild does for no package that requires Node's modules.
  test.each([
    ['main.mjs', 'esm'],
    ['main.mjs', 'cjs'],
    ['main.cjs', 'cjs'],
  ] as const)(
    'stores a refund for %s bundled by esbuild as %s, far from its package',
    async (file, format) => {
      const bundle = join(folder(), `${file}.${format === 'esm' ? 'mjs' : 'cjs'}`);
      const { warnings } = await build({
        absWorkingDir: service(),
        entryPoints: [file],
        outfile: bundle,
        bundle: true,
        minify: true,
        platform: 'node',
        format,
      });
      expect(warnings).toEqual([]);
      expect(await runService(bundle, redis)).toBe('accepted duplicate\n');
    },
  );
});

test('the entry of the worker can be loaded by CommonJS as well', async () => {
  const words = ['-p', 'typeof require("bootpay-refund-worker/producer").createRefundProducer'];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root });
  expect(stdout).toBe('function\n');
});

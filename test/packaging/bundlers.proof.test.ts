// The producer under other package managers and bundlers, which come from the registry (after npm run build). What needs
// no registry is in producer-installed.system.test.ts.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { useFolder, useRedis } from '../support/redis.ts';
import { packProducer, runService, writeService } from './service.ts';

const run = promisify(execFile);
const fromRegistry = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];

describe('the producer', () => {
  const redis = useRedis();
  const folder = useFolder();
  let tarball = '';

  beforeAll(async () => {
    tarball = await packProducer(folder());
  });

  test.each([
    ['pnpm', 'pnpm@10.20.0', ['add', '--ignore-scripts']],
    ['yarn', 'yarn@1.22.22', ['add', '--ignore-scripts', '--non-interactive']],
  ])('works when %s installs it without scripts', async (name, program, words) => {
    const service = join(folder(), name);
    writeService(service);
    await run('npx', ['--yes', '--prefer-offline', program, ...words, tarball], { cwd: service });
    for (const file of ['main.mjs', 'main.cjs']) {
      expect(await runService(join(service, file), redis)).toBe('accepted duplicate\n');
    }
  });

  describe('bundled', () => {
    const service = () => join(folder(), 'bundled');
    beforeAll(async () => {
      writeService(service());
      const bundlers = ['webpack@5.113.0', 'webpack-cli@7.3.1', '@vercel/ncc@0.45.0'];
      await run('npm', ['install', ...fromRegistry, ...bundlers, tarball], { cwd: service() });
    });

    test.each(['main.mjs', 'main.cjs'])('by webpack, %s stores a refund', async (file) => {
      const out = join(folder(), 'webpack', file);
      const words = ['webpack', '--mode', 'development', '--devtool', 'false', '--target', 'node20'];
      const { stdout } = await run('npx', [...words, '--entry', `./${file}`, '-o', out], { cwd: service() });
      expect(stdout).not.toMatch(/warning|error/i);
      expect(await runService(join(out, 'main.js'), redis)).toBe('accepted duplicate\n');
    });

    test.each(['mjs', 'cjs'])('by ncc, main.%s stores a refund', async (kind) => {
      const out = join(folder(), 'ncc', kind);
      await run('npx', ['ncc', 'build', `main.${kind}`, '-o', out], { cwd: service() });
      expect(await runService(join(out, `index.${kind}`), redis)).toBe('accepted duplicate\n');
    });
  });
});

// The file behind `refund-worker`: what it says where the program cannot run (after npm run build).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { satisfies } from 'semver';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { useFolder } from '../support/redis.ts';
import { root, textOf } from './project.ts';

const folder = useFolder();
const command = join('bin', 'refund-worker.cjs');
const { engines, version } = z
  .object({ engines: z.object({ node: z.string() }), version: z.string() })
  .parse(JSON.parse(textOf('package.json')));

/** Runs `--version`; `node`: the version of Node that the command sees. */
function run(at: string, node = process.versions.node, word = '--version') {
  const pretend = `data:text/javascript,${encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } })`,
  )}`;
  const words = ['--import', pretend, join(at, command), word];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { status, stdout, lines: stderr.trimEnd().split('\n') };
}

test.each(['12.22.12', '18.20.8', '20.18.3', '20.19.0', '21.7.3', '22.0.0', '24.11.1'])(
  'Node %s is taken or refused as engines says',
  (node) => {
    const { status, stdout, lines } = run(root, node);
    if (satisfies(node, engines.node)) {
      expect({ status, stdout }).toEqual({ status: 0, stdout: `${version}\n` });
      return;
    }
    expect(status).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`needs Node 20\\.19 or newer .*; this is Node ${node}\\.$`)),
      expect.stringMatching(/^Node 20\.19 이상.*필요해요/),
    ]);
  },
);

test('a checkout that was not built says how to build it', () => {
  const checkout = join(folder(), 'not-built');
  mkdirSync(checkout);
  cpSync(join(root, 'bin'), join(checkout, 'bin'), { recursive: true });
  const { status, lines } = run(checkout);
  expect(status).toBe(1);
  expect(lines).toEqual([
    `refund-worker is not built yet. Run in ${checkout}: npm ci && npm run build`,
    expect.stringContaining('아직 빌드하지 않았어요'),
  ]);
});

test('a checkout without its dependencies says how to install them', () => {
  const checkout = join(folder(), 'not-installed');
  mkdirSync(checkout);
  for (const part of ['bin', 'package.json', join('dist', 'src')]) {
    cpSync(join(root, part), join(checkout, part), { recursive: true });
  }
  const { status, lines } = run(checkout, process.versions.node, '--help');
  expect(status).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^refund-worker is not fully installed \(Cannot find package .*: npm ci$/),
    expect.stringContaining('설치가 끝나지 않았어요'),
  ]);
});

test('it is written so that Node 10 can read it', async () => {
  const text = textOf(command);
  // esbuild rewrites what a version cannot read. `import()` it can: it fails when it is run, which it is not there.
  const options = { supported: { 'dynamic-import': true }, minifyWhitespace: true };
  const [old, today] = await Promise.all([
    transform(text, { ...options, target: 'node10' }),
    transform(text, { ...options, target: 'esnext' }),
  ]);
  expect(old.code).toBe(today.code);
  expect(text).not.toContain("require('node:");
});

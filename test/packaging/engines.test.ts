// `engines` is true, and what production installs is small: read from the lock file and from what it installed here.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies, subset } from 'semver';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { root, textOf } from './project.ts';

const enginesSchema = z.object({ node: z.string().optional() });
const lockedSchema = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().default(false),
  /** Some old packages have a list. */
  engines: z.union([enginesSchema, z.array(z.string())]).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
});
const { packages } = z
  .object({ packages: z.record(z.string(), lockedSchema) })
  .parse(JSON.parse(textOf('package-lock.json')));
const { '': own, ...others } = packages;
const ours = Array.isArray(own?.engines) ? '' : (own?.engines?.node ?? '');
/** What `npm ci --omit=dev` installs: also what is optional, and what both development and production want. */
const production = Object.entries(others).filter(([, { dev }]) => !dev);

test('no production dependency asks for another Node than we do', () => {
  expect(production.length).toBeGreaterThan(50);
  const asking = production.flatMap(([path, { version, engines }]) => {
    const theirs = Array.isArray(engines) ? undefined : engines?.node;
    return theirs === undefined || subset(ours, theirs) ? [] : [`${path} ${version}: ${theirs}`];
  });
  expect(asking).toEqual([]);
});

test('the manifest, the lock file and .nvmrc agree on Node', () => {
  const { engines } = z.object({ engines: enginesSchema }).parse(JSON.parse(textOf('package.json')));
  expect(engines.node).toBe(ours);
  expect(satisfies(`${textOf('.nvmrc').trim()}.0.0`, ours)).toBe(true);
});

// Fastify and Bull Board take these in any version, and the newest ask for Node 22. As dependencies of ours they are the
// version that is installed for all three.
test.each(['light-my-request', '@fastify/static'])('%s is held to a version for Node 20', (name) => {
  expect(own?.dependencies[name]).toMatch(/^\d/);
  expect(production.filter(([path]) => path.endsWith(`node_modules/${name}`)).length).toBe(1);
});

// valibot has TypeScript as an optional peer: under its own name the compiler would be installed for production, too.
test('production installs no compiler', () => {
  const names = production.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
  expect(names).toContain('valibot');
  expect(names.filter((name) => /^(typescript.*|@typescript\/.*|esbuild|tsx|node-gyp)$/.test(name))).toEqual(
    [],
  );
});

test('what production installs is under 90 MB', () => {
  const here = production.map(([path]) => join(root, path)).filter((path) => existsSync(path));
  const kilobytes = here.reduce((sum, path) => sum + blocksOf(path) / 2, 0);
  expect(kilobytes).toBeGreaterThan(20_000);
  expect(kilobytes).toBeLessThan(90 * 1024);
});

/** What a folder takes on the disk in blocks of 512 bytes, without the packages that lie inside it. */
function blocksOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? blocksOf(path) : statSync(path).blocks;
    })
    .reduce((sum, blocks) => sum + blocks, 0);
}

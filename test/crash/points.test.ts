// Nothing is named in vain: every point that the source passes has a kill, and every kill a point.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { caseKills, kills } from './points.ts';

const root = new URL('../../src/', import.meta.url);

function pointsInSource(): string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.flatMap((name) => [
    ...readFileSync(new URL(name, root), 'utf8').matchAll(/\bat\?\.\('(\w+)'/g),
  ]);
  return [...new Set(found.map(([, point = '']) => point))].sort();
}

test('a worker is killed at every named point of the source, and at no other', () => {
  const tried = Object.entries(kills).flatMap(([point, list]) => (list.length > 0 ? [point] : []));
  expect([...new Set([...tried, ...caseKills])].sort()).toEqual(pointsInSource());
});

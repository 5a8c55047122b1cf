// A million histories are collected bit by bit: a collection goes on where it ended, without a gap.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collectionSchema, openCollection } from '../../simulation/collection.ts';
import { emptySum, type Range, type Sum } from '../../simulation/run.ts';

const asked = { seed: '1', names: ['plain'] };

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'collection-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'simulation.json');
}

const range = (from: number): Range => ({ scenario: 'plain', seed: '1', from, histories: 50 });

function sum(calls: number, failing: readonly number[] = []): Sum {
  const failures = failing.map((index) => ({ index, violations: ['paid twice'], lines: [] }));
  return { ...emptySum('plain'), histories: 50, calls, ends: { succeeded: 40 }, failures };
}

function rowIn(path: string) {
  return collectionSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).scenarios[0];
}

test('a collection goes on where it ended', () => {
  const path = file();
  openCollection(path, asked).heard(range(0), sum(100));
  const again = openCollection(path, asked);
  expect(again.from('plain')).toBe(50);
  again.heard(range(50), sum(20, [77]));
  expect(rowIn(path)).toMatchObject({ histories: 100, calls: 120, ends: { succeeded: 80 }, failures: [77] });
  expect(openCollection(path, asked).sums[0]?.failures).toMatchObject([{ index: 77 }]);
});

test('what ended before an earlier range is counted once that one has ended', () => {
  const path = file();
  const collecting = openCollection(path, asked);
  collecting.heard(range(50), sum(20));
  expect(rowIn(path)?.histories).toBe(0);
  collecting.heard(range(0), sum(100));
  expect(rowIn(path)).toMatchObject({ histories: 100, calls: 120 });
});

test('another seed and another state of the code begin anew', () => {
  const path = file();
  openCollection(path, asked).heard(range(0), sum(100));
  expect(openCollection(path, { ...asked, seed: '2' }).from('plain')).toBe(0);
  const stored = collectionSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  writeFileSync(path, JSON.stringify({ ...stored, code: '000000000000' }));
  expect(openCollection(path, asked).from('plain')).toBe(0);
});

// The line in front of scrypt.
import { expect, test } from 'vitest';
import { createLoginLine } from '../../src/server/login-line.ts';

/** A line whose work ends, and whose pauses pass, when the test says so. */
function lineOfTwo(places = 20) {
  const pauses: { ms: number; pass: () => void }[] = [];
  const line = createLoginLine({ atOnce: 2, places }, (ms) => {
    return new Promise<void>((pass) => pauses.push({ ms, pass }));
  });
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const enter = (from: string, delayMs = 0) =>
    line.run(from, delayMs, () => {
      started.push(from);
      return new Promise<string>((end) => ends.push(() => end(from)));
    });
  const endNext = async () => {
    ends.shift()?.();
    await settled();
  };
  return { enter, started, pauses, endNext };
}

/** All that follows from what has happened so far. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('two are under way, twenty wait, and the next one is refused at once', async () => {
  const { enter, started, endNext } = lineOfTwo();
  const all = Array.from({ length: 22 }, () => enter('a'));
  expect(await enter('a')).toBeNull();
  expect(started).toHaveLength(2);
  for (let turn = 0; turn < 22; turn += 1) await endNext();
  expect(await Promise.all(all)).toEqual(Array.from({ length: 22 }, () => 'a'));
});

test('they come in order', async () => {
  const { enter, started, endNext } = lineOfTwo();
  for (const from of ['a', 'b', 'c', 'd', 'e']) void enter(from);
  await settled();
  for (let turn = 0; turn < 3; turn += 1) await endNext();
  expect(started).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('one that has to wait holds a place and lets the others pass', async () => {
  const { enter, started, pauses } = lineOfTwo(1);
  void enter('slow', 500);
  expect(pauses.map(({ ms }) => ms)).toEqual([500]);
  void enter('quick');
  await settled();
  expect(started).toEqual(['quick']);
  pauses[0]?.pass();
  await settled();
  expect(started).toEqual(['quick', 'slow']);
});

test('an address that fills the line gives up its last places to others', async () => {
  const { enter, started, endNext } = lineOfTwo(4);
  const flood = Array.from({ length: 6 }, () => enter('flood'));
  const other = enter('other');
  expect(await flood[5]).toBeNull();
  for (let turn = 0; turn < 6; turn += 1) await endNext();
  expect(await other).toBe('other');
  expect(started.filter((from) => from === 'flood')).toHaveLength(5);
});

test('a line shared fairly is full for all', async () => {
  const { enter } = lineOfTwo(4);
  for (const from of ['x', 'x', 'a', 'b', 'c', 'd']) void enter(from);
  expect(await enter('e')).toBeNull();
});

test('one whose place went to another is not called when its wait is over', async () => {
  const { enter, started, pauses } = lineOfTwo(2);
  const held = [enter('flood', 100), enter('flood', 100)];
  void enter('other', 100);
  expect(await held[1]).toBeNull();
  for (const { pass } of pauses) pass();
  await settled();
  expect(started).toEqual(['flood', 'other']);
});

test('a check that throws makes room like any other', async () => {
  const line = createLoginLine({ atOnce: 1, places: 1 }, async () => undefined);
  const broken = line.run('a', 0, () => Promise.reject(new Error('broken')));
  const next = line.run('b', 0, async () => 'done');
  await expect(broken).rejects.toThrow('broken');
  expect(await next).toBe('done');
});

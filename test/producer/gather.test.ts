// Items that come one by one: the first go at once, those that come meanwhile go together.
import { expect, test } from 'vitest';
import { gathered } from '../../src/producer/gather.ts';

/** Batches in the order they began, each ended by hand. */
function setUp({ batchSize = 3, batchesUnderWay = 1 } = {}) {
  const begun: { items: readonly string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: readonly string[]) =>
    new Promise<string[]>((resolve, reject) => {
      begun.push({ items, answer: () => resolve(items.map((item) => item.toUpperCase())), fail: reject });
    });
  const one = gathered(run, { batchSize, batchesUnderWay });
  return { one, batches: () => begun.map(({ items }) => items.join('')), begun };
}

test('the first goes at once and alone; those that come meanwhile go together, as many as fit', async () => {
  const { one, batches, begun } = setUp();
  const results = ['a', 'b', 'c', 'd', 'e'].map(one);
  expect(batches()).toEqual(['a']);
  begun[0]?.answer();
  await expect.poll(batches).toEqual(['a', 'bcd']);
  begun[1]?.answer();
  await expect.poll(batches).toEqual(['a', 'bcd', 'e']);
  begun[2]?.answer();
  expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('several are under way where that is allowed, and one that is slow does not delay the others', async () => {
  const { one, batches, begun } = setUp({ batchesUnderWay: 2 });
  const results = ['a', 'b', 'c'].map(one);
  expect(batches()).toEqual(['a', 'b']);
  begun[1]?.answer();
  await expect.poll(batches).toEqual(['a', 'b', 'c']);
  begun[2]?.answer();
  expect(await results[2]).toBe('C');
  begun[0]?.answer();
  expect(await results[0]).toBe('A');
});

test('a batch that fails fails for its own items and for those that wait, not for those before and after', async () => {
  const { one, batches, begun } = setUp();
  const [a, b, c] = ['a', 'b', 'c'].map(one);
  begun[0]?.answer();
  await expect.poll(batches).toEqual(['a', 'bc']);
  const waits = one('w');
  begun[1]?.fail(new Error('Redis is away'));
  expect(await a).toBe('A');
  await expect(b).rejects.toThrow('Redis is away');
  await expect(c).rejects.toThrow('Redis is away');
  await expect(waits).rejects.toThrow('Redis is away');
  const d = one('d');
  await expect.poll(batches).toEqual(['a', 'bc', 'd']);
  begun[2]?.answer();
  expect(await d).toBe('D');
});

test('an item without an answer fails instead of waiting for ever', async () => {
  const one = gathered(async (items: readonly string[]) => items.slice(1), {
    batchSize: 9,
    batchesUnderWay: 1,
  });
  await expect(one('a')).rejects.toThrow('without a result');
});

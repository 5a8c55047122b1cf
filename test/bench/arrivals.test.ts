// How many calls came within a second, seen by a server that may have stood still.
import { expect, test } from 'vitest';
import { surelyWithin } from '../../bench/stub/arrivals.ts';

const exactly = (at: number) => ({ after: at, at });

test('what came within a second is counted wherever the second begins', () => {
  expect(surelyWithin(1_000, [])).toBe(0);
  expect(surelyWithin(1_000, [0, 600, 900, 1_200, 1_599, 1_600].map(exactly))).toBe(4);
});

test('what was read after a standstill may have come in the second before', () => {
  const afterStandstill = [700, 701, 702].map((at) => ({ after: 100, at: at + 400 }));
  const later = [1_150, 1_300, 1_500].map(exactly);
  expect(surelyWithin(1_000, [...afterStandstill, ...later])).toBe(3);
});

test('too many after a standstill are still too many', () => {
  const afterStandstill = Array.from({ length: 60 }, () => ({ after: 100, at: 400 }));
  expect(surelyWithin(1_000, afterStandstill)).toBe(60);
});

// The bounds that CI holds the benchmarks to, with made-up results: what passes and what does not.
import { expect, test } from 'vitest';
import type { Bound } from '../../bench/bounds.ts';
import { judge, judgeAgain } from '../../bench/check.ts';
import { atLeast, atMost } from '../../bench/goals.ts';
import type { Goal } from '../../bench/result.ts';

const bound = (limit: Bound['limit']): Bound => ({ benchmark: 'refund', name: 'it', limit, why: '' });

test('nothing measured, and what is no number, breaks a bound', () => {
  for (const goals of [[], [atLeast(0, { name: 'it', measured: Number.NaN })]]) {
    expect(judge([bound({ atLeast: 0 })], goals)).toMatchObject([{ kept: false }]);
  }
});

test('what lies on the bound is kept, what lies beyond it is not', () => {
  const kept = (limit: Bound['limit'], goal: Goal) => judge([bound(limit)], [goal])[0]?.kept;
  expect(kept({ atLeast: 0.5 }, atLeast(0.9, { name: 'it', measured: 0.5 }))).toBe(true);
  expect(kept({ atLeast: 0.5 }, atLeast(0.9, { name: 'it', measured: 0.49 }))).toBe(false);
  expect(kept({ atMost: 5 }, atMost(4, { name: 'it', measured: 5 }))).toBe(true);
  expect(kept({ atMost: 5 }, atMost(4, { name: 'it', measured: 5.1 }))).toBe(false);
});

test('of several rounds the median is judged', () => {
  const measured = { median: 0.6, min: 0.1, max: 0.9 };
  expect(judge([bound({ atLeast: 0.5 })], [atLeast(0.9, { name: 'it', measured })])).toMatchObject([
    { measured: 0.6, kept: true },
  ]);
});

test('a bound is broken that two measurements in turn break, or that nobody measured again', () => {
  const bounds = [bound({ atLeast: 0.5 })];
  const judged = (measured: number) => judge(bounds, [atLeast(0.9, { name: 'it', measured })]);
  expect(judgeAgain(judged(0.4), judged(0.6))).toMatchObject([{ measured: 0.6, kept: true }]);
  expect(judgeAgain(judged(0.4), judged(0.3))).toMatchObject([{ measured: 0.3, kept: false }]);
  expect(judgeAgain(judged(0.4), [])).toMatchObject([{ measured: 0.4, kept: false }]);
  expect(judgeAgain(judged(0.6), judged(0.3))).toMatchObject([{ measured: 0.6, kept: true }]);
});

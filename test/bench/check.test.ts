// The bounds that CI holds the benchmarks to, with made-up results: what passes and what does not.
import { describe, expect, test } from 'vitest';
import { type Bound, bounds } from '../../bench/bounds.ts';
import { judge } from '../../bench/check.ts';
import { atLeast, atMost } from '../../bench/goals.ts';
import type { Goal } from '../../bench/result.ts';

/** What was measured when the bounds were drawn. */
const reached: Readonly<Record<string, number>> = {
  '0 ms, 50 in hand: ours of bare BullMQ + undici': 0.39,
  '0 ms, 50 in hand: CPU of ours, of bare BullMQ + undici': 2.8,
  '50 ms, 50 in hand: ours of the undici loop': 0.93,
  '200 ms, 50 in hand: ours of the undici loop': 0.99,
  'round trips to Redis per refund (about four)': 4.2,
  'enqueue in bulk, of raw addBulk in the same chunks': 0.43,
  'pick-up p50, of bare BullMQ': 1.3,
  '1 processes, 50/s: calls surely in one second': 51,
  '4 processes, 50/s: calls surely in one second': 51,
  '1 processes, 50/s: of the allowed calls used': 0.98,
  '4 processes, 50/s: of the allowed calls used': 0.87,
  'bytes per succeeded refund': 3_056,
};

function goalsWith(value: (name: string, reached: number) => number): Goal[] {
  return Object.entries(reached).map(([name, was]) => atLeast(0, { name, measured: value(name, was) }));
}

function broken(goals: readonly Goal[]): string[] {
  return judge(bounds, goals)
    .filter(({ kept }) => !kept)
    .map(({ name }) => name);
}

describe('the bounds of the benchmarks', () => {
  test('are kept by what was reached when they were drawn', () => {
    expect(broken(goalsWith((_name, was) => was))).toEqual([]);
  });

  test.each(bounds)('are broken by what is twice as bad: $name', ({ name, limit }) => {
    // With more processes than processors half of it is reached on a busy machine as well.
    const times = name === '4 processes, 50/s: of the allowed calls used' ? 4 : 2;
    const worse = (was: number) => ('atLeast' in limit ? was / times : was * times);
    expect(broken(goalsWith((one, was) => (one === name ? worse(was) : was)))).toEqual([name]);
  });

  test('are broken by one more round trip for each refund', () => {
    const name = 'round trips to Redis per refund (about four)';
    expect(broken(goalsWith((one, was) => (one === name ? was + 1 : was)))).toEqual([name]);
  });

  test('are broken by three calls more than the gate allows in a second', () => {
    const name = '1 processes, 50/s: calls surely in one second';
    expect(broken(goalsWith((one, was) => (one === name ? 53 : was)))).toEqual([name]);
  });

  test.each(bounds)('are broken where nothing was measured: $name', ({ name }) => {
    expect(broken(goalsWith((_name, was) => was).filter((goal) => goal.name !== name))).toEqual([name]);
    expect(broken(goalsWith((one, was) => (one === name ? Number.NaN : was)))).toEqual([name]);
  });
});

test('what lies on the bound is kept', () => {
  const bound = (limit: Bound['limit']): Bound => ({ benchmark: 'refund', name: 'it', limit, why: '' });
  const kept = (limit: Bound['limit'], goal: Goal) => judge([bound(limit)], [goal])[0]?.kept;
  expect(kept({ atLeast: 0.5 }, atLeast(0.9, { name: 'it', measured: 0.5 }))).toBe(true);
  expect(kept({ atMost: 5 }, atMost(4, { name: 'it', measured: 5 }))).toBe(true);
});

test('of several rounds the median is judged', () => {
  const measured = { median: 0.6, min: 0.1, max: 0.9 };
  const bound: Bound = { benchmark: 'refund', name: 'it', limit: { atLeast: 0.5 }, why: '' };
  expect(judge([bound], [atLeast(0.9, { name: 'it', measured })])).toMatchObject([
    { measured: 0.6, kept: true },
  ]);
});

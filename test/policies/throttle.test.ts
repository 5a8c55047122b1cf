// The one rule for the wait after a 429.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestThrottleMs, shortestThrottleMs, throttleMs } from '../../src/policies/throttle.ts';

test.each([
  [null, 5_000],
  [Number.NaN, 5_000],
  [0, 1_000],
  [-0, 1_000],
  [-1, 1_000],
  [Number.NEGATIVE_INFINITY, 1_000],
  [0.5, 1_000],
  [999.999, 1_000],
  [1_000, 1_000],
  [1_000.5, 1_001],
  [7_000, 7_000],
  [300_000, 300_000],
  [300_000.1, 300_000],
  [Number.MAX_VALUE, 300_000],
  [Number.POSITIVE_INFINITY, 300_000],
])('a wish of %s ms is a wait of %s ms', (askedMs, waitMs) => {
  expect(throttleMs(askedMs)).toBe(waitMs);
});

test('no wish at all leads to less than a second or more than five minutes', () => {
  fc.assert(
    fc.property(fc.option(fc.double()), (askedMs) => {
      expect(throttleMs(askedMs)).toBeGreaterThanOrEqual(shortestThrottleMs);
      expect(throttleMs(askedMs)).toBeLessThanOrEqual(longestThrottleMs);
    }),
  );
});

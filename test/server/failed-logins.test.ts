// The counts of failed logins by themselves: bounded in memory, and never locked by a clock.
import { expect, test } from 'vitest';
import { createFailureCounts } from '../../src/server/failed-logins.ts';

function countsAt(start: number) {
  let now = start;
  const counts = createFailureCounts(30_000, () => now);
  const fail = (key: string, times: number) => {
    for (let time = 0; time < times; time += 1) counts.add(key);
  };
  return {
    ...counts,
    fail,
    moveTo: (at: number) => {
      now = at;
    },
  };
}

test('the wait doubles up to its bound', () => {
  const { waitFor, add } = countsAt(0);
  const waits = Array.from({ length: 14 }, () => {
    add('a');
    return waitFor('a');
  });
  expect(waits).toEqual([0, 0, 0, 0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(waitFor('b')).toBe(0);
});

test('a clock that is set back or ahead locks out no key', () => {
  for (const jump of [-86_400_000, -60_000, 60_000, 86_400_000]) {
    const { waitFor, fail, moveTo } = countsAt(1_000_000_000);
    fail('a', 20);
    moveTo(1_000_000_000 + jump);
    expect(waitFor('a')).toBeLessThanOrEqual(30_000);
  }
});

test('ten thousand keys are kept, the latest ones', () => {
  const { waitFor, fail } = countsAt(0);
  fail('old', 5);
  for (let key = 0; key < 9_999; key += 1) fail(`key-${key}`, 5);
  expect(waitFor('old')).toBe(250);
  fail('new', 5);
  expect([waitFor('old'), waitFor('key-0'), waitFor('new')]).toEqual([0, 250, 250]);
});

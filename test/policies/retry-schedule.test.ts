import { describe, expect, test } from 'vitest';
import type { PolicySettings } from '../../src/domain/decision.ts';
import { nextLookUpAt, nextRetryAt } from '../../src/policies/retry-schedule.ts';
import { settings as defaults, hour, minute, now, second } from './refunds.ts';

const never = Number.MAX_SAFE_INTEGER;
function waitMs(attemptsUsed: number, chance: number, settings = defaults): number {
  return nextRetryAt({ now, attemptsUsed, chance, settings, deadlineAt: never, windowEndsAt: null }) - now;
}

describe('the next attempt', () => {
  test.each([
    [0, 15 * second, 30 * second],
    [1, 15 * second, 30 * second],
    [2, 30 * second, minute],
    [3, minute, 2 * minute],
    [7, 16 * minute, 32 * minute],
    [8, 30 * minute, hour],
    [12, 30 * minute, hour],
  ])('after %i used attempts comes %i to %i ms later', (used, least, most) => {
    expect(waitMs(used, 0)).toBe(least);
    expect(waitMs(used, 1)).toBe(most);
  });

  test('twelve attempts of the defaults take 3 to 6 hours', () => {
    const total = (chance: number) =>
      Array.from({ length: 11 }, (_, index) => waitMs(index + 1, chance)).reduce((sum, wait) => sum + wait);
    expect(total(0)).toBeGreaterThan(2.5 * hour);
    expect(total(1)).toBeLessThan(6 * hour);
  });

  test('is not drawn forward to this very moment, which would be an attempt without a wait', () => {
    const windowEndsAt = now + 75 * second;
    const question = { now, attemptsUsed: 1, chance: 0.5, settings: defaults, deadlineAt: never };
    expect(nextRetryAt({ ...question, windowEndsAt }) - now).toBe(22.5 * second);
    expect(nextRetryAt({ ...question, windowEndsAt: windowEndsAt + 1 }) - now).toBe(1);
  });

  test('is drawn forward to 75 s before midnight when the window closes at midnight', () => {
    const windowEndsAt = now + 20 * minute;
    const at = nextRetryAt({
      now,
      attemptsUsed: 9,
      chance: 0.5,
      settings: defaults,
      deadlineAt: windowEndsAt,
      windowEndsAt,
    });
    expect(windowEndsAt - at).toBe(75 * second);
  });
});

describe('the next look-up of an unknown', () => {
  function points(settings: PolicySettings, count: number): number[] {
    const found: number[] = [];
    for (let at = now; found.length < count; ) {
      at = nextLookUpAt({ originAt: now, now: at, settings });
      found.push(at - now);
    }
    return found;
  }

  test('follows the schedule, and then its last distance', () => {
    expect(points(defaults, 9)).toEqual([
      5 * second,
      20 * second,
      minute,
      3 * minute,
      10 * minute,
      30 * minute,
      hour,
      1.5 * hour,
      2 * hour,
    ]);
  });

  test('comes once more when the settle window ends', () => {
    const between = points({ ...defaults, settleWindowMs: 11 * minute }, 7);
    expect(between.slice(4, 6)).toEqual([10 * minute, 11 * minute]);
    const late = points({ ...defaults, settleWindowMs: 70 * minute }, 9);
    expect(late.slice(6)).toEqual([hour, 70 * minute, 1.5 * hour]);
  });

  test('with a schedule of one point repeats that point', () => {
    expect(points({ ...defaults, lookUpScheduleMs: [10], settleWindowMs: 25 }, 4)).toEqual([10, 20, 25, 30]);
  });

  test('is the first point after now when the origin lies ahead: a wrong clock named it', () => {
    expect(nextLookUpAt({ originAt: now + hour, now, settings: defaults })).toBe(now + 5 * second);
  });
});

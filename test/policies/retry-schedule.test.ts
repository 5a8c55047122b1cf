import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicySettings } from '../../src/domain/decision.ts';
import { nextLookUpAt, nextRetryAt } from '../../src/policies/retry-schedule.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const defaults: PolicySettings = {
  retryMaxAttempts: 12,
  retryBaseMs: 30 * second,
  retryMaxMs: hour,
  retryDeadlineMs: 24 * hour,
  lookUpScheduleMs: [5 * second, 20 * second, minute, 3 * minute, 10 * minute, 30 * minute, hour],
  settleWindowMs: 10 * minute,
  callTimeoutMs: 65 * second,
};

const now = Date.UTC(2026, 10, 20);
const never = Number.MAX_SAFE_INTEGER;
const chances = fc.double({ min: 0, max: 1, noNaN: true });
const attempts = fc.integer({ min: 0, max: 2000 });

/** Durations from 10 ms on, as tests and the demo set them. */
const anySettings = fc
  .record({
    base: fc.integer({ min: 10, max: hour }),
    factor: fc.integer({ min: 1, max: 200 }),
    steps: fc.array(fc.integer({ min: 10, max: hour }), { minLength: 1, maxLength: 8 }),
    settle: fc.integer({ min: 10, max: 2 * hour }),
    timeout: fc.integer({ min: 10, max: 2 * minute }),
  })
  .map(({ base, factor, steps, settle, timeout }): PolicySettings => {
    const lookUpScheduleMs = steps.map((_, index) =>
      steps.slice(0, index + 1).reduce((sum, step) => sum + step),
    );
    return {
      ...defaults,
      retryBaseMs: base,
      retryMaxMs: base * factor,
      lookUpScheduleMs,
      settleWindowMs: settle,
      callTimeoutMs: timeout,
    };
  });

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

  test('lies in the upper half of its step, and never further than the longest wait', () => {
    fc.assert(
      fc.property(anySettings, attempts, chances, (settings, used, chance) => {
        const longest = Math.min(settings.retryBaseMs * 2 ** (Math.max(used, 1) - 1), settings.retryMaxMs);
        const wait = waitMs(used, chance, settings);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(longest / 2);
        expect(wait).toBeLessThanOrEqual(longest);
      }),
    );
  });

  test('comes no sooner the more attempts were used', () => {
    fc.assert(
      fc.property(anySettings, attempts, chances, (settings, used, chance) => {
        expect(waitMs(used + 1, chance, settings)).toBeGreaterThanOrEqual(waitMs(used, chance, settings));
      }),
    );
  });

  const offsets = fc.integer({ min: -hour, max: 2 * hour });

  test('is never after the deadline, whatever the window', () => {
    fc.assert(
      fc.property(
        anySettings,
        attempts,
        chances,
        offsets,
        fc.option(offsets),
        (settings, attemptsUsed, chance, deadline, window) => {
          const deadlineAt = now + deadline;
          const windowEndsAt = window === null ? null : now + window;
          const at = nextRetryAt({ now, attemptsUsed, chance, settings, deadlineAt, windowEndsAt });
          expect(at).toBeLessThanOrEqual(deadlineAt);
          if (deadline > 0) expect(at).toBeGreaterThan(now);
        },
      ),
    );
  });

  test('leaves time for one attempt before a window closes, while that is possible', () => {
    fc.assert(
      fc.property(anySettings, attempts, chances, offsets, (settings, attemptsUsed, chance, window) => {
        const windowEndsAt = now + window;
        const lastChance = windowEndsAt - settings.callTimeoutMs - 10 * second;
        const at = nextRetryAt({ now, attemptsUsed, chance, settings, deadlineAt: never, windowEndsAt });
        if (lastChance > now) expect(at).toBeLessThanOrEqual(lastChance);
        else expect(at - now).toBe(waitMs(attemptsUsed, chance, settings));
      }),
    );
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

  test('rises strictly, meets the end of the settle window, and never waits longer than the schedule does', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const schedule = settings.lookUpScheduleMs;
        const last = schedule.at(-1) ?? 0;
        const longest = Math.max(...schedule.map((at, index) => at - (schedule[index - 1] ?? 0)));
        let before = 0;
        let met = false;
        for (let at = now; at - now <= Math.max(last, settings.settleWindowMs) && before < 300; ) {
          const next = nextLookUpAt({ originAt: now, now: at, settings });
          expect(next).toBeGreaterThan(at);
          expect(next - at).toBeLessThanOrEqual(longest);
          if (at < now + settings.settleWindowMs)
            expect(next).toBeLessThanOrEqual(now + settings.settleWindowMs);
          met ||= next === now + settings.settleWindowMs;
          at = next;
          before += 1;
        }
        expect(met || before === 300).toBe(true);
      }),
    );
  });

  test('is the same for a worker that wakes up anywhere between two points', () => {
    fc.assert(
      fc.property(anySettings, fc.integer({ min: 0, max: 5 * hour }), (settings, late) => {
        const next = nextLookUpAt({ originAt: now, now: now + late, settings });
        expect(nextLookUpAt({ originAt: now, now: next - 1, settings })).toBe(next);
        expect(nextLookUpAt({ originAt: now, now: next, settings })).toBeGreaterThan(next);
      }),
    );
  });
});

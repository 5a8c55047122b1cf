// The times at which a refund comes back, for every setting the configuration may hold and any reading of the clock.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicySettings } from '../../src/domain/decision.ts';
import type { FailedReply } from '../../src/domain/reply.ts';
import { decideLookUpFailure } from '../../src/policies/decide-look-up.ts';
import { nextLookUpAt, nextRetryAt } from '../../src/policies/retry-schedule.ts';
import {
  hour,
  minute,
  noAnswer,
  notSent,
  now,
  refundAfter,
  refused,
  second,
  situation,
  throttled,
  unreadable,
} from './refunds.ts';

const day = 24 * hour;

/** Outside production a duration may be as short as 10 ms, and the longest wait shorter than the first. */
const anySettings: fc.Arbitrary<PolicySettings> = fc.record({
  retryMaxAttempts: fc.integer({ min: 1, max: 100 }),
  retryBaseMs: fc.integer({ min: 10, max: hour }),
  retryMaxMs: fc.integer({ min: 10, max: day }),
  retryDeadlineMs: fc.integer({ min: 10, max: 30 * day }),
  lookUpScheduleMs: fc
    .uniqueArray(fc.integer({ min: 10, max: day }), { minLength: 1, maxLength: 20 })
    .map((points) => points.sort((a, b) => a - b)),
  settleWindowMs: fc.integer({ min: 10, max: day }),
  callTimeoutMs: fc.integer({ min: 10, max: 5 * minute }),
});
const chances = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));
const used = fc.oneof(fc.nat(20), fc.nat(2_000));
const clocks = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2040, 0, 1) });
const distances = fc.oneof(
  fc.integer({ min: -hour, max: 2 * day }),
  fc.integer({ min: -minute, max: minute }),
);
const never = Number.MAX_SAFE_INTEGER;

describe('the next attempt', () => {
  test('is drawn forward by its window and its deadline alone, and no further than they ask', () => {
    fc.assert(
      fc.property(
        fc.record({ settings: anySettings, attemptsUsed: used, chance: chances, now: clocks }),
        distances,
        fc.option(distances),
        (question, deadline, window) => {
          const unhurried = nextRetryAt({ ...question, deadlineAt: never, windowEndsAt: null });
          const windowEndsAt = window === null ? null : question.now + window;
          const deadlineAt = question.now + deadline;
          const lastChance = (windowEndsAt ?? never) - question.settings.callTimeoutMs - 10 * second;
          const bounds = [deadlineAt, ...(lastChance > question.now ? [lastChance] : [])];
          const at = nextRetryAt({ ...question, deadlineAt, windowEndsAt });
          expect(at).toBe(Math.min(unhurried, ...bounds));
          // Jitter, doubling and halves: a whole millisecond all the same.
          expect(Number.isSafeInteger(at)).toBe(true);
          expect(at).toBeGreaterThanOrEqual(Math.min(question.now, deadlineAt));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('depends on how far away things are, not on the date', () => {
    fc.assert(
      fc.property(
        fc.record({ settings: anySettings, attemptsUsed: used, chance: chances }),
        fc.tuple(clocks, clocks),
        distances,
        distances,
        (question, [one, other], deadline, window) => {
          const waitFrom = (at: number) =>
            nextRetryAt({ ...question, now: at, deadlineAt: at + deadline, windowEndsAt: at + window }) - at;
          expect(waitFrom(one)).toBe(waitFrom(other));
        },
      ),
    );
  });

  const waitMs = (settings: PolicySettings, attemptsUsed: number, chance: number) =>
    nextRetryAt({ now, attemptsUsed, chance, settings, deadlineAt: never, windowEndsAt: null }) - now;

  test('is spread over the whole upper half of its step, and more chance is never sooner', () => {
    fc.assert(
      fc.property(anySettings, used, chances, chances, (settings, attemptsUsed, one, other) => {
        const [least, most] = [waitMs(settings, attemptsUsed, 0), waitMs(settings, attemptsUsed, 1)];
        expect(least).toBe(Math.round(most / 2));
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(waitMs(settings, attemptsUsed, less)).toBeLessThanOrEqual(
          waitMs(settings, attemptsUsed, more),
        );
      }),
    );
  });

  test('is at most the longest wait away, and a longer one allowed is never sooner', () => {
    fc.assert(
      fc.property(anySettings, used, chances, fc.nat(day), (settings, attemptsUsed, chance, more) => {
        const wait = waitMs(settings, attemptsUsed, chance);
        expect(wait).toBeLessThanOrEqual(settings.retryMaxMs);
        expect(wait).toBeGreaterThan(0);
        const longer = { ...settings, retryMaxMs: settings.retryMaxMs + more };
        expect(waitMs(longer, attemptsUsed, chance)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});

describe('the next look-up of an unknown', () => {
  /** Every point there is until well after `until`, written out one by one. */
  function pointsOf({ lookUpScheduleMs, settleWindowMs }: PolicySettings, until: number): number[] {
    const last = lookUpScheduleMs.at(-1) ?? 0;
    const distance = last - (lookUpScheduleMs.at(-2) ?? 0);
    const points = [...lookUpScheduleMs, settleWindowMs];
    for (let at = last + distance; at <= until + distance; at += distance) points.push(at);
    return points.sort((a, b) => a - b);
  }

  const asked = fc.record({ settings: anySettings, originAt: clocks }).chain(({ settings, originAt }) => {
    const { lookUpScheduleMs, settleWindowMs } = settings;
    const last = lookUpScheduleMs.at(-1) ?? 0;
    const distance = last - (lookUpScheduleMs.at(-2) ?? 0);
    const late = fc.oneof(
      fc.integer({ min: -5 * minute, max: last + 30 * distance }),
      fc.constantFrom(...lookUpScheduleMs, settleWindowMs, last + distance, last + 7 * distance, 0),
      fc.constantFrom(...lookUpScheduleMs, settleWindowMs, last + distance).map((point) => point - 1),
    );
    return fc.record({ settings: fc.constant(settings), originAt: fc.constant(originAt), late });
  });

  test('is the first point after now of schedule, settle window and the last distance repeated', () => {
    fc.assert(
      fc.property(asked, ({ settings, originAt, late }) => {
        const at = nextLookUpAt({ originAt, now: originAt + late, settings });
        // An origin that lies ahead was named by a wrong clock: the schedule begins now.
        const begunAt = originAt + Math.min(late, 0);
        const passed = Math.max(late, 0);
        expect(at - begunAt).toBe(pointsOf(settings, passed).find((point) => point > passed));
      }),
      { numRuns: 300 },
    );
  });
});

test('a look-up that failed is repeated after now, within five minutes, and not after the deadline', () => {
  const failures = fc.constantFrom<Exclude<FailedReply, { kind: 'unauthorized' }>>(
    noAnswer,
    unreadable,
    notSent,
    refused('RC_SOMETHING_NEW'),
    throttled(0),
    throttled(minute),
    throttled(),
  );
  const states = fc.constantFrom('queued', 'waiting_retry', 'unknown');
  const lateness = fc.oneof(fc.nat(2 * day), fc.nat(minute));
  const left = fc.oneof(distances, fc.constantFrom(-1, 0, 1));
  const given = fc.record({ settings: anySettings, chance: chances, left, late: lateness });
  fc.assert(
    fc.property(failures, states, given, (reply, state, { settings, chance, left, late }) => {
      const asked = now + late;
      const refund = refundAfter(state === 'queued' ? [] : [noAnswer], { state, deadlineAt: asked + left });
      const decision = decideLookUpFailure(situation(refund, { settings, chance, now: asked }), reply);
      expect(decision.kind).toBe(left <= 0 ? 'dead_letter' : 'look_up_at');
      const soonest = Math.min(2 * second, settings.retryBaseMs);
      const from = asked + (reply.kind === 'throttled' ? Math.min(second, left) : 1);
      if (decision.kind !== 'look_up_at') return;
      expect(Number.isSafeInteger(decision.at)).toBe(true);
      expect(decision.at).toBeGreaterThanOrEqual(from);
      expect(decision.at).toBeLessThanOrEqual(Math.max(asked + left, asked + soonest));
      expect(decision.at).toBeLessThanOrEqual(asked + 5 * minute);
    }),
  );
});

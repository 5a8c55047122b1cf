// The times at which a refund comes back, for every setting the configuration may hold and any reading of the clock.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, PolicySettings } from '../../src/domain/decision.ts';
import type { FailedReply } from '../../src/domain/reply.ts';
import {
  decideBeforeSending,
  decideLookUpFailure,
  decideReply,
  decideUnknown,
} from '../../src/policies/decide-next.ts';
import { cancelWindowEndsAt } from '../../src/policies/method-policies.ts';
import { nextLookUpAt, nextRetryAt } from '../../src/policies/retry-schedule.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  codes,
  hour,
  minute,
  noAnswer,
  notSent,
  now,
  refundAfter,
  refused,
  rowWith,
  second,
  sendingAfter,
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

  test('of a refund that is refused again and again comes until the end, and one whole call fits before the window closes', () => {
    const call = fc.record({ chance: chances, tookMs: fc.nat(5 * minute) });
    const life = fc.record({
      settings: anySettings,
      calls: fc.array(call, { minLength: 1, maxLength: 60 }),
      window: fc.integer({ min: 1, max: 2 * day }),
      deadline: fc.integer({ min: 1, max: 2 * day }),
    });
    fc.assert(
      fc.property(life, ({ settings, calls, window, deadline }) => {
        const windowEndsAt = now + window;
        // As `beginAttempt` bounds it.
        const deadlineAt = Math.min(now + deadline, windowEndsAt);
        const lastChance = windowEndsAt - settings.callTimeoutMs - 10 * second;
        let answeredAt = now;
        for (const [index, { chance, tookMs }] of calls.entries()) {
          if (answeredAt >= deadlineAt) return;
          const question = { now: answeredAt, attemptsUsed: index + 1, chance, settings };
          const at = nextRetryAt({ ...question, deadlineAt, windowEndsAt });
          expect(at).toBeGreaterThan(answeredAt);
          expect(at).toBeLessThanOrEqual(deadlineAt);
          // No wait steps over the last time at which a call would still end inside the window.
          if (answeredAt < lastChance) expect(at + settings.callTimeoutMs).toBeLessThan(windowEndsAt);
          answeredAt = at + Math.min(tookMs, settings.callTimeoutMs);
        }
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

  test('lies in the future, and no wait steps over the end of the settle window', () => {
    fc.assert(
      fc.property(asked, ({ settings, originAt, late }) => {
        const windowEndsAt = originAt + settings.settleWindowMs;
        const at = nextLookUpAt({ originAt, now: originAt + late, settings });
        expect(at).toBeGreaterThan(originAt + late);
        if (originAt + late < windowEndsAt) expect(at).toBeLessThanOrEqual(windowEndsAt);
        expect(nextLookUpAt({ originAt, now: windowEndsAt - 1, settings })).toBe(windowEndsAt);
      }),
    );
  });

  test('comes at the same distance for as long as nobody knows, days after the schedule ended', () => {
    fc.assert(
      fc.property(anySettings, clocks, fc.nat(1_000), (settings, originAt, steps) => {
        const last = settings.lookUpScheduleMs.at(-1) ?? 0;
        const distance = last - (settings.lookUpScheduleMs.at(-2) ?? 0);
        const from = Math.max(last, settings.settleWindowMs);
        const first = nextLookUpAt({ originAt, now: originAt + from, settings });
        const later = nextLookUpAt({ originAt, now: first + steps * distance, settings });
        expect(first - originAt - from).toBeLessThanOrEqual(distance);
        expect(later).toBe(first + (steps + 1) * distance);
      }),
    );
  });
});

describe('whatever the settings and however late the worker is', () => {
  const anyGiven = fc.record({
    settings: anySettings,
    chance: chances,
    left: fc.oneof(distances, fc.constantFrom(-1, 0, 1)),
    late: fc.oneof(fc.nat(2 * day), fc.nat(minute)),
    method: fc.constantFrom('card', 'phone', null),
    total: fc.constantFrom(0, 1_000),
  });
  type Given = typeof anyGiven extends fc.Arbitrary<infer Value> ? Value : never;

  /** Jitter, doubling and halves: what is written is a whole millisecond all the same. */
  function expectWait(
    decision: Decision | { kind: 'send' },
    { from, until }: { from: number; until: number },
  ) {
    if (decision.kind !== 'look_up_at' && decision.kind !== 'retry_at') return;
    expect(Number.isSafeInteger(decision.at)).toBe(true);
    expect(decision.at).toBeGreaterThanOrEqual(from);
    expect(decision.at).toBeLessThanOrEqual(until);
  }

  test('a cancel that is sent again is never sent after the deadline, and waits for it where it lies ahead', () => {
    const replies = fc.oneof(
      fc.constantFrom(refused(codes[2032]), refused(codes[2032], '9003'), notSent),
      fc.option(fc.nat(10 * minute)).map(throttled),
    );
    fc.assert(
      fc.property(replies, anyGiven, (reply, { settings, chance, left, method }: Given) => {
        const { refund, attempt } = sendingAfter([], {
          deadlineAt: now + left,
          lastLookUp: { at: now, receipt: receiptWith({ method }), settledWon: 0, marks: 0 },
        });
        const decision = decideReply(situation(refund, { settings, chance }), attempt, reply);
        const deadlineAt = now + left;
        expectWait(decision, { from: Math.min(now, deadlineAt), until: deadlineAt });
        const windowEndsAt = cancelWindowEndsAt(receiptWith({ method }));
        if (decision.kind !== 'retry_at' || reply.kind === 'throttled' || windowEndsAt === null) return;
        expect(decision.at + settings.callTimeoutMs).toBeLessThan(windowEndsAt);
      }),
    );
  });

  test('an unanswered cancel is looked up after now, an answer with other amounts at once', () => {
    const replies = fc.constantFrom(noAnswer, unreadable, accepted({ cancelledWon: null }));
    fc.assert(
      fc.property(replies, anyGiven, (reply, { settings, chance, left }: Given) => {
        const { refund, attempt } = sendingAfter([], { deadlineAt: now + left });
        const decision = decideReply(situation(refund, { settings, chance }), attempt, reply);
        expect(decision.kind).toBe('look_up_at');
        const from = reply.kind === 'accepted' ? now : now + 1;
        const until = reply.kind === 'accepted' ? now : now + (settings.lookUpScheduleMs[0] ?? 0);
        expectWait(decision, { from, until });
      }),
    );
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
    fc.assert(
      fc.property(failures, states, anyGiven, (reply, state, { settings, chance, left, late }: Given) => {
        const asked = now + late;
        const refund = refundAfter(state === 'queued' ? [] : [noAnswer], { state, deadlineAt: asked + left });
        const decision = decideLookUpFailure(situation(refund, { settings, chance, now: asked }), reply);
        expect(decision.kind).toBe(left <= 0 ? 'dead_letter' : 'look_up_at');
        const soonest = Math.min(2 * second, settings.retryBaseMs);
        const from = asked + (reply.kind === 'throttled' ? Math.min(second, left) : 1);
        expectWait(decision, { from, until: Math.max(asked + left, asked + soonest) });
        expectWait(decision, { from, until: asked + 5 * minute });
      }),
    );
  });

  test('an unknown that is not there yet is looked up after now, and again when its settle window ends', () => {
    fc.assert(
      fc.property(anyGiven, ({ settings, chance, left, late, total }: Given) => {
        const refund = refundAfter([noAnswer], { state: 'unknown', deadlineAt: now + left });
        const account = rowWith({ highestWon: total });
        const asked = { settings, chance, account, now: now + late };
        const decision = decideUnknown(situation(refund, asked), receiptWith());
        const windowEndsAt = now + settings.settleWindowMs;
        if (total > 0) {
          // Stale: within seconds again, until both the deadline and the settle window have passed.
          const over = asked.now >= Math.max(now + left, windowEndsAt);
          expect(decision.kind).toBe(over ? 'dead_letter' : 'look_up_at');
          expectWait(decision, { from: asked.now + 1, until: asked.now + 10 * second });
        } else if (asked.now < windowEndsAt) {
          expectWait(decision, { from: asked.now + 1, until: windowEndsAt });
        } else expectWait(decision, { from: asked.now, until: asked.now });
      }),
    );
  });

  test('a refund whose look-up is stale waits for seconds, and not beyond its deadline', () => {
    fc.assert(
      fc.property(anyGiven, ({ settings, chance, left, late }: Given) => {
        const refund = refundAfter([refused(codes[2032])], { deadlineAt: now + late + left });
        const asked = { settings, chance, account: rowWith({ highestWon: 1_000 }), now: now + late };
        const decision = decideBeforeSending(situation(refund, asked), receiptWith());
        expect(decision.kind).toBe(left <= 0 ? 'dead_letter' : 'look_up_at');
        expectWait(decision, { from: asked.now + 1, until: asked.now + 10 * second });
      }),
    );
  });
});

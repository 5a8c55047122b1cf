// A clock that was moved, or is wrong: what is not concluded then, and what a record made by it is worth.
import { describe, expect, test } from 'vitest';
import {
  decideBeforeSending,
  decideLookUpFailure,
  decideNoLookUp,
  decideUnknown,
} from '../../src/policies/decide-look-up.ts';
import { decideReply } from '../../src/policies/decide-reply.ts';
import { actionsFor, replayRefusal } from '../../src/policies/replay-rules.ts';
import { nextLookUpAt } from '../../src/policies/retry-schedule.ts';
import { believable } from '../../src/policies/steady-clock.ts';
import { receiptWith } from './receipts.ts';
import {
  caseWith,
  codes,
  hour,
  minute,
  noAnswer,
  now,
  partial,
  refundAfter,
  refundIn,
  refused,
  rowWith,
  second,
  sendingAfter,
  settings,
  situation,
  throttled,
  totals,
} from './refunds.ts';

const window = settings.settleWindowMs;
const past = { cancel: partial(1_000), totalsBefore: totals(), state: 'unknown' as const };
const nothingYet = receiptWith();
const landed = receiptWith({ cancelledWon: 1_000 });

describe('“not there” is concluded', () => {
  const refund = refundAfter([noAnswer], { ...past, endedAt: now - hour });

  test('once a whole window has passed since the step, not since the call', () => {
    const jumpedAt = now - 4 * second;
    const early = situation(refund, { jumpedAt, steadySince: jumpedAt });
    expect(decideUnknown(early, nothingYet)).toMatchObject({ kind: 'look_up_at' });
    const late = situation(refund, { jumpedAt: now - window, steadySince: now - window });
    expect(decideUnknown(late, nothingYet)).toMatchObject({ kind: 'retry_at' });
  });

  test('no earlier than a window after the process began to measure, which may have missed a step', () => {
    const started = (steadySince: number) => decideUnknown(situation(refund, { steadySince }), nothingYet);
    expect(started(now - window + 1)).toMatchObject({ kind: 'look_up_at', at: now + 1 });
    expect(started(now - window)).toMatchObject({ kind: 'retry_at' });
  });

  test('in front of a person where the window of a young process ends after the deadline', () => {
    const over = { ...refund, deadlineAt: now - minute };
    const decision = decideUnknown(situation(over, { steadySince: now - minute }), nothingYet);
    expect(decision).toMatchObject({ kind: 'dead_letter', case: 'outcome_unknown', keepsLock: true });
  });

  test.each([
    [now - hour, now - second],
    [now + hour, now - second],
  ])('“landed” counts at any time', (endedAt, steadySince) => {
    const decision = decideUnknown(
      situation(refundAfter([noAnswer], { ...past, endedAt }), { steadySince, jumpedAt: steadySince }),
      landed,
    );
    expect(decision).toMatchObject({ kind: 'settle', settledWon: 1_000 });
  });
});

describe('a call that ended at a time that lies ahead', () => {
  const endedAt = now + hour;
  const refund = refundAfter([noAnswer], { ...past, endedAt });

  test('waits for a window from the moment in which that is seen, and is looked up meanwhile', () => {
    const seen = believable(refund, { now, settings });
    const decide = (at: number) => decideUnknown(situation(seen, { now: at }), nothingYet);
    expect(decide(now)).toMatchObject({ kind: 'look_up_at', at: now + 5 * second });
    expect(decide(now + window - 1)).toMatchObject({ kind: 'look_up_at', at: now + window });
    expect(decide(now + window)).toMatchObject({ kind: 'retry_at' });
  });

  test('by a few milliseconds, as hosts differ, is not taken for one that ended long ago', () => {
    const justNow = refundAfter([noAnswer], { ...past, endedAt: now + 5 });
    expect(decideUnknown(situation(justNow), nothingYet)).toMatchObject({ kind: 'look_up_at' });
  });

  test('has ended by now, and the record says so from then on', () => {
    const { attempts, ...rest } = believable(refund, { now, settings });
    expect(attempts.at(-1)?.outcome?.at).toBe(now);
    expect(attempts.at(-1)?.sentAt).toBe(refund.attempts.at(-1)?.sentAt);
    expect(rest).toEqual(expect.objectContaining({ deadlineAt: refund.deadlineAt, state: 'unknown' }));
  });

  test('or that was cut off by then is looked up from now on', () => {
    const cut = believable(refundIn('sending', { attempts: refund.attempts }), { now, settings });
    expect(cut.attempts.at(-1)?.outcome?.at).toBe(now);
    const sending = refundAfter([null], { endedAt, state: 'sending' });
    expect(believable(sending, { now, settings }).attempts.at(-1)?.callUntil).toBe(now);
  });

  test('is no reason to touch a record that a right clock wrote', () => {
    const right = refundAfter([noAnswer], { endedAt: now });
    expect(believable(right, { now, settings })).toBe(right);
    expect(believable(refundIn('queued'), { now, settings })).toEqual(refundIn('queued'));
  });
});

test('a deadline that lies further ahead than one can be given is brought back', () => {
  const refund = refundIn('queued', { deadlineAt: now + 1_000 * hour });
  expect(believable(refund, { now, settings }).deadlineAt).toBe(now + settings.retryDeadlineMs);
});

test('look-ups go on at the first distance while the origin lies ahead, and meet the end of the window', () => {
  const ahead = { originAt: now + 9 * hour, settings, steadySince: now };
  expect(nextLookUpAt({ ...ahead, now })).toBe(now + 5 * second);
  expect(nextLookUpAt({ ...ahead, now: now + 5 * second })).toBe(now + 10 * second);
  const jumped = { originAt: now - hour, settings, steadySince: now - window + 8 * second };
  expect(nextLookUpAt({ ...jumped, now })).toBe(now + 8 * second);
});

describe('within a window after a step', () => {
  const jumpedAt = now - minute;
  const just = { jumpedAt, steadySince: jumpedAt };
  const over = { deadlineAt: now - hour };

  test('no deadline is concluded, and waits are not shortened to it', () => {
    const wait = { at: now + 30 * second, reason: 'the rate limiter is shut' };
    const waiting = situation(refundIn('queued', over), just);
    expect(decideNoLookUp(waiting, wait)).toMatchObject({ kind: 'look_up_at', at: wait.at });
    const failed = decideLookUpFailure(waiting, { kind: 'no_answer', cause: 'timeout' });
    expect(failed).toMatchObject({ kind: 'look_up_at' });
    const slowed = decideLookUpFailure(waiting, throttled(9_000));
    expect(slowed).toMatchObject({ kind: 'look_up_at', at: now + 9_000 });
    const stale = decideBeforeSending({ ...waiting, account: rowWith({ highestWon: 500 }) }, nothingYet);
    expect(stale).toMatchObject({ kind: 'look_up_at' });
    const { refund, attempt } = sendingAfter([], over);
    const reply = decideReply(situation(refund, just), attempt, throttled(9_000));
    expect(reply).toMatchObject({ kind: 'retry_at', at: now + 9_000 });
    const again = decideReply(situation(refund, { ...just, chance: 1 }), attempt, refused(codes[2032]));
    expect(again).toMatchObject({ kind: 'retry_at', at: now + settings.retryBaseMs });
    const far = { at: now + hour, reason: 'the rate limiter is shut' };
    expect(decideNoLookUp(waiting, far)).toMatchObject({ at: jumpedAt + window });
  });

  test('and after it the deadline counts', () => {
    const wait = { at: now + 30 * second, reason: 'the rate limiter is shut' };
    const later = situation(refundIn('queued', over), { jumpedAt: now - window });
    expect(decideNoLookUp(later, wait)).toMatchObject({ kind: 'dead_letter', case: 'deadline_passed' });
  });

  test('an unknown whose look-ups are stale is no case yet', () => {
    const refund = refundAfter([noAnswer], { ...past, ...over, endedAt: now - 2 * hour });
    const stale = { account: rowWith({ highestWon: 500 }) };
    expect(decideUnknown(situation(refund, { ...just, ...stale }), nothingYet)).toMatchObject({
      kind: 'look_up_at',
    });
    expect(decideUnknown(situation(refund, stale), nothingYet)).toMatchObject({ kind: 'dead_letter' });
  });

  test('no cancel window counts as closed that was open when the event came', () => {
    const bought = { purchasedAt: now - 181 * 24 * hour };
    const refund = refundIn('queued', { acceptedAt: now - 30 * 24 * hour });
    const asked = (changes: object) => decideBeforeSending(situation(refund, changes), receiptWith(bought));
    expect(asked(just)).toMatchObject({ kind: 'send' });
    expect(asked({})).toMatchObject({ kind: 'dead_letter', case: 'policy_refused' });
  });

  test('a person waits for the window of the new time, and only then', () => {
    const refund = refundAfter([noAnswer], {
      ...past,
      state: 'dead_lettered',
      endedAt: now - hour,
      deadLetter: caseWith({ case: 'outcome_unknown', code: null, severity: 'critical' }),
    });
    const facts = { refund, account: rowWith(), now, settings };
    const wish = { newGeneration: false, acknowledge: true };
    const early = replayRefusal({ ...facts, jumpedAt }, wish);
    expect(early).toMatchObject({ rule: 'settle_window', notBefore: jumpedAt + window });
    expect(actionsFor({ ...facts, jumpedAt })).toEqual([]);
    expect(replayRefusal({ ...facts, jumpedAt: null }, wish)).toBeNull();
    expect(replayRefusal({ ...facts, jumpedAt: now - window }, wish)).toBeNull();
  });

  test('a person does not wait for a time that lies ahead', () => {
    const refund = refundAfter([refused(codes[2086])], {
      ...past,
      state: 'dead_lettered',
      endedAt: now + 9 * hour,
      deadLetter: caseWith({ code: codes[2086], severity: 'critical' }),
    });
    const facts = { refund, account: rowWith(), now, jumpedAt, settings };
    const early = replayRefusal(facts, { newGeneration: false, acknowledge: true });
    expect(early).toMatchObject({ rule: 'settle_window', notBefore: jumpedAt + window });
  });
});

// A reply that comes after its attempt was given up as lost (docs/design.md, section 5, step 9).
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/domain/refund.ts';
import type { CancelReply } from '../../src/domain/reply.ts';
import { decideUnknown } from '../../src/policies/decide-look-up.ts';
import { decideLateReply } from '../../src/policies/decide-reply.ts';
import { needsAcknowledgement } from '../../src/policies/replay-rules.ts';
import {
  asCriticalCase,
  transitionFor,
  withLateReply,
  withoutOutcome,
} from '../../src/policies/transition.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  codes,
  minute,
  noAnswer,
  notSent,
  now,
  type PastReply,
  refundAfter,
  refundIn,
  refundWith,
  refused,
  sendingAfter,
  situation,
  throttled,
  unreadable,
} from './refunds.ts';

const lost = refundAfter([noAnswer], { state: 'unknown' });
const given = attemptOf(lost.attempts, 1);
/** Neither of them may be followed by another call. */
const stopping: readonly CancelReply[] = [accepted(), refused(codes[2086]), refused('RC_SOMETHING_NEW')];
const harmless: readonly CancelReply[] = [
  ...[refused(codes[2032]), refused(codes[2027]), refused(codes[2029])],
  ...[noAnswer, notSent, unreadable, throttled()],
];

function attemptOf(attempts: readonly Attempt[], number: number): Attempt {
  const found = attempts.find((one) => one.number === number);
  if (found === undefined) throw new Error(`no attempt ${number}`);
  return found;
}

describe('an open refund', () => {
  test.each([codes[2086], 'RC_SOMETHING_NEW'])('is stopped for ever, with its receipt, by %s', (code) => {
    for (const state of ['unknown', 'waiting_retry', 'queued'] as const) {
      expect(decideLateReply({ ...lost, state }, given, refused(code), now)).toMatchObject({
        kind: 'dead_letter',
        case: 'bootpay_refused',
        code,
        severity: 'critical',
        keepsLock: true,
      });
    }
  });

  test('whose last call was accepted is looked up', () => {
    expect(decideLateReply(lost, given, accepted(), now)).toMatchObject({ kind: 'look_up_at', at: now });
  });

  test('that is not there a settle window after a late acceptance is never sent again', () => {
    const heard = withLateReply(lost, given, accepted(), now);
    const after = decideUnknown(situation(heard, { now: now + 11 * minute }), receiptWith());
    expect(after).toMatchObject({ kind: 'dead_letter', case: 'integrity_mismatch', keepsLock: true });
  });

  test.each(['waiting_retry', 'queued'] as const)(
    'that let its receipt go is a case when accepted (%s)',
    (state) => {
      expect(decideLateReply({ ...lost, state }, given, accepted(), now)).toMatchObject({
        kind: 'dead_letter',
        case: 'integrity_mismatch',
        severity: 'critical',
        keepsLock: true,
      });
    },
  );

  test('is a case when an earlier call than the last one was accepted', () => {
    const twice = refundAfter([noAnswer, noAnswer], { state: 'unknown' });
    const earlier = attemptOf(twice.attempts, 1);
    expect(decideLateReply(twice, earlier, accepted(), now)).toMatchObject({ case: 'integrity_mismatch' });
  });

  test('is left to its own reply while another call is under way, and stopped when that one ended unheard', () => {
    const { refund } = sendingAfter([noAnswer]);
    const earlier = attemptOf(refund.attempts, 1);
    for (const reply of stopping) {
      expect(decideLateReply(refund, earlier, reply, now)).toBeNull();
      expect(decideLateReply(withoutOutcome(refund), earlier, reply, now)).toMatchObject({
        kind: 'dead_letter',
        keepsLock: true,
      });
    }
  });

  test('goes on after what forbids no other call', () => {
    for (const reply of harmless) expect(decideLateReply(lost, given, reply, now)).toBeNull();
  });

  test('is stopped by the reply to a call that a failover took off its record', () => {
    for (const reply of stopping) {
      expect(decideLateReply(refundWith(), given, reply, now)).toMatchObject({ kind: 'dead_letter' });
    }
    const again = withLateReply(refundWith(), given, accepted(), now);
    expect(again.attempts).toMatchObject([{ number: 1, outcome: { reply: 'accepted', used: false } }]);
    expect(again.totalsBefore).toEqual(given.totalsBefore);
  });
});

test('the outcome of another try with the same number is not overwritten', () => {
  const other = { ...given, sentAt: given.sentAt - 1 };
  expect(withLateReply(lost, other, accepted(), now)).toEqual(lost);
});

test('a try that a failover took off the record is not put before the one that is under way', () => {
  const { refund } = sendingAfter([]);
  const other = { ...given, number: 2 };
  const over = withoutOutcome(refund);
  expect(withLateReply(over, other, accepted(), now)).toEqual(over);
  expect(decideLateReply(over, other, accepted(), now)).toMatchObject({ kind: 'dead_letter' });
});

describe('a case', () => {
  const stopped = transitionFor(
    refundAfter([noAnswer, refused(codes[2032])], { state: 'waiting_retry' }),
    {
      ...{ kind: 'dead_letter', case: 'deadline_passed', code: null, pgCode: null, severity: 'warning' },
      ...{ keepsLock: false, reason: 'the deadline passed' },
    },
    { now },
  ).refund;
  const first = attemptOf(stopped.attempts, 1);

  test.each(stopping.map((reply) => [reply.kind, reply] as const))(
    'that could be sent again becomes a critical one in its version (%s)',
    (_, reply) => {
      const decision = decideLateReply(stopped, first, reply, now);
      if (decision?.kind !== 'dead_letter') throw new Error('no case');
      const heard = withLateReply(stopped, first, reply, now);
      const { refund, comparedVersion } = asCriticalCase(heard, decision, now);
      expect(refund).toMatchObject({
        version: comparedVersion,
        deadLetter: {
          case: reply.kind === 'accepted' ? 'integrity_mismatch' : 'bootpay_refused',
          severity: 'critical',
          keepsLock: true,
          jobId: stopped.deadLetter?.jobId,
        },
      });
      expect(needsAcknowledgement(stopped)).toBe(false);
      expect(needsAcknowledgement(refund)).toBe(true);
    },
  );

  test('that is critical is left to its person', () => {
    const deadLetter = stopped.deadLetter && { ...stopped.deadLetter, severity: 'critical' as const };
    for (const reply of stopping) {
      expect(decideLateReply({ ...stopped, deadLetter }, first, reply, now)).toBeNull();
    }
  });
});

describe('a refund that ended', () => {
  const isDrift = { kind: 'dead_letter', case: 'drift', severity: 'critical' };
  const judged = (refund: Parameters<typeof decideLateReply>[0], number: number, reply: CancelReply) => {
    const attempt = refund.attempts.find((one) => one.number === number) ?? { ...given, number };
    return decideLateReply(refund, attempt, reply, now);
  };

  test.each<[string, PastReply]>([
    ['refused', refused(codes[2032])],
    ['not sent', notSent],
    ['throttled', throttled()],
  ])('by another call, while this one counted as %s, is a drift', (_, reply) => {
    const refund = refundAfter([reply, accepted()], { state: 'succeeded' });
    for (const late of stopping) expect(judged(refund, 1, late)).toMatchObject(isDrift);
  });

  // docs/design.md 11.1, two paid cancels for one refund: attempt 1 was given up as lost, attempt 2 was accepted.
  test('by another accepted call is a drift', () => {
    const refund = refundAfter([noAnswer, accepted()], { state: 'succeeded' });
    for (const late of stopping) expect(judged(refund, 1, late)).toMatchObject(isDrift);
    expect(judged(refund, 2, accepted())).toBeNull();
  });

  test.each<[string, PastReply]>([
    ['no answer', noAnswer],
    ['an unreadable answer', unreadable],
    ['a process that died', null],
  ])('by a look-up after %s is confirmed (history 11)', (_, reply) => {
    const refund = refundAfter([reply], { state: 'succeeded' });
    for (const late of stopping) expect(judged(refund, 1, late)).toBeNull();
  });

  test('by a look-up is explained by a lost call only', () => {
    const refund = refundAfter([refused(codes[2032]), noAnswer], { state: 'succeeded' });
    expect(judged(refund, 2, accepted())).toBeNull();
    expect(judged(refund, 1, accepted())).toMatchObject(isDrift);
  });

  test('is a drift when the call is not on record: that is a second payment', () => {
    expect(judged(refundIn('succeeded'), 9, accepted())).toMatchObject(isDrift);
    expect(judged(refundAfter([noAnswer], { state: 'succeeded' }), 9, accepted())).toMatchObject(isDrift);
  });

  test('by a person is a drift when the call was accepted', () => {
    expect(judged(refundIn('resolved'), 1, accepted())).toMatchObject(isDrift);
    expect(judged(refundIn('resolved'), 1, refused(codes[2086]))).toBeNull();
  });

  test('by its last call, which a look-up found, is confirmed whatever an earlier one had paid', () => {
    const refund = refundAfter([accepted(), noAnswer], { state: 'succeeded' });
    for (const late of stopping) expect(judged(refund, 2, late)).toBeNull();
  });

  test('by another try of the same number is a drift', () => {
    const refund = refundAfter([accepted()], { state: 'succeeded' });
    const other = { ...attemptOf(refund.attempts, 1), sentAt: now - minute };
    for (const late of stopping) expect(decideLateReply(refund, other, late, now)).toMatchObject(isDrift);
  });

  test('is not contradicted by what moved nothing', () => {
    const refund = refundAfter([refused(codes[2032]), accepted()], { state: 'succeeded' });
    for (const reply of harmless) {
      expect(judged(refundIn('resolved'), 1, reply)).toBeNull();
      expect(judged(refund, 1, reply)).toBeNull();
    }
  });
});

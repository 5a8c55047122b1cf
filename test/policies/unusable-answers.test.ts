// Bootpay answers, and says nothing that can be used: a person hears within the hour. Silence is waited out.
import { describe, expect, test } from 'vitest';
import { type Refund, refundSchema } from '../../src/domain/refund.ts';
import type { CancelReply, FailedReply } from '../../src/domain/reply.ts';
import { decideLookUpFailure, decideUnknown } from '../../src/policies/decide-look-up.ts';
import { decideReply } from '../../src/policies/decide-reply.ts';
import { atDeadline } from '../../src/policies/decisions.ts';
import { transitionFor, withLookUp, withOutcome, withStaleLookUp } from '../../src/policies/transition.ts';
import { withFailedLookUp } from '../../src/policies/unusable-answers.ts';
import { receiptWith } from './receipts.ts';
import {
  codes,
  hour,
  minute,
  noAnswer,
  notSent,
  now,
  type PastReply,
  refundAfter,
  refundWith,
  refused,
  second,
  sendingAfter,
  settings,
  situation,
  throttled,
  unreadable,
} from './refunds.ts';

type Unauthorized = { kind: 'unauthorized' };
type Failure = Exclude<FailedReply, Unauthorized>;

const incomplete: Failure = {
  kind: 'unreadable',
  cause: 'incomplete: cancelled_price is text',
  httpStatus: 200,
};
const forbidden: Failure = { kind: 'unreadable', cause: 'html', httpStatus: 403 };
const locked = refused('RC_RECEIPT_LOCKED');
const young = { deadlineAt: now + 24 * hour } as const;

/** Looks up every five minutes from `now` on, and is answered in turn. */
function lookedUp(refund: Refund, replies: readonly Failure[]) {
  const end = { refund, decision: null as ReturnType<typeof decideLookUpFailure> | null, at: now };
  for (const [index, reply] of replies.entries()) {
    end.at = now + index * 5 * minute;
    end.refund = withFailedLookUp(end.refund, reply, end.at);
    end.decision = decideLookUpFailure(situation(end.refund, { now: end.at }), reply);
  }
  return end;
}

const times = (count: number, reply: Failure) => Array.from({ length: count }, () => reply);

describe('look-ups that are answered with nothing usable', () => {
  test.each([
    ['an incomplete receipt', incomplete, null, 'incomplete: cancelled_price is text'],
    ['a page of a firewall', forbidden, null, '403 html'],
    ['a redirect', { ...forbidden, cause: 'redirect_302', httpStatus: 302 }, null, 'redirect_302'],
    ['a code that nobody listed', locked, 'RC_RECEIPT_LOCKED', 'RC_RECEIPT_LOCKED'],
    ['2086', refused(codes[2086]), codes[2086], codes[2086]],
    ['no readable code', { ...locked, code: null, cause: 'unreadable_code' }, null, 'unreadable_code'],
  ] as const)('%s: a person hears after half an hour, with the cause', (_, reply, code, cause) => {
    expect(lookedUp(refundWith(young), times(6, reply)).decision?.kind).toBe('look_up_at');
    expect(lookedUp(refundWith(young), times(7, reply)).decision).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      rule: 'look_up_unusable',
      code,
      cause,
      severity: 'warning',
      keepsLock: false,
    });
  });

  test('a call that may have paid keeps the receipt, and its outcome is unknown', () => {
    const refund = refundAfter([noAnswer], { state: 'unknown', ...young });
    expect(lookedUp(refund, times(7, incomplete)).decision).toMatchObject({
      case: 'outcome_unknown',
      rule: 'look_up_unusable',
      cause: 'incomplete: cancelled_price is text',
      severity: 'critical',
      keepsLock: true,
    });
  });

  test.each([
    ['no answer', noAnswer],
    ['nothing sent', notSent],
    ['a 502 without a code', unreadable],
    ['a throttle', throttled()],
  ] as const)('silence is waited out: %s', (_, reply) => {
    const { decision } = lookedUp(refundWith(young), times(40, reply));
    expect(decision?.kind).toBe('look_up_at');
  });

  test('silence between unusable answers does not begin the half hour anew', () => {
    const mixed = [incomplete, noAnswer, forbidden, unreadable, throttled(), notSent, incomplete];
    expect(lookedUp(refundWith(young), mixed).decision).toMatchObject({ kind: 'dead_letter' });
  });

  test('one odd answer after a long silence is no habit', () => {
    const rare = [incomplete, ...times(10, noAnswer), incomplete];
    expect(lookedUp(refundWith(young), rare).decision?.kind).toBe('look_up_at');
    expect(lookedUp(refundWith(young), [...rare, incomplete]).decision?.kind).toBe('dead_letter');
  });

  test.each([
    ['usable', (refund: Refund) => withLookUp(refund, receiptWith(), { at: now, settledWon: 0, marks: 0 })],
    ['stale', (refund: Refund) => withStaleLookUp(refund, now)],
  ])('a look-up that is %s ends the count', (_, after) => {
    const { refund } = lookedUp(refundWith(young), times(6, incomplete));
    expect(after(refund)).not.toHaveProperty('lookUpFailure');
  });

  test('right after a step of the clock nothing is concluded', () => {
    const { refund, at } = lookedUp(refundWith(young), times(7, incomplete));
    const jumped = situation(refund, { now: at, jumpedAt: at - second });
    expect(decideLookUpFailure(jumped, incomplete).kind).toBe('look_up_at');
  });

  test('a shorter deadline leaves a person three quarters of it', () => {
    const short = { ...settings, retryDeadlineMs: hour };
    const { refund } = lookedUp(refundWith({ deadlineAt: now + hour }), times(4, incomplete));
    const at = now + 15 * minute;
    expect(decideLookUpFailure(situation(refund, { now: at, settings: short }), incomplete)).toMatchObject({
      rule: 'look_up_unusable',
    });
  });

  test('the reason of each wait names the cause', () => {
    const reasons = [incomplete, forbidden, locked, noAnswer, notSent].map((reply) => {
      const { decision } = lookedUp(refundWith(young), [reply]);
      return decision !== null && 'reason' in decision ? decision.reason : null;
    });
    expect(reasons).toEqual([
      'the look-up failed: unreadable: incomplete: cancelled_price is text',
      'the look-up failed: unreadable: 403 html',
      'the look-up failed: refused: RC_RECEIPT_LOCKED',
      'the look-up failed: no_answer: timeout',
      'the look-up failed: not_sent: ECONNREFUSED',
    ]);
  });

  test('what is noted fits the stored record, and the case takes it over', () => {
    const { refund, decision, at } = lookedUp(refundWith(young), times(7, incomplete));
    expect(refundSchema.parse(refund)).toEqual(refund);
    if (decision?.kind !== 'dead_letter') throw new Error('no dead letter');
    const written = transitionFor(refund, decision, { now: at });
    expect(refundSchema.parse(JSON.parse(JSON.stringify(written.refund)))).toEqual(written.refund);
    expect(written.refund.deadLetter).toMatchObject({
      rule: 'look_up_unusable',
      cause: 'incomplete: cancelled_price is text',
    });
    expect(written.refund.lookUpFailure).toBeUndefined();
    expect(written.history.reason).toContain('(incomplete: cancelled_price is text)');
  });
});

describe('a cancel that is answered without a code', () => {
  const unknownAfter = (past: readonly PastReply[]) => refundAfter(past, { state: 'unknown', ...young });
  const notThere = (past: readonly PastReply[]) =>
    decideUnknown(situation(unknownAfter(past), { now: now + 11 * minute }), receiptWith());
  const words = { ...forbidden, message: '허용되지 않은 IP' };

  test('three times in a row goes to a person with its status and words, once a look-up shows it paid nothing', () => {
    const refund = unknownAfter([forbidden, forbidden]);
    const { attempt } = sendingAfter([]);
    const third = {
      ...refund,
      state: 'sending' as const,
      attempts: [...refund.attempts, { ...attempt, number: 3 }],
    };
    const answered = withOutcome(third, words, now);
    expect(decideReply(situation(third), attempt, words)).toMatchObject({
      kind: 'look_up_at',
      reason: 'unreadable: 403 html',
    });
    const later = situation({ ...answered, state: 'unknown' }, { now: now + 11 * minute });
    expect(decideUnknown(later, receiptWith())).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      rule: 'cancel_unusable',
      code: null,
      cause: '403 html',
      message: '허용되지 않은 IP',
      severity: 'warning',
      keepsLock: false,
    });
  });

  test('may have paid all the same: then it is settled by the look-up', () => {
    const paid = receiptWith({ cancelledWon: 10_000, status: 20 });
    const refund = unknownAfter([forbidden, forbidden, forbidden]);
    expect(decideUnknown(situation(refund, { now: now + minute }), paid)).toMatchObject({ kind: 'settle' });
  });

  test.each<[string, readonly CancelReply[]]>([
    ['twice', [forbidden, forbidden]],
    ['three times, with an answer in between', [forbidden, refused(codes[2032]), forbidden, forbidden]],
    ['three times, with a time-out in between', [forbidden, noAnswer, forbidden, forbidden]],
    ['with 5xx, which is no answer', [unreadable, unreadable, unreadable]],
    ['with time-outs', [noAnswer, noAnswer, noAnswer]],
  ])('is sent again after %s', (_, past) => {
    expect(notThere(past).kind).toBe('retry_at');
  });

  test.each<[string, readonly CancelReply[]]>([
    ['of several kinds', [forbidden, { ...forbidden, cause: 'no_code', httpStatus: 404 }, incomplete]],
    ['with calls in between that never left', [forbidden, notSent, forbidden, throttled(), forbidden]],
  ])('is not sent again after three answers %s', (_, past) => {
    expect(notThere(past)).toMatchObject({ rule: 'cancel_unusable' });
  });
});

describe('the case of a deadline carries the latest cause', () => {
  test.each<[string, Refund, string, string | undefined]>([
    ['of a call that was not sent', refundAfter([notSent]), 'deadline_passed', 'ECONNREFUSED'],
    ['of a refusal', refundAfter([refused(codes[2032])]), 'deadline_passed', codes[2032]],
    ['of a throttle', refundAfter([throttled()]), 'deadline_passed', '429'],
    ['of a lost answer', refundAfter([noAnswer], { state: 'unknown' }), 'outcome_unknown', 'timeout'],
    ['of no call', refundWith(), 'deadline_passed', undefined],
    [
      'of a look-up after a call',
      withFailedLookUp(refundAfter([notSent]), { kind: 'not_sent', cause: 'CERT_HAS_EXPIRED' }, now),
      'deadline_passed',
      'CERT_HAS_EXPIRED',
    ],
  ])('%s', (_, refund, name, cause) => {
    expect(atDeadline(refund)).toMatchObject({ case: name, ...(cause !== undefined && { cause }) });
    expect(atDeadline(refund).cause).toBe(cause);
  });
});

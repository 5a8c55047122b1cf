// Why it was decided so: the reason is what history and case show a person (docs/design.md sections 8 and 11).
import { describe, expect, test } from 'vitest';
import type { Decision, Send } from '../../src/domain/decision.ts';
import {
  atDeadline,
  decideBeforeSending,
  decideLookUpFailure,
  decideReply,
  decideUnauthorized,
  decideUnknown,
} from '../../src/policies/decide-next.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  codes,
  minute,
  noAnswer,
  notSent,
  now,
  type PastReply,
  partial,
  refundAfter,
  refundIn,
  refundWith,
  refused,
  rowWith,
  sendingAfter,
  settings,
  situation,
  throttled,
  unreadable,
} from './refunds.ts';

type Reply = Parameters<typeof decideReply>[2];

function reasonOf(decision: Decision | Send): string | null {
  return 'reason' in decision ? decision.reason : null;
}

describe('before it is sent, the reason', () => {
  const beforeSending = (past: PastReply[], cancelledWon: number, highestWon = 0) =>
    reasonOf(
      decideBeforeSending(
        situation(refundAfter(past, { cancel: partial(1_000) }), { account: rowWith({ highestWon }) }),
        receiptWith({ cancelledWon }),
      ),
    );

  test.each([
    ['names the amount that does not fit', [noAnswer], 999, 0, /999 won/],
    ['says that refused money went back', [refused(codes[2032])], 1_000, 0, /went back although .* refused/],
    ['says that the look-up is stale', [], 0, 500, /older/],
  ])('%s', (_, past, total, highest, words) => {
    expect(beforeSending(past, total, highest)).toMatch(words);
  });
});

describe('of a failed look-up, the reason', () => {
  test.each<[string, PastReply[], Parameters<typeof decideLookUpFailure>[1], RegExp]>([
    ['says that there is no such receipt', [], refused(codes[2000]), /no such receipt/],
    ['says that it can no longer be found', [noAnswer], refused(codes[2000]), /no longer be found/],
    ['says that it was throttled', [], throttled(), /throttled/],
    ['names what came instead', [], unreadable, /look-up failed: unreadable/],
  ])('%s', (_, past, reply, words) => {
    expect(reasonOf(decideLookUpFailure(situation(refundAfter(past)), reply))).toMatch(words);
  });
});

describe('of a reply to a cancel, the reason', () => {
  test.each<[string, PastReply[], Reply, RegExp]>([
    ['says that the amounts are other', [], accepted({ cancelledWon: null }), /missing or other amounts/],
    ['says that it was throttled', [], throttled(), /throttled/],
    ['names why it was not sent', [], notSent, /not sent: ECONNREFUSED/],
    ['names how the answer was lost', [], noAnswer, /no_answer: timeout/],
    ['names what could not be read', [], unreadable, /unreadable: html/],
    ['names the code of a refusal', [], refused(codes[2028]), /RC_NOT_ABLE_CANCEL/],
    ['names the code that is tried again', [], refused(codes[2032]), /RC_CANCEL_SERVER_ERROR/],
    ['says that the cancel_id exists', [noAnswer], refused(codes[2029]), /cancel_id exists already/],
    ['names the code after a lost answer', [noAnswer], refused(codes[2027]), /RC_ALREADY_.* lost answer/],
  ])('%s', (_, past, reply, words) => {
    const { refund, attempt } = sendingAfter(past);
    expect(reasonOf(decideReply(situation(refund), attempt, reply))).toMatch(words);
  });

  test('counts the attempts when the retries are exhausted', () => {
    const { refund, attempt } = sendingAfter([], { attemptsUsed: settings.retryMaxAttempts - 1 });
    expect(reasonOf(decideReply(situation(refund), attempt, refused(codes[2032])))).toContain('12 attempts');
  });

  test('says whose receipt it is when the credentials work for others', () => {
    expect(reasonOf(decideUnauthorized(refundWith(), 'TOKEN_KEY_INVALID', true))).toContain(
      'another project',
    );
  });
});

describe('of an unknown, the reason', () => {
  const unknown = (past: PastReply[], cancelledWon = 0, at = now + 10 * minute) =>
    reasonOf(
      decideUnknown(
        situation(refundAfter(past, { state: 'unknown', cancel: partial(1_000) }), { now: at }),
        receiptWith({ cancelledWon }),
      ),
    );

  test.each<[string, PastReply[], RegExp]>([
    ['says that a lost call is not there', [noAnswer], /^not there after the settle window/],
    ['says that an accepted one is not there', [accepted()], /^accepted, and not there/],
    ['says that a refusal moved nothing', [noAnswer, refused(codes[2027])], /refused, .* did not go back/],
    ['says why the cancel_id changes', [refused(codes[2032]), refused(codes[2029])], /cancel_id was used up/],
  ])('%s', (_, past, words) => {
    expect(unknown(past)).toMatch(words);
  });

  test('says that it is not there yet within the settle window', () => {
    expect(unknown([noAnswer], 0, now)).toBe('not there yet');
  });

  test('names the amount that does not fit', () => {
    expect(unknown([noAnswer], 999)).toContain('999 won');
  });

  test('says what is wrong with a record that has no attempt', () => {
    const refund = { ...refundIn('unknown'), attempts: [] };
    expect(reasonOf(decideUnknown(situation(refund), receiptWith()))).toContain('without an attempt');
  });
});

test('at the deadline the reason tells an open question from a refund that was not paid in time', () => {
  expect(atDeadline(refundIn('unknown')).reason).toContain('no usable look-up');
  expect(atDeadline(refundIn('queued')).reason).toBe('the deadline passed');
});

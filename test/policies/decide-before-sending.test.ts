// May it be sent? Steps 4 to 6 of docs/design.md section 5, and the failed look-up of section 6.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { Receipt } from '../../src/domain/reply.ts';
import { decideBeforeSending, decideLookUpFailure } from '../../src/policies/decide-look-up.ts';
import { decideUnauthorized } from '../../src/policies/decide-reply.ts';
import { atDeadline, poison } from '../../src/policies/decisions.ts';
import { growthOf, isStale } from '../../src/policies/growth.ts';
import { withOutcome } from '../../src/policies/transition.ts';
import { receiptWith, seoul } from './receipts.ts';
import {
  accepted,
  codes,
  full,
  hour,
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
  second,
  settings,
  situation,
  throttled,
  totals,
  unreadable,
} from './refunds.ts';

type Row = Parameters<typeof rowWith>[0];

function decide(refund: Refund, receipt: Partial<Receipt> = {}, row: Row = {}, at = now) {
  return decideBeforeSending(situation(refund, { account: rowWith(row), now: at }), receiptWith(receipt));
}

describe('a look-up below the highest total that was shown', () => {
  const stale = { highestWon: 4_000 };

  test.each([
    ['fresh', refundWith()],
    ['refused before', refundAfter([refused(codes[2032])])],
    ['unanswered before', refundAfter([noAnswer])],
  ])('concludes nothing for a refund that is %s: it is looked up again within seconds', (_, refund) => {
    const decision = decide(refund, { cancelledWon: 3_999 }, stale);
    expect(decision).toMatchObject({ kind: 'look_up_at' });
    if (decision.kind !== 'look_up_at') return;
    expect(decision.at).toBeGreaterThan(now);
    expect(decision.at).toBeLessThanOrEqual(now + 10 * second);
  });

  test('does not wait past the deadline of the refund', () => {
    const refund = refundWith({ deadlineAt: now + 3 * second });
    expect(decide(refund, {}, stale)).toMatchObject({ kind: 'look_up_at', at: now + 3 * second });
  });

  test('ends as deadline_passed when the deadline is there', () => {
    const refund = refundWith({ deadlineAt: now });
    expect(decide(refund, {}, stale)).toMatchObject({ kind: 'dead_letter', case: 'deadline_passed' });
  });

  test('is no reason to refuse, not even with nothing left or a closed window', () => {
    const decision = decide(
      refundWith(),
      { priceWon: 3_000, cancelledWon: 3_000, method: 'phone', purchasedAt: seoul('2026-01-01T00:00:00') },
      stale,
    );
    expect(decision.kind).toBe('look_up_at');
  });
});

describe('before the first attempt', () => {
  test('what grew since a person acknowledged the case is not its own: it is measured anew', () => {
    const replayed = refundWith({ cancel: partial(1_000), acknowledged: true, totalsBefore: totals(500) });
    for (const cancelledWon of [1_500, 2_000]) {
      expect(decide(replayed, { cancelledWon })).toEqual({
        kind: 'send',
        totalsBefore: totals(cancelledWon),
      });
    }
  });

  test('a refund is sent, with T0 as looked up and settled', () => {
    const decision = decide(
      refundWith({ cancel: partial(1_000) }),
      { cancelledWon: 4_000, cancelledTaxFreeWon: 10 },
      { highestWon: 4_000, settledWon: 4_000 },
    );
    expect(decision).toEqual({ kind: 'send', totalsBefore: totals(4_000, 4_000, 10) });
  });

  test.each<[string, Partial<Refund>, Partial<Receipt>, string, string | null]>([
    ['nothing is left', {}, { cancelledWon: 10_000, status: 20 }, 'nothing_left', 'RC_ALREADY_CANCELLED'],
    ['nothing was paid', {}, { priceWon: 0 }, 'nothing_paid', null],
    [
      'more than the remaining amount is asked',
      { cancel: partial(6_001) },
      { cancelledWon: 4_000 },
      'over_remaining',
      'RC_CANCEL_PRICE_OVER',
    ],
    ['the window surely closed', {}, { purchasedAt: seoul('2026-01-01T12:00:00') }, 'window_closed', null],
    ['a virtual account has no refund account', {}, { method: 'vbank' }, 'account_missing', null],
  ])(
    'a refund is refused by policy when %s, by a rule, and by a code only where Bootpay has it',
    (...row) => {
      const [, changes, receipt, rule, code] = row;
      expect(decide(refundWith(changes), receipt)).toMatchObject({
        kind: 'dead_letter',
        case: 'policy_refused',
        rule,
        code,
        pgCode: null,
        keepsLock: false,
      });
    },
  );

  test.each<[string, Partial<Refund>, Partial<Receipt>]>([
    ['the remaining amount to the won', { cancel: partial(6_000) }, { cancelledWon: 4_000, status: 20 }],
    ['a closed window, acknowledged', { acknowledged: true }, { purchasedAt: seoul('2026-01-01T12:00:00') }],
    ['a virtual account with a refund account', { account: 'kept' }, { method: 'vbank' }],
    ['an event four days late (history 9)', { occurredAt: now - 96 * hour, refundBy: now - hour }, {}],
  ])('a refund is sent for %s', (_, changes, receipt) => {
    const highestWon = receipt.cancelledWon ?? 0;
    expect(decide(refundWith(changes), receipt, { highestWon }).kind).toBe('send');
  });

  test('money that moved before is nobody to be compared with', () => {
    expect(decide(refundWith({ cancel: partial(1_000) }), { cancelledWon: 1_000 }).kind).toBe('send');
  });
});

describe('before another attempt', () => {
  const part = { cancel: partial(1_000), totalsBefore: totals() };

  test.each<[string, PastReply]>([
    ['was refused with 2032', refused(codes[2032])],
    ['got no answer', noAnswer],
    ['was not sent', notSent],
    ['was throttled', throttled()],
  ])('a refund whose attempt %s goes on when growth is zero, with a T0 of its own', (_, reply) => {
    const refund = refundAfter([reply], part);
    const decision = decide(refund, { cancelledWon: 2_000 }, { highestWon: 2_000, settledWon: 2_000 });
    expect(decision).toEqual({ kind: 'send', totalsBefore: totals(2_000, 2_000) });
  });

  test.each<[string, PastReply]>([
    ['got no answer', noAnswer],
    ['got an unreadable answer', unreadable],
    ['died with its process', null],
    ['was accepted with other amounts', accepted()],
    ['was answered with 2029', refused(codes[2029])],
    ['was answered with 2086', refused(codes[2086])],
    ['was answered with an unlisted code', refused('RC_SOMETHING_NEW')],
  ])('a refund that landed succeeds without a call when an attempt %s', (_, reply) => {
    for (const past of [[reply], [reply, refused(codes[2032])], [refused(codes[2032]), reply]]) {
      expect(decide(refundAfter(past, part), { cancelledWon: 1_000 })).toEqual({
        kind: 'settle',
        settledWon: 1_000,
        by: 'look_up',
      });
    }
  });

  test.each<[string, PastReply]>([
    ['refused with 2032 (history 1)', refused(codes[2032])],
    ['not sent', notSent],
    ['throttled', throttled()],
  ])(
    'a refund that landed although every attempt was %s is for a person, and nothing is sent',
    (_, reply) => {
      expect(decide(refundAfter([reply], part), { cancelledWon: 1_000 })).toMatchObject({
        kind: 'dead_letter',
        case: 'integrity_mismatch',
        severity: 'critical',
        keepsLock: true,
      });
    },
  );

  test.each([
    ['less', 999, 0],
    ['more', 1_001, 0],
    ['less than we settled', 0, 1_000],
  ])('growth that is neither (%s) is an integrity mismatch, answered or not', (_, total, settledWon) => {
    for (const reply of [refused(codes[2032]), noAnswer]) {
      expect(decide(refundAfter([reply], part), { cancelledWon: total }, { settledWon })).toMatchObject({
        kind: 'dead_letter',
        case: 'integrity_mismatch',
        code: null,
        keepsLock: true,
      });
    }
  });

  test("the 1,000 won of another refund are not taken for this refund's (history 2)", () => {
    const decision = decide(
      refundAfter([refused(codes[2032])], part),
      { cancelledWon: 1_000, status: 20 },
      { highestWon: 1_000, settledWon: 1_000 },
    );
    expect(decision).toEqual({ kind: 'send', totalsBefore: totals(1_000, 1_000) });
  });

  test('growth is counted from the T0 of the first attempt, not of the last', () => {
    const first = refundAfter([noAnswer, refused(codes[2032])], part);
    const refund = {
      ...first,
      attempts: first.attempts.map((attempt) =>
        attempt.number === 2 ? { ...attempt, totalsBefore: totals(1_000) } : attempt,
      ),
    };
    expect(decide(refund, { cancelledWon: 1_000 }).kind).toBe('settle');
  });

  test('a full cancel that took the rest succeeds with what it moved', () => {
    const refund = refundAfter([noAnswer], { totalsBefore: totals(4_000, 4_000) });
    expect(decide(refund, { cancelledWon: 10_000, status: 20 }, { settledWon: 4_000 })).toEqual({
      kind: 'settle',
      settledWon: 6_000,
      by: 'look_up',
    });
  });

  test('a full cancel whose rest other refunds of ours took is refused: nothing is left', () => {
    const refund = refundAfter([refused(codes[2032])]);
    expect(decide(refund, { cancelledWon: 10_000 }, { settledWon: 10_000 })).toMatchObject({
      case: 'policy_refused',
      code: 'RC_ALREADY_CANCELLED',
    });
  });

  test('a window that closed meanwhile does not hide that the money went back', () => {
    const receipt = { cancelledWon: 1_000, purchasedAt: seoul('2026-01-01T12:00:00') };
    expect(decide(refundAfter([noAnswer], part), receipt).kind).toBe('settle');
  });
});

const anyReply = fc.constantFrom<PastReply>(
  null,
  noAnswer,
  unreadable,
  notSent,
  throttled(),
  accepted(),
  refused(codes[2032]),
  refused(codes[2029]),
  refused(codes[2086]),
  refused('RC_SOMETHING_NEW'),
);
const amounts = fc.integer({ min: 0, max: 12 }).map((thousands) => thousands * 1_000);

test('nothing is ever sent from a stale look-up, with growth, or beyond what is left', () => {
  const history = fc.record({
    past: fc.array(anyReply, { maxLength: 4 }),
    asked: fc.option(amounts.filter((won) => won > 0)),
    totalsBefore: amounts,
    total: amounts,
    highest: amounts,
    settledThen: amounts,
    settledNow: amounts,
    acknowledged: fc.boolean(),
  });
  fc.assert(
    fc.property(
      history,
      ({ past, asked, totalsBefore, total, highest, settledThen, settledNow, acknowledged }) => {
        const cancel = asked === null ? full : partial(asked);
        const refund = refundAfter(past, {
          cancel,
          acknowledged,
          totalsBefore: totals(totalsBefore, settledThen),
        });
        const account = rowWith({ highestWon: highest, settledWon: settledNow });
        const receipt = receiptWith({ cancelledWon: total });
        const decision = decideBeforeSending(situation(refund, { account }), receipt);
        const growth = growthOf(cancel, totals(totalsBefore, settledThen), { receipt, account });
        if (decision.kind === 'send') {
          expect(isStale(receipt, account)).toBe(false);
          if (past.length > 0) expect(growth.kind).toBe('zero');
          expect(total).toBeLessThan(receipt.priceWon);
          if (cancel.kind === 'partial')
            expect(total + cancel.amountWon).toBeLessThanOrEqual(receipt.priceWon);
        }
        if (decision.kind === 'settle')
          expect(growth).toEqual({ kind: 'landed', amountWon: decision.settledWon });
        if (decision.kind === 'look_up_at') expect(decision.at).toBeGreaterThan(now);
      },
    ),
    { numRuns: 1_000 },
  );
});

describe('a look-up that fails', () => {
  const failed = (refund: Refund, reply: Parameters<typeof decideLookUpFailure>[1], at = now) =>
    decideLookUpFailure(situation(refund, { now: at }), reply);
  const failures = [
    noAnswer,
    unreadable,
    notSent,
    throttled(),
    refused(codes[2032]),
    refused(codes[2086]),
    refused('RC_SOMETHING_NEW'),
  ];

  test('with 2000 before any call is a dead letter: there is no such receipt', () => {
    expect(failed(refundWith(), refused(codes[2000]))).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[2000],
      severity: 'warning',
      keepsLock: false,
    });
  });

  test('with 2000 after a call without a definite answer is a dead letter that keeps the receipt', () => {
    for (const refund of [refundIn('unknown'), refundAfter([noAnswer, refused(codes[2032])])]) {
      expect(failed(refund, refused(codes[2000]))).toMatchObject({
        kind: 'dead_letter',
        case: 'outcome_unknown',
        keepsLock: true,
      });
    }
  });

  test('with 2000 after definite refusals does not claim that the outcome is unknown', () => {
    const refund = refundAfter([refused(codes[2032])]);
    expect(failed(refund, refused(codes[2000]))).toMatchObject({ case: 'bootpay_refused' });
  });

  test.each(failures)(
    'in any other way ($kind $code) is made again later, not sooner than in 2 s',
    (reply) => {
      for (const refund of [refundWith(), refundIn('waiting_retry'), refundIn('unknown')]) {
        const decision = failed(refund, reply);
        expect(decision.kind).toBe('look_up_at');
        if (decision.kind === 'look_up_at') expect(decision.at).toBeGreaterThanOrEqual(now + 2 * second);
      }
    },
  );

  test('is made again with growing distance, at most 5 min apart', () => {
    const waits = [0, minute, 5 * minute, hour, 20 * hour].map((late) => {
      const decision = failed(refundIn('unknown'), noAnswer, now + late);
      return decision.kind === 'look_up_at' ? decision.at - now - late : Number.NaN;
    });
    expect(waits).toEqual([2 * second, 30 * second, 2.5 * minute, 5 * minute, 5 * minute]);
  });

  test('counts the distance of a refund that was never sent from its acceptance', () => {
    const refund = refundWith({ acceptedAt: now - 2 * minute });
    expect(failed(refund, noAnswer)).toMatchObject({ kind: 'look_up_at', at: now + minute });
  });

  test('waits no longer than the first retry would in a configuration of short times', () => {
    const short = situation(refundIn('unknown'), { settings: { ...settings, retryBaseMs: 10 } });
    expect(decideLookUpFailure(short, noAnswer)).toMatchObject({ kind: 'look_up_at', at: now + 10 });
  });

  test('with 429 waits until Retry-After, or 5 s', () => {
    expect(failed(refundWith(), throttled(90 * second))).toMatchObject({ at: now + 90 * second });
    expect(failed(refundWith(), throttled(0))).toMatchObject({ at: now + second });
    expect(failed(refundWith(), throttled(-1))).toMatchObject({ at: now + second });
    expect(failed(refundWith(), throttled(400 * minute))).toMatchObject({ at: now + 5 * minute });
    expect(failed(refundWith(), throttled())).toMatchObject({ at: now + 5 * second });
  });

  test('does not wait past the deadline', () => {
    const refund = refundWith({ deadlineAt: now + 10 * second });
    expect(failed(refund, unreadable)).toMatchObject({ kind: 'look_up_at', at: now + 10 * second });
  });

  test('with 429 does not wait past the deadline either', () => {
    const refund = refundWith({ deadlineAt: now + 10 * second });
    expect(failed(refund, throttled(5 * minute))).toMatchObject({ at: now + 10 * second });
  });

  test.each(failures)(
    'at the deadline ($kind $code) of a refund that was never sent is deadline_passed',
    (reply) => {
      expect(failed(refundWith({ deadlineAt: now }), reply)).toMatchObject({
        kind: 'dead_letter',
        case: 'deadline_passed',
        keepsLock: false,
      });
    },
  );

  test.each(failures)('at the deadline ($kind $code) of an unknown is outcome_unknown', (reply) => {
    expect(failed(refundIn('unknown', { deadlineAt: now }), reply)).toMatchObject({
      kind: 'dead_letter',
      case: 'outcome_unknown',
      severity: 'critical',
      keepsLock: true,
    });
  });

  test('a millisecond before the deadline is still no case', () => {
    expect(failed(refundIn('unknown', { deadlineAt: now + 1 }), noAnswer).kind).toBe('look_up_at');
  });
});

describe('the deadline', () => {
  test.each([
    ['queued', 'deadline_passed', 'warning', false],
    ['waiting_retry', 'deadline_passed', 'warning', false],
    ['sending', 'outcome_unknown', 'critical', true],
    ['unknown', 'outcome_unknown', 'critical', true],
  ] as const)('of a refund that is %s makes the case %s', (state, name, severity, keepsLock) => {
    expect(atDeadline(refundIn(state))).toMatchObject({ case: name, severity, keepsLock, code: null });
  });

  test('of a replay whose last call is still an open question makes the case outcome_unknown', () => {
    const replayed = refundAfter([noAnswer], { state: 'queued' });
    expect(atDeadline(replayed)).toMatchObject({ case: 'outcome_unknown', keepsLock: true });
  });

  test.each<[string, Refund]>([
    ['of a replay after a definite refusal', refundAfter([refused(codes[2028])], { state: 'queued' })],
    ['of a lost call that was not there after its settle window', refundAfter([noAnswer])],
  ])('%s makes the case deadline_passed', (_, refund) => {
    expect(atDeadline(refund)).toMatchObject({ case: 'deadline_passed', keepsLock: false });
  });
});

describe('refused credentials', () => {
  test('that fail for the last answered receipt too hold the lane', () => {
    expect(decideUnauthorized(refundWith(), 'TOKEN_KEY_INVALID', false)).toEqual({
      kind: 'hold_lane',
      reason: 'TOKEN_KEY_INVALID',
    });
    expect(decideUnauthorized(refundWith(), null, false)).toEqual({ kind: 'hold_lane', reason: '401' });
  });

  const refusedCall = { kind: 'unauthorized', code: 'TOKEN_KEY_INVALID', httpStatus: 401 } as const;
  test.each<[string, Refund]>([
    ['queued', refundIn('queued')],
    ['waiting for its retry', refundIn('waiting_retry')],
    ['sending', withOutcome(refundIn('sending'), refusedCall, now)],
  ])(
    'that work for another receipt make one dead letter of a refund that is %s (history 13)',
    (_, refund) => {
      expect(decideUnauthorized(refund, 'TOKEN_KEY_INVALID', true)).toMatchObject({
        kind: 'dead_letter',
        case: 'bootpay_refused',
        code: 'TOKEN_KEY_INVALID',
        severity: 'warning',
        keepsLock: false,
      });
    },
  );

  test('that work for another receipt leave an unknown unknown, and its receipt kept, also while it waits', () => {
    const lost = { ...refundIn('unknown'), state: 'waiting_retry' as const };
    expect(decideUnauthorized(lost, 'TOKEN_KEY_INVALID', true)).toMatchObject({ case: 'outcome_unknown' });
    expect(decideUnauthorized(refundIn('unknown'), 'TOKEN_KEY_INVALID', true)).toMatchObject({
      kind: 'dead_letter',
      case: 'outcome_unknown',
      keepsLock: true,
    });
  });
});

describe('poison', () => {
  test.each([
    ['queued', false],
    ['waiting_retry', false],
    ['sending', true],
  ] as const)('of a refund that is %s keeps its receipt: %s', (state, keepsLock) => {
    expect(poison(refundIn(state), 'five activations')).toMatchObject({
      kind: 'dead_letter',
      case: 'poison',
      severity: 'critical',
      reason: 'five activations',
      keepsLock,
    });
  });

  // Section 5 names only `sending`; the call of an unknown may have paid as well.
  test('of an unknown keeps its receipt', () => {
    expect(poison(refundIn('unknown'), 'five activations').keepsLock).toBe(true);
  });

  test('of a replayed case keeps its receipt while a call of it has no answer, and only then', () => {
    const replayed = refundAfter([noAnswer], { state: 'queued' });
    expect(poison(replayed, 'five activations').keepsLock).toBe(true);
    const refusedBefore = refundAfter([refused(codes[2032])], { state: 'queued' });
    expect(poison(refusedBefore, 'five activations').keepsLock).toBe(false);
  });
});

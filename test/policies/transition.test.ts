// From a decision to the next version of the record: docs/design.md section 4, and steps 7 and 9 of section 5.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { InvariantError } from '../../src/domain/errors.ts';
import { type Refund, refundSchema } from '../../src/domain/refund.ts';
import type { CancelReply } from '../../src/domain/reply.ts';
import { isOpen, type State, stateSchema } from '../../src/domain/states.ts';
import { drift } from '../../src/policies/decisions.ts';
import {
  beginAttempt,
  moved,
  settled,
  totalOf,
  transitionFor,
  withEvidence,
  withLookUp,
  withOutcome,
  withoutOutcome,
} from '../../src/policies/transition.ts';
import { receiptWith, seoul } from './receipts.ts';
import {
  accepted,
  codes,
  full,
  hour,
  looked,
  minute,
  noAnswer,
  notSent,
  now,
  partial,
  refundAfter,
  refundIn,
  refundWith,
  refused,
  second,
  throttled,
  totals,
  unauthorized,
  unreadable,
} from './refunds.ts';

type Written = Exclude<Decision, { kind: 'hold_lane' }>;

const later = now + minute;
const settle: Written = { kind: 'settle', settledWon: 10_000, by: 'answer' };
const lookUp: Written = { kind: 'look_up_at', at: later, reason: 'no_answer: timeout' };
const retry: Written = { kind: 'retry_at', at: later, nextGeneration: false, reason: 'not sent' };
const deadLetter: Written = {
  kind: 'dead_letter',
  case: 'bootpay_refused',
  code: codes[2032],
  pgCode: '8012',
  severity: 'warning',
  keepsLock: false,
  reason: 'not registered',
};
const states = stateSchema.options;

/** Section 4, by hand. Staying is no move: an open refund gets a later wake-up. */
const table: Readonly<Record<State, readonly State[]>> = {
  queued: ['sending', 'succeeded', 'dead_lettered'],
  waiting_retry: ['sending', 'succeeded', 'dead_lettered'],
  sending: ['succeeded', 'waiting_retry', 'unknown', 'dead_lettered'],
  unknown: ['succeeded', 'waiting_retry', 'dead_lettered'],
  dead_lettered: ['queued', 'succeeded', 'resolved'],
  succeeded: ['dead_lettered'],
  resolved: ['dead_lettered'],
};

describe('a decision', () => {
  test.each<{ decision: Written; from: State; to: State }>([
    { decision: settle, from: 'queued', to: 'succeeded' },
    { decision: settle, from: 'waiting_retry', to: 'succeeded' },
    { decision: settle, from: 'sending', to: 'succeeded' },
    { decision: settle, from: 'unknown', to: 'succeeded' },
    { decision: settle, from: 'dead_lettered', to: 'succeeded' },
    { decision: lookUp, from: 'queued', to: 'queued' },
    { decision: lookUp, from: 'waiting_retry', to: 'waiting_retry' },
    { decision: lookUp, from: 'sending', to: 'unknown' },
    { decision: lookUp, from: 'unknown', to: 'unknown' },
    { decision: retry, from: 'queued', to: 'queued' },
    { decision: retry, from: 'waiting_retry', to: 'waiting_retry' },
    { decision: retry, from: 'sending', to: 'waiting_retry' },
    { decision: retry, from: 'unknown', to: 'waiting_retry' },
    { decision: deadLetter, from: 'queued', to: 'dead_lettered' },
    { decision: deadLetter, from: 'waiting_retry', to: 'dead_lettered' },
    { decision: deadLetter, from: 'sending', to: 'dead_lettered' },
    { decision: deadLetter, from: 'unknown', to: 'dead_lettered' },
    { decision: deadLetter, from: 'succeeded', to: 'dead_lettered' },
    { decision: deadLetter, from: 'resolved', to: 'dead_lettered' },
  ])('of the kind $decision.kind makes of $from $to', ({ decision, from, to }) => {
    const change = transitionFor(refundIn(from), decision, { now });
    expect({ from: change.from, to: change.refund.state }).toEqual({ from, to });
    expect(change.history).toMatchObject({ from, to, at: now, who: 'worker', what: decision.kind });
  });

  test.each<{ decision: Written; from: State }>([
    { decision: settle, from: 'succeeded' },
    { decision: lookUp, from: 'succeeded' },
    { decision: retry, from: 'succeeded' },
    { decision: settle, from: 'resolved' },
    { decision: lookUp, from: 'resolved' },
    { decision: retry, from: 'resolved' },
    { decision: retry, from: 'dead_lettered' },
  ])('of the kind $decision.kind cannot move a refund that is $from', ({ decision, from }) => {
    expect(() => transitionFor(refundIn(from), decision, { now })).toThrow(InvariantError);
  });

  test('never makes a move that is not in the table, and what it makes is a valid next version', () => {
    const anyDecision: fc.Arbitrary<Written> = fc.oneof(
      fc.constantFrom(settle, lookUp, retry, deadLetter, drift('the totals')),
      fc.boolean().map((nextGeneration): Written => ({ ...retry, nextGeneration })),
      fc.boolean().map((keepsLock): Written => ({ ...deadLetter, keepsLock })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...states), anyDecision, fc.nat(2_000_000), (from, decision, version) => {
        const before = refundIn(from, { version });
        let change: ReturnType<typeof transitionFor>;
        try {
          change = transitionFor(before, decision, { now });
        } catch (error) {
          expect(error).toBeInstanceOf(InvariantError);
          return;
        }
        const { refund } = change;
        if (refund.state !== from) expect(table[from]).toContain(refund.state);
        expect(refundSchema.parse(refund)).toEqual(refund);
        expect(refund.version).toBe(version + 1);
        expect(refund.attempts).toEqual(before.attempts);
        expect(refund.generation - before.generation).toBe(
          decision.kind === 'retry_at' && decision.nextGeneration ? 1 : 0,
        );
        expect(change.seen).toBeNull();
        if (!isOpen(from)) return;
        // Every open state has a next wake-up and a deadline, and no closed one has a wake-up.
        expect(refund.nextWakeUpAt).toBe(isOpen(refund.state) ? later : null);
        expect(refund.deadlineAt).toBe(before.deadlineAt);
        expect(refund.deadLetter === null).toBe(refund.state !== 'dead_lettered');
      }),
    );
  });

  test.each<[string, Written, State, 'keep' | 'release']>([
    ['a later look-up of an unknown', lookUp, 'unknown', 'keep'],
    ['a call without a definite outcome', lookUp, 'sending', 'keep'],
    ['a failed look-up of a refund that was never sent', lookUp, 'queued', 'release'],
    ['a failed look-up before another attempt', lookUp, 'waiting_retry', 'release'],
    ['a retry', retry, 'sending', 'release'],
    ['a retry of what was not there', retry, 'unknown', 'release'],
    ['a success', settle, 'sending', 'release'],
    ['a case', deadLetter, 'sending', 'release'],
    ['a case that keeps its receipt', { ...deadLetter, keepsLock: true }, 'unknown', 'keep'],
  ])('releases or keeps the receipt: %s', (_, decision, from, lock) => {
    expect(transitionFor(refundIn(from), decision, { now }).lock).toBe(lock);
  });

  test('keeps the receipt of a replay whose open question the look-up has not answered yet', () => {
    const replayed = refundAfter([noAnswer], { state: 'queued' });
    expect(transitionFor(replayed, lookUp, { now })).toMatchObject({
      lock: 'keep',
      refund: { state: 'queued' },
    });
  });

  test.each<[Written, string | null, string]>([
    [settle, 'refund.succeeded', 'accepted'],
    [{ ...settle, by: 'look_up' }, 'refund.succeeded', 'the look-up shows it'],
    [deadLetter, 'refund.dead_lettered', 'bootpay_refused: not registered'],
    [lookUp, null, 'no_answer: timeout'],
    [retry, null, 'not sent'],
  ])('$kind tells the outside only what ended, and the history why', (decision, event, reason) => {
    const change = transitionFor(refundIn('sending'), decision, { now, who: 'kim' });
    expect(change.event).toBe(event);
    expect(change.history).toMatchObject({ reason, who: 'kim' });
  });

  test('for a person makes a case with its code, its time and a job of its own', () => {
    const { refund, settledWon } = transitionFor(refundIn('sending', { version: 41 }), deadLetter, { now });
    expect(refund.deadLetter).toEqual({
      case: 'bootpay_refused',
      code: codes[2032],
      pgCode: '8012',
      severity: 'warning',
      at: now,
      keepsLock: false,
      jobId: `${refund.refundId}-42`,
    });
    expect(settledWon + 0).toBe(0);
  });

  test('of drift takes back what was counted as settled', () => {
    const change = transitionFor(refundIn('succeeded', { settledWon: 10_000 }), drift('the totals'), { now });
    expect(change).toMatchObject({
      settledWon: -10_000,
      refund: { settledWon: null, deadLetter: { case: 'drift', severity: 'critical', keepsLock: false } },
    });
    expect(transitionFor(refundIn('resolved'), drift('late reply'), { now }).settledWon + 0).toBe(0);
  });

  test('for the next generation sends another cancel_id, and none otherwise', () => {
    const burnt = transitionFor(refundIn('unknown'), { ...retry, nextGeneration: true }, { now });
    expect(burnt.refund).toMatchObject({ generation: 2, attemptsUsed: burnt.refund.attemptsUsed });
    const next = beginAttempt(burnt.refund, totals(), { now, callUntil: later });
    expect(next.refund.attempts.map(({ cancelId }) => cancelId)).toEqual(['order-1', 'order-1-g2']);
    const same = transitionFor(refundIn('unknown'), retry, { now });
    expect(
      beginAttempt(same.refund, totals(), { now, callUntil: later }).refund.attempts.at(-1),
    ).toMatchObject({
      cancelId: 'order-1',
      generation: 1,
    });
  });
});

describe('a move', () => {
  const because = { now, who: 'kim', what: 'replay', reason: 'the PG is back' };

  test('that is not in the table is refused', () => {
    for (const from of states) {
      for (const to of states) {
        const move = () => moved(refundIn(from), to, because, {});
        if (table[from].includes(to)) expect(move().refund.state).toBe(to);
        else if (from !== to || from === 'succeeded' || from === 'resolved')
          expect(move).toThrow(InvariantError);
      }
    }
  });

  test('that is refused is named, so that the log tells which it was', () => {
    expect(() => moved(refundIn('queued'), 'resolved', because, {})).toThrow(
      'no move from queued to resolved',
    );
  });

  test('makes the next version, with its changes, and one line of history', () => {
    const { refund, from, history } = moved(refundIn('dead_lettered', { version: 9 }), 'queued', because, {
      revision: 2,
      state: 'succeeded',
      version: 1,
    });
    expect(from).toBe('dead_lettered');
    expect(refund).toMatchObject({ state: 'queued', version: 10, revision: 2 });
    expect(history).toEqual({
      at: now,
      who: 'kim',
      what: 'replay',
      reason: 'the PG is back',
      from: 'dead_lettered',
      to: 'queued',
    });
  });
});

describe('an attempt', () => {
  const times = { now, callUntil: now + 70 * second };

  test('is written before the call with everything known by then', () => {
    const before = refundWith({ cancel: partial(1_000, 0), revision: 3, version: 12 });
    const change = beginAttempt(before, totals(4_000, 2_000, 100), times);
    expect(change).toMatchObject({
      from: 'queued',
      lock: 'keep',
      settledWon: 0,
      event: null,
      seen: { totalWon: 4_000 },
    });
    expect(change.refund).toMatchObject({
      state: 'sending',
      version: 13,
      attemptsUsed: 0,
      nextWakeUpAt: times.callUntil,
      totalsBefore: totals(4_000, 2_000, 100),
    });
    expect(change.refund.attempts).toEqual([
      {
        number: 1,
        folded: 0,
        revision: 3,
        generation: 1,
        cancelId: 'order-1',
        cancel: partial(1_000, 0),
        sentAt: now,
        callUntil: times.callUntil,
        totalsBefore: totals(4_000, 2_000, 100),
        outcome: null,
      },
    ]);
    expect(change.history).toEqual({
      at: now,
      who: 'worker',
      what: 'attempt 1',
      reason: null,
      from: 'queued',
      to: 'sending',
    });
    expect(refundSchema.parse(change.refund)).toEqual(change.refund);
  });

  test('keeps the first T0 of the refund and remembers its own', () => {
    const before = refundAfter([refused(codes[2032])], { totalsBefore: totals(1_000) });
    const { refund } = beginAttempt(before, totals(3_000, 2_000), times);
    expect(refund.totalsBefore).toEqual(totals(1_000));
    expect(refund.attempts.at(-1)).toMatchObject({ number: 2, totalsBefore: totals(3_000, 2_000) });
  });

  test('brings the deadline forward to the end of the cancel window, never back', () => {
    const phone = { method: 'phone', purchasedAt: seoul('2026-11-03T12:00:00') } as const;
    const closes = seoul('2026-12-01T00:00:00') - 1;
    const deadlineOf = (changes: Partial<Refund>, receipt: Parameters<typeof receiptWith>[0] = phone) =>
      beginAttempt(looked(refundWith(changes), receipt), totals(), times).refund.deadlineAt;
    expect(deadlineOf({ deadlineAt: closes + hour })).toBe(closes);
    expect(deadlineOf({ deadlineAt: closes - hour })).toBe(closes - hour);
    expect(deadlineOf({ deadlineAt: closes + hour, acknowledged: true })).toBe(closes + hour);
    expect(deadlineOf({ deadlineAt: closes + hour }, { method: null })).toBe(closes + hour);
    const unseen = beginAttempt(refundWith({ deadlineAt: closes + hour }), totals(), times);
    expect(unseen.refund.deadlineAt).toBe(closes + hour);
  });

  test.each(['unknown', 'dead_lettered', 'succeeded', 'resolved'] as const)(
    'is never begun for a refund that is %s',
    (state) => {
      expect(() => beginAttempt(refundIn(state), totals(), times)).toThrow(InvariantError);
    },
  );

  // Section 4: "The table is data in the code, a move not in it is refused"; only queued and waiting_retry lead to
  // sending. `mayMove` takes sending to sending for staying, so a second attempt is written over a call under way.
  test('is never begun for a refund that is sending already', () => {
    expect(() => beginAttempt(refundIn('sending'), totals(), times)).toThrow(InvariantError);
  });
});

const causes: ReadonlyMap<CancelReply['kind'], string> = new Map([
  ['not_sent', 'ECONNREFUSED'],
  ['no_answer', 'timeout'],
  ['unreadable', '502 html'],
]);

describe('the reply', () => {
  const before = refundIn('sending', { attemptsUsed: 3 });

  test.each<[CancelReply, string | null, string | null, number | null, boolean]>([
    [accepted(), null, null, 200, true],
    [refused(codes[2032], '9003'), codes[2032], '9003', 400, true],
    [refused(codes[2086]), codes[2086], null, 400, true],
    [refused('RC_SOMETHING_NEW'), 'RC_SOMETHING_NEW', null, 400, true],
    [refused(codes[2029]), codes[2029], null, 400, false],
    [throttled(), null, null, 429, false],
    [unauthorized, 'TOKEN_KEY_INVALID', null, 401, false],
    [notSent, null, null, null, false],
    [noAnswer, null, null, null, false],
    [unreadable, null, null, 502, false],
  ])('$kind $code $httpStatus is written into the attempt, and uses it up only when answered', (...row) => {
    const [reply, code, pgCode, httpStatus, used] = row;
    const refund = withOutcome(before, reply, later);
    expect(refund.attempts.at(-1)?.outcome).toEqual({
      reply: reply.kind,
      code,
      pgCode,
      httpStatus,
      cause: causes.get(reply.kind),
      at: later,
      used,
    });
    expect(refund.attemptsUsed).toBe(used ? 4 : 3);
    expect(refundSchema.parse(refund)).toEqual(refund);
  });

  test('leaves the attempts before it as they were', () => {
    const two = refundAfter([refused(codes[2032]), null], { state: 'sending' });
    const after = withOutcome(two, accepted(), later);
    expect(after.attempts[0]).toBe(two.attempts[0]);
    expect(after.attempts[1]).toEqual({ ...two.attempts[1], outcome: after.attempts[1]?.outcome });
  });

  test('without an attempt is a fault of ours', () => {
    expect(() => withOutcome(refundWith(), accepted(), now)).toThrow('a reply without an attempt');
  });
});

describe('a call whose process died', () => {
  test('got no answer by call_until', () => {
    const before = refundAfter([refused(codes[2032]), null], { state: 'sending' });
    const refund = withoutOutcome(before);
    expect(refund.attempts.at(-1)?.outcome).toEqual({
      reply: 'no_answer',
      code: null,
      pgCode: null,
      httpStatus: null,
      cause: 'process_ended',
      at: before.attempts.at(-1)?.callUntil,
      used: false,
    });
    expect(refund.attempts[0]).toBe(before.attempts[0]);
  });

  test.each([[[]], [[refused(codes[2032]), notSent]]])('whichever attempt it was (after %j)', (before) => {
    const { attempts } = withoutOutcome(refundAfter([...before, null], { state: 'sending' }));
    expect(attempts.map(({ outcome }) => outcome?.reply)).toEqual([
      ...before.map(({ kind }) => kind),
      'no_answer',
    ]);
  });

  test('that wrote its outcome is left as it is', () => {
    for (const refund of [refundIn('unknown'), refundWith()]) expect(withoutOutcome(refund)).toBe(refund);
  });
});

test('in any life of a refund no attempt that Bootpay worked on is lost or rewritten, and each write makes the next version', () => {
  const anyReply = fc.constantFrom<CancelReply | 'died'>(
    'died',
    noAnswer,
    notSent,
    throttled(),
    refused(codes[2032]),
    refused(codes[2029]),
  );
  const ends = fc.constantFrom<Written>(lookUp, retry, { ...retry, nextGeneration: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(anyReply, ends), { minLength: 1, maxLength: 10 }), (life) => {
      let refund = refundWith();
      let writes = 0;
      for (const [reply, end] of life) {
        const known = refund.attempts;
        refund = beginAttempt(refund, totals(), { now, callUntil: later }).refund;
        refund = reply === 'died' ? withoutOutcome(refund) : withOutcome(refund, reply, now);
        refund = transitionFor(refund, end, { now }).refund;
        if (refund.state === 'unknown') {
          refund = transitionFor(refund, retry, { now }).refund;
          writes += 1;
        }
        writes += 2;
        const folds = (refund.attempts.at(-1)?.folded ?? 0) > 0;
        expect(refund.attempts.slice(0, -1)).toEqual(folds ? known.slice(0, -1) : known);
        if (folds) expect(['not_sent', 'throttled']).toContain(known.at(-1)?.outcome?.reply);
        expect(refund.version).toBe(7 + writes);
      }
      expect(refund.attempts.map(({ number }) => number)).toEqual(
        refund.attempts.map((_, index) => index + 1),
      );
      const tries = refund.attempts.reduce((sum, { folded }) => sum + folded + 1, 0);
      expect(tries).toBe(life.length);
      expect(new Set(refund.attempts.map(({ cancelId }) => cancelId)).size).toBe(
        new Set(refund.attempts.map(({ generation }) => generation)).size,
      );
      expect(refund.attemptsUsed).toBe(
        refund.attempts.filter(({ outcome }) => outcome?.used === true).length,
      );
    }),
  );
});

describe('a success', () => {
  const because = { now, who: 'worker', what: 'settle', reason: null };

  test('counts what it moved, erases the account, and closes the case', () => {
    const before = refundIn('dead_lettered', { account: 'kept' });
    const change = settled(before, 6_000, because);
    expect(change).toMatchObject({ lock: 'release', settledWon: 6_000, event: 'refund.succeeded' });
    expect(change.refund).toMatchObject({
      state: 'succeeded',
      settledWon: 6_000,
      deadLetter: null,
      account: 'erased',
      nextWakeUpAt: null,
    });
  });

  test.each(['none', 'erased'] as const)('leaves an account that is %s as it is', (account) => {
    expect(settled(refundIn('sending', { account }), 1, because).refund.account).toBe(account);
  });

  test('of a part needs a notice of the merchant, a full cancel on the day of payment none', () => {
    const notice = (changes: Partial<Refund>, purchasedAt: number) =>
      settled(looked(refundIn('sending', changes), { purchasedAt }), 1, because).refund.customerNotice;
    expect(notice({ cancel: partial(1_000) }, now)).toEqual({ required: true, why: 'partial' });
    expect(notice({ cancel: full }, now)).toEqual({ required: false, why: 'same_day_full' });
    expect(notice({ cancel: full }, now - 24 * hour)).toEqual({ required: true, why: 'after_capture' });
  });

  test('of the rest is a partial cancel to the card company, although a later look-up shows nothing left', () => {
    const sentAt = (totalWon: number) => ({ cancel: full, totalsBefore: totals(totalWon) });
    const { attempts } = refundAfter([refused(codes[2032]), refused(codes[2032]), noAnswer]);
    const sent = attempts.map((attempt, index) => ({ ...attempt, ...sentAt(index === 2 ? 4_000 : 0) }));
    const refund = looked(refundIn('unknown', { attempts: sent }), {
      cancelledWon: 10_000,
      purchasedAt: now,
    });
    expect(settled(refund, 6_000, because).refund.customerNotice).toEqual({ required: true, why: 'partial' });
  });

  test('that a person knows of, without an attempt of ours, is measured by the look-up itself', () => {
    const never = refundIn('dead_lettered', { attempts: [], cancel: full });
    const refund = looked(never, { cancelledWon: 4_000, purchasedAt: now });
    expect(settled(refund, 6_000, because).refund.customerNotice).toEqual({ required: true, why: 'partial' });
  });

  test('nobody looked up says nothing about a notice', () => {
    const refund = { ...refundIn('sending'), lastLookUp: null };
    expect(settled(refund, 1, because).refund.customerNotice).toBeNull();
  });
});

test('a look-up is remembered with its time and what was settled by then', () => {
  const receipt = receiptWith({ cancelledWon: 3_000 });
  const refund = withLookUp(refundWith(), receipt, { at: now, settledWon: 2_000, marks: 1 });
  expect(refund.lastLookUp).toEqual({ at: now, receipt, settledWon: 2_000, marks: 1 });
  expect(refund.version).toBe(refundWith().version);
});

test('a look-up attached to a case is evidence and no move: who has read the case may still act on it', () => {
  const refund = refundIn('dead_lettered', { version: 9 });
  const receipt = receiptWith({ cancelledWon: 3_000, cancelledTaxFreeWon: 100 });
  const lookUp = { at: later, receipt, settledWon: 2_000, marks: 0 };
  expect(withEvidence(refund, lookUp)).toEqual({
    refund: { ...refund, lastLookUp: lookUp },
    comparedVersion: 9,
    from: 'dead_lettered',
    lock: 'keep',
    settledWon: 0,
    seen: { totalWon: 3_000 },
    history: {
      at: later,
      who: 'worker',
      what: 'look_up',
      from: null,
      to: null,
      reason: 'attached to the case',
    },
    event: null,
  });
});

test.each([
  [3_000, { totalWon: 3_000 }],
  [0, { totalWon: 0 }],
  [null, null],
])('the total that was shown: %o', (cancelledWon, total) => {
  expect(totalOf({ cancelledWon })).toEqual(total);
});

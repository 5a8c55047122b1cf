// What a person may do with a case, and when: the guards of replay and resolve, docs/design.md section 8.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeadLetter, Refund } from '../../src/domain/refund.ts';
import type { Receipt } from '../../src/domain/reply.ts';
import { decideBeforeSending } from '../../src/policies/decide-look-up.ts';
import {
  actionsFor,
  type CaseFacts,
  landedByLastLookUp,
  needsAcknowledgement,
  type ReplayChoice,
  replayRefusal,
  resolveRefusal,
  totalsAfterReplay,
} from '../../src/policies/replay-rules.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  caseAfter,
  caseWith,
  codes,
  full,
  hour,
  looked,
  minute,
  noAnswer,
  notSent,
  now,
  type Past,
  type PastReply,
  partial,
  refundIn,
  refundWith,
  refused,
  rowWith,
  settings,
  situation,
  throttled,
  totals,
  unreadable,
} from './refunds.ts';

const window = 10 * minute;
const plain: ReplayChoice = { newGeneration: false, acknowledge: false };
const acknowledged: ReplayChoice = { newGeneration: false, acknowledge: true };

function factsOf(refund: Refund, changes: Partial<Omit<CaseFacts, 'refund'>> = {}): CaseFacts {
  return { refund, account: rowWith(), now: now + window, jumpedAt: null, settings, ...changes };
}

const refusedCase = caseAfter([refused(codes[2028])]);
const criticalCase = caseAfter([refused(codes[2086])], {
  code: codes[2086],
  severity: 'critical',
  keepsLock: true,
});
const unknownCase = caseAfter([noAnswer], { case: 'outcome_unknown', code: null, severity: 'critical' });
const idCase = caseAfter([refused(codes[2029])], { code: codes[2029] });

/** Bootpay's total when the case was looked at, the 1,000 won of this refund among it. */
const landed = (refund: Refund) => looked(refund, { cancelledWon: 1_000 });

describe('whether the last look-up shows that the money went back', () => {
  test.each<[string, Refund, boolean]>([
    ['it grew by exactly the amount', landed(unknownCase), true],
    ['nothing grew', looked(unknownCase, {}), false],
    ['it grew by something else', looked(unknownCase, { cancelledWon: 999 }), false],
    ['it grew by what we had settled by then', looked(unknownCase, { cancelledWon: 1_000 }, 1_000), false],
    ['it grew by both', looked(unknownCase, { cancelledWon: 3_000 }, 2_000), true],
    ['nobody looked it up', { ...unknownCase, lastLookUp: null }, false],
    ['nothing was ever sent', looked(refundWith({ cancel: partial(1_000) }), { cancelledWon: 1_000 }), false],
  ])('%s', (_, refund, answer) => {
    expect(landedByLastLookUp(factsOf(refund))).toBe(answer);
  });

  test('is judged by what was settled when the look-up was made, not by what came later', () => {
    const account = rowWith({ settledWon: 1_000, highestWon: 1_000 });
    expect(landedByLastLookUp({ refund: landed(unknownCase), account })).toBe(true);
  });

  test('is not told by a look-up that is stale by now', () => {
    const account = rowWith({ highestWon: 2_000 });
    expect(landedByLastLookUp({ refund: landed(unknownCase), account })).toBe(false);
  });
});

describe('a case whose last call has no definite answer', () => {
  const open: [string, Refund][] = [
    ['no answer', unknownCase],
    ['an unreadable answer', caseAfter([unreadable])],
    ['a process that died', caseAfter([null], { case: 'poison', severity: 'critical' })],
    ['a 2086 (history 8)', criticalCase],
    ['a 2029', idCase],
    ['an unlisted code', caseAfter([refused('RC_SOMETHING_NEW')], { severity: 'critical' })],
    ['an acceptance with other amounts', caseAfter([accepted()], { case: 'integrity_mismatch' })],
  ];
  const wishes: ReplayChoice[] = [plain, acknowledged, { newGeneration: true, acknowledge: true }];

  test.each(open)(
    '(%s) is not replayed before the settle window ends, and the refusal names the time',
    (_, refund) => {
      for (const wish of wishes) {
        const refusal = replayRefusal(factsOf(refund, { now: now + window - 1 }), wish);
        expect(refusal).toMatchObject({ rule: 'settle_window', notBefore: now + window });
        expect(replayRefusal(factsOf(refund), wish)?.rule).not.toBe('settle_window');
      }
    },
  );

  test.each(open)('(%s) is not resolved before the settle window ends', (_, refund) => {
    const wish = { outcome: 'refunded_by_hand', acknowledge: true, landed: false } as const;
    expect(resolveRefusal(factsOf(refund, { now: now + window - 1 }), wish)).toMatchObject({
      rule: 'settle_window',
      notBefore: now + window,
    });
    expect(resolveRefusal(factsOf(refund), wish)).toBeNull();
  });

  test('is acted upon at once when a look-up shows that it landed', () => {
    const facts = factsOf(landed(unknownCase), { now });
    expect(replayRefusal(facts, acknowledged)).toBeNull();
    expect(
      resolveRefusal(facts, { outcome: 'already_refunded', acknowledge: false, landed: true }),
    ).toBeNull();
  });

  test('is resolved at once when the look-up made for it shows that it landed', () => {
    const facts = factsOf(unknownCase, { now });
    expect(
      resolveRefusal(facts, { outcome: 'already_refunded', acknowledge: false, landed: true }),
    ).toBeNull();
  });
});

describe('a case whose last call was definitely answered, or not made', () => {
  test.each<[string, Refund]>([
    ['a refusal', refusedCase],
    ['a refusal after a lost call', caseAfter([noAnswer, refused(codes[2028])])],
    ['not sent', caseAfter([notSent], { case: 'deadline_passed' })],
    ['throttled', caseAfter([throttled()], { case: 'deadline_passed' })],
    [
      'no call at all',
      refundWith({ state: 'dead_lettered', deadLetter: caseWith({ case: 'policy_refused' }) }),
    ],
  ])('(%s) is replayed and resolved at once', (_, refund) => {
    expect(replayRefusal(factsOf(refund, { now }), plain)).toBeNull();
    const wish = { outcome: 'not_to_be_refunded', acknowledge: false, landed: false } as const;
    expect(resolveRefusal(factsOf(refund, { now }), wish)).toBeNull();
  });
});

describe('resolving what a look-up shows to have landed', () => {
  const facts = factsOf(unknownCase);
  const outcomes = ['refunded_by_hand', 'not_to_be_refunded'] as const;

  test.each(outcomes)('as %s is told first (history 14)', (outcome) => {
    expect(resolveRefusal(facts, { outcome, acknowledge: false, landed: true })?.rule).toBe('landed');
    expect(resolveRefusal(facts, { outcome, acknowledge: true, landed: true })).toBeNull();
    expect(resolveRefusal(facts, { outcome, acknowledge: false, landed: false })).toBeNull();
  });

  test('as already_refunded needs no acknowledgement', () => {
    const wish = { outcome: 'already_refunded', acknowledge: false, landed: true } as const;
    expect(resolveRefusal(facts, wish)).toBeNull();
  });
});

describe('an explicit acknowledgement', () => {
  test.each<[string, Refund]>([
    ['a 2086', criticalCase],
    ['an unknown outcome', unknownCase],
    ['an integrity mismatch', caseAfter([accepted()], { case: 'integrity_mismatch', severity: 'critical' })],
    ['drift', caseAfter([accepted()], { case: 'drift', severity: 'critical', code: null })],
    ['poison', caseAfter([noAnswer], { case: 'poison', severity: 'critical', code: null })],
  ])('is asked for by %s, and shows the total of the receipt', (_, refund) => {
    expect(needsAcknowledgement(refund)).toBe(true);
    const facts = factsOf(looked(refund, { cancelledWon: 4_000 }));
    const refusal = replayRefusal(facts, plain);
    expect(refusal).toMatchObject({
      rule: 'acknowledge',
      shown: { cancelledWon: 4_000, priceWon: 10_000 },
    });
    expect(replayRefusal(facts, acknowledged)).toBeNull();
  });

  test('is asked for by an unknown outcome of any severity', () => {
    expect(
      needsAcknowledgement(caseAfter([noAnswer], { case: 'outcome_unknown', severity: 'warning' })),
    ).toBe(true);
  });

  test('is asked for by a plain replay of an unknown outcome of any severity', () => {
    const refund = caseAfter([noAnswer], { case: 'outcome_unknown', code: null, severity: 'warning' });
    expect(replayRefusal(factsOf(refund), plain)?.rule).toBe('acknowledge');
  });

  test('is asked for by a new cancel_id after a 2029, which may pay a second time', () => {
    const refund = caseAfter([refused(codes[2032]), refused(codes[2029])], { code: codes[2029] });
    expect(replayRefusal(factsOf(refund), { ...plain, newGeneration: true })?.rule).toBe('acknowledge');
    expect(replayRefusal(factsOf(refund), { ...acknowledged, newGeneration: true })).toBeNull();
  });

  test('is asked for by no refund that is no case', () => {
    const refund = refundIn('waiting_retry');
    expect(needsAcknowledgement(refund)).toBe(false);
    expect(replayRefusal(factsOf(refund), plain)).toBeNull();
  });

  test('says so when nobody knows the total', () => {
    const refusal = replayRefusal(factsOf({ ...unknownCase, lastLookUp: null }), plain);
    expect(refusal).toEqual({ rule: 'acknowledge', shown: null });
  });

  test.each([
    ['bootpay_refused', refusedCase],
    ['retries_exhausted', caseAfter([refused(codes[2032])], { case: 'retries_exhausted' })],
    ['deadline_passed', caseAfter([notSent], { case: 'deadline_passed', code: null })],
    ['policy_refused', caseAfter([], { case: 'policy_refused' })],
  ])('is not asked for by %s', (_, refund) => {
    expect(needsAcknowledgement(refund)).toBe(false);
    expect(replayRefusal(factsOf(refund), plain)).toBeNull();
  });

  test('is not asked for by a plain replay of a 2029 on the first attempt, which pays nothing (history 3)', () => {
    expect(needsAcknowledgement(idCase)).toBe(true);
    expect(replayRefusal(factsOf(idCase), plain)).toBeNull();
  });

  test('is asked for by a 2029 whose severity is critical', () => {
    const refund = caseAfter([noAnswer, refused(codes[2029])], { code: codes[2029], severity: 'critical' });
    expect(replayRefusal(factsOf(refund), plain)?.rule).toBe('acknowledge');
  });
});

describe('a new cancel_id', () => {
  const wish = (acknowledge: boolean): ReplayChoice => ({ newGeneration: true, acknowledge });
  const other = refused(codes[2032]);
  const id = refused(codes[2029]);

  test.each<[string, readonly (PastReply | Past)[]]>([
    ['a refusal', [other]],
    ['a refusal and a 2029', [other, id]],
    ['an unlisted code', [refused('RC_SOMETHING_NEW')]],
    ['a refusal of this generation', [{ reply: id }, { reply: other, generation: 2 }]],
  ])('is had after %s of the old one', (_, past) => {
    expect(replayRefusal(factsOf(caseAfter(past)), wish(true))).toBeNull();
  });

  test('needs no acknowledgement after a refusal', () => {
    expect(replayRefusal(factsOf(refusedCase), wish(false))).toBeNull();
  });

  test.each<[string, readonly (PastReply | Past)[]]>([
    ['no attempt', []],
    ['no answer', [noAnswer]],
    ['an unreadable answer', [unreadable]],
    ['a code that could not be read, which may have been 2029', [{ ...other, code: null }]],
    ['an attempt that was not sent', [notSent]],
    ['a 429', [throttled()]],
    ['a refusal of an earlier generation only', [{ reply: other }, { reply: noAnswer, generation: 2 }]],
  ])('is refused after %s, acknowledged or not', (_, past) => {
    for (const acknowledge of [false, true]) {
      expect(replayRefusal(factsOf(caseAfter(past)), wish(acknowledge))?.rule).toBe('new_generation');
    }
  });

  test('after a 2029 on the first attempt asks for the acknowledgement', () => {
    expect(replayRefusal(factsOf(idCase), wish(false))?.rule).toBe('new_generation');
    expect(replayRefusal(factsOf(idCase), wish(true))).toBeNull();
  });

  test('of a 2029 that came after a refusal asks for the acknowledgement', () => {
    const refund = caseAfter([other, noAnswer, id], { code: codes[2029], severity: 'critical' });
    expect(replayRefusal(factsOf(refund), wish(false))?.rule).toBe('acknowledge');
    expect(replayRefusal(factsOf(refund), wish(true))).toBeNull();
  });

  test('is had, acknowledged, after a 2029 that came before anything else reached Bootpay', () => {
    const refund = caseAfter([notSent, id], { code: codes[2029] });
    expect(replayRefusal(factsOf(refund), wish(true))).toBeNull();
  });

  test('is refused while the last look-up shows growth that is not this refund', () => {
    for (const refund of [refusedCase, criticalCase]) {
      const facts = factsOf(looked(refund, { cancelledWon: 999 }));
      expect(replayRefusal(facts, wish(true))?.rule).toBe('growth');
    }
  });

  test.each<[string, readonly PastReply[], Partial<DeadLetter>]>([
    ['taken back', [accepted()], { case: 'drift', code: null }],
    ['taken back after a call without an answer', [noAnswer], { case: 'drift', code: null }],
    ['taken back, and its cancel_id is used up', [accepted(), id], { code: codes[2029] }],
  ])('is had, acknowledged, for money that was %s', (_, past, what) => {
    const refund = caseAfter(past, { severity: 'critical', ...what });
    const facts = factsOf(looked(refund, { cancelledWon: 0 }));
    expect(replayRefusal(facts, wish(true))).toBeNull();
    expect(replayRefusal(facts, wish(false))?.rule).toBe('new_generation');
    expect(replayRefusal(factsOf(looked(refund, { cancelledWon: 999 })), wish(true))?.rule).toBe('growth');
  });

  test('is refused after an acceptance while nobody knows that the money is not there', () => {
    const refund = caseAfter([accepted(), id], { code: codes[2029] });
    expect(replayRefusal(factsOf({ ...refund, lastLookUp: null }), wish(true))?.rule).toBe('new_generation');
  });

  test('after a 2029 of an earlier generation does not follow from it', () => {
    const refund = caseAfter([{ reply: id }, { reply: noAnswer, generation: 2 }]);
    expect(replayRefusal(factsOf(refund), wish(true))?.rule).toBe('new_generation');
  });

  test('after a lost answer and a 2029 is refused, acknowledged or not', () => {
    const refund = caseAfter([noAnswer, id], { code: codes[2029], severity: 'critical' });
    expect(replayRefusal(factsOf(refund), wish(true))?.rule).toBe('new_generation');
  });

  test('is refused while the last look-up shows that the money went back', () => {
    expect(replayRefusal(factsOf(landed(criticalCase)), wish(true))?.rule).toBe('growth');
  });
});

describe('an edit of the amount', () => {
  const facts = factsOf(looked(refusedCase, { cancelledWon: 4_000 }));

  test.each([
    [6_000, null],
    [6_001, 'over_remaining'],
  ])('to %i of the 6,000 won that are left', (amountWon, rule) => {
    for (const acknowledge of [false, true]) {
      const wish = { ...plain, acknowledge, cancel: partial(amountWon) };
      expect(replayRefusal(facts, wish)?.rule ?? null).toBe(rule);
    }
  });

  test('names what is left', () => {
    const refusal = replayRefusal(facts, { ...plain, cancel: partial(6_001) });
    expect(refusal).toEqual({ rule: 'over_remaining', field: 'cancel_price', remainingWon: 6_000 });
  });

  test('to a full cancel is always within what is left', () => {
    expect(replayRefusal(facts, { ...plain, cancel: full })).toBeNull();
  });

  test('of a receipt nobody looked up is left to Bootpay', () => {
    const unseen = factsOf({ ...refusedCase, lastLookUp: null });
    expect(replayRefusal(unseen, { ...plain, cancel: partial(999_999) })).toBeNull();
  });
});

describe('the T0 of a replay', () => {
  test('that is plain stays that of the first attempt', () => {
    const refund = looked(refusedCase, { cancelledWon: 4_000 }, 3_000);
    expect(totalsAfterReplay(factsOf(refund), plain)).toEqual({ totalsBefore: totals(), marks: false });
  });

  test('that is acknowledged is the total that person was shown', () => {
    const refund = looked(unknownCase, { cancelledWon: 4_500, cancelledTaxFreeWon: 50 }, 3_000);
    const start = totalsAfterReplay(factsOf(refund), acknowledged);
    expect(start).toEqual({ totalsBefore: { ...totals(4_500, 3_000, 50), marks: 1 }, marks: true });
  });

  test('marks the receipt only where it passes over money that nothing accounts for', () => {
    const refund = looked(unknownCase, { cancelledWon: 3_000 }, 3_000);
    const start = totalsAfterReplay(factsOf(refund), acknowledged);
    expect(start).toEqual({ totalsBefore: totals(3_000, 3_000), marks: false });
  });

  test('is older than a mark that the person was not shown', () => {
    const refund = looked(unknownCase, { cancelledWon: 4_500 }, 3_000);
    const start = totalsAfterReplay(factsOf(refund, { account: rowWith({ marks: 1 }) }), acknowledged);
    expect(start).toEqual({ totalsBefore: totals(4_500, 3_000), marks: true });
  });

  test('stays when the total that person was shown is stale by now', () => {
    const shown = looked(unknownCase, { cancelledWon: 4_500 }, 3_000);
    const account = rowWith({ highestWon: 5_000 });
    expect(totalsAfterReplay(factsOf(shown, { account }), acknowledged).totalsBefore).toEqual(totals());
  });

  test('stays when nobody looked the receipt up, or nothing was ever sent', () => {
    const unseen = { ...unknownCase, lastLookUp: null };
    expect(totalsAfterReplay(factsOf(unseen), acknowledged).totalsBefore).toEqual(totals());
    const unsent = looked(refundWith({ state: 'dead_lettered' }), { cancelledWon: 4_000 });
    expect(totalsAfterReplay(factsOf(unsent), acknowledged).totalsBefore).toBeNull();
  });

  test('of an acknowledged replay is not moved by our own money that came after it was shown', () => {
    const anyMoney = fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.nat(4_000),
        fc.nat(4_000),
        anyMoney,
        fc.boolean(),
        (total, settledThen, oursSince, late) => {
          fc.pre(total !== 1_000 + settledThen);
          const shown = looked(unknownCase, { cancelledWon: total }, settledThen);
          const { totalsBefore } = totalsAfterReplay(factsOf(shown), acknowledged);
          const ours = oursSince.reduce((sum, won) => sum + won, 0);
          const receipt = receiptWith({ cancelledWon: total + ours + (late ? 1_000 : 0), priceWon: 100_000 });
          const account = rowWith({ settledWon: settledThen + ours });
          const replayed: Refund = {
            ...shown,
            state: 'queued',
            deadLetter: null,
            totalsBefore: totalsBefore,
            acknowledged: true,
          };
          const decision = decideBeforeSending(situation(replayed, { account }), receipt);
          expect(decision.kind).toBe(late ? 'settle' : 'send');
        },
      ),
    );
  });
});

/** A replay as `review/replay.ts` writes it, and the worker's own look-up of the same receipt after it. */
function decideAfterReplay(refund: Refund, wish: ReplayChoice, receipt: Partial<Receipt>) {
  const refusal = replayRefusal(factsOf(refund), wish);
  if (refusal !== null) return { kind: 'refused', rule: refusal.rule } as const;
  const replayed: Refund = {
    ...refund,
    state: 'queued',
    generation: refund.generation + (wish.newGeneration ? 1 : 0),
    totalsBefore: totalsAfterReplay(factsOf(refund), wish).totalsBefore,
    acknowledged: wish.acknowledge,
    deadLetter: null,
  };
  return decideBeforeSending(situation(replayed, { now: now + hour }), receiptWith(receipt));
}

describe('the look-up of a replay', () => {
  test('that shows growth since the person looked settles, and nothing is sent', () => {
    for (const refund of [criticalCase, unknownCase]) {
      const decision = decideAfterReplay(looked(refund, {}), acknowledged, { cancelledWon: 1_000 });
      expect(decision).toEqual({ kind: 'settle', settledWon: 1_000, by: 'look_up' });
    }
  });

  test('that shows other growth goes back to the dead letters', () => {
    const decision = decideAfterReplay(looked(unknownCase, {}), acknowledged, { cancelledWon: 999 });
    expect(decision).toMatchObject({ kind: 'dead_letter', case: 'integrity_mismatch' });
  });

  test('that shows nothing new sends', () => {
    expect(decideAfterReplay(looked(unknownCase, {}), acknowledged, {}).kind).toBe('send');
  });

  test('that shows what a plain replay may not count as landed stops', () => {
    const decision = decideAfterReplay(refusedCase, plain, { cancelledWon: 1_000 });
    expect(decision).toMatchObject({ kind: 'dead_letter', case: 'integrity_mismatch' });
  });

  // Section 8: "landed: `succeeded`, nothing sent": the acknowledgement must not hide what landed.
  test.each([
    ['a 2086', criticalCase],
    ['an unknown outcome', unknownCase],
  ])('of %s that had landed when the person was shown it settles, and nothing is sent', (_, refund) => {
    const decision = decideAfterReplay(landed(refund), acknowledged, { cancelledWon: 1_000 });
    expect(decision.kind).toBe('settle');
  });

  test('of a landed 2086 under a new cancel_id sends nothing', () => {
    const wish = { newGeneration: true, acknowledge: true };
    const decision = decideAfterReplay(landed(criticalCase), wish, { cancelledWon: 1_000 });
    expect(decision.kind).not.toBe('send');
  });
});

describe('the actions that make sense', () => {
  test.each<[string, Refund, number, readonly string[]]>([
    ['a refund that is no case', refundIn('succeeded'), window, []],
    ['a refusal of a part', refusedCase, 0, ['replay', 'replay_new_generation', 'replay_full', 'resolve']],
    [
      'a refusal of a full cancel',
      caseAfter([refused(codes[2028])], {}, { cancel: full }),
      0,
      ['replay', 'replay_new_generation', 'resolve'],
    ],
    ['a policy refusal', caseAfter([], { case: 'policy_refused' }), 0, ['replay', 'replay_full', 'resolve']],
    ['an unknown before its window ends', unknownCase, window - 1, []],
    ['an unknown after its window', unknownCase, window, ['replay', 'replay_full', 'resolve']],
    ['a 2086 before the window ends', criticalCase, window - 1, []],
    [
      'a 2086 after the window',
      criticalCase,
      window,
      ['replay', 'replay_new_generation', 'replay_full', 'resolve'],
    ],
    [
      'a 2029 on the first attempt',
      idCase,
      window,
      ['replay', 'replay_new_generation', 'replay_full', 'resolve'],
    ],
  ])('for %s', (_, refund, late, actions) => {
    expect(actionsFor(factsOf(refund, { now: now + late }))).toEqual(actions);
  });

  test('for an unknown that landed are there before its window ends', () => {
    expect(actionsFor(factsOf(landed(unknownCase), { now }))).toEqual(
      expect.arrayContaining(['replay', 'resolve']),
    );
  });
});

// What became of a call nobody answered: docs/design.md section 6 on an unknown, and the rows that end there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { Receipt } from '../../src/domain/reply.ts';
import { decideUnknown } from '../../src/policies/decide-look-up.ts';
import { growthOf, lacksDefiniteAnswer } from '../../src/policies/growth.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  codes,
  hour,
  minute,
  noAnswer,
  notSent,
  now,
  type Past,
  type PastReply,
  partial,
  refundAfter,
  refused,
  rowWith,
  second,
  situation,
  throttled,
  totals,
  unauthorized,
  unreadable,
} from './refunds.ts';

type Row = Parameters<typeof rowWith>[0];

/** An unknown whose last call ended at `now`; 1,000 won of 10,000. */
function unknownAfter(past: readonly (PastReply | Past)[], changes: Partial<Refund> = {}): Refund {
  return refundAfter(past, { state: 'unknown', cancel: partial(1_000), totalsBefore: totals(), ...changes });
}

function decide(refund: Refund, lateMs: number, receipt: Partial<Receipt> = {}, row: Row = {}) {
  const at = { now: now + lateMs, account: rowWith(row) };
  return decideUnknown(situation(refund, at), receiptWith(receipt));
}

const window = 10 * minute;
const openEnds: [string, PastReply][] = [
  ['got no answer', noAnswer],
  ['got an unreadable answer', unreadable],
  ['died with its process', null],
];
const everyEnd: [string, PastReply][] = [
  ...openEnds,
  ['was accepted with other amounts', accepted({ cancelledWon: null })],
  ['was answered with 2027', refused(codes[2027])],
  ['was answered with 2029', refused(codes[2029])],
  ['was answered with 2052', refused(codes[2052])],
];

describe.each(everyEnd)('an unknown whose last call %s', (_, reply) => {
  const refund = unknownAfter([noAnswer, reply]);

  test.each([
    ['at once', 0],
    ['within the settle window', 3 * minute],
    ['at its end', window],
    ['long after it', 5 * hour],
    ['after the deadline', 30 * hour],
  ])('that landed is settled (%s)', (_when, late) => {
    expect(decide(refund, late, { cancelledWon: 1_000 })).toEqual({
      kind: 'settle',
      settledWon: 1_000,
      by: 'look_up',
    });
  });

  test('is an integrity mismatch with growth that is neither, before the settle window ends or after', () => {
    for (const late of [0, window, 5 * hour]) {
      expect(decide(refund, late, { cancelledWon: 999 })).toMatchObject({
        kind: 'dead_letter',
        case: 'integrity_mismatch',
        severity: 'critical',
        keepsLock: true,
        reason: expect.stringContaining('999 won'),
      });
    }
  });

  test.each([
    [0, 5 * second],
    [5 * second, 20 * second],
    [20 * second, minute],
    [minute, 3 * minute],
    [3 * minute, 10 * minute],
    [window - 1, window],
  ])('that is not there %i ms after the call is looked up again at %i ms', (late, next) => {
    expect(decide(refund, late)).toMatchObject({ kind: 'look_up_at', at: now + next });
  });

  test('is not there within the settle window even when its deadline has passed', () => {
    const late = { ...refund, deadlineAt: now };
    expect(decide(late, window - 1)).toMatchObject({ kind: 'look_up_at', at: now + window });
  });
});

describe('not there when the settle window ends', () => {
  test.each(openEnds)('a call that %s is sent again with the same cancel_id, at once', (_, reply) => {
    for (const late of [window, 5 * hour, 30 * hour]) {
      expect(decide(unknownAfter([reply]), late)).toMatchObject({
        kind: 'retry_at',
        at: now + late,
        nextGeneration: false,
      });
    }
  });

  test('a call that was accepted with other amounts is an integrity mismatch, never a retry', () => {
    expect(decide(unknownAfter([accepted({ cancelledWon: 1 })]), window)).toMatchObject({
      kind: 'dead_letter',
      case: 'integrity_mismatch',
      keepsLock: true,
    });
  });

  test.each([2027, 2052, 2053] as const)('a %i after a lost answer is a dead letter', (number) => {
    expect(decide(unknownAfter([noAnswer, refused(codes[number])]), window)).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[number],
    });
  });

  test('NicePay 2015 after a lost answer is a dead letter, not a retry of 2032', () => {
    expect(decide(unknownAfter([noAnswer, refused(codes[2032], '2015')]), window)).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
    });
  });
});

describe('a 2029 that is not there when the settle window ends', () => {
  const id = refused(codes[2029]);
  const other = refused(codes[2032]);

  test.each<[string, readonly (PastReply | Past)[]]>([
    ['one refusal (history 5)', [other]],
    ['refusals only', [other, refused(codes[2028]), refused('RC_CANCEL_FAILED')]],
    ['a refusal and an attempt that was not sent', [notSent, other, notSent]],
    ['a refusal and another 2029', [other, id]],
    [
      'a refusal, in generation 2, and no answer in generation 1',
      [
        { reply: noAnswer, generation: 1 },
        { reply: other, generation: 2 },
      ],
    ],
  ])('after %s goes on with the next generation, at once', (_, past) => {
    const generation = past.some((entry) => entry !== null && 'reply' in entry) ? 2 : 1;
    expect(decide(unknownAfter([...past, { reply: id, generation }]), window)).toMatchObject({
      kind: 'retry_at',
      at: now + window,
      nextGeneration: true,
    });
  });

  test.each<[string, readonly (PastReply | Past)[]]>([
    ['no answer', [noAnswer]],
    ['a refusal and no answer', [other, noAnswer]],
    ['no answer and a refusal', [noAnswer, other]],
    ['a refusal and an unreadable answer', [other, unreadable]],
    ['a refusal and a process that died', [other, null]],
    ['a refusal and a 2086', [other, refused(codes[2086])]],
    ['a refusal and an unlisted code', [other, refused('RC_SOMETHING_NEW')]],
    ['a refusal and an acceptance with other amounts', [other, accepted()]],
    ['a refusal and a 429', [other, throttled()]],
    ['a refusal and a 401', [other, unauthorized]],
    ['other 2029s only (history 4)', [id, id]],
    ['attempts that were not sent and a 2029', [notSent, id]],
    ['a refusal of generation 1 only', [{ reply: other }, { reply: id, generation: 2 }]],
  ])('after %s is a dead letter', (_, past) => {
    const generation = past.some((entry) => entry !== null && 'reply' in entry) ? 2 : 1;
    expect(decide(unknownAfter([...past, { reply: id, generation }]), window)).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[2029],
    });
  });

  test('a refusal after it does not help: only earlier attempts count', () => {
    const refund = unknownAfter([id]);
    expect(decide(refund, window)).toMatchObject({ kind: 'dead_letter' });
  });
});

test.each([2027, 2052, 2053] as const)(
  'a %i after a refusal and a 2029 is a dead letter: only a 2029 itself leads to the next generation',
  (number) => {
    const past = [refused(codes[2032]), refused(codes[2029]), refused(codes[number])];
    expect(decide(unknownAfter(past), window)).toMatchObject({ kind: 'dead_letter', code: codes[number] });
  },
);

describe('the settle window of a call that its process left', () => {
  const refund = {
    ...unknownAfter([null]),
    attempts: unknownAfter([null]).attempts.map((attempt) => ({ ...attempt, callUntil: now + minute })),
  };

  test('begins at call_until', () => {
    expect(decide(refund, window)).toMatchObject({ kind: 'look_up_at', at: now + window + minute });
    expect(decide(refund, window + minute)).toMatchObject({ kind: 'retry_at' });
  });

  test('is not shortened by an earlier look-up', () => {
    const at = now + minute - 1 + 5 * second;
    expect(decide(refund, minute - 1)).toMatchObject({ kind: 'look_up_at', at });
  });
});

describe("other refunds' money on the receipt", () => {
  test("is not this refund's: the look-up goes on (history 6)", () => {
    const shown = { cancelledWon: 1_000 };
    expect(
      decide(unknownAfter([noAnswer]), 0, shown, { highestWon: 1_000, settledWon: 1_000 }),
    ).toMatchObject({
      kind: 'look_up_at',
    });
  });

  test('and its own make two: settled with its own amount', () => {
    const refund = unknownAfter([noAnswer], { totalsBefore: totals(1_000, 1_000) });
    expect(decide(refund, 0, { cancelledWon: 5_000 }, { settledWon: 4_000 })).toMatchObject({
      kind: 'settle',
      settledWon: 1_000,
    });
  });
});

describe('a stale look-up of an unknown', () => {
  const stale = { highestWon: 1_000, settledWon: 0 };

  test('concludes nothing, before the settle window ends or after: again within seconds', () => {
    for (const late of [0, 5 * second, window, 5 * hour]) {
      const decision = decide(unknownAfter([noAnswer]), late, {}, stale);
      expect(decision.kind).toBe('look_up_at');
      if (decision.kind !== 'look_up_at') continue;
      expect(decision.at).toBeGreaterThan(now + late);
      expect(decision.at).toBeLessThanOrEqual(now + late + 10 * second);
    }
  });

  test('is not taken for landed', () => {
    const decision = decide(unknownAfter([noAnswer]), 0, { cancelledWon: 1_000 }, { highestWon: 2_000 });
    expect(decision.kind).toBe('look_up_at');
  });

  test('at the deadline ends as outcome_unknown, and keeps the receipt', () => {
    const refund = unknownAfter([noAnswer], { deadlineAt: now + hour });
    expect(decide(refund, hour - 1, {}, stale).kind).toBe('look_up_at');
    expect(decide(refund, hour, {}, stale)).toMatchObject({
      kind: 'dead_letter',
      case: 'outcome_unknown',
      keepsLock: true,
    });
  });

  test('at a deadline within the settle window waits for the window first', () => {
    const refund = unknownAfter([noAnswer], { deadlineAt: now });
    expect(decide(refund, window - 1, {}, stale).kind).toBe('look_up_at');
    expect(decide(refund, window, {}, stale)).toMatchObject({ case: 'outcome_unknown' });
  });
});

test('an unknown is settled exactly when it landed, and sent again only after its window without growth', () => {
  const anyEnd = fc.constantFrom(...everyEnd.map(([, reply]) => reply));
  const history = fc.record({
    past: fc.array(anyEnd, { minLength: 1, maxLength: 4 }),
    total: fc.integer({ min: 0, max: 4 }).map((thousands) => thousands * 1_000),
    settled: fc.integer({ min: 0, max: 3 }).map((thousands) => thousands * 1_000),
    highest: fc.integer({ min: 0, max: 4 }).map((thousands) => thousands * 1_000),
    late: fc.oneof(fc.integer({ min: 0, max: 30 * hour }), fc.constantFrom(window - 1, window)),
    left: fc.integer({ min: -hour, max: 24 * hour }),
    marks: fc.nat(1),
    openDrifts: fc.constantFrom(0, 0, 1),
  });
  fc.assert(
    fc.property(history, ({ past, total, settled, highest, late, left, ...doubts }) => {
      const refund = unknownAfter(past, { deadlineAt: now + left });
      const account = rowWith({ highestWon: highest, settledWon: settled, ...doubts });
      const receipt = receiptWith({ cancelledWon: total });
      const mayHavePaid = refund.attempts.some(lacksDefiniteAnswer);
      const decision = decideUnknown(situation(refund, { account, now: now + late }), receipt);
      const stale = total < highest;
      const growth = growthOf(refund.cancel, totals(), { receipt, account });
      expect(decision.kind === 'settle').toBe(!stale && growth.kind === 'landed' && mayHavePaid);
      if (decision.kind === 'look_up_at') expect(decision.at).toBeGreaterThan(now + late);
      if (decision.kind !== 'retry_at') return;
      expect({ stale, growth: growth.kind }).toEqual({ stale: false, growth: 'zero' });
      expect(late).toBeGreaterThanOrEqual(window);
      expect(decision.at).toBe(now + late);
    }),
    { numRuns: 1_000 },
  );
});

describe('an unknown that makes no sense is poison, and keeps its receipt', () => {
  test.each<[string, Refund]>([
    ['without an attempt', { ...unknownAfter([noAnswer]), attempts: [] }],
    ['without the T0 of its first attempt', { ...unknownAfter([noAnswer]), totalsBefore: null }],
  ])('%s', (_, refund) => {
    expect(decide(refund, window)).toMatchObject({ kind: 'dead_letter', case: 'poison', keepsLock: true });
  });
});

test('a refusal whose money was looked for and not found is critical: Bootpay says it went back', () => {
  const refund = unknownAfter([noAnswer, refused(codes[2027])]);
  expect(decide(refund, window)).toMatchObject({ case: 'bootpay_refused', severity: 'critical' });
});

test('a stale look-up of an unknown whose deadline passed within the settle window is made again, not at once', () => {
  const refund = unknownAfter([noAnswer], { deadlineAt: now - hour });
  expect(decide(refund, second, {}, { highestWon: 4_000 })).toMatchObject({
    kind: 'look_up_at',
    at: now + 3 * second,
  });
});

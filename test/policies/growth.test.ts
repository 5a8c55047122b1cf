// Settle arithmetic: `growth` of docs/design.md section 2, what counts as refused, and which totals come from the past.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CancelAnswer } from '../../src/domain/reply.ts';
import { errorTable } from '../../src/policies/error-table.ts';
import {
  growthOf,
  isPaidAsAsked,
  lacksDefiniteAnswer,
  refundGrowth,
  settledByAnswer,
  totalsFrom,
  unknownSince,
  wasDefinitelyRefused,
} from '../../src/policies/growth.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  attemptWith,
  codes,
  full,
  minute,
  noAnswer,
  notSent,
  now,
  outcomeOf,
  type PastReply,
  partial,
  refundAfter,
  refundIn,
  refundWith,
  refused,
  rowWith,
  throttled,
  totals,
  unauthorized,
  unreadable,
} from './refunds.ts';

const won = fc.integer({ min: 1, max: 1_000_000 });

describe('the growth of a partial cancel of 1,000 won', () => {
  test.each([
    ['nothing moved', 0, 0, 0, 0, 'zero'],
    ['the total grew by it', 0, 0, 1_000, 0, 'landed'],
    ['the total had grown before the first attempt', 4_000, 0, 4_000, 0, 'zero'],
    ['the total had grown before and grew by it', 4_000, 3_000, 5_000, 3_000, 'landed'],
    ['the total grew by the 1,000 won of another refund of ours', 0, 0, 1_000, 1_000, 'zero'],
    ['the total grew by another refund of ours and by it', 0, 0, 3_000, 2_000, 'landed'],
    ['the total grew by less', 0, 0, 999, 0, 'neither'],
    ['the total grew by more', 0, 0, 1_001, 0, 'neither'],
    ['the total grew by twice as much', 0, 0, 2_000, 0, 'neither'],
    ['what we settled since is not in the total', 0, 0, 0, 1_000, 'neither'],
    ['less than we settled since is in the total', 4_000, 4_000, 4_000, 5_000, 'neither'],
  ] as const)('is told when %s', (_, totalsBefore, settledThen, total, settledNow, kind) => {
    const receipt = receiptWith({ cancelledWon: total });
    const account = rowWith({ settledWon: settledNow });
    const growth = growthOf(partial(1_000), totals(totalsBefore, settledThen), { receipt, account });
    const amountWon = total - totalsBefore - (settledNow - settledThen);
    expect(growth).toEqual(kind === 'zero' ? { kind } : { kind, amountWon });
  });
});

describe('the growth of a full cancel of 10,000 won', () => {
  test.each([
    ['nothing moved', 0, 0, 0, 0, 'zero'],
    ['nothing is left', 0, 0, 10_000, 0, 'landed'],
    ['nothing is left of the rest', 4_000, 4_000, 10_000, 4_000, 'landed'],
    ['nothing is left, and a part of it was another refund of ours', 0, 0, 10_000, 4_000, 'landed'],
    ['other refunds of ours took all of it', 0, 0, 10_000, 10_000, 'zero'],
    ['something is left', 0, 0, 9_999, 0, 'neither'],
    ['only a part outside of us moved', 4_000, 4_000, 5_000, 4_000, 'neither'],
    ['more was settled than the total shows', 0, 0, 10_000, 11_000, 'neither'],
    ['more was cancelled than was paid', 0, 0, 10_001, 0, 'neither'],
  ] as const)('is told when %s', (_, totalsBefore, settledThen, total, settledNow, kind) => {
    const receipt = receiptWith({ cancelledWon: total });
    const account = rowWith({ settledWon: settledNow });
    const growth = growthOf(full, totals(totalsBefore, settledThen), { receipt, account });
    expect(growth.kind).toBe(kind);
  });

  test('is not told from the status: a partial cancel leaves 20 as well (history 7)', () => {
    const receipt = receiptWith({ cancelledWon: 4_000, status: 20 });
    const growth = growthOf(full, totals(4_000, 4_000), {
      receipt,
      account: rowWith({ settledWon: 4_000 }),
    });
    expect(growth).toEqual({ kind: 'zero' });
  });
});

test('over any history of totals growth is zero, exactly the amount, or neither', () => {
  const history = fc.record({
    cancelledBefore: fc.nat(1_000_000),
    settledBefore: fc.nat(1_000_000),
    oursSince: fc.array(won, { maxLength: 5 }),
    outside: fc.oneof(fc.constant(0), won),
    amount: won,
    landed: fc.boolean(),
  });
  fc.assert(
    fc.property(history, ({ cancelledBefore, settledBefore, oursSince, outside, amount, landed }) => {
      const ours = oursSince.reduce((sum, each) => sum + each, 0);
      const moved = outside + (landed ? amount : 0);
      const receipt = receiptWith({
        priceWon: 100_000_000,
        cancelledWon: cancelledBefore + ours + moved,
      });
      const growth = growthOf(partial(amount), totals(cancelledBefore, settledBefore), {
        receipt,
        account: rowWith({ settledWon: settledBefore + ours }),
      });
      const kind = moved === 0 ? 'zero' : moved === amount ? 'landed' : 'neither';
      expect(growth).toEqual(kind === 'zero' ? { kind } : { kind, amountWon: moved });
    }),
  );
});

test('a full cancel lands in any history exactly when something moved and nothing is left', () => {
  fc.assert(
    fc.property(won, fc.nat(1_000_000), fc.nat(1_000_000), fc.boolean(), (price, before, ours, landed) => {
      fc.pre(before + ours <= price);
      const cancelledWon = landed ? price : before + ours;
      const receipt = receiptWith({ priceWon: price, cancelledWon });
      const growth = growthOf(full, totals(before), { receipt, account: rowWith({ settledWon: ours }) });
      const rest = price - before - ours;
      expect(growth).toEqual(landed && rest > 0 ? { kind: 'landed', amountWon: rest } : { kind: 'zero' });
    }),
  );
});

describe('an accepted answer settles', () => {
  const totalsBefore = totals(2_000, 2_000, 100);
  test.each<[string, Parameters<typeof settledByAnswer>[0], Partial<CancelAnswer>, number | null]>([
    ['a full cancel that left nothing', full, { cancelledWon: 10_000 }, 8_000],
    ['a full cancel that left a won', full, { cancelledWon: 9_999 }, null],
    ['a full cancel whose price is not shown', full, { priceWon: null }, null],
    ['a full cancel whose total is not shown', full, { cancelledWon: null }, null],
    [
      'a full cancel without any amounts',
      full,
      { priceWon: null, cancelledWon: null, cancelledTaxFreeWon: null },
      null,
    ],
    ['a full cancel that moved nothing', full, { priceWon: 2_000, cancelledWon: 2_000 }, null],
    ['a part that grew by exactly the amount', partial(3_000), { cancelledWon: 5_000 }, 3_000],
    [
      'a part, whether the price is shown or not',
      partial(3_000),
      { priceWon: null, cancelledWon: 5_000 },
      3_000,
    ],
    ['a part that grew by a won less', partial(3_000), { cancelledWon: 4_999 }, null],
    ['a part that grew by a won more', partial(3_000), { cancelledWon: 5_001 }, null],
    ['a part that did not grow', partial(3_000), { cancelledWon: 2_000 }, null],
    ['a part whose total is not shown', partial(3_000), { cancelledWon: null }, null],
    [
      'a part whose total is the amount and not the sum',
      partial(3_000),
      { cancelledWon: 3_000, priceWon: 3_000 },
      null,
    ],
    [
      'a tax-free part that agrees',
      partial(3_000, 50),
      { cancelledWon: 5_000, cancelledTaxFreeWon: 150 },
      3_000,
    ],
    [
      'a tax-free part that does not agree',
      partial(3_000, 50),
      { cancelledWon: 5_000, cancelledTaxFreeWon: 100 },
      null,
    ],
    [
      'a tax-free part where the reply does not show it',
      partial(3_000, 50),
      { cancelledWon: 5_000, cancelledTaxFreeWon: null },
      3_000,
    ],
    [
      'a tax-free part where the event did not name it',
      partial(3_000),
      { cancelledWon: 5_000, cancelledTaxFreeWon: 999 },
      3_000,
    ],
    [
      'a full cancel whose tax-free part does not agree',
      { kind: 'full', taxFreeWon: 50 },
      { cancelledTaxFreeWon: 151 },
      null,
    ],
    [
      'a full cancel whose tax-free part agrees',
      { kind: 'full', taxFreeWon: 50 },
      { cancelledTaxFreeWon: 150 },
      8_000,
    ],
  ])('or not: %s', (_, cancel, answer, settledWon) => {
    expect(settledByAnswer(cancel, totalsBefore, accepted(answer).body)).toBe(settledWon);
  });

  test('a tax-free part whose total before the call was not shown, whatever the answer shows of it', () => {
    const answer = accepted({ cancelledWon: 5_000, cancelledTaxFreeWon: 999 }).body;
    expect(settledByAnswer(partial(3_000, 50), totals(2_000, 2_000, null), answer)).toBe(3_000);
    expect(settledByAnswer(partial(2_999, 50), totals(2_000, 2_000, null), answer)).toBeNull();
  });

  test('never with an amount of nothing, less than nothing, or more than the total shows', () => {
    const cancels = fc.oneof(
      fc.constant(full),
      won.map((amountWon) => partial(amountWon)),
    );
    const shown = fc.option(fc.nat(2_000_000));
    fc.assert(
      fc.property(cancels, shown, shown, fc.nat(1_000_000), (cancel, priceWon, cancelledWon, total) => {
        const answer = { priceWon, cancelledWon, cancelledTaxFreeWon: null };
        const settledWon = settledByAnswer(cancel, totals(total), answer);
        if (settledWon === null) return;
        expect(settledWon).toBeGreaterThan(0);
        expect(total + settledWon).toBe(cancelledWon);
        if (cancel.kind === 'partial') expect(settledWon).toBe(cancel.amountWon);
      }),
    );
  });
});

test('T0 does not make up a tax-free total that the look-up did not show', () => {
  const receipt = receiptWith({ cancelledWon: 4_000, cancelledTaxFreeWon: null });
  expect(totalsFrom(receipt, rowWith())).toEqual(totals(4_000, 0, null));
});

test('T0 is the total of the look-up before the attempt, and what was settled on the receipt by then', () => {
  const receipt = receiptWith({ cancelledWon: 4_000, cancelledTaxFreeWon: 300 });
  expect(totalsFrom(receipt, rowWith({ settledWon: 1_500, marks: 2 }))).toEqual({
    totalWon: 4_000,
    taxFreeWon: 300,
    marks: 2,
    settledWon: 1_500,
  });
});

// Read from docs/design.md section 2 by hand, apart from the code.
const definite = [
  2000, 2027, 2028, 2030, 2031, 2032, 2033, 2039, 2051, 2052, 2053,
] as const satisfies readonly (keyof typeof codes)[];

describe('an attempt', () => {
  const endedWith = (reply: PastReply) =>
    attemptWith({ outcome: reply === null ? null : outcomeOf(reply, now) });

  test.each(definite)('answered with %i was definitely refused', (number) => {
    const attempt = endedWith(refused(codes[number]));
    expect(wasDefinitelyRefused(attempt)).toBe(true);
    expect(lacksDefiniteAnswer(attempt)).toBe(false);
  });

  test('answered with RC_CANCEL_FAILED was definitely refused', () => {
    expect(wasDefinitelyRefused(endedWith(refused('RC_CANCEL_FAILED')))).toBe(true);
  });

  test.each([codes[2029], codes[2086], 'RC_SOMETHING_NEW', '2032', ''])(
    'answered with %j has no definite answer',
    (code) => {
      expect(wasDefinitelyRefused(endedWith(refused(code)))).toBe(false);
      expect(lacksDefiniteAnswer(endedWith(refused(code)))).toBe(true);
    },
  );

  test.each<[string, PastReply]>([
    ['got no answer', noAnswer],
    ['got an unreadable answer', unreadable],
    ['died with its process', null],
    ['was accepted with other amounts', accepted({ cancelledWon: 1 })],
  ])('that %s has no definite answer, and was not refused', (_, reply) => {
    expect(lacksDefiniteAnswer(endedWith(reply))).toBe(true);
    expect(wasDefinitelyRefused(endedWith(reply))).toBe(false);
  });

  test.each<[string, PastReply]>([
    ['was not sent', notSent],
    ['was throttled', throttled()],
    ['was unauthorized', unauthorized],
  ])('that %s moved nothing, but was not refused either', (_, reply) => {
    expect(lacksDefiniteAnswer(endedWith(reply))).toBe(false);
    expect(wasDefinitelyRefused(endedWith(reply))).toBe(false);
  });

  test('is definitely refused by no code beyond the table, and never by 2029 or 2086', () => {
    const listed = errorTable.map(({ name }) => name);
    const anyCode = fc.oneof(fc.constantFrom(...listed), fc.string(), fc.stringMatching(/^RC_[A-Z_]{1,20}$/));
    fc.assert(
      fc.property(anyCode, (code) => {
        const unclear = !listed.includes(code) || code === codes[2029] || code === codes[2086];
        const attempt = endedWith(refused(code));
        if (unclear) expect(wasDefinitelyRefused(attempt)).toBe(false);
        expect(lacksDefiniteAnswer(attempt)).toBe(!wasDefinitelyRefused(attempt));
      }),
    );
  });
});

describe('the settle window begins', () => {
  test('when the reply ended', () => {
    const refund = refundIn('unknown');
    expect(unknownSince(refund)).toBe(now);
    expect(refund.attempts.at(-1)?.callUntil).toBeGreaterThan(now);
  });

  test('at call_until when nothing was written', () => {
    const refund = refundAfter([noAnswer, null], { endedAt: now - minute });
    expect(unknownSince(refund)).toBe(refund.attempts.at(-1)?.callUntil);
  });

  test('with the last attempt, not the first', () => {
    expect(unknownSince(refundAfter([noAnswer, noAnswer], { endedAt: now }))).toBe(now);
  });

  test('never before an attempt', () => {
    expect(unknownSince(refundIn('queued'))).toBeNull();
  });
});

describe('totals prove nothing', () => {
  const at = (totalWon: number, settledWon: number, marks = 0) => ({
    ...totals(totalWon, settledWon),
    marks,
  });
  const grown = (from: ReturnType<typeof at>, cancelledWon: number, row: Parameters<typeof rowWith>[0]) =>
    growthOf(partial(1_000), from, { receipt: receiptWith({ cancelledWon }), account: rowWith(row) }).kind;

  test('when less is settled than the totalsBefore saw, whatever they show', () => {
    for (const cancelledWon of [0, 1_000, 2_000]) {
      expect(grown(at(1_000, 1_000), cancelledWon, { settledWon: 0 })).toBe('neither');
    }
    expect(grown(at(1_000, 1_000), 2_000, { settledWon: 1_000 })).toBe('landed');
  });

  test('while a drift is open on the receipt, whatever they show', () => {
    for (const cancelledWon of [0, 1_000, 2_000]) {
      expect(grown(at(0, 0), cancelledWon, { openDrifts: 1 })).toBe('neither');
    }
  });

  test('once they have grown over a totalsBefore older than the last mark; without growth there is nothing to explain', () => {
    expect(grown(at(0, 0, 1), 1_000, { marks: 2 })).toBe('neither');
    expect(grown(at(0, 0, 2), 1_000, { marks: 2 })).toBe('landed');
    expect(grown(at(0, 0, 1), 0, { marks: 2 })).toBe('zero');
  });
});

describe('the growth of a refund', () => {
  const shown = (cancelledWon: number, row: Parameters<typeof rowWith>[0] = {}) => ({
    receipt: receiptWith({ cancelledWon }),
    account: rowWith(row),
  });
  const triedWith = (...asked: readonly (readonly [number, PastReply])[]) =>
    refundWith({
      cancel: partial(500),
      totalsBefore: totals(),
      attempts: asked.map(([amountWon, reply], index) => {
        const [attempt] = refundAfter([reply], { cancel: partial(amountWon) }).attempts;
        if (attempt === undefined) throw new Error('no attempt');
        return { ...attempt, number: index + 1 };
      }),
    });

  test('is judged by what each attempt asked for, not by what the refund asks for now', () => {
    const refund = triedWith([3_000, noAnswer]);
    expect(refundGrowth(refund, shown(500))).toMatchObject({ kind: 'neither', amountWon: 500 });
    const landed = refundGrowth(refund, shown(3_000));
    expect(landed).toMatchObject({ kind: 'landed', amountWon: 3_000, attempt: { number: 1 } });
    if (landed?.kind === 'landed') expect(isPaidAsAsked(landed, refund)).toBe(false);
  });

  test('is an attempt’s without a definite answer before that of one that was refused, and the latest one’s', () => {
    const refund = triedWith([500, noAnswer], [500, noAnswer], [500, refused(codes[2032])]);
    const landed = refundGrowth(refund, shown(500));
    expect(landed).toMatchObject({ kind: 'landed', attempt: { number: 2 } });
    if (landed?.kind === 'landed') expect(isPaidAsAsked(landed, refund)).toBe(true);
  });

  test('that a refused attempt alone explains is not paid through us', () => {
    const refund = triedWith([500, refused(codes[2032])]);
    const landed = refundGrowth(refund, shown(500));
    expect(landed).toMatchObject({ kind: 'landed', attempt: { number: 1 } });
    if (landed?.kind === 'landed') expect(isPaidAsAsked(landed, refund)).toBe(false);
  });

  test('is nothing before its first attempt', () => {
    expect(refundGrowth(refundWith({ totalsBefore: totals() }), shown(500))).toBeNull();
    expect(refundGrowth({ ...triedWith([500, noAnswer]), totalsBefore: null }, shown(500))).toBeNull();
  });
});

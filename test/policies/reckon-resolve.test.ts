// What closing a case says about the money on its receipt (docs/design.md, section 8): counted, marked, or neither.
import { describe, expect, test } from 'vitest';
import type { Refund, ResolveOutcome } from '../../src/domain/refund.ts';
import {
  contests,
  effectOfResolve,
  type ResolveEffect,
  type ResolveLookUp,
} from '../../src/policies/replay-rules.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  caseAfter,
  codes,
  full,
  looked,
  noAnswer,
  refundAfter,
  refundIn,
  refused,
  rowWith,
  totals,
} from './refunds.ts';

const outcomes = ['refunded_by_hand', 'already_refunded', 'not_to_be_refunded'] as const;
const unanswered = caseAfter([noAnswer]);
const refusedOnly = caseAfter([refused(codes[2028])]);
const bothKinds = caseAfter([noAnswer, refused(codes[2028])]);
const unsent = { totalsBefore: null };
const neverSent = looked(caseAfter([], {}, unsent), {});
const neverSeen = caseAfter([], {}, { ...unsent, lastLookUp: null });
const drift = caseAfter([accepted()], { case: 'drift' });

const counted = (settledWon: number, throughUs: boolean): ResolveEffect => ({
  settledWon,
  throughUs,
  marks: false,
});
const marked: ResolveEffect = { settledWon: 0, throughUs: false, marks: true };
const nothing: ResolveEffect = { settledWon: 0, throughUs: false, marks: false };

interface Seen {
  readonly total: number | null;
  readonly contested?: boolean;
  readonly row?: Parameters<typeof rowWith>[0];
}

function reckon(
  refund: Refund,
  outcome: ResolveOutcome,
  { total, contested = false, row = {} }: Seen,
): ResolveEffect {
  const shown: ResolveLookUp | null =
    total === null ? null : { receipt: receiptWith({ cancelledWon: total }), contested };
  return effectOfResolve({ refund, account: rowWith(row) }, shown, outcome);
}
const each = (refund: Refund, seen: Seen) => outcomes.map((outcome) => reckon(refund, outcome, seen));

describe('a case that may have paid', () => {
  test.each([unanswered, bothKinds])('is counted whatever the verdict when its money shows', (refund) => {
    for (const contested of [false, true]) {
      expect(each(refund, { total: 1_000, contested })).toEqual(outcomes.map(() => counted(1_000, true)));
    }
  });

  test.each([unanswered, bothKinds])(
    'marks without a usable look-up, and when other money shows',
    (refund) => {
      expect(each(refund, { total: null })).toEqual([marked, marked, marked]);
      expect(each(refund, { total: 999 })).toEqual([marked, marked, marked]);
    },
  );

  test('marks when nothing shows, unless it is not to be refunded: the money that is claimed may show later', () => {
    expect(each(unanswered, { total: 0 })).toEqual([marked, marked, nothing]);
  });

  test('marks when its money shows and totals prove nothing', () => {
    expect(reckon(unanswered, 'already_refunded', { total: 1_000, row: { marks: 1 } })).toEqual(marked);
    expect(reckon(unanswered, 'already_refunded', { total: 1_000, row: { openDrifts: 1 } })).toEqual(marked);
  });
});

describe('a case whose every attempt was refused', () => {
  test('is counted whatever the verdict when just its money shows', () => {
    expect(each(refusedOnly, { total: 1_000 })).toEqual(outcomes.map(() => counted(1_000, false)));
  });

  test('is counted only as already refunded when the money may be another refund’s', () => {
    const [byHand, already, not] = each(refusedOnly, { total: 1_000, contested: true });
    expect([byHand, already, not]).toEqual([marked, counted(1_000, false), nothing]);
  });

  test('marks what a person may have refunded by hand, and nothing that is not to be refunded', () => {
    for (const total of [null, 0, 999]) {
      expect(each(refusedOnly, { total })).toEqual([marked, marked, nothing]);
    }
  });
});

describe('a case that was never sent', () => {
  test('is counted as already refunded when the total grew by its amount since the look-up that stopped it', () => {
    expect(each(neverSent, { total: 1_000 })).toEqual([marked, counted(1_000, false), nothing]);
    const all = looked(caseAfter([], {}, { ...unsent, cancel: full }), {});
    expect(reckon(all, 'already_refunded', { total: 10_000 })).toEqual(counted(10_000, false));
  });

  test('marks what a person may have refunded by hand otherwise', () => {
    expect(each(neverSent, { total: 999 })).toEqual([marked, marked, nothing]);
    expect(each(neverSeen, { total: 1_000 })).toEqual([marked, marked, nothing]);
    expect(each(neverSent, { total: null })).toEqual([marked, marked, nothing]);
  });
});

describe('an open drift', () => {
  test('is counted again when its money shows again: its own case says nothing against that', () => {
    expect(each(drift, { total: 1_000, row: { openDrifts: 1 } })).toEqual(
      outcomes.map(() => counted(1_000, true)),
    );
  });

  test('marks whatever the verdict when it does not, or when another drift is open beside it', () => {
    for (const total of [null, 0, 999]) {
      expect(each(drift, { total, row: { openDrifts: 1 } })).toEqual([marked, marked, marked]);
    }
    expect(reckon(drift, 'already_refunded', { total: 1_000, row: { openDrifts: 2 } })).toEqual(marked);
  });
});

describe('another refund of the receipt contests the money', () => {
  test('while it is not closed and one of its attempts has no definite answer', () => {
    expect(contests(unanswered)).toBe(true);
    expect(contests(bothKinds)).toBe(true);
    expect(contests(refundAfter([noAnswer, refused(codes[2032])], { state: 'waiting_retry' }))).toBe(true);
  });

  test('never when it was refused, was not sent, or has ended', () => {
    expect(contests(refusedOnly)).toBe(false);
    expect(contests(neverSent)).toBe(false);
    const attempts = unanswered.attempts;
    expect(contests(refundIn('succeeded', { attempts }))).toBe(false);
    expect(contests(refundIn('resolved', { attempts }))).toBe(false);
  });
});

test('a case is reckoned from where its receipt stood, not from zero', () => {
  const refund = caseAfter([noAnswer], {}, { totalsBefore: totals(4_000, 3_000) });
  const seen = { total: 5_500, row: { settledWon: 3_500 } };
  expect(reckon(refund, 'already_refunded', seen)).toEqual(counted(1_000, true));
});

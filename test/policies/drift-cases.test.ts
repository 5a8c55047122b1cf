// What a receipt's surplus is explained by, and which refunds a drift makes cases of.
import { describe, expect, test } from 'vitest';
import type { ReceiptRow } from '../../src/domain/ledger.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { compareTotals, explainSurplus, refundsContradicted, standsStill } from '../../src/policies/drift.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  minute,
  now,
  partial,
  refundAfter,
  refundIn,
  rowWith,
  totals,
  unreadable,
} from './refunds.ts';

const id = (name: string) => `rf_${name.padEnd(26, 'a')}` as Refund['refundId'];
const paid = (name: string, settledWon: number) =>
  refundIn('succeeded', { refundId: id(name), settledWon, cancel: partial(settledWon) });
/** All that is settled belongs to these refunds, or to one more that was forgotten. */
function blamedOf(refunds: readonly Refund[], missingWon: number, purgedWon = 0) {
  const known = refunds.reduce((sum, { settledWon }) => sum + (settledWon ?? 0), 0);
  return refundsContradicted(refunds, { missingWon, totalSettledWon: known + purgedWon });
}
const namesOf = (refunds: readonly Refund[]) => refunds.map(({ refundId }) => refundId);

describe('a drift makes a case of', () => {
  const late = paid('late', 4_000);
  const early = paid('early', 1_000);

  test.each<[string, number, Refund[], Refund[]]>([
    ['the refund whose amount is exactly what is missing', 1_000, [late, early], [early]],
    ['the latest of several with that amount', 1_000, [paid('later', 1_000), early], [paid('later', 1_000)]],
    ['the latest where none has that amount', 500, [late, early], [late]],
    ['as many as what is missing takes', 5_000, [late, early], [late, early]],
    ['no more than cover what is missing', 5_000, [late, early, paid('first', 700)], [late, early]],
    ['nobody where no record counts as settled', 1_000, [], []],
  ])('%s', (_, missingWon, refunds, blamed) => {
    expect(namesOf(blamedOf(refunds, missingWon))).toEqual(namesOf(blamed));
  });

  test('a resolved refund only when its money was counted', () => {
    const byHand = refundIn('resolved', { refundId: id('hand'), settledWon: null });
    const counted = refundIn('resolved', { refundId: id('counted'), settledWon: 1_000 });
    expect(namesOf(blamedOf([byHand, counted], 1_000))).toEqual([id('counted')]);
    expect(blamedOf([byHand], 1_000)).toEqual([]);
  });

  test('nobody where the money may be that of a refund that was forgotten', () => {
    expect(blamedOf([late, early], 500, 1)).toEqual([]);
    expect(blamedOf([late, early], 7_000, 2_000)).toEqual([]);
    expect(blamedOf([], 2_000, 2_000)).toEqual([]);
    expect(namesOf(blamedOf([late, early], 1_000, 2_000))).toEqual([id('early')]);
  });

  test('no refund that is a case already', () => {
    const already = refundIn('dead_lettered', { settledWon: null });
    expect(blamedOf([already], 1_000)).toEqual([]);
  });
});

describe('more went back than we settled', () => {
  const row = rowWith({ settledWon: 1_000 });
  const ours = paid('ours', 1_000);
  const explained = (refunds: Refund[], cancelledWon: number) =>
    explainSurplus(refunds, { receipt: receiptWith({ cancelledWon }), row });
  const begunAt = (totalWon: number) =>
    refundAfter([accepted()], { state: 'succeeded', settledWon: 1_000, totalsBefore: totals(totalWon) });
  const unpaid = (changes: Partial<Refund> = {}) =>
    refundIn('dead_lettered', { refundId: id('unpaid'), cancel: partial(3_000), ...changes });

  test('by the amount of a dead letter: its money went back', () => {
    const found = explained([ours, unpaid()], 4_000);
    expect(found.verdict).toBe('unpaid_landed');
    expect(found.verdict === 'unpaid_landed' && namesOf(found.refunds)).toEqual([id('unpaid')]);
  });

  test('by another amount than the dead letter asks for: outside of us', () => {
    expect(explained([ours, unpaid()], 3_999).verdict).toBe('outside');
  });

  test('by the amount of a refund that was closed as paid by hand', () => {
    const byHand = refundIn('resolved', { cancel: partial(3_000), settledWon: null });
    expect(explained([ours, byHand], 4_000).verdict).toBe('unpaid_landed');
  });

  test('by the amount of a closed refund whose money was counted: outside of us', () => {
    const counted = refundIn('resolved', { cancel: partial(3_000), settledWon: 3_000 });
    expect(explained([ours, counted], 4_000).verdict).toBe('outside');
  });

  test('by a dead letter that was never sent, measured from the look-up that stopped it', () => {
    const lastLookUp = { at: now, receipt: receiptWith({ cancelledWon: 500 }), settledWon: 0, marks: 0 };
    const stopped = unpaid({ attempts: [], totalsBefore: null, lastLookUp });
    expect(explained([ours, stopped], 4_500).verdict).toBe('unpaid_landed');
    expect(explained([ours, stopped], 4_000).verdict).toBe('outside');
    expect(explained([ours, { ...stopped, lastLookUp: null }], 4_500).verdict).toBe('outside');
  });

  test('by what had gone back before our first attempt', () => {
    const after = begunAt(700);
    expect(explained([after], 1_700).verdict).toBe('outside_before');
    expect(explained([after], 1_701).verdict).toBe('outside');
  });

  test('by what had gone back before our first attempt, less what we had settled by then', () => {
    const after = refundAfter([accepted()], { state: 'succeeded', totalsBefore: totals(900, 400) });
    expect(explained([after], 1_500).verdict).toBe('outside_before');
    expect(explained([after], 1_501).verdict).toBe('outside');
  });

  test('by the amount of a refund that has not begun: outside of us, for nobody sent it', () => {
    const lastLookUp = {
      at: now,
      receipt: receiptWith({ cancelledWon: 1_000 }),
      settledWon: 1_000,
      marks: 0,
    };
    const fresh = refundIn('queued', { refundId: id('fresh'), cancel: partial(3_000), lastLookUp });
    expect(explained([ours, fresh], 4_000).verdict).toBe('outside');
  });

  test('by what came between two refunds of ours: outside, as it may be the first one twice', () => {
    expect(explained([begunAt(700), begunAt(0)], 1_700).verdict).toBe('outside');
  });

  test('on a receipt that we never tried: not ours, whatever it is', () => {
    const never = unpaid({ attempts: [], totalsBefore: null, lastLookUp: null });
    expect(explained([never], 9_000).verdict).toBe('outside_before');
  });

  test('while a refund that was tried waits for its next look-up: nothing can be said', () => {
    const waiting = refundAfter([unreadable], { cancel: partial(3_000) });
    expect(explained([ours, waiting], 4_000).verdict).toBe('busy');
    expect(explained([ours, refundIn('queued')], 4_000).verdict).toBe('outside');
  });
});

describe('a total below what was shown before, though it covers what we settled', () => {
  const verdict = (cancelledWon: number, below: ReceiptRow['below'] = null) => {
    const row = rowWith({ settledWon: 1_000, highestWon: 1_500, below });
    const settleWindowMs = 10 * minute;
    return compareTotals({
      receipt: receiptWith({ cancelledWon }),
      before: row,
      after: row,
      now,
      jumpedAt: null,
      holderStandsStill: false,
      settleWindowMs,
    });
  };

  test('went down, when it is seen for the first time: the look-up may lag', () => {
    expect(verdict(1_000)).toBe('went_down');
    expect(verdict(1_499)).toBe('went_down');
    expect(verdict(1_500)).toBe('outside');
    expect(verdict(999)).toBe('below');
  });

  test('is the truth, when two look-ups a settle window apart have shown it undisturbed', () => {
    const first = { at: now - 10 * minute, version: 1, totalWon: 900 };
    expect(verdict(1_499, first)).toBe('reversed');
    expect(verdict(1_499, { ...first, at: first.at + 1 })).toBe('went_down');
    expect(verdict(1_499, { ...first, version: 0 })).toBe('went_down');
    expect(verdict(999, first)).toBe('drift');
  });
});

test('a refund stands still as a dead letter, and while all its look-ups are stale, but never in a call', () => {
  expect(standsStill(refundIn('dead_lettered'))).toBe(true);
  for (const state of ['queued', 'waiting_retry', 'unknown'] as const) {
    expect(standsStill(refundIn(state, { staleSince: now }))).toBe(true);
    expect(standsStill(refundIn(state))).toBe(false);
  }
  expect(standsStill(refundIn('sending', { staleSince: now }))).toBe(false);
});

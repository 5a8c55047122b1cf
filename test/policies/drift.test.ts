// Reconciliation of totals (docs/design.md, 13.16): a look-up lags behind, and no good refund becomes a case.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTotals, firstBelow, isUndisturbed, type TotalsFacts } from '../../src/policies/drift.ts';
import { receiptWith } from './receipts.ts';
import { minute, now, rowWith } from './refunds.ts';

type Row = Parameters<typeof rowWith>[0];

const settleWindowMs = 10 * minute;

interface Clock {
  readonly late?: number;
  readonly jumpedAt?: number;
  readonly holderStandsStill?: boolean;
}

/** Settled 5,000 won; looked up once before, a settle window ago, with less. */
function verdict(cancelledWon: number, after: Row = {}, before: Row = {}, clock: Clock = {}) {
  const row = { settledWon: 5_000, version: 3, below: { at: now - settleWindowMs, version: 3, totalWon: 0 } };
  const question: TotalsFacts = {
    receipt: receiptWith({ cancelledWon }),
    before: rowWith({ ...row, ...before }),
    after: rowWith({ ...row, ...after }),
    now: now + (clock.late ?? 0),
    jumpedAt: clock.jumpedAt ?? null,
    holderStandsStill: clock.holderStandsStill ?? false,
    settleWindowMs,
  };
  return compareTotals(question);
}

describe('a total', () => {
  test('of what we settled agrees', () => {
    expect(verdict(5_000)).toBe('agrees');
    expect(verdict(5_000, { below: null })).toBe('agrees');
  });

  test('says nothing when a person resolved a case of the receipt meanwhile', () => {
    expect(verdict(5_000, {}, { settledWon: 4_000, version: 2 })).toBe('busy');
    expect(verdict(4_000, { below: null }, { settledWon: 4_000, version: 2 })).toBe('busy');
  });

  test('above what we settled went back outside of us, and is no drift', () => {
    expect(verdict(5_001)).toBe('outside');
  });

  test('below what we settled, seen for the first time, may lag', () => {
    expect(verdict(4_999, { below: null })).toBe('below');
  });

  test('below what we settled in two look-ups a settle window apart is drift', () => {
    expect(verdict(4_999)).toBe('drift');
    expect(verdict(0, {}, {}, { late: 60 * minute })).toBe('drift');
  });

  test('below what we settled in two look-ups closer together may still lag', () => {
    expect(verdict(4_999, {}, {}, { late: -1 })).toBe('below');
  });

  test('below what we settled is judged by a clock that was not moved for a settle window', () => {
    expect(verdict(4_999, {}, {}, { jumpedAt: now - settleWindowMs })).toBe('drift');
    expect(verdict(4_999, {}, {}, { jumpedAt: now - settleWindowMs + 1 })).toBe('below');
    const ahead = { below: { at: now + minute, version: 3, totalWon: 0 } };
    expect(verdict(4_999, ahead, {}, {})).toBe('below');
    expect(
      firstBelow({
        receipt: receiptWith(),
        after: rowWith({ ...ahead, version: 3 }),
        now,
        jumpedAt: null,
        settleWindowMs,
      }),
    ).toBeNull();
  });

  test('below what we settled after one that was only below what was shown before is a first look', () => {
    const enough = { highestWon: 6_000, below: { at: now - settleWindowMs, version: 3, totalWon: 5_000 } };
    expect(verdict(4_999, enough)).toBe('below');
    expect(verdict(5_000, enough)).toBe('reversed');
    const less = { ...enough, below: { ...enough.below, totalWon: 4_999 } };
    expect(verdict(4_999, less)).toBe('drift');
    expect(verdict(5_000, less)).toBe('reversed');
  });

  test('is judged under the hold of a refund that stands still only where it shows less than before', () => {
    const held = { holder: 'rf_1' };
    const judged = (total: number) => verdict(total, held, held, { holderStandsStill: true });
    expect([judged(4_999), judged(5_000), judged(5_001)]).toEqual(['drift', 'busy', 'busy']);
    expect(verdict(4_999, held, {}, { holderStandsStill: true })).toBe('busy');
    expect(verdict(4_999, held, held)).toBe('busy');
  });

  test('below what we settled before another refund was sent begins anew', () => {
    expect(verdict(4_999, { below: { at: now - settleWindowMs, version: 2, totalWon: 0 } })).toBe('below');
    expect(verdict(4_999, { below: { at: now - settleWindowMs, version: 0, totalWon: 0 } })).toBe('below');
  });
});

test('a receipt whose hold was given back between two readings was disturbed, though nobody took it anew', () => {
  const before = rowWith({ holder: 'rf_1', version: 3 });
  expect(isUndisturbed({ before, after: rowWith({ version: 3 }) })).toBe(false);
  expect(isUndisturbed({ before, after: before })).toBe(true);
});

describe('a receipt on which a refund is under way', () => {
  test.each<[string, Row, Row]>([
    ['before the look-up', {}, { holder: 'rf_other' }],
    ['after the look-up', { holder: 'rf_other' }, {}],
    ['on both sides of it', { holder: 'rf_other' }, { holder: 'rf_other' }],
    ['in between', { version: 4, below: { at: now - settleWindowMs, version: 4, totalWon: 0 } }, {}],
    ['in between, for the first time', {}, { version: 0 }],
  ])('(%s) is busy, whatever its total', (_, after, before) => {
    for (const total of [0, 4_999, 5_000, 5_001]) expect(verdict(total, after, before)).toBe('busy');
  });
});

test('a case is made only of an undisturbed receipt, twice below, a settle window apart', () => {
  const version = fc.constantFrom(3, 4, 0);
  const holder = fc.constantFrom(null, null, 'rf_other');
  const rows = fc.record({ version, holder });
  const below = fc.option(
    fc.record({
      at: fc.integer({ min: now - 20 * minute, max: now }),
      version,
      totalWon: fc.constantFrom(0, 5_000),
    }),
  );
  fc.assert(
    fc.property(rows, rows, below, fc.nat(10_000), (before, after, first, total) => {
      if (verdict(total, { ...after, below: first }, before) !== 'drift') return;
      expect(total).toBeLessThan(5_000);
      expect([before.holder, after.holder]).toEqual([null, null]);
      expect(before.version).toBe(after.version);
      expect(first?.version).toBe(after.version);
      expect(first?.at).toBeLessThanOrEqual(now - settleWindowMs);
      expect(first?.totalWon).toBeLessThan(5_000);
    }),
    { numRuns: 2_000 },
  );
});

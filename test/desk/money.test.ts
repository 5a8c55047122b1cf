// Where the money is: whatever was shown last counts, and the sum always adds up.
import { expect, test } from 'vitest';
import { moneyOf } from '../../src/desk/money.ts';
import type { Look } from '../../src/domain/ledger.ts';
import { receiptWith } from '../policies/receipts.ts';
import {
  accepted,
  attemptWith,
  minute,
  now,
  outcomeOf,
  refundIn,
  rowWith,
  totals,
} from '../policies/refunds.ts';

const look = (cancelledWon: number, at = now): Look => ({ at, receipt: receiptWith({ cancelledWon }) });
const seen = (cancelledWon: number, at = now) => ({ ...look(cancelledWon, at), settledWon: 0, marks: 0 });
const paid = refundIn('succeeded', {
  lastLookUp: seen(0, now - minute),
  settledWon: 3_000,
  attempts: [attemptWith({ totalsBefore: totals(0), outcome: outcomeOf(accepted(), now) })],
});

test('nobody knows before the first look-up', () => {
  expect(moneyOf([refundIn('queued')], rowWith(), null)).toBeNull();
});

test('an open outcome, and money paid by hand, are told: neither is in the numbers', () => {
  const of = (...refunds: ReturnType<typeof refundIn>[]) => {
    const { isOpen, byHand } = moneyOf(refunds, rowWith(), look(0)) ?? {};
    return { isOpen, byHand };
  };
  const resolution = {
    outcome: 'refunded_by_hand',
    evidence: null,
    reason: 'r',
    who: 'kim',
    at: now,
  } as const;
  expect(of(paid)).toEqual({ isOpen: false, byHand: false });
  expect(of(paid, refundIn('unknown'))).toEqual({ isOpen: true, byHand: false });
  expect(of(refundIn('resolved', { resolution }))).toEqual({ isOpen: false, byHand: true });
});

test.each([
  [
    'the answer that paid is newer than its look-up',
    look(0, now - 1),
    3_000,
    { cancelledWon: 3_000, outsideWon: 0 },
  ],
  [
    'a look of a person is newer still',
    look(4_000, now + 1),
    3_000,
    { cancelledWon: 4_000, outsideWon: 1_000 },
  ],
  [
    'money was taken back',
    look(1_000, now + 1),
    3_000,
    { outsideWon: -2_000, missingWon: 2_000, leftWon: 9_000 },
  ],
] as const)('%s', (_, shown, settledWon, expected) => {
  const money = moneyOf([paid], rowWith({ settledWon, highestWon: 3_000 }), shown);
  expect(money).toMatchObject(expected);
  expect((money?.settledWon ?? 0) + (money?.outsideWon ?? 0) + (money?.leftWon ?? 0)).toBe(money?.paidWon);
});

test('what was asked for and not paid is not called paid', () => {
  const unpaid = { at: now, receipt: receiptWith({ status: 5 }) };
  expect(moneyOf([refundIn('queued')], rowWith(), unpaid)?.isPaid).toBe(false);
  expect(moneyOf([refundIn('queued')], rowWith(), look(0))?.isPaid).toBe(true);
});

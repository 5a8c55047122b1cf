import { expect, test } from 'vitest';
import type { Cancel } from '../../src/domain/refund.ts';
import type { Receipt } from '../../src/domain/reply.ts';
import { customerNotice, refundByFor } from '../../src/policies/notices.ts';
import { receiptWith, seoul } from './receipts.ts';
import { full, partial } from './refunds.ts';

const part = partial(1_000);
const sameDay = seoul('2026-11-01T23:59:59');
const nextDay = seoul('2026-11-02T00:00:00');

test.each([
  ['a full cancel on the day of payment', full, {}, sameDay, false, 'same_day_full'],
  ['a full cancel after midnight in Seoul', full, {}, nextDay, true, 'after_capture'],
  ['a partial cancel on the day of payment', part, {}, sameDay, true, 'partial'],
  ['the rest after a partial cancel', full, { cancelledWon: 4_000 }, sameDay, true, 'partial'],
  ['a full cancel seen after it landed', full, { cancelledWon: 10_000 }, sameDay, false, 'same_day_full'],
  ['a day of payment nobody knows', full, { purchasedAt: null }, sameDay, true, 'after_capture'],
  ['a bank transfer', full, { method: 'bank' }, nextDay, false, 'not_by_card'],
  ['a virtual account', full, { method: 'vbank' }, nextDay, false, 'not_by_card'],
  ['a phone payment', full, { method: 'phone' }, nextDay, false, 'not_by_card'],
  ['a part of a bank transfer', part, { method: 'bank' }, nextDay, true, 'partial'],
  ['a wallet funded by money', full, { method: 'kakaopay', funding: 'money' }, nextDay, false, 'not_by_card'],
  [
    'a wallet funded by points',
    full,
    { method: 'naverpay', funding: 'money' },
    nextDay,
    false,
    'not_by_card',
  ],
  [
    'a wallet funded by an account',
    full,
    { method: 'payco', funding: 'account' },
    nextDay,
    false,
    'not_by_card',
  ],
  ['a wallet funded by card', full, { method: 'kakaopay', funding: 'card' }, nextDay, true, 'after_capture'],
  ['a wallet that may be a card', full, { method: 'naverpay' }, nextDay, true, 'after_capture'],
  ['a method nobody knows', full, { method: null }, nextDay, true, 'after_capture'],
] satisfies [string, Cancel, Partial<Receipt>, number, boolean, string][])('the notice for %s', (...row) => {
  const [, cancel, receipt, now, required, why] = row;
  expect(customerNotice({ cancel, receipt: receiptWith(receipt), now })).toEqual({ required, why });
});

test('without a receipt the notice is required', () => {
  expect(customerNotice({ cancel: full, receipt: null, now: sameDay })).toEqual({
    required: true,
    why: 'after_capture',
  });
});

test.each([
  ['2026-11-20T10:30:00', '2026-11-25T23:59:59.999'],
  ['2026-11-21T00:00:00', '2026-11-25T23:59:59.999'],
  ['2026-09-23T18:00:00', '2026-09-30T23:59:59.999'],
  ['2026-02-13T23:59:59', '2026-02-23T23:59:59.999'],
])('money for an event of %s is due by %s', (occurred, due) => {
  expect(refundByFor(seoul(occurred))).toBe(seoul(due));
});

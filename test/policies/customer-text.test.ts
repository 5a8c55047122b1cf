// What customers are told: by when, where, and in words that need no other.
import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/domain/reply.ts';
import { customerNews } from '../../src/policies/customer-text.ts';
import { customerNotice } from '../../src/policies/notices.ts';
import { outcomeEvent } from '../../src/policies/outcome-event.ts';
import { recordView } from '../../src/review/record-view.ts';
import { receiptWith, seoul } from './receipts.ts';
import { full, partial, refundWith } from './refunds.ts';

/** A Sunday night; Christmas is a Friday. */
const at = seoul('2026-12-20T23:30:00');
const sameDay = { purchasedAt: seoul('2026-12-20T09:00:00') };
const before = { purchasedAt: seoul('2026-11-20T09:00:00') };

function refunded(receipt: Receipt, cancel = full) {
  const notice = customerNotice({ cancel, receipt, now: at });
  const lastLookUp = { at, receipt, settledWon: 0, marks: 0 };
  return refundWith({ state: 'succeeded', cancel, settledWon: 44_500, lastLookUp, customerNotice: notice });
}

describe('a refund that succeeded on a Sunday night before Christmas', () => {
  const range = '2026-12-23 2026-12-28';
  const today = '2026-12-20 2026-12-20';
  test.each<[string, Partial<Receipt>, 'full' | 'partial', string, string]>([
    ['by card, in full, the same day', { method: 'card', ...sameDay }, 'full', today, '청구되지 않습니다'],
    [
      'by card, in part, the same day',
      { method: 'card', ...sameDay },
      'partial',
      range,
      '12월 23일(수)~12월 28일(월)',
    ],
    [
      'by a wallet with a card, in full, the same day',
      { method: 'kakaopay', funding: 'card', ...sameDay },
      'full',
      today,
      '청구되지 않습니다',
    ],
    [
      'by a wallet, in full, the same day',
      { method: 'naverpay', ...sameDay },
      'full',
      '2026-12-20 2026-12-28',
      '카드로 결제하셨다면',
    ],
    [
      'in an unknown way, in full, the same day',
      { method: null, ...sameDay },
      'full',
      '2026-12-20 2026-12-28',
      '카드로 결제하셨다면',
    ],
    ['by card, after capture', { method: 'card', ...before }, 'full', range, '카드사에서'],
    ['by bank', { method: 'bank', ...before }, 'partial', today, '빠르면 12월 20일(일) 중에 계좌'],
    ['by virtual account', { method: 'vbank', ...before }, 'full', today, '계좌'],
    ['by phone', { method: 'phone', ...before }, 'full', today, '통신 요금'],
    [
      'by a wallet with money',
      { method: 'kakaopay', funding: 'money', ...before },
      'partial',
      today,
      '간편결제',
    ],
    ['by a wallet with a card', { method: 'payco', funding: 'card', ...before }, 'full', range, '카드사에서'],
    [
      'by a wallet',
      { method: 'naverpay', ...before },
      'full',
      '2026-12-20 2026-12-28',
      '카드로 결제하셨다면',
    ],
    [
      'in an unknown way',
      { method: null, ...before },
      'full',
      '2026-12-20 2026-12-28',
      '카드로 결제하셨다면',
    ],
  ])('%s', (_, receipt, kind, days, words) => {
    const cancel = kind === 'full' ? full : partial(44_500);
    const news = customerNews(refunded(receiptWith(receipt), cancel), at);
    expect(`${news?.expected.from} ${news?.expected.to}`).toBe(days);
    expect(news?.text.ko).toContain(words);
    expect(news?.text.ko).toContain('44,500원');
    expect(news?.text.en).toContain('44,500 won');
    expect(JSON.stringify(news)).not.toMatch(/undefined|null/);
  });
});

test('the event of a success carries it, and the record by the time of the success', () => {
  const refund = refunded(receiptWith({ method: 'card', ...before }));
  const expected = { from: '2026-12-23', to: '2026-12-28' };
  const told = { required: true, why: 'after_capture', expected, text: { en: expect.any(String) } };
  expect(outcomeEvent('refund.succeeded', refund, at)).toMatchObject({ data: { customer_notice: told } });
  const line = { at, who: 'worker', what: 'settle', from: 'unknown', to: 'succeeded', reason: null } as const;
  expect(recordView(refund, [line], null).customer_notice).toMatchObject(told);
});

test('one whose money is in doubt again is told to no customer', () => {
  const refund = { ...refunded(receiptWith(before)), state: 'dead_lettered' as const };
  const line = { at, who: 'worker', what: 'settle', from: 'unknown', to: 'succeeded', reason: null } as const;
  expect(recordView(refund, [line], null).customer_notice).toMatchObject({ expected: null, text: null });
  expect(customerNews(refund, at)).toBeNull();
});

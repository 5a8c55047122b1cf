// The legal clock and the notice, on any day: three Korean business days, and the day of payment as Seoul counts it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paymentMethods } from '../../src/domain/reply.ts';
import { addBusinessDays, isBusinessDay } from '../../src/policies/business-days.ts';
import { customerNotice, refundByFor } from '../../src/policies/notices.ts';
import { receiptWith, seoul } from './receipts.ts';
import { full, partial } from './refunds.ts';

const dayMs = 86_400_000;
const inSeoul = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' });
const weekdayInSeoul = new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Seoul', weekday: 'short' });

/** Holidays by law with a date of their own, apart from the package. */
const fixedHolidays = ['01-01', '03-01', '05-05', '06-06', '08-15', '10-03', '10-09', '12-25'];

/** Within the gazette's calendar. */
const anyTime = fc.integer({ min: seoul('2018-01-02T00:00:00'), max: seoul('2027-12-20T00:00:00') });
/** A few hours around a holiday, or around a weekend that meets the end of a month or a year. */
const nearHolidays = fc
  .tuple(
    fc.integer({ min: 2018, max: 2026 }),
    fc.constantFrom(...fixedHolidays, '02-28', '12-31', '12-29', '02-10', '09-20'),
    fc.oneof(fc.integer({ min: -5 * dayMs, max: 2 * dayMs }), fc.constantFrom(-1, 0, 1)),
  )
  .map(([year, date, near]) => seoul(`${year}-${date}T00:00:00`) + near);
const times = fc.oneof(anyTime, nearHolidays);

const isOff = (at: number) =>
  ['Sat', 'Sun'].includes(weekdayInSeoul.format(at)) || fixedHolidays.includes(inSeoul.format(at).slice(5));

describe('refund_by', () => {
  test('is the last millisecond of a day in Seoul that is neither a weekend nor a holiday', () => {
    fc.assert(
      fc.property(times, (occurredAt) => {
        const due = refundByFor(occurredAt);
        expect(due).toBe(seoul(`${inSeoul.format(due)}T23:59:59.999`));
        expect(isOff(due)).toBe(false);
        expect(isBusinessDay(due)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('leaves exactly three business days after the day of the event', () => {
    fc.assert(
      fc.property(times, (occurredAt) => {
        const due = refundByFor(occurredAt);
        const noon = seoul(`${inSeoul.format(occurredAt)}T12:00:00`);
        const days: number[] = [];
        for (let at = noon + dayMs; at <= due; at += dayMs) days.push(at);
        expect(days.filter(isBusinessDay)).toHaveLength(3);
        expect(days.filter((at) => !isOff(at)).length).toBeGreaterThanOrEqual(3);
        // Chuseok or the lunar New Year between two weekends, with a day declared: never two weeks.
        expect(days.length).toBeLessThan(14);
      }),
      { numRuns: 200 },
    );
  });
});

test('business days are counted one by one: n and then m of them are n + m', () => {
  fc.assert(
    fc.property(times, fc.nat(8), fc.nat(8), (at, n, m) => {
      expect(addBusinessDays(addBusinessDays(at, n), m)).toBe(addBusinessDays(at, n + m));
      const there = addBusinessDays(at, n);
      expect((there - at) % dayMs).toBe(0);
      if (n > 0) expect(isOff(there)).toBe(false);
    }),
  );
});

describe('the notice', () => {
  test('is left out for a full cancel on the day of payment in Seoul alone, unless no card can be involved', () => {
    const anyReceipt = fc.record({
      method: fc.constantFrom(...paymentMethods, null),
      funding: fc.constantFrom('card', 'money', 'account', null),
      purchasedAt: times,
    });
    const later = fc.oneof(fc.nat(2 * dayMs), fc.nat(400 * dayMs));
    fc.assert(
      fc.property(anyReceipt, later, (changes, after) => {
        const receipt = receiptWith(changes);
        const now = changes.purchasedAt + after;
        const notice = customerNotice({ cancel: full, receipt, now });
        const wallet = ['naverpay', 'kakaopay', 'payco'].includes(changes.method ?? '');
        const byAccount = wallet && ['money', 'account'].includes(changes.funding ?? '');
        const noCard = ['bank', 'vbank', 'phone'].includes(changes.method ?? '') || byAccount;
        const sameDay = inSeoul.format(now) === inSeoul.format(changes.purchasedAt);
        expect(notice.required).toBe(!noCard && !sameDay);
        const ofPart = customerNotice({ cancel: partial(1), receipt, now });
        expect(ofPart).toEqual({ required: true, why: 'partial' });
      }),
      { numRuns: 200 },
    );
  });
});

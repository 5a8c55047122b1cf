// Cancel windows at the borders of days, months, years and leap days in Asia/Seoul, in whatever zone the host stands.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { Receipt } from '../../src/domain/reply.ts';
import { cancelWindowEndsAt, policyRefusal } from '../../src/policies/method-policies.ts';
import { beginAttempt } from '../../src/policies/transition.ts';
import { daysOff } from './days-off.ts';
import { kinds, midnights, type Printed, rows } from './print-windows.ts';
import { receiptWith, seoul } from './receipts.ts';
import { full, looked, refundWith, totals } from './refunds.ts';

const dayMs = 86_400_000;

/** The page's table once more, by hand: what is added to the day of payment. */
const longest: Record<string, { readonly days?: number; readonly years?: number }> = {
  'card ': { days: 180 },
  'bank ': { days: 180 },
  'vbank ': { years: 1 },
  'phone ': {},
  'naverpay ': { days: 1_095 },
  'kakaopay card': { years: 1 },
  'kakaopay money': { years: 5 },
  'kakaopay ': { years: 5 },
  'payco card': { days: 180 },
  'payco account': { days: 90 },
  'payco ': { days: 180 },
};

// The host's own data of Korea's zone, not the offset of the code.
const inSeoul = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' });

/** The last day of the window on Seoul's calendar, counted on dates. A day that a year lacks is the next one. */
function lastDay([method, funding]: (typeof kinds)[number], purchasedAt: number): string {
  const [year = 0, month = 0, day = 0] = inSeoul.format(purchasedAt).split('-').map(Number);
  const { days = 0, years = 0 } = longest[`${method} ${funding ?? ''}`] ?? {};
  const date =
    method === 'phone'
      ? new Date(Date.UTC(year, month, 0))
      : new Date(Date.UTC(year + years, month - 1, day + days));
  return date.toISOString().slice(0, 10);
}

/** Payments within two days of a border, most often within milliseconds of a midnight in Seoul or in UTC. */
const borders = fc
  .record({
    year: fc.integer({ min: 2015, max: 2040 }),
    // Month ends, the end of the year, the last days of February, the 1 March after them.
    date: fc.constantFrom(
      '01-01',
      '01-31',
      '02-28',
      '02-29',
      '03-01',
      '04-30',
      '10-31',
      '11-01',
      '12-31',
      '07-01',
    ),
    near: fc.oneof(
      fc.integer({ min: -2 * dayMs, max: 2 * dayMs }),
      fc.constantFrom(-1, 0, 1, dayMs - 1, dayMs, (dayMs / 24) * 9, (dayMs / 24) * 9 - 1),
    ),
  })
  .map(({ year, date, near }) => {
    const [month = 0, day = 0] = date.split('-').map(Number);
    return Date.UTC(year, month - 1, day) - 9 * 3_600_000 + near;
  });
const anyKind = fc.constantFrom(...kinds);

const paid = ([method, funding]: (typeof kinds)[number], purchasedAt: number): Receipt =>
  receiptWith({ method, funding, purchasedAt });

function ruleAt(receipt: Receipt, now: number, acknowledged = false): string | null {
  return policyRefusal({ cancel: full, account: 'kept', receipt, now, acknowledged })?.rule ?? null;
}

describe('a cancel window', () => {
  test('ends with the last millisecond of its last day in Seoul, and is closed in the next', () => {
    fc.assert(
      fc.property(anyKind, borders, (kind, purchasedAt) => {
        const receipt = paid(kind, purchasedAt);
        const end = seoul(`${lastDay(kind, purchasedAt)}T23:59:59.999`);
        expect(cancelWindowEndsAt(receipt)).toBe(end);
        expect(ruleAt(receipt, purchasedAt)).toBeNull();
        expect(ruleAt(receipt, end)).toBeNull();
        expect(ruleAt(receipt, end + 1)).toBe('window_closed');
        expect(ruleAt(receipt, end + 1, true)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('bounds the deadline of a refund when its first attempt is written; the legal clock does not', () => {
    const deadlines = fc.oneof(fc.integer({ min: 1, max: 60 * dayMs }), fc.nat(2 * dayMs));
    fc.assert(
      fc.property(anyKind, borders, deadlines, fc.nat(31 * dayMs), fc.boolean(), (...given) => {
        const [kind, purchasedAt, deadline, refundBy, acknowledged] = given;
        const changes: Partial<Refund> = { deadlineAt: purchasedAt + deadline, acknowledged };
        const refund = refundWith({ ...changes, refundBy: purchasedAt + refundBy });
        const seen = looked(refund, { method: kind[0], funding: kind[1], purchasedAt });
        const { refund: sending } = beginAttempt(seen, totals(), {
          now: purchasedAt,
          callUntil: purchasedAt + 1,
        });
        const end = acknowledged
          ? Number.POSITIVE_INFINITY
          : seoul(`${lastDay(kind, purchasedAt)}T23:59:59.999`);
        expect(sending.deadlineAt).toBe(Math.min(purchasedAt + deadline, end));
        expect(sending.refundBy).toBe(purchasedAt + refundBy);
      }),
    );
  });
});

describe("the host's time zone changes nothing", () => {
  // Both ends of the date line, one that moved across it, summer times of an hour and of half an hour.
  const zones = [
    'Pacific/Kiritimati',
    'America/Los_Angeles',
    'Pacific/Apia',
    'Europe/London',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Asia/Seoul',
    'UTC',
  ];
  const script = fileURLToPath(new URL('./print-windows.ts', import.meta.url));

  test.each(['Pacific/Kiritimati', 'America/Los_Angeles'])(
    'a process that starts in %s, and then stands in every other zone, says the same of each payment and each day off',
    (start) => {
      const others = zones.filter((zone) => zone !== start);
      const text = execFileSync(process.execPath, ['--import', 'tsx', script, 'print', start, ...others], {
        encoding: 'utf8',
        env: { ...process.env, TZ: start },
        maxBuffer: 64 * 1024 * 1024,
      });
      const tables: readonly Printed[] = JSON.parse(text);
      expect(tables.map(({ timeZone }) => timeZone)).toEqual([start, ...others]);
      const here = rows();
      for (const { timeZone, hours, rows: there, daysOff: off } of tables) {
        // The clock of the process was really that of the zone.
        const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
        expect(hours).toEqual(midnights.map((at) => Number(clock.format(at))));
        expect(there).toHaveLength(here.length);
        expect(there.filter((row, index) => row !== here[index])).toEqual([]);
        expect(off).toEqual(daysOff(2024, 2030));
      }
    },
    60_000,
  );
});

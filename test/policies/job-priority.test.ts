import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stateSchema } from '../../src/domain/states.ts';
import { jobPriority } from '../../src/policies/job-priority.ts';

const refundBy = Date.UTC(2026, 10, 20);
const fresh = { state: 'queued', refundBy, bulk: false } as const;

test('look-ups of unknowns come first, then due retries, fresh refunds, and replays of many at once', () => {
  const order = [
    jobPriority({ ...fresh, state: 'unknown' }),
    jobPriority({ ...fresh, state: 'waiting_retry' }),
    jobPriority(fresh),
    jobPriority({ ...fresh, bulk: true }),
  ];
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(new Set(order).size).toBe(4);
});

test('an open question about money comes first even in a replay of many', () => {
  expect(jobPriority({ ...fresh, state: 'unknown', bulk: true })).toBe(1);
  expect(jobPriority({ ...fresh, state: 'sending', bulk: true })).toBe(1);
});

test('a retry in a replay of many stays behind fresh refunds', () => {
  expect(jobPriority({ ...fresh, state: 'waiting_retry', bulk: true })).toBeGreaterThan(jobPriority(fresh));
});

test('among fresh refunds the earlier legal clock goes first, by the hour', () => {
  expect(jobPriority({ ...fresh, refundBy: Date.UTC(2026, 0, 1) })).toBe(10);
  expect(jobPriority({ ...fresh, refundBy: Date.UTC(2026, 0, 1, 1) })).toBe(11);
  expect(jobPriority({ ...fresh, refundBy: Date.UTC(2026, 0, 2, 0, 59) })).toBe(34);
});

const anyTime = fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 });

test('every job has a priority that BullMQ accepts, and fresh refunds keep between retries and bulk', () => {
  fc.assert(
    fc.property(fc.constantFrom(...stateSchema.options), anyTime, fc.boolean(), (state, at, bulk) => {
      const priority = jobPriority({ state, refundBy: at, bulk });
      expect(Number.isInteger(priority)).toBe(true);
      expect(priority).toBeGreaterThanOrEqual(1);
      expect(priority).toBeLessThanOrEqual(2_097_152);
      const queued = jobPriority({ state: 'queued', refundBy: at, bulk: false });
      expect(queued).toBeGreaterThan(2);
      expect(queued).toBeLessThan(2_000_000);
    }),
  );
});

test('a later legal clock never goes first', () => {
  fc.assert(
    fc.property(anyTime, anyTime, (a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)];
      expect(jobPriority({ ...fresh, refundBy: early })).toBeLessThanOrEqual(
        jobPriority({ ...fresh, refundBy: late }),
      );
    }),
  );
});

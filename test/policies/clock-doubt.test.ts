// When the clock may be wrong by so much that nothing is erased by it.
import { describe, expect, test } from 'vitest';
import { type ClockDoubtFacts, clockDoubt } from '../../src/policies/clock-doubt.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse('2026-11-20T10:30:00+09:00');
const steady: ClockDoubtFacts = {
  now,
  wall: now,
  steadySince: now - day,
  jumpedAt: null,
  newestAcceptedAt: now - minute,
  retentionMs: 1_830 * day,
};
const doubt = (changes: Partial<ClockDoubtFacts>) => clockDoubt({ ...steady, ...changes });

describe('what ended long ago', () => {
  test('may be erased while the clock runs as it should', () => {
    expect(doubt({})).toBeNull();
    expect(doubt({ jumpedAt: now - hour, steadySince: now - hour })).toBeNull();
    expect(doubt({ newestAcceptedAt: null })).toBeNull();
  });

  test.each([10 * minute + 1, -10 * minute - 1, 9 * hour, -9 * hour])(
    'is kept while this host’s clock and Redis’ differ by %i ms',
    (byMs) => {
      expect(doubt({ wall: now + byMs })).toBe('clocks_disagree');
      expect(doubt({ wall: now + Math.sign(byMs) * 10 * minute })).toBeNull();
    },
  );

  test('is kept for an hour after a step, and after the start of the process', () => {
    const lately = now - hour + 1;
    expect(doubt({ jumpedAt: lately, steadySince: lately })).toBe('clock_stepped');
    expect(doubt({ steadySince: lately })).toBe('started');
  });

  test('is kept for a hundredth of a short retention', () => {
    const retentionMs = day;
    expect(doubt({ retentionMs, steadySince: now - day / 100 + 1 })).toBe('started');
    expect(doubt({ retentionMs, steadySince: now - day / 100 })).toBeNull();
  });

  test('is kept where the newest refund of all is as old: both clocks may be years ahead', () => {
    expect(doubt({ newestAcceptedAt: now - 1_830 * day - 1 })).toBe('no_new_refund');
    expect(doubt({ newestAcceptedAt: now - 1_830 * day })).toBeNull();
  });
});

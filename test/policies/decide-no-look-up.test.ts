// Nothing can be asked for: the rate limiter is shut, or nobody knows whether the credentials work.
import { describe, expect, it } from 'vitest';
import { decideNoLookUp } from '../../src/policies/decide-look-up.ts';
import { codes, minute, now, refundAfter, refundIn, refused, situation, unauthorized } from './refunds.ts';

const wait = { at: now + minute, reason: 'the rate limiter is shut' };
const over = { deadlineAt: now };

describe('when nothing can be asked for', () => {
  it.each(['queued', 'waiting_retry', 'unknown'] as const)('a refund that is %s waits', (state) => {
    const decision = decideNoLookUp(situation(refundIn(state)), wait);
    expect(decision).toEqual({ kind: 'look_up_at', ...wait });
  });

  it.each(['queued', 'waiting_retry', 'unknown'] as const)('%s: no longer than its deadline', (state) => {
    const refund = refundIn(state, { deadlineAt: now + 1_000 });
    expect(decideNoLookUp(situation(refund), wait)).toMatchObject({ kind: 'look_up_at', at: now + 1_000 });
  });

  it.each(['queued', 'waiting_retry'] as const)('%s at its deadline goes to a person', (state) => {
    const decision = decideNoLookUp(situation(refundIn(state, over)), wait);
    expect(decision).toMatchObject({ kind: 'dead_letter', case: 'deadline_passed', keepsLock: false });
  });

  it('an unknown at its deadline goes to a person and keeps its receipt', () => {
    const decision = decideNoLookUp(situation(refundIn('unknown', over)), wait);
    expect(decision).toMatchObject({ kind: 'dead_letter', case: 'outcome_unknown', keepsLock: true });
  });

  it('a call that was refused for its credentials moved nothing: it is tried again, also at the deadline', () => {
    const refund = refundAfter([refused(codes[2032]), unauthorized], { state: 'sending', ...over });
    const decision = decideNoLookUp(situation(refund), wait);
    expect(decision).toEqual({ kind: 'retry_at', nextGeneration: false, ...wait });
  });
});

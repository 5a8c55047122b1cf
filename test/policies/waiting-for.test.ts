import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import {
  type Obstacles,
  type WaitingFor,
  waitingFor,
  waitingForText,
} from '../../src/policies/waiting-for.ts';
import { noObstacles } from './obstacles.ts';
import { minute, now, refundIn } from './refunds.ts';

const later = now + minute;
const queued = refundIn('queued', { nextWakeUpAt: now });
const retry = refundIn('waiting_retry', { nextWakeUpAt: later });
const unknown = refundIn('unknown', { nextWakeUpAt: later });
const sending = refundIn('sending');

function found(refund: Refund, more: Partial<Obstacles> = {}, holder: string | null = null) {
  return waitingFor(refund, { now, holder, obstacles: { ...noObstacles, ...more } });
}

describe('an open refund', () => {
  test.each([
    ['waits for its turn', found(queued), { kind: 'rate_limit', until: null }],
    ['waits for its next try', found(retry), { kind: 'retry', until: later }],
    ['waits for its next look-up', found(unknown), { kind: 'look_up', until: later }],
    ['waits for an answer', found(sending), { kind: 'answer', until: sending.attempts.at(-1)?.callUntil }],
    [
      'waits for the refund that has the receipt',
      found(queued, {}, 'rf_other'),
      { kind: 'receipt', by: 'rf_other' },
    ],
    [
      'that has its receipt is looked up',
      found(queued, {}, queued.refundId),
      { kind: 'look_up', until: null },
    ],
    [
      'waits for a worker before all else',
      found(retry, { workersRunning: 0 }, 'rf_other'),
      { kind: 'worker' },
    ],
    [
      'waits for credentials',
      found(sending, { lane: { person: false, credentials: true } }),
      { kind: 'credentials' },
    ],
    [
      'waits for a data key',
      found({ ...queued, keyWait: { keyId: 'old', since: now, leftMs: minute } }),
      { kind: 'data_key', by: 'old' },
    ],
    [
      'waits for the person who holds the lane',
      found(queued, { lane: { person: true, credentials: false } }),
      { kind: 'lane' },
    ],
    [
      'is looked up although a person holds the lane',
      found(unknown, { lane: { person: true, credentials: false } }),
      { kind: 'look_up' },
    ],
    ['waits for Bootpay to answer', found(queued, { silentSince: now }), { kind: 'breaker' }],
    ['waits for the pause to end', found(queued, { pausedUntil: later }), { kind: 'throttle', until: later }],
  ])('%s, and it is said in both languages', (_, waits, expected) => {
    expect(waits).toMatchObject(expected);
    if (waits === null) return;
    expect(waitingForText(waits).ko).toMatch(/[가-힣]/);
    expect(waitingForText(waits).en).not.toBe('');
  });

  test('is not said to have an unclear outcome before anything was sent', () => {
    const textOf = (waits: WaitingFor | null) => waits && waitingForText(waits).en;
    expect(textOf(found(queued, {}, queued.refundId))).toMatch(/^its look-up at Bootpay/);
    expect(textOf(found(unknown))).toMatch(/unclear outcome/);
  });

  test.each(['succeeded', 'resolved', 'dead_lettered'] as const)('%s waits for nothing of ours', (state) => {
    expect(found(refundIn(state), { workersRunning: 0 })).toBeNull();
  });
});

// Which data keys go together, and how a refund waits for one.
import { describe, expect, test } from 'vitest';
import type { KeyUse, OwnKeys } from '../../src/domain/data-keys.ts';
import { decideNoKey, keyTrouble, sealObstacle, withKey } from '../../src/policies/data-keys.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { hour, minute, now, refundIn, second, settings } from './refunds.ts';

const name = (id: string, print = id) => ({ id, print });
const keys = (...ids: string[]): OwnKeys => ({ keys: ids.map((id) => name(id)), folder: null });
const local = (folder: string, ...ids: string[]): OwnKeys => ({ ...keys(...ids), folder });
const use = (sealing: string[], ...workers: OwnKeys[]): KeyUse => ({
  sealing: sealing.map((id) => name(id)),
  workers,
});

describe('an account is sealed', () => {
  test.each<[string, OwnKeys, KeyUse, ReturnType<typeof sealObstacle>]>([
    ['not without a key', keys(), use([]), { kind: 'no_key' }],
    ['with a configured key, whatever others do', keys('a'), use(['b'], keys('b')), null],
    ['with a key that is made in this folder', local('f'), use([]), null],
    ['with one that a worker of this folder will find', local('f'), use([], local('f')), null],
    ['with one that the worker has', local('f', 'a'), use(['a'], keys('a')), null],
    [
      'with none that the worker will not find',
      local('f'),
      use([], local('g')),
      { kind: 'other_key', ids: [] },
    ],
    ['with none that the worker lacks', local('f', 'a'), use([], keys('b')), { kind: 'other_key', ids: [] }],
    ['with none beside another', local('f', 'a'), use(['a', 'b']), { kind: 'other_key', ids: ['b'] }],
  ])('%s', (_, own, others, obstacle) => {
    expect(sealObstacle(own, others)).toEqual(obstacle);
  });
});

describe('what is wrong between keys is told', () => {
  test.each<[string, OwnKeys, KeyUse, string | null]>([
    ['nothing, where all have one', keys('a'), use(['a'], keys('a')), null],
    ['nothing, in a rotation', keys('b', 'a'), use(['a'], keys('a', 'b')), null],
    ['a key that seals and is not here', keys('a'), use(['a', 'b']), 'data key b,'],
    ['another key of the same id', { keys: [name('a', 'x')], folder: null }, use(['a']), 'data key a,'],
    ['a worker that lacks ours', keys('a'), use([], keys('a'), keys('b')), '(data key a)'],
    ['none in production, where others seal', keys(), use(['b']), 'data key b,'],
  ])('%s', (_, own, others, words) => {
    const told = keyTrouble(own, others);
    if (words === null) return expect(told).toBeNull();
    expect(told?.en).toContain(words);
    expect(told?.ko).toMatch(/[가-힣]/);
  });
});

describe('a refund that waits for a key', () => {
  const queued = refundIn('queued', { deadlineAt: now + 5 * hour });
  const missing = { kind: 'no_key', keyId: 'old', elsewhere: false } as const;
  const at = (time: number) => ({ now: time, settings, jumpedAt: null, chance: 1 });

  function waiting(time = now, refund = queued) {
    const decision = decideNoKey({ refund, ...at(time) }, missing);
    if (decision.kind !== 'wait_for_key') throw new Error(decision.kind);
    return transitionFor(refund, decision, { now: time }).refund;
  }

  test('is never looked at in the past, even where the clock was put on past its deadline', () => {
    const late = now + 25 * hour;
    const refund = { ...queued, keyWait: { keyId: 'old', since: now, leftMs: hour } };
    const decision = decideNoKey({ refund, ...at(late), jumpedAt: late - minute }, missing);
    expect(decision).toMatchObject({ kind: 'wait_for_key', at: late - minute + settings.settleWindowMs });
  });

  test('has a whole deadline for that, however often it looks, and what was left after it', () => {
    const first = waiting();
    expect(first).toMatchObject({ deadlineAt: now + 24 * hour, nextWakeUpAt: now + 10 * minute });
    const again = waiting(now + 20 * hour, first);
    expect(again).toMatchObject({ deadlineAt: now + 24 * hour, keyWait: first.keyWait });
    const { keyWait, deadlineAt } = withKey(again, now + 23 * hour);
    expect([keyWait, deadlineAt]).toEqual([undefined, now + 28 * hour]);
  });

  test('goes to a person at the end of it, and a clock that was ahead does not put that off', () => {
    const first = waiting();
    expect(decideNoKey({ refund: first, ...at(now + 24 * hour) }, missing)).toMatchObject({
      ...{ kind: 'dead_letter', case: 'deadline_passed', rule: 'data_key_missing', cause: 'old' },
    });
    const ahead = { ...first, keyWait: { keyId: 'old', since: now + 100 * hour, leftMs: hour } };
    expect(waiting(now, ahead).deadlineAt).toBe(now + 24 * hour);
  });

  test('is left to another worker for a moment, where one has the key', () => {
    const decision = decideNoKey({ refund: queued, ...at(now) }, { ...missing, elsewhere: true });
    expect(decision).toMatchObject({ at: now + 2 * second });
  });
});

// How the calls of one process wait for their permits, with a clock of the test's own and scripted answers instead of Redis.
import { expect, test } from 'vitest';
import type { AcquireOptions, CallKind } from '../../src/domain/rate-limiter.ts';
import type { Grant, PermitsWanted } from '../../src/rate-limiter/permits.ts';
import { createRateLimiter } from '../../src/rate-limiter/rate-limiter.ts';
import { manualClock } from '../support/manual-clock.ts';

type Answer = (wanted: PermitsWanted, at: number) => Partial<Grant> | Error;

const all: Answer = ({ wanted }) => ({ granted: wanted });
const wait =
  (waitMs: number, granted = 0): Answer =>
  () => ({ granted, waitMs });

/** Answers one question after another, the last answer for ever. */
function setUp(answers: readonly Answer[], chance = 0.5) {
  const clock = manualClock();
  const startedAt = clock.now();
  const asked: string[] = [];
  const passed: string[] = [];
  const rateLimiter = createRateLimiter({
    permits: {
      async ask(wanted) {
        const answer = answers[Math.min(asked.length, answers.length - 1)]?.(wanted, clock.now()) ?? {};
        asked.push(`${wanted.wanted} at ${clock.now() - startedAt}`);
        if (answer instanceof Error) throw answer;
        return { granted: 0, at: clock.now(), waitMs: 0, failures: 0, breakerIsOpen: false, ...answer };
      },
      report: async () => 0,
    },
    now: clock.now,
    sleep: clock.sleep,
    chance: () => chance,
    onError: () => {},
  });
  const call = async (name: string, kind: CallKind = 'cancel', options: AcquireOptions = {}) => {
    const permit = await rateLimiter.acquire(kind, options);
    passed.push(permit === null ? `${name} gave up` : name);
    return permit;
  };
  return { clock, asked, passed, call, rateLimiter };
}

test('calls that come together share one question, and all of them pass', async () => {
  const { asked, passed, call } = setUp([all]);
  await Promise.all([call('a'), call('b'), call('c')]);
  expect(passed).toEqual(['a', 'b', 'c']);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('one question at a time asks for all that wait, when it is time', async () => {
  const { clock, asked, passed, call } = setUp([wait(100), wait(100, 1), wait(100, 1), all]);
  const calls = [call('a')];
  await clock.advance(0);
  calls.push(call('b'), call('c'), call('d'));
  await clock.advance(99);
  expect(asked).toEqual(['1 at 0']);
  await clock.advance(1);
  expect(passed).toEqual(['a']);
  await clock.advance(100);
  expect(passed).toEqual(['a', 'b']);
  await clock.advance(100);
  await Promise.all(calls);
  expect(asked.slice(1)).toEqual(['4 at 100', '3 at 200', '2 at 300']);
});

test('a person and an attempt on record go first, then cancels, look-ups, and what nobody waits for', async () => {
  const { clock, passed, call } = setUp([wait(100), wait(100, 1)]);
  const calls = [
    call('background', 'look_up', { priority: 'background' }),
    call('look-up', 'look_up'),
    call('cancel', 'cancel'),
    call('first', 'look_up', { priority: 'first' }),
    call('cancel 2', 'cancel'),
  ];
  await clock.advance(0);
  await clock.advance(1_000);
  await Promise.all(calls);
  expect(passed).toEqual(['first', 'cancel', 'cancel 2', 'look-up', 'background']);
});

test('a process that has only look-ups asks a little later, one that works in the background later still', async () => {
  for (const [kind, options, at] of [
    ['cancel', {}, 100],
    ['look_up', {}, 102],
    ['token', { priority: 'background' }, 108],
  ] as const) {
    const { clock, asked, call } = setUp([wait(100), all]);
    void call('one', kind, options);
    await clock.advance(0);
    await clock.advance(200);
    expect(asked[1]).toBe(`1 at ${at}`);
  }
});

test('a process that is told a long wait looks again every two seconds, for the breaker may close', async () => {
  const { clock, asked, call } = setUp([wait(10_000), wait(8_000), all]);
  const answer = call('a');
  await clock.advance(0);
  await clock.advance(10_000);
  expect(await answer).not.toBeNull();
  expect(asked).toEqual(['1 at 0', '1 at 2000', '1 at 4000']);
});

test('stopping ends every wait, and leaves nothing behind', async () => {
  const { clock, passed, call } = setUp([wait(1_000), wait(1_000), all]);
  const stopping = new AbortController();
  const calls = ['a', 'b'].map((name) => call(name, 'cancel', { signal: stopping.signal }));
  await clock.advance(0);
  stopping.abort();
  await Promise.all(calls);
  expect(passed).toEqual(['a gave up', 'b gave up']);
  expect(await call('c', 'cancel', { signal: stopping.signal })).toBeNull();
  await clock.advance(1_000);
  const later = call('d');
  await clock.advance(2_000);
  expect(await later).not.toBeNull();
});

test('a question that fails fails those that it was put for, and the next one asks anew', async () => {
  const { clock, call } = setUp([() => new Error('Redis is away'), all]);
  await expect(call('a')).rejects.toThrow('Redis is away');
  const next = call('b');
  await clock.advance(0);
  expect(await next).not.toBeNull();
});

test('no call waits for a permit that would come too late', async () => {
  const { clock, passed, call } = setUp([wait(60_001), wait(50_000)]);
  expect(await call('told')).toBeNull();
  const patient = call('patient');
  await clock.advance(0);
  expect(await call('hasty', 'cancel', { longestMs: 3_000 })).toBeNull();
  expect(passed).toEqual(['told gave up', 'hasty gave up']);
  await clock.advance(14_000);
  expect(await patient).toBeNull();
});

test('permits that were given long ago are not used; where every answer is slow, one is in the end', async () => {
  const old: Answer = ({ wanted }, at) => ({ granted: wanted, at: at - 60_000 });
  const { clock, asked, call, rateLimiter } = setUp([old]);
  const answer = call('a', 'look_up', { longestMs: 120_000 });
  await clock.advance(0);
  const permit = await answer;
  expect(permit).not.toBeNull();
  expect(asked.length).toBeGreaterThan(50);
  expect(rateLimiter.isFresh({ at: clock.now() })).toBe(true);
  expect(rateLimiter.isFresh({ at: clock.now() - 600_000 })).toBe(false);
});

test('while the breaker is open a permit goes to a token, or to one look-up, and to no cancel', async () => {
  const probe: Answer = () => ({ granted: 1, breakerIsOpen: true });
  const shut: Answer = () => ({ waitMs: 10_000, breakerIsOpen: true });
  const { clock, passed, call } = setUp([probe, probe, shut]);
  void call('cancel');
  void call('look-up', 'look_up');
  void call('other look-up', 'look_up');
  void call('token', 'token');
  await clock.advance(0);
  expect(passed).toEqual(['token', 'look-up']);
});

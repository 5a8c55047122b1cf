// How the gate keeps asking for those that wait, with a clock of the test's own and questions instead of Redis.
import { expect, test } from 'vitest';
import type { CallKind, Wait, WaitOptions } from '../../src/domain/ports.ts';
import { createRateLimiter } from '../../src/rate-limiter/rate-limiter.ts';
import type { RedisClient } from '../../src/redis/connection.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { manualClock } from '../support/manual-clock.ts';

type Answer = Wait | { readonly kind: 'written' };

const wait = (waitMs: number): Answer => ({ kind: 'wait', waitMs });
const written: Answer = { kind: 'written' };

function setUp() {
  const clock = manualClock();
  const unasked = new Proxy({} as RedisClient, {
    get: () => {
      throw new Error('asked Redis');
    },
  });
  const rateLimiter = createRateLimiter({
    redis: unasked,
    keys: keysFor('{t}'),
    callsPerSecond: 10,
    now: clock.now,
    sleep: clock.sleep,
    chance: () => 0.5,
    onError: () => {},
  });
  const asked: string[] = [];
  /** Answers one after another, the last one for ever. */
  const ask = (
    name: string,
    answers: readonly (Answer | Error)[],
    { kind = 'cancel', ...options }: WaitOptions & { kind?: CallKind } = {},
  ) => {
    let next = 0;
    const question = async (): Promise<Answer> => {
      asked.push(`${name} ${clock.now() - startedAt}`);
      const answer = answers[Math.min(next, answers.length - 1)] ?? written;
      next += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return rateLimiter.askInLine(kind, question, options);
  };
  const startedAt = clock.now();
  return { clock, asked, ask, rateLimiter, startedAt };
}

test('the first asks again when it was told to; those behind it ask nothing, and then in their order', async () => {
  const { clock, asked, ask } = setUp();
  const all = [ask('a', [wait(100), written]), ask('b', [wait(90), written]), ask('c', [wait(80), written])];
  await clock.advance(0);
  expect(asked).toEqual(['a 0', 'b 0', 'c 0']);
  const late = ask('d', [written]);
  await clock.advance(99);
  expect(asked).toHaveLength(3);
  await clock.advance(1);
  expect(await Promise.all([...all, late])).toEqual(Array(4).fill(written));
  expect(asked.slice(3)).toEqual(['a 100', 'b 100', 'c 100', 'd 100']);
});

test('where nobody is told to wait any more, all ask beside each other again', async () => {
  const { clock, asked, ask, rateLimiter } = setUp();
  const first = ask('first', [wait(100), written]);
  await clock.advance(0);
  let asking = 0;
  let most = 0;
  const slow = () =>
    rateLimiter.askInLine('cancel', async () => {
      asking += 1;
      most = Math.max(most, asking);
      await clock.sleep(10);
      asking -= 1;
      return written;
    });
  const behind = Array.from({ length: 30 }, slow);
  await clock.advance(100);
  expect(await first).toEqual(written);
  // One, then two, four, eight, and the rest: five times as long as one takes, not thirty times.
  await clock.advance(50);
  expect(await Promise.all(behind)).toEqual(Array(30).fill(written));
  expect(most).toBeGreaterThan(8);
  const later = ask('later', [written]);
  expect(asked.at(-1)).toBe('later 150');
  expect(await later).toEqual(written);
});

test('look-ups ask a little later than they were told, what works in the background later still', async () => {
  const { clock, asked, ask } = setUp();
  void ask('look-up', [wait(100), written], { kind: 'look_up' });
  void ask('cancel', [wait(100), written]);
  void ask('background', [wait(100), written], { kind: 'token', background: true });
  await clock.advance(0);
  await clock.advance(200);
  expect(asked.slice(3)).toEqual(['cancel 100', 'look-up 102', 'background 108']);
});

test('one that is told a long wait looks again every two seconds, for the breaker may close', async () => {
  const { clock, asked, ask } = setUp();
  const answer = ask('a', [wait(10_000), wait(8_000), written]);
  await clock.advance(0);
  await clock.advance(10_000);
  expect(await answer).toEqual(written);
  expect(asked).toEqual(['a 0', 'a 2000', 'a 4000']);
});

test('stopping ends the wait of the first and of those behind it, and leaves the line free', async () => {
  const { clock, ask } = setUp();
  const { signal, abort } = stopping();
  const waiting = ['a', 'b'].map((name) => ask(name, [wait(1_000)], { signal }));
  await clock.advance(0);
  expect(clock.sleeping()).toBe(2);
  abort();
  expect(await Promise.all(waiting)).toEqual([null, null]);
  expect(clock.sleeping()).toBe(0);
  expect(await ask('c', [written])).toEqual(written);
});

test('a question that fails fails for itself, and the next one asks', async () => {
  const { clock, ask } = setUp();
  const broken = ask('a', [wait(100), new Error('Redis is away')]);
  const next = ask('b', [wait(100), written]);
  broken.catch(() => {});
  await clock.advance(0);
  await clock.advance(100);
  await expect(broken).rejects.toThrow('Redis is away');
  expect(await next).toEqual(written);
});

test('no wait is longer than allowed: told so, standing in line, or asking', async () => {
  const { clock, ask, rateLimiter, startedAt } = setUp();
  expect(await ask('told', [wait(60_001)])).toBeNull();
  const first = ask('first', [wait(50_000), wait(9_000), wait(2_000)]);
  const behind = ask('behind', [wait(10)], { longestMs: 3_000 });
  await clock.advance(0);
  await clock.advance(3_000);
  expect(await behind).toBeNull();
  await clock.advance(57_000);
  expect(await first).toBeNull();

  const hung = rateLimiter.askInLine('cancel', async () => {
    await clock.sleep(15 * 60_000); // Redis was away
    return wait(40);
  });
  await clock.advance(0);
  await clock.advance(15 * 60_000);
  expect(await hung).toBeNull();
  expect(clock.now() - startedAt).toBe(16 * 60_000);
});

function stopping() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

// Redis' clock as a test moves it. No test can move TIME itself: the scripts of this process read something in its place.
// Keys still expire by the server's own clock.
import { Redis } from 'ioredis';
import { beforeEach, vi } from 'vitest';
import type { TestRedis } from './redis.ts';

const time = "redis.call('TIME')";

/** A script that reads the clock from another place. `clock` is Lua, and answers what TIME does: seconds, microseconds. */
export function onClock(clock: string, source: string): string {
  return source.replaceAll(time, clock);
}

/** Scripts are known to the server as they are: a run by hash has to fail, so that the text comes, which can be changed. */
export const notLoaded = new Error('NOSCRIPT the clock is read elsewhere');

/** In the tests of this describe Redis' clock, as all scripts of this process read it, is moved by what `move` says. */
export function useMovedClock(redis: TestRedis): { move(byMs: number): Promise<void> } {
  const key = () => `${redis.prefix}:moved-by-s`;
  beforeEach(() => {
    // What is stopped at the end of the test still reads the moved clock.
    redis.onEnd(async () => void vi.restoreAllMocks());
    const moved = `(function() local t = ${time} t[1] = tostring(t[1] + (redis.call('GET', '${key()}') or 0)) return t end)()`;
    const run = Redis.prototype.eval;
    vi.spyOn(Redis.prototype, 'evalsha').mockRejectedValue(notLoaded);
    vi.spyOn(Redis.prototype, 'eval').mockImplementation(function (this: Redis, source, ...rest) {
      return Reflect.apply(run, this, [onClock(moved, String(source)), ...rest]);
    });
  });
  return { move: async (byMs) => void (await redis.connect().set(key(), byMs / 1_000)) };
}

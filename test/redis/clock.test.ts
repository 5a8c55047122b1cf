// The clock that follows Redis TIME, driven by clocks the test moves.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { redisClock, systemClock } from '../../src/redis/clock.ts';

/** A host and a Redis whose clocks differ by `skewMs`; each question takes as long as the next of `delays`. */
function world({ skewMs = 0, delays = [] as number[], steppedAt = null as number | null } = {}) {
  let elapsed = 0;
  const started = 1_000_000;
  const state = { skewMs, down: false, asked: 0, steppedAt, deaf: false };
  return {
    state,
    pass: (ms: number) => {
      elapsed += ms;
    },
    host: { wall: () => started + elapsed, monotonic: () => 77 + elapsed },
    redisNow: () => started + elapsed + state.skewMs,
    redis: {
      publishStep: async (at: number) => {
        if (state.deaf) throw new Error('Redis is away');
        state.steppedAt = at;
      },
      read: async () => {
        if (state.down) throw new Error('Redis is away');
        state.asked += 1;
        const delay = delays.shift() ?? 0;
        elapsed += delay / 2;
        const answer = started + elapsed + state.skewMs;
        elapsed += delay / 2;
        return { time: answer, steppedAt: state.steppedAt };
      },
    },
  };
}

type Redis = ReturnType<typeof world>['redis'];

/** The same Redis, whose answers are off by so much. */
function shifted(redis: Redis, byMs: () => number): Redis {
  const read = async () => {
    const { time, ...rest } = await redis.read();
    return { ...rest, time: time + byMs() };
  };
  return { ...redis, read };
}

afterEach(() => {
  vi.useRealTimers();
});

test('a host an hour behind sees the time of Redis', async () => {
  const { host, redis, redisNow, pass } = world({ skewMs: 3_600_000 });
  const clock = redisClock(redis, { host });
  await clock.start();
  pass(1234);
  expect(clock.now()).toBe(redisNow());
  clock.stop();
});

test('a moment of Redis is translated into the time at which this host will call it by that name', async () => {
  const { host, redis, pass } = world({ skewMs: 3_600_000 });
  const clock = redisClock(redis, { host });
  await clock.start();
  const inTenSeconds = clock.now() + 10_000;
  expect(clock.toLocal(inTenSeconds)).toBe(host.wall() + 10_000);
  pass(10_000);
  expect(clock.toLocal(inTenSeconds)).toBe(host.wall());
  clock.stop();
});

test('the quickest of five samples counts', async () => {
  const { host, redis, redisNow, state } = world({ skewMs: -500, delays: [400, 2, 300, 90, 120] });
  const uneven = shifted(redis, () => (state.asked === 2 ? 0 : -40));
  const clock = redisClock(uneven, { host });
  await clock.start();
  expect(state.asked).toBe(5);
  expect(clock.now()).toBe(redisNow());
  clock.stop();
});

test('a measurement through a slow line changes nothing', async () => {
  const delays: number[] = [];
  const { host, redis, redisNow, pass } = world({ skewMs: 100, delays });
  let early = 0;
  const uneven = shifted(redis, () => -early);
  const clock = redisClock(uneven, { host });
  await clock.start();
  delays.push(...Array.from({ length: 5 }, () => 30));
  early = 14;
  pass(10_000);
  await clock.refresh();
  expect(clock.now()).toBe(redisNow());
  clock.stop();
});

test('a slow line is believed where it says that a clock was moved, and the next quick answer corrects it', async () => {
  const delays: number[] = [];
  const { host, redis, redisNow, state } = world({ delays });
  const uneven = shifted(redis, () => (delays.length > 0 ? -1_000 : 0));
  const clock = redisClock(uneven, { host });
  await clock.start();
  delays.push(...Array.from({ length: 6 }, () => 3_000));
  state.skewMs = 3_600_000;
  await clock.refresh();
  expect(clock.now()).toBe(redisNow() - 1_000);
  delays.length = 0;
  await clock.refresh();
  expect(clock.now()).toBe(redisNow());
  clock.stop();
});

test('an old measurement gives way to a slightly slower one, for the clocks drift apart', async () => {
  const delays: number[] = [];
  const { host, redis, redisNow, pass } = world({ delays });
  let drifted = 0;
  const drifting = shifted(redis, () => drifted);
  const clock = redisClock(drifting, { host });
  await clock.start();
  delays.push(...Array.from({ length: 5 }, () => 4));
  pass(30_000);
  drifted = 3;
  await clock.refresh();
  expect(clock.now()).toBe(redisNow() + drifted);
  clock.stop();
});

test('a clock of Redis that is moved is followed at the next measurement', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { host, redis, redisNow, state } = world();
  const clock = redisClock(redis, { host, refreshMs: 10_000 });
  await clock.start();
  state.skewMs = 86_400_000;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(clock.now()).toBe(redisNow());
  state.skewMs = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(clock.now()).toBe(redisNow());
  clock.stop();
});

test('while Redis is away the clock runs on, and measures again when Redis is back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { host, redis, redisNow, state, pass } = world({ skewMs: 250 });
  const clock = redisClock(redis, { host, refreshMs: 1000 });
  await clock.start();
  state.down = true;
  pass(5000);
  await vi.advanceTimersByTimeAsync(5000);
  expect(clock.now()).toBe(redisNow());
  state.down = false;
  state.skewMs = -250;
  await vi.advanceTimersByTimeAsync(1000);
  expect(clock.now()).toBe(redisNow());
  clock.stop();
});

test('a stopped clock asks no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { host, redis, state } = world();
  const clock = redisClock(redis, { host, refreshMs: 1000 });
  await clock.start();
  clock.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(state.asked).toBe(5);
  expect(vi.getTimerCount()).toBe(0);
});

test('a start without Redis fails, and an unstarted clock tells no time', async () => {
  const { host, redis, state } = world();
  state.down = true;
  const clock = redisClock(redis, { host });
  await expect(clock.start()).rejects.toThrow('Redis is away');
  expect(() => clock.now()).toThrow(/before it was started/);
});

test('a sleep ends on time, or at once and in peace when it is aborted', async () => {
  vi.useFakeTimers();
  const ends: string[] = [];
  const abort = new AbortController();
  const clock = systemClock();
  void clock.sleep(1000).then(() => ends.push('slept'));
  void clock.sleep(60_000, abort.signal).then(() => ends.push('aborted'));
  abort.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(ends).toEqual(['aborted']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ends).toEqual(['aborted', 'slept']);
  await clock.sleep(60_000, abort.signal);
  expect(vi.getTimerCount()).toBe(0);
});

test('a sleep of a month does not end at once', async () => {
  vi.useFakeTimers();
  let slept = false;
  void systemClock()
    .sleep(40 * 86_400_000)
    .then(() => {
      slept = true;
    });
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(slept).toBe(false);
});

describe('a step of Redis’ clock', () => {
  const hour = 3_600_000;

  async function started(changes: Parameters<typeof world>[0] = {}) {
    const stage = world(changes);
    const steps: number[] = [];
    const clock = redisClock(stage.redis, { host: stage.host, onStep: ({ byMs }) => steps.push(byMs) });
    await clock.start();
    clock.stop();
    return { ...stage, clock, steps };
  }

  test.each([hour, -hour, 1_000, -300])('of %i ms is told once, and durations begin anew', async (byMs) => {
    const { clock, steps, state, pass, redisNow } = await started();
    expect(clock.jumpedAt()).toBeNull();
    expect(clock.steadySince()).toBe(redisNow());
    pass(60_000);
    state.skewMs += byMs;
    const before = clock.now();
    pass(5_000);
    expect(clock.now()).toBe(before + 5_000);
    expect(clock.jumpedAt()).toBeNull();
    await clock.refresh();
    expect(clock.now()).toBe(redisNow());
    expect(clock.jumpedAt()).toBe(redisNow());
    pass(7_000);
    await clock.refresh();
    expect(steps).toEqual([byMs]);
    expect(clock.jumpedAt()).toBe(redisNow() - 7_000);
    expect(clock.steadySince()).toBe(redisNow() - 7_000);
    expect(state.steppedAt).toBe(redisNow() - 7_000);
  });

  test('is no step where the measurement may be wrong by as much, nor where the clock was only slewed', async () => {
    const delays: number[] = [];
    const { clock, steps, state, pass } = await started({ delays });
    state.skewMs = 240;
    await clock.refresh();
    state.skewMs = 1_000;
    delays.push(...Array.from({ length: 5 }, () => 2_000));
    await clock.refresh();
    delays.length = 0;
    state.skewMs = 240;
    for (let minutes = 0; minutes < 60; minutes += 1) {
      pass(60_000);
      state.skewMs += 30;
      await clock.refresh();
    }
    expect(steps).toEqual([]);
    expect(clock.jumpedAt()).toBeNull();
  });

  test('that another process noticed is known at the start, and within a refresh', async () => {
    const { clock, state, pass, redisNow, steps } = await started({ steppedAt: 1_000_000 - 5_000 });
    expect(clock.jumpedAt()).toBe(redisNow() - 5_000);
    expect(clock.steadySince()).toBe(redisNow());
    pass(20_000);
    state.steppedAt = redisNow() - 2_000;
    await clock.refresh();
    expect(clock.jumpedAt()).toBe(redisNow() - 2_000);
    expect(clock.steadySince()).toBe(redisNow() - 2_000);
    expect(steps).toEqual([]);
  });

  test('that was told by a clock which was ahead is a step back that is noticed now', async () => {
    const { clock, state, redisNow, steps, pass } = await started({ steppedAt: 1_000_000 + hour });
    expect(clock.jumpedAt()).toBe(redisNow());
    expect(state.steppedAt).toBe(redisNow());
    expect(steps).toEqual([-hour]);
    pass(10_000);
    await clock.refresh();
    expect(clock.jumpedAt()).toBe(redisNow() - 10_000);
  });

  test('that could not be told at once is told at the next measurement', async () => {
    const { clock, state, pass, redisNow, steps } = await started();
    state.skewMs = hour;
    state.deaf = true;
    await expect(clock.refresh()).rejects.toThrow('Redis is away');
    const noticedAt = redisNow();
    expect(clock.jumpedAt()).toBe(noticedAt);
    state.deaf = false;
    pass(10_000);
    await clock.refresh();
    expect(state.steppedAt).toBe(noticedAt);
    expect(steps).toEqual([hour]);
  });

  test('there and back again is two steps, and the last one counts', async () => {
    const { clock, state, pass, redisNow, steps } = await started();
    state.skewMs = hour;
    await clock.refresh();
    pass(10_000);
    state.skewMs = 0;
    await clock.refresh();
    expect(steps).toEqual([hour, -hour]);
    expect(clock.jumpedAt()).toBe(redisNow());
    expect(state.steppedAt).toBe(redisNow());
  });
});

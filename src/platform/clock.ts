// One clock for all processes: milliseconds of Redis TIME, so that hosts with skewed clocks agree on what is due.
import { InvariantError } from '../domain/errors.ts';

export interface Clock {
  /** Whole milliseconds since 1970, as Redis counts them. */
  now(): number;
  /** The same moment as this host's Date.now() will name it: what BullMQ compares delays with. */
  toLocal(at: number): number;
  /** Ends early, and without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface RedisClock extends Clock {
  /** Measures once, then again every `refreshMs`. Fails when Redis does not answer. */
  start(): Promise<void>;
  /** Measures now; throws what Redis throws. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface RedisClockOptions {
  /** How often the offset is measured again, in ms. Default 10 s. */
  readonly refreshMs?: number;
  /** This host's two clocks, replaced in tests. */
  readonly host?: HostClock;
}

interface HostClock {
  /** Wall clock, ms since 1970. */
  wall(): number;
  /** Never jumps, ms since anything. */
  monotonic(): number;
}

const realHost: HostClock = { wall: () => Date.now(), monotonic: () => performance.now() };
const samplesPerMeasurement = 5;
/** How far two clocks may run apart: a little more than quartz does. */
const driftShare = 0.000_1;
/** setTimeout fires at once above this. */
const longestTimerMs = 2 ** 31 - 1;

export function systemClock(): Clock {
  return { now: () => Date.now(), toLocal: (at) => at, sleep };
}

/** Between measurements it runs on the monotonic clock; while Redis is away the last offset stays. */
export function redisClock(
  redis: { time(): Promise<number> },
  { refreshMs = 10_000, host = realHost }: RedisClockOptions = {},
): RedisClock {
  let best: Measured | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const exactNow = () => {
    if (best === null) throw new InvariantError('the Redis clock was asked before it was started');
    return best.offset + host.monotonic();
  };
  const refresh = async () => {
    const measured = await measure(redis, host);
    if (best === null || isBetter(measured, best, host)) best = measured;
  };
  const refreshLater = () => {
    if (stopped) return;
    const again = () => void refresh().then(refreshLater, refreshLater);
    timer = setTimeout(again, refreshMs).unref();
  };

  return {
    now: () => Math.floor(exactNow()),
    toLocal: (at) => Math.ceil(at - exactNow() + host.wall()),
    sleep,
    refresh,
    start: async () => {
      await refresh();
      refreshLater();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

interface Measured {
  /** Of Redis' clock from this host's monotonic one, ms. */
  readonly offset: number;
  readonly roundTripMs: number;
  /** By the monotonic clock. */
  readonly at: number;
}

/** More exact; or so far from the other one that a clock was moved. */
function isBetter(measured: Measured, before: Measured, host: HostClock): boolean {
  const [error, errorBefore] = [errorMs(measured, host), errorMs(before, host)];
  return error <= errorBefore || Math.abs(measured.offset - before.offset) > error + errorBefore;
}

/** Redis read its clock halfway, give or take half of its round trip; since then the clocks drifted. */
function errorMs({ roundTripMs, at }: Measured, host: HostClock): number {
  return roundTripMs / 2 + (host.monotonic() - at) * driftShare;
}

/** The quickest of a few samples. */
async function measure(redis: { time(): Promise<number> }, host: HostClock): Promise<Measured> {
  let best: Measured | null = null;
  for (let sample = 0; sample < samplesPerMeasurement; sample += 1) {
    const before = host.monotonic();
    const time = await redis.time();
    const roundTripMs = host.monotonic() - before;
    const measured = { offset: time - (before + roundTripMs / 2), roundTripMs, at: before };
    if (best === null || roundTripMs < best.roundTripMs) best = measured;
  }
  if (best === null) throw new InvariantError('the Redis clock was not measured');
  return best;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(Math.max(ms, 0), longestTimerMs));
    signal?.addEventListener('abort', end, { once: true });
  });
}

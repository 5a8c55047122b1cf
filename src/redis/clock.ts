// One clock for all processes: milliseconds of Redis TIME, so that hosts with skewed clocks agree on what is due.
import { InvariantError } from '../domain/errors.ts';

export interface Clock {
  /** Whole milliseconds since 1970, as Redis counts them. */
  now(): number;
  /** The same moment as this host's Date.now() will name it: what BullMQ compares delays with. */
  toLocal(at: number): number;
  /** Ends early, and without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The last step of Redis' clock that any process noticed, as the clock now names that moment; null: none. */
  jumpedAt(): number | null;
  /** Since when durations may be believed: this process's first measurement or the last step, whichever is later. */
  steadySince(): number;
}

/** The server that keeps the time, and what the processes tell each other about it. */
export interface TimeSource {
  /** One round trip. `steppedAt`: the last step that was told, ms; null: none. */
  read(): Promise<{ readonly time: number; readonly steppedAt: number | null }>;
  /** Tells all processes of a step. */
  tellStep(at: number): Promise<unknown>;
}

/** A clock that was moved: seen when the offset of Redis' clock from the monotonic one changes at once. */
export interface ClockStep {
  /** How far it was moved, ms; less than nothing: back. */
  readonly byMs: number;
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
  /** Hears of each step once, when the clock goes by the new time. */
  readonly onStep?: (step: ClockStep) => void;
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
/** What two measurements may differ by, beside their errors, before the clock counts as moved. */
const leastStepMs = 250;
/** A step that was told may lie so far ahead of this process's own measurement. */
const toldAheadMs = 1_000;
/** setTimeout fires at once above this. */
const longestTimerMs = 2 ** 31 - 1;

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    toLocal: (at) => at,
    sleep,
    jumpedAt: () => null,
    steadySince: () => 0,
  };
}

/**
 * Between measurements it runs on the monotonic clock; while Redis is away the last offset stays. It follows a clock
 * that was moved at the moment in which it notices, so that no duration in between is measured wrongly.
 */
export function redisClock(
  source: TimeSource,
  { refreshMs = 10_000, host = realHost, onStep = () => {} }: RedisClockOptions = {},
): RedisClock {
  let best: Measurement | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  // By the monotonic clock, so that they are named anew when the offset changes.
  let startedAt = 0;
  let jumpedAt = Number.NEGATIVE_INFINITY;
  let untold = false;

  const offset = () => {
    if (best === null) throw new InvariantError('the Redis clock was asked before it was started');
    return best.offset;
  };
  const exactNow = () => offset() + host.monotonic();
  const noticeStep = (byMs: number) => {
    jumpedAt = host.monotonic();
    untold = true;
    onStep({ byMs: Math.round(byMs) });
  };
  const take = (measured: Measurement) => {
    const before = best;
    if (before === null) startedAt = host.monotonic();
    if (before === null || isBetter(measured, before, host)) best = measured;
    if (before !== null && isStep(measured, before, host)) return noticeStep(measured.offset - before.offset);
    const { steppedAt } = measured;
    if (steppedAt === null) return;
    const aheadMs = steppedAt - exactNow();
    // Told while the clock was ahead, and it was set back since: that is a step of its own.
    if (aheadMs > toldAheadMs) noticeStep(-aheadMs);
    else jumpedAt = Math.max(jumpedAt, steppedAt - offset());
  };
  const tell = async () => {
    if (!untold) return;
    await source.tellStep(Math.floor(offset() + jumpedAt));
    untold = false;
  };
  const refresh = async () => {
    take(await measure(source, host));
    await tell();
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
    jumpedAt: () => (jumpedAt === Number.NEGATIVE_INFINITY ? null : Math.floor(offset() + jumpedAt)),
    steadySince: () => Math.floor(offset() + Math.max(startedAt, jumpedAt)),
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

interface Measurement {
  /** Of Redis' clock from this host's monotonic one, ms. */
  readonly offset: number;
  readonly roundTripMs: number;
  /** By the monotonic clock. */
  readonly at: number;
  /** The last step that was told, ms. */
  readonly steppedAt: number | null;
}

/** More exact; or so far from the other one that a clock was moved. */
function isBetter(measured: Measurement, before: Measurement, host: HostClock): boolean {
  const [error, errorBefore] = [errorMs(measured, host), errorMs(before, host)];
  return error <= errorBefore || Math.abs(measured.offset - before.offset) > error + errorBefore;
}

function isStep(measured: Measurement, before: Measurement, host: HostClock): boolean {
  const errors = errorMs(measured, host) + errorMs(before, host);
  return Math.abs(measured.offset - before.offset) > errors + leastStepMs;
}

/** Redis read its clock halfway, give or take half of its round trip; since then the clocks drifted. */
function errorMs({ roundTripMs, at }: Measurement, host: HostClock): number {
  return roundTripMs / 2 + (host.monotonic() - at) * driftShare;
}

/** The quickest of a few samples. */
async function measure(source: TimeSource, host: HostClock): Promise<Measurement> {
  let best: Measurement | null = null;
  for (let sample = 0; sample < samplesPerMeasurement; sample += 1) {
    const before = host.monotonic();
    const { time, steppedAt } = await source.read();
    const roundTripMs = host.monotonic() - before;
    const measured = { offset: time - (before + roundTripMs / 2), roundTripMs, at: before, steppedAt };
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

// One clock for all processes: milliseconds of Redis TIME, so that hosts with skewed clocks agree on what is due.
import { InvariantError } from '../domain/errors.ts';

export interface Clock {
  /** Whole milliseconds since 1970, as Redis counts them. */
  now(): number;
  /** The same moment by this host's Date.now(), which BullMQ compares delays with. */
  toLocal(at: number): number;
  /** Ends early, and without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** When any process last noticed a step of Redis' clock, by the clock as it is now; null: never. */
  jumpedAt(): number | null;
  /** Since when durations may be believed: this process's first measurement or the last step, whichever is later. */
  steadySince(): number;
}

/** Redis' time, and the place where processes publish the steps that they notice. */
export interface TimeSource {
  /** One round trip. `steppedAt`: the last step that was published, ms; null: none. */
  read(): Promise<{ readonly time: number; readonly steppedAt: number | null }>;
  /** Makes a step known to all processes. */
  publishStep(at: number): Promise<unknown>;
}

/** Redis' clock was moved: noticed when its offset from the monotonic clock changes at once. */
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

interface RedisClockOptions {
  /** How often the offset is measured again, in ms. Default 10 s. */
  readonly refreshMs?: number;
  /** Called once for each step, when the clock goes by the new time. */
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
/** How far a published step may lie ahead of this process's own measurement. */
const publishedAheadMs = 1_000;
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
 * Between measurements it runs on the monotonic clock; while Redis is away the last offset stays. When Redis' clock was
 * moved, this clock follows at the moment in which it notices, so that no duration before that is measured wrongly.
 */
export function redisClock(
  source: TimeSource,
  { refreshMs = 10_000, host = realHost, onStep = () => {} }: RedisClockOptions = {},
): RedisClock {
  let best: Measurement | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  // By the monotonic clock, so that they follow when the offset changes.
  let startedAt = 0;
  let jumpedAt = Number.NEGATIVE_INFINITY;
  let unpublished = false;

  const offset = () => {
    if (best === null) throw new InvariantError('the Redis clock was asked before it was started');
    return best.offset;
  };
  const exactNow = () => offset() + host.monotonic();
  const noticeStep = (byMs: number) => {
    jumpedAt = host.monotonic();
    unpublished = true;
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
    // Published while the clock was ahead, and the clock was set back since: that is another step.
    if (aheadMs > publishedAheadMs) noticeStep(-aheadMs);
    else jumpedAt = Math.max(jumpedAt, steppedAt - offset());
  };
  const publish = async () => {
    if (!unpublished) return;
    await source.publishStep(Math.floor(offset() + jumpedAt));
    unpublished = false;
  };
  const refresh = async () => {
    take(await measure(source, host));
    await publish();
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
  /** The last step that was published, ms. */
  readonly steppedAt: number | null;
}

/** Whether it is more exact, or so far from the other one that a clock was moved. */
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

// Redis' side of the rate limiter: one small script gives permits, another takes reports of how calls ended.
import { z } from 'zod';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';

/** A permit older than this is not used: the answer was slow, or this process stood still. In ms. */
export const freshMs = 20;

/** Permits asked for, and how many of them are for these kinds of call. */
export interface PermitsWanted {
  readonly wanted: number;
  readonly tokens: number;
  readonly lookUps: number;
}

export interface Grant {
  /** How many of those that were asked for, from the first one on. */
  readonly granted: number;
  /** When, by Redis' clock, ms. */
  readonly at: number;
  /** Until the next one may be given; 0: all were. */
  readonly waitMs: number;
  /** Calls in a row that got no answer. */
  readonly failures: number;
  /** What was granted is for tokens, or for one look-up that probes whether Bootpay answers again. */
  readonly breakerIsOpen: boolean;
}

export interface Permits {
  ask(wanted: PermitsWanted): Promise<Grant>;
  /** Answers how many calls in a row got no answer. @param ms of a throttle. */
  report(how: 'failed' | 'answered' | 'throttled', ms: number): Promise<number>;
}

/** Of each second: for a process that asks late (CREDIT_US in acquire.lua), and for permits that are used late. */
const reserveUs = 5_000 + freshMs * 1_000;

/** Microseconds between two calls, with a reserve for the way to Bootpay. */
function callIntervalUs(callsPerSecond: number): number {
  return Math.ceil((1_000_000 + reserveUs) / callsPerSecond);
}

const base = import.meta.url;
const acquireScript = loadScript(base, ['./scripts/moment.lua', './scripts/acquire.lua']);
const reportScript = loadScript(base, ['./scripts/moment.lua', './scripts/report.lua']);
const grantSchema = jsonAnswer(
  z.object({
    granted: z.number(),
    at_us: z.coerce.number(),
    wait_us: z.coerce.number(),
    failures: z.number(),
    breaker_is_open: z.boolean(),
  }),
);

export function redisPermits(
  redis: RedisClient,
  { rateLimiter: key }: Pick<Keys, 'rateLimiter'>,
  callsPerSecond: number,
): Permits {
  const intervalUs = callIntervalUs(callsPerSecond);
  return {
    async ask({ wanted, tokens, lookUps }) {
      const ask = jsonArgument({ interval_us: intervalUs, wanted, tokens, look_ups: lookUps });
      const answer = grantSchema.parse(await acquireScript.run(redis, [key], [ask]));
      const { granted, at_us: atUs, wait_us: waitUs, failures, breaker_is_open: breakerIsOpen } = answer;
      return { granted, at: atUs / 1_000, waitMs: waitUs / 1_000, failures, breakerIsOpen };
    },
    async report(how, ms) {
      return z.number().parse(await reportScript.run(redis, [key], [how, ms * 1_000]));
    },
  };
}

/** What keeps calls from being made, all processes together. Times in ms. */
interface LimiterState {
  /** Calls go unanswered: since when. null: the breaker is closed. */
  readonly openSince: number | null;
  /** A 429 shut the limiter until then. */
  readonly shutUntil: number | null;
  /** Permits that were given in the last whole second. */
  readonly usedLastSecond: number;
}

/** BREAKER_FAILURES of acquire.lua. */
const breakerFailures = 10;

export async function limiterState(
  redis: RedisClient,
  { rateLimiter: key }: Pick<Keys, 'rateLimiter'>,
  now: number,
): Promise<LimiterState> {
  const [failures, since, shut, second = 0, used = 0, before = 0] = (
    await redis.hmget(key, 'failures', 'failing_since', 'shut', 'second', 'used', 'used_before')
  ).map(Number);
  const ahead = Math.floor(now / 1_000) - second;
  const shutUntil = (shut ?? 0) / 1_000;
  return {
    openSince: (failures ?? 0) >= breakerFailures ? (since ?? 0) / 1_000 || now : null,
    shutUntil: shutUntil > now ? shutUntil : null,
    usedLastSecond: ahead === 0 ? before : ahead === 1 ? used : 0,
  };
}

// When to come back: the next attempt after a refusal that may pass, and the next look-up of an unknown.
import type { PolicySettings } from '../domain/decision.ts';

/** How long a refund waits for its receipt before it looks again, at most, in ms. A release of the lock wakes it. */
export const longestReceiptWaitMs = 30_000;
/** How long to leave a refund alone while a person holds the lane, in ms. A resume wakes it. */
export const personHoldCheckMs = 10 * 60_000;

/** Kept free before a window closes, beside the call itself. */
const windowMarginMs = 10_000;

interface RetryFacts {
  readonly now: number;
  readonly attemptsUsed: number;
  readonly deadlineAt: number;
  /** null: no window known, or a person acknowledged that it may have closed. */
  readonly windowEndsAt: number | null;
  /** 0 to 1, from the one source of chance. */
  readonly chance: number;
  readonly settings: PolicySettings;
}

/** Exponential, upper half jittered, never after the deadline; leaves one attempt before a window closes. */
export function nextRetryAt(facts: RetryFacts): number {
  const { now, deadlineAt } = facts;
  const wished = now + delayMs(facts);
  const lastChance = lastChanceAt(facts);
  const at = lastChance !== null && lastChance > now ? Math.min(wished, lastChance) : wished;
  return Math.min(at, deadlineAt);
}

function delayMs({ attemptsUsed, chance, settings }: RetryFacts): number {
  // A call that used nothing up (not sent, throttled) waits like a first one.
  const longest = backoffMs(attemptsUsed, { firstMs: settings.retryBaseMs, longestMs: settings.retryMaxMs });
  return Math.round(longest / 2 + (longest / 2) * chance);
}

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The wait before try number `times` + 1: doubles each time, up to the longest. */
export function backoffMs(times: number, { firstMs, longestMs }: Backoff): number {
  return Math.min(firstMs * 2 ** (Math.max(times, 1) - 1), longestMs);
}

function lastChanceAt({ windowEndsAt, settings }: RetryFacts): number | null {
  return windowEndsAt === null ? null : windowEndsAt - settings.callTimeoutMs - windowMarginMs;
}

interface LookUpFacts {
  /** `call_until`, or the end of the reply where one came. */
  readonly originAt: number;
  readonly now: number;
  readonly settings: PolicySettings;
  /** Since when the clock is known to run without a step; absent: all the time. */
  readonly steadySince?: number;
}

/**
 * The first point of the schedule strictly after now. The end of the settle window is a point, for "not there" counts
 * from then on. An origin in the future comes from a wrong clock: the schedule begins now.
 */
export function nextLookUpAt({ originAt, now, settings, steadySince = 0 }: LookUpFacts): number {
  const { lookUpScheduleMs, settleWindowMs } = settings;
  const fromAt = Math.min(originAt, now);
  const windowEndsAt = Math.max(fromAt, steadySince) + settleWindowMs;
  const points = lookUpScheduleMs.map((afterMs) => fromAt + afterMs);
  const all = [...points, windowEndsAt, repeatedPoint({ originAt: fromAt, now, settings })];
  return Math.min(...all.filter((at) => at > now));
}

/** The schedule's last distance repeats until the outcome is known. */
function repeatedPoint({ originAt, now, settings }: LookUpFacts): number {
  const last = settings.lookUpScheduleMs.at(-1) ?? settings.settleWindowMs;
  const distance = last - (settings.lookUpScheduleMs.at(-2) ?? 0);
  const step = Math.max(distance, 1);
  const passed = Math.max(Math.floor((now - originAt - last) / step), 0);
  return originAt + last + (passed + 1) * step;
}

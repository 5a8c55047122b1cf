// How long a 429 shuts the rate limiter and keeps a refund waiting, whatever its Retry-After: one rule for both.

/** Without a usable Retry-After, in ms. */
const defaultThrottleMs = 5_000;

/** 0 seconds, or a moment that has passed, would have the same call made again at once, and for ever. In ms. */
export const shortestThrottleMs = 1_000;

/** Bootpay's answer may ask for a longer wait than makes sense. In ms. */
export const longestThrottleMs = 5 * 60_000;

/** `askedMs`: null where the answer has no usable Retry-After. */
export function throttleMs(askedMs: number | null): number {
  if (askedMs === null || Number.isNaN(askedMs)) return defaultThrottleMs;
  return Math.ceil(Math.min(Math.max(askedMs, shortestThrottleMs), longestThrottleMs));
}

// What the rate limiter promises to callers of Bootpay.

export type CallKind = 'cancel' | 'look_up' | 'token';

/** Allows one call, now. */
export interface Permit {
  /** When it was given, ms. */
  readonly at: number;
}

export interface RateLimiter {
  /** Waits for a permit; null when the wait was aborted, or would take longer than `longestMs`. */
  acquire(kind: CallKind, options?: AcquireOptions): Promise<Permit | null>;
  /** Whether the permit is young enough to be used. */
  isFresh(permit: Permit): boolean;
  /** Reports how a call ended. Never throws: the breaker is a courtesy, not a guard. */
  report(ended: { readonly failed: boolean } | { readonly throttledMs: number | null }): void;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly longestMs?: number;
  /** `first`: a person waits for the answer, or an attempt is on record. `background`: the answer is not urgent. */
  readonly priority?: 'first' | 'background';
}

// The physical calls: each one has a permit, is bounded in time, and reports its end to the rate limiter.
import pRetry from 'p-retry';
import { maskOf } from '../domain/mask.ts';
import type { CallKind, RateLimiter } from '../domain/rate-limiter.ts';
import { isUnanswered } from '../domain/reply.ts';
import type { Http, HttpRequest } from './http.ts';
import { Limit, within } from './limit.ts';
import { type Reply, readReply } from './reply.ts';
import type { Incomplete } from './wire.ts';

/** What this client needs of the rate limiter. */
export type CallLimiter = Pick<RateLimiter, 'acquire' | 'report'>;

interface Call<Body> {
  readonly request: HttpRequest;
  /** Of this one call; absent: only the caller's limit bounds it. */
  readonly timeoutMs?: number;
  read(body: object): Body | Incomplete;
  /** Secrets that the reply may echo and that must not be shown. */
  readonly secrets: readonly string[];
}

interface NotSent {
  readonly kind: 'not_sent';
  readonly cause: string;
}

interface Repeats {
  readonly kind: 'look_up' | 'token';
  readonly atMost: number;
  readonly delayMs: number;
}

export interface Calls {
  /** Exactly one request. The caller has its permit. */
  once<Body>(call: Call<Body>, limit: Limit): Promise<Reply<Body>>;
  /** For calls that may be repeated: again while Bootpay does not answer. The caller has the permit of the first one. */
  repeated<Body>(call: Call<Body>, repeats: Repeats, limit: Limit): Promise<Reply<Body>>;
  /** Acquires a permit; null: acquired. Waits for seconds at most. */
  permit(kind: CallKind, limit: Limit): Promise<NotSent | null>;
}

/** Instead of a longer wait for a permit the worker comes back later. */
const longestPermitWaitMs = 10_000;
const unanswered = new Error('unanswered');

export function createCalls(deps: { http: Http; rateLimiter: CallLimiter; now: () => number }): Calls {
  const { http, rateLimiter, now } = deps;

  const once: Calls['once'] = async (call, limit) => {
    const { request, timeoutMs } = call;
    const raw =
      timeoutMs === undefined
        ? await http.send(request, limit)
        : await within(new Limit(timeoutMs, limit), (shorter) => http.send(request, shorter));
    const reply = readReply(raw, { read: call.read, now: now(), hide: maskOf(call.secrets) });
    reportEnd(rateLimiter, reply);
    return reply;
  };

  const permit: Calls['permit'] = async (kind, limit) => {
    // A rate limiter that throws (Redis is away) gave no permit.
    const acquired = await rateLimiter
      // The attempt of a cancel is on record: it leaves soon, or not at all.
      .acquire(kind, {
        signal: limit.signal,
        longestMs: longestPermitWaitMs,
        ...(kind === 'cancel' && { priority: 'first' }),
      })
      .catch(() => null);
    if (limit.ended) return { kind: 'not_sent', cause: `gate_${limit.reason}` };
    return acquired ? null : { kind: 'not_sent', cause: 'gate_shut' };
  };

  const repeated: Calls['repeated'] = async <Body>(call: Call<Body>, repeats: Repeats, limit: Limit) => {
    let last = await once(call, limit);
    if (!isUnanswered(last)) return last; // most calls are answered, and need no retries
    const attempt = async (number: number): Promise<void> => {
      if (number > 1) {
        // A repeat that was not sent says less than the reply before it, which stays.
        if ((await permit(repeats.kind, limit)) !== null) return;
        last = await once(call, limit);
      }
      if (isUnanswered(last)) throw unanswered;
    };
    try {
      const { signal } = limit;
      await pRetry(attempt, { retries: repeats.atMost, minTimeout: repeats.delayMs, signal });
    } catch (error) {
      if (error !== unanswered && !limit.ended) throw error;
    }
    return last;
  };

  return { once, repeated, permit };
}

/** A call that we broke off ourselves is not reported: it says nothing about Bootpay. */
function reportEnd(rateLimiter: CallLimiter, reply: Reply<unknown>): void {
  if ('cause' in reply && reply.cause === 'aborted') return;
  rateLimiter.report(
    reply.kind === 'throttled' ? { throttledMs: reply.retryAfterMs } : { failed: isUnanswered(reply) },
  );
}

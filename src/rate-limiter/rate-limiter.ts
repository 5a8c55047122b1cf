// The rate limiter: in no sliding second do more calls reach Bootpay than are allowed, of all processes and kinds of call
// together. A 429 shuts it for a time, ten calls in a row without an answer open the circuit breaker; nothing is used up
// while it is shut. The permits are given by Redis (`permits.ts`); here the calls of one process wait for them.
import type { AcquireOptions, CallKind, Permit, RateLimiter } from '../domain/rate-limiter.ts';
import { throttleMs } from '../policies/throttle.ts';
import { freshMs, type Grant, type Permits } from './permits.ts';

/**
 * Calls have to be made even where every permit comes too late to be fresh: after so many stale ones in a row the age
 * that is allowed doubles.
 */
const staleBeforeDoubling = 10;
/** The breaker may close before the time that Redis named. */
const askAgainMs = 2_000;
const longestWaitMs = 60_000;

/** The order in which waiting calls get their permits. */
const ranks = { first: 0, cancel: 1, token: 1, look_up: 2, background: 3 } as const;
/**
 * The longest extra wait before a process asks again, by the rank of its first waiting call, so that more important
 * calls of other processes come first. For look-ups it is within CREDIT_US of acquire.lua: hardly a call is lost by it.
 * In ms.
 */
const laterMs = [0, 0, 4, 16] as const;

interface WaitingCall {
  readonly kind: CallKind;
  readonly rank: 0 | 1 | 2 | 3;
  /** ms; a permit that comes later is of no use to the call. */
  readonly until: number;
  readonly end: (permit: Permit | null) => void;
  readonly fail: (error: unknown) => void;
}

export interface RateLimiterDeps {
  readonly permits: Permits;
  /** Redis' clock, ms. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0..1 */
  readonly chance: () => number;
  readonly onError: (error: unknown) => void;
}

export function createRateLimiter({ permits, now, sleep, chance, onError }: RateLimiterDeps): RateLimiter {
  const waiting: WaitingCall[] = [];
  let asking = false;
  /** No permit is given before this time, ms. */
  let shutUntil = 0;
  let failures = 0;
  let staleInARow = 0;

  const isFresh = ({ at }: Permit) =>
    now() - at <= freshMs * 2 ** Math.floor(staleInARow / staleBeforeDoubling);

  function waitForPermit(kind: CallKind, options: AcquireOptions): Promise<Permit | null> {
    const { longestMs = longestWaitMs } = options;
    const permit = joinLine(waiting, kind, { ...options, until: now() + longestMs });
    if (!asking) void askForAll();
    return permit;
  }

  /** Requests as many permits as calls wait, until none waits: one request at a time for the whole process. */
  async function askForAll(): Promise<void> {
    asking = true;
    try {
      while (waiting.length > 0) await askOnce();
    } finally {
      asking = false;
    }
  }

  async function askOnce(): Promise<void> {
    const asked = [...waiting];
    const askedAt = now();
    const count = (kind: CallKind) => asked.filter((call) => call.kind === kind).length;
    let grant: Grant;
    try {
      grant = await permits.ask({
        wanted: asked.length,
        tokens: count('token'),
        lookUps: count('look_up'),
      });
    } catch (error) {
      for (const call of asked) call.fail(error);
      return;
    }
    failures = grant.failures;
    if (grant.granted > 0 && !useFresh(grant)) return;
    if (grant.waitMs > 0) await pauseUntil(askedAt + grant.waitMs);
  }

  /** False: the permits are too old to be used, and are asked for again at once. */
  function useFresh({ at, granted, breakerIsOpen }: Grant): boolean {
    const usable = isFresh({ at });
    staleInARow = now() - at <= freshMs ? 0 : staleInARow + 1;
    if (!usable) {
      endHopeless(now());
      return false;
    }
    const tokens = waiting.filter(({ kind }) => kind === 'token');
    const probes = tokens.length > 0 ? tokens : waiting.filter(({ kind }) => kind === 'look_up');
    for (const call of (breakerIsOpen ? probes : [...waiting]).slice(0, granted)) call.end({ at });
    return true;
  }

  /**
   * Until the next permit may be given. `openAt` is counted from before the request, so that it may be slightly early.
   */
  async function pauseUntil(openAt: number): Promise<void> {
    endHopeless(openAt);
    const [foremost] = waiting;
    if (foremost === undefined) return;
    shutUntil = openAt;
    const leftMs = Math.max(0, openAt - now());
    const later = chance() * Math.min(laterMs[foremost.rank], foremost.rank === 2 ? leftMs / 4 : leftMs);
    await sleep(Math.min(leftMs + later, askAgainMs));
    shutUntil = 0;
  }

  function endHopeless(at: number): void {
    for (const call of waiting.filter(({ until }) => until < at)) call.end(null);
  }

  function report(how: 'failed' | 'answered' | 'throttled', ms = 0): void {
    permits.report(how, ms).then((count) => {
      failures = count;
    }, onError);
  }

  return {
    acquire(kind, options = {}) {
      const { signal, longestMs = longestWaitMs } = options;
      const isHopeless = signal?.aborted === true || now() + longestMs < shutUntil;
      return isHopeless ? Promise.resolve(null) : waitForPermit(kind, options);
    },
    isFresh,
    report(ended) {
      if ('throttledMs' in ended) report('throttled', throttleMs(ended.throttledMs));
      else if (ended.failed) report('failed');
      else if (failures > 0) {
        failures = 0;
        report('answered');
      }
    },
  };
}

/** Joins the waiting line, behind all calls of the same rank or a lower one. Null: given up. */
function joinLine(
  waiting: WaitingCall[],
  kind: CallKind,
  { signal, priority, until }: Pick<AcquireOptions, 'signal' | 'priority'> & Pick<WaitingCall, 'until'>,
): Promise<Permit | null> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      signal?.removeEventListener('abort', giveUp);
      const place = waiting.indexOf(call);
      if (place >= 0) waiting.splice(place, 1);
    };
    const call: WaitingCall = {
      kind,
      rank: ranks[priority ?? kind],
      until,
      end(permit) {
        leave();
        resolve(permit);
      },
      fail(error) {
        leave();
        reject(error);
      },
    };
    const giveUp = () => call.end(null);
    signal?.addEventListener('abort', giveUp, { once: true });
    const place = waiting.findIndex(({ rank }) => rank > call.rank);
    waiting.splice(place === -1 ? waiting.length : place, 0, call);
  });
}

// The rate limiter: in no sliding second do more calls reach Bootpay than are allowed, of all processes and kinds of call
// together. A 429 shuts it for a time, ten calls in a row without an answer open the circuit breaker; nothing is used up
// while it is shut. The permits are given by Redis (`permits.ts`); here the calls of one process wait for them.
import type { Permit, RateLimiter } from '../domain/rate-limiter.ts';
import { throttleMs } from '../policies/throttle.ts';
import { freshMs, type Grant, type Permits } from './permits.ts';
import { createWaitingLine, type WaitingLine } from './waiting-line.ts';

/**
 * Calls have to be made even where every permit comes too late to be fresh: after so many stale ones in a row the age
 * that is allowed doubles.
 */
const staleBeforeDoubling = 10;
/** The breaker may close before the time that Redis named. */
const askAgainMs = 2_000;
const longestWaitMs = 60_000;

/**
 * The longest extra wait before a process asks again, by the rank of its first waiting call, so that more important
 * calls of other processes come first. For look-ups it is within CREDIT_US of acquire.lua: hardly a call is lost by it.
 * In ms.
 */
const laterMs = [0, 0, 4, 16] as const;

interface RateLimiterDeps {
  readonly permits: Permits;
  /** Redis' clock, ms. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0..1 */
  readonly chance: () => number;
  readonly onError: (error: unknown) => void;
  /** Hears of each permit that a call is given. */
  readonly onPermit?: (permit: Permit) => void;
}

export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const { permits, now, onError } = deps;
  const line = createWaitingLine();
  let failures = 0;
  const asking = createAsking(deps, line, (grant) => {
    failures = grant.failures;
  });

  function report(how: 'failed' | 'answered' | 'throttled', ms = 0): void {
    permits.report(how, ms).then((count) => {
      failures = count;
    }, onError);
  }

  return {
    acquire(kind, options = {}) {
      const until = now() + (options.longestMs ?? longestWaitMs);
      if (options.signal?.aborted === true || until < asking.shutUntil()) return Promise.resolve(null);
      const permit = line.join(kind, { ...options, until });
      asking.begin();
      return permit;
    },
    isFresh: asking.isFresh,
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

interface Asking {
  /** Requests permits until no call waits; one request at a time for the whole process. */
  begin(): void;
  isFresh(permit: Permit): boolean;
  /** No permit is given before this time, ms; 0: one may be. */
  shutUntil(): number;
}

/** `onGrant` hears of every answer. */
function createAsking(
  { permits, now, sleep, chance, onPermit = () => undefined }: RateLimiterDeps,
  line: WaitingLine,
  onGrant: (grant: Grant) => void,
): Asking {
  const ages = createAges(now);
  let isAsking = false;
  let shutUntil = 0;

  async function askForAll(): Promise<void> {
    isAsking = true;
    try {
      while (line.foremost() !== undefined) await askOnce();
    } finally {
      isAsking = false;
    }
  }

  /** As many permits as calls wait. */
  async function askOnce(): Promise<void> {
    const asked = line.all();
    const askedAt = now();
    const [tokens, lookUps] = [line.of('token').length, line.of('look_up').length];
    let grant: Grant;
    try {
      grant = await permits.ask({ wanted: asked.length, tokens, lookUps });
    } catch (error) {
      for (const call of asked) call.fail(error);
      return;
    }
    onGrant(grant);
    if (grant.granted > 0 && !ages.note(grant)) return line.endHopeless(now());
    if (grant.granted > 0) usePermits(line, grant, onPermit);
    if (grant.waitMs > 0) await pauseUntil(askedAt + grant.waitMs);
  }

  /**
   * Until the next permit may be given. `openAt` is counted from before the request, so that it may be slightly early.
   */
  async function pauseUntil(openAt: number): Promise<void> {
    line.endHopeless(openAt);
    const foremost = line.foremost();
    if (foremost === undefined) return;
    shutUntil = openAt;
    const leftMs = Math.max(0, openAt - now());
    const later = chance() * Math.min(laterMs[foremost.rank], foremost.rank === 2 ? leftMs / 4 : leftMs);
    await sleep(Math.min(leftMs + later, askAgainMs));
    shutUntil = 0;
  }

  return {
    begin: () => {
      if (!isAsking) void askForAll();
    },
    isFresh: ages.isFresh,
    shutUntil: () => shutUntil,
  };
}

/** While the breaker is open they are for tokens, or for one look-up. */
function usePermits(
  line: WaitingLine,
  { at, granted, breakerIsOpen }: Grant,
  onPermit: (permit: Permit) => void,
): void {
  const tokens = line.of('token');
  const probes = tokens.length > 0 ? tokens : line.of('look_up');
  for (const call of (breakerIsOpen ? probes : line.all()).slice(0, granted)) {
    onPermit({ at });
    call.end({ at });
  }
}

/** Which permits are young enough to be used. */
function createAges(now: () => number) {
  let staleInARow = 0;
  const isFresh = ({ at }: Permit) =>
    now() - at <= freshMs * 2 ** Math.floor(staleInARow / staleBeforeDoubling);
  return {
    isFresh,
    /** False: these came too late, and others are asked for at once. */
    note(permit: Permit): boolean {
      const usable = isFresh(permit);
      staleInARow = now() - permit.at <= freshMs ? 0 : staleInARow + 1;
      return usable;
    },
  };
}

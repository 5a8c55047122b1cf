// The call gate: no sliding second sees more calls at Bootpay than allowed, across all processes and kinds of call.
// Shut after a 429, and as the breaker after ten consecutiveFailures in a row; nothing is used up while it is shut.
import { z } from 'zod';
import type { CallKind, Permit, RateLimiter, Wait, WaitOptions } from '../domain/ports.ts';
import { throttleMs } from '../policies/throttle.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';
import { createWaitingLine, type Line } from './waiting-line.ts';

/** A permit older than this is not used but asked for anew: the answer was slow, or this process stood still. In ms. */
const freshMs = 20;
/**
 * Where every answer is slower than that, somebody has to go all the same: so many old ones in a row double the age, for
 * whoever asks next as well, until one comes fresh.
 */
const staleBeforeDoubling = 10;
/** Of each second: for who asks late (CREDIT_US in permit.lua), and for permits that are used late. */
const reserveUs = 5_000 + freshMs * 1_000;

/** Microseconds between two calls, with a reserve for the way to Bootpay. */
export function callIntervalUs(callsPerSecond: number): number {
  return Math.ceil((1_000_000 + reserveUs) / callsPerSecond);
}

/** The breaker may close before the time that was told, and the first in line keeps all others waiting. */
const askAgainMs = 2_000;
/** For a permit, where nobody says otherwise. */
const longestWaitMs = 60_000;

const answerSchema = z.tuple([z.enum(['go', 'wait']), z.coerce.number(), z.coerce.number()]);

export function permitFrom(kind: 'go' | 'wait', us: number): Permit {
  return kind === 'go' ? { kind, at: us / 1000 } : { kind, waitMs: us / 1000 };
}

/**
 * Those that are told to wait for the same moment ask for it in this order: first a person, and a cancel, whose look-up
 * grows old; up to so much later look-ups, within CREDIT_US of permit.lua, so that hardly a call is lost by it; and what
 * works in the background up to four times as late. In ms.
 */
const lookUpsLaterMs = 4;
const backgroundLaterMs = 16;

function latestMs(waitMs: number, kind: CallKind, { eager, background }: WaitOptions): number {
  if (background === true) return backgroundLaterMs;
  return kind === 'look_up' && eager !== true ? Math.min(lookUpsLaterMs, waitMs / 4) : 0;
}

interface Turn {
  readonly rest: (ms: number) => Promise<void>;
  readonly isOver: (waitMs: number) => boolean;
  readonly laterMs: (waitMs: number) => number;
}

export interface RateLimiterDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly callsPerSecond: number;
  /** Redis' clock, ms. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** 0..1 */
  readonly chance: () => number;
  readonly onError: (error: unknown) => void;
}

const base = import.meta.url;
const passScript = loadScript(base, ['./scripts/permit.lua', './scripts/acquire.lua']);
const reportScript = loadScript(base, ['./scripts/permit.lua', './scripts/report.lua']);

export function createRateLimiter({
  redis,
  keys,
  callsPerSecond,
  now,
  sleep,
  chance,
  onError,
}: RateLimiterDeps): RateLimiter {
  const intervalUs = callIntervalUs(callsPerSecond);
  let consecutiveFailures = 0;
  let staleInARow = 0;

  /** Only one that was asked for alone tells how slow answers are: many grow old together when the process stands still. */
  function isTooOld(at: number, askedAlone: boolean): boolean {
    const ageMs = now() - at;
    const tooOld = ageMs > freshMs * 2 ** Math.floor(staleInARow / staleBeforeDoubling);
    if (ageMs <= freshMs) staleInARow = 0;
    else if (tooOld && askedAlone) staleInARow += 1;
    return tooOld;
  }

  async function ask(kind: CallKind): Promise<Permit> {
    const answer = answerSchema.parse(await passScript.run(redis, [keys.rateLimiter], [kind, intervalUs]));
    consecutiveFailures = answer[2];
    return permitFrom(answer[0], answer[1]);
  }

  function report(how: string, us = 0): void {
    reportScript.run(redis, [keys.rateLimiter], [how, us]).then((count) => {
      consecutiveFailures = Number(count);
    }, onError);
  }

  const lines: Record<CallKind, Line> = {
    cancel: createWaitingLine(sleep),
    look_up: createWaitingLine(sleep),
    token: createWaitingLine(sleep),
  };

  async function askInLine<Answer extends { readonly kind: string }>(
    kind: CallKind,
    question: () => Promise<Answer | Wait>,
    options: WaitOptions,
    told?: Answer | Wait,
  ): Promise<Answer | null> {
    const { signal, longestMs = longestWaitMs, eager = false } = options;
    const line = lines[kind];
    const startedAt = now();
    const leftMs = () => longestMs - (now() - startedAt);
    const answer = told ?? (line.busy ? null : await question());
    if (answer !== null && !isWait(answer)) return answer;
    if (answer !== null && answer.waitMs > leftMs()) return null;
    // Of no use any more by the time that those before have passed.
    const known = line.busy ? null : answer;
    if (!(await line.enter({ signal, longestMs: leftMs(), eager }))) return null;
    let waited = false;
    let passed = false;
    const turn: Turn = {
      rest: (ms) => {
        waited = true;
        return sleep(ms, signal);
      },
      isOver: (waitMs) => signal?.aborted === true || waitMs > leftMs(),
      laterMs: (waitMs) => chance() * latestMs(waitMs, kind, options),
    };
    try {
      const last = await keepAsking(question, known, turn);
      passed = last !== null;
      return last;
    } finally {
      line.leave(passed && !waited);
    }
  }

  async function keepAsking<Answer extends { readonly kind: string }>(
    question: () => Promise<Answer | Wait>,
    known: Wait | null,
    { rest, isOver, laterMs }: Turn,
  ): Promise<Answer | null> {
    let next: Answer | Wait | null = known;
    for (;;) {
      const askedAt = now();
      const answer: Answer | Wait = next ?? (await question());
      next = null;
      if (!isWait(answer)) return answer;
      if (isOver(answer.waitMs)) return null;
      // As much earlier as the way there and back takes.
      const untilDueMs = Math.max(0, answer.waitMs + laterMs(answer.waitMs) - (now() - askedAt));
      await rest(Math.min(untilDueMs, askAgainMs));
      if (isOver(0)) return null;
    }
  }

  return {
    askInLine: (kind, question, options = {}) => askInLine(kind, question, options),
    async acquire(kind, { first, ...options } = {}) {
      // One that has grown old is asked for again at once, and nobody goes before meanwhile.
      const fresh = (permit: Permit): Permit =>
        permit.kind === 'go' && isTooOld(permit.at, lines[kind].busy) ? { kind: 'wait', waitMs: 0 } : permit;
      const question = async () => fresh(await ask(kind));
      const permit = await askInLine(kind, question, options, first && fresh(first));
      return permit !== null && options.signal?.aborted !== true;
    },
    report(ended) {
      if ('throttledMs' in ended) {
        report('throttled', throttleMs(ended.throttledMs) * 1000);
      } else if (ended.silent) {
        report('silent');
      } else if (consecutiveFailures > 0) {
        consecutiveFailures = 0;
        report('answered');
      }
    },
    noteFailures(count) {
      consecutiveFailures = count;
    },
  };
}

export function isWait(answer: { readonly kind: string }): answer is Wait {
  return answer.kind === 'wait';
}

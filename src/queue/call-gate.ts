// The call gate: no sliding second sees more calls at Bootpay than allowed, across all processes and kinds of call.
// Shut after a 429, and as the breaker after ten silences in a row; nothing is used up while it is shut.
import { z } from 'zod';
import type { CallGate, CallKind, Permit, Wait, WaitOptions } from '../domain/ports.ts';
import { defaultThrottleMs } from '../policies/decide-next.ts';
import type { RedisClient } from './connection.ts';
import { createLine, type Line } from './line.ts';
import type { Keys } from './names.ts';
import { loadScript } from './scripts.ts';

/** Bootpay's answer may ask for a longer wait than anybody should sit out. In ms. */
export const longestThrottleMs = 5 * 60_000;

/** A permit older than this is not used but asked for anew: the answer was slow, or this process stood still. In ms. */
const freshMs = 20;
/**
 * Where every answer is slower than that, somebody has to go all the same: so many old ones in a row double the age, for
 * whoever asks next as well, until one comes fresh.
 */
const staleBeforeDoubling = 10;
/** Of each second: for who asks late (CREDIT_US in gate.lua), and for permits that are used late. */
const reserveUs = 5_000 + freshMs * 1_000;

/** Microseconds between two calls, with a reserve for the way to Bootpay. */
export function callIntervalUs(callsPerSecond: number): number {
  return Math.ceil((1_000_000 + reserveUs) / callsPerSecond);
}

/** For a permit, where nobody says otherwise. */
const longestWaitMs = 60_000;

const answerSchema = z.tuple([z.enum(['go', 'wait']), z.coerce.number(), z.coerce.number()]);

export function permitFrom(kind: 'go' | 'wait', us: number): Permit {
  return kind === 'go' ? { kind, at: us / 1000 } : { kind, waitMs: us / 1000 };
}

/**
 * Those that are told to wait for the same moment ask for it in this order: first a person, and a cancel, whose look-up
 * grows old; up to so much later, in ms, look-ups. Within CREDIT_US of gate.lua, so that no call is lost by it.
 */
const lookUpsLaterMs = 4;

export interface CallGateDeps {
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
const passScript = loadScript(base, ['./scripts/gate.lua', './scripts/pass.lua']);
const reportScript = loadScript(base, ['./scripts/gate.lua', './scripts/report.lua']);

export function createCallGate({
  redis,
  keys,
  callsPerSecond,
  now,
  sleep,
  chance,
  onError,
}: CallGateDeps): CallGate {
  const intervalUs = callIntervalUs(callsPerSecond);
  let silences = 0;
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
    const answer = answerSchema.parse(await passScript.run(redis, [keys.gate], [kind, intervalUs]));
    silences = answer[2];
    return permitFrom(answer[0], answer[1]);
  }

  function report(how: string, us = 0): void {
    reportScript.run(redis, [keys.gate], [how, us]).then((count) => {
      silences = Number(count);
    }, onError);
  }

  const lines: Record<CallKind, Line> = {
    cancel: createLine(sleep),
    look_up: createLine(sleep),
    token: createLine(sleep),
  };

  async function stand<Answer extends { readonly kind: string }>(
    kind: CallKind,
    question: () => Promise<Answer | Wait>,
    { signal, longestMs = longestWaitMs, eager = false }: WaitOptions = {},
  ): Promise<Answer | null> {
    const startedAt = now();
    if (!(await lines[kind].enter({ signal, longestMs, eager }))) return null;
    try {
      while (!signal?.aborted) {
        const askedAt = now();
        const answer = await question();
        if (!isWait(answer)) return answer;
        if (askedAt - startedAt + answer.waitMs > longestMs) return null;
        const laterMs =
          kind === 'look_up' && !eager ? chance() * Math.min(answer.waitMs / 4, lookUpsLaterMs) : 0;
        // As much earlier as the way there and back takes.
        await sleep(Math.max(0, answer.waitMs + laterMs - (now() - askedAt)), signal);
      }
      return null;
    } finally {
      lines[kind].leave();
    }
  }

  return {
    async askInLine(kind, question, options) {
      const answer = lines[kind].busy ? null : await question();
      return answer === null || isWait(answer) ? stand(kind, question, options) : answer;
    },
    async pass(kind, { first, ...options } = {}) {
      const { signal, longestMs = longestWaitMs } = options;
      const startedAt = now();
      const question = () => ask(kind);
      let permit = first ?? (lines[kind].busy ? null : await question());
      let turns = 0;
      while (permit === null || permit.kind === 'wait' || isTooOld(permit.at, turns > 0)) {
        const leftMs = longestMs - (now() - startedAt);
        // Who had its turn keeps its place.
        const eager = options.eager === true || turns > 0;
        permit = await stand(kind, question, { ...options, longestMs: leftMs, eager });
        if (permit === null) return false;
        turns += 1;
      }
      return signal?.aborted !== true;
    },
    report(ended) {
      if ('throttledMs' in ended) {
        report('throttled', Math.min(ended.throttledMs ?? defaultThrottleMs, longestThrottleMs) * 1000);
      } else if (ended.silent) {
        report('silent');
      } else if (silences > 0) {
        silences = 0;
        report('answered');
      }
    },
    noteSilences(count) {
      silences = count;
    },
  };
}

export function isWait(answer: { readonly kind: string }): answer is Wait {
  return answer.kind === 'wait';
}

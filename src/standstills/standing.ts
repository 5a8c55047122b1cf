// What stands still although every process runs: each cause, since when, until when, and how much waits for it.
import type { System } from '../compose.ts';
import { messageOf } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import { isOpen, stateSchema } from '../domain/states.ts';
import { leftWon } from '../policies/amounts.ts';
import { limiterState } from '../rate-limiter/permits.ts';
import { redisFault } from '../redis/fault.ts';
import { keysFor } from '../redis/keys.ts';
import { workersSeen } from '../worker/heartbeat.ts';
import { keyMissingText, redisFull, redisRefuses, standstillTexts } from './words.ts';

export interface Standstill {
  readonly cause:
    | 'redis_not_writable'
    | 'no_worker'
    | 'bootpay_silent'
    | 'throttled'
    | 'credentials_refused'
    | 'data_key_missing';
  /** ms; null: not known. */
  readonly since: number | null;
  readonly until: number | null;
  readonly text: Text;
}

export interface Waiting {
  readonly refunds: number;
  /** Of those whose amount is known and that were read. */
  readonly won: number;
  /** The amounts of so many were not read. */
  readonly uncounted: number;
}

export interface Standing {
  readonly standstills: readonly Standstill[];
  /** Open refunds; null: nothing stands still. */
  readonly waiting: Waiting | null;
}

/** Records read to add up their amounts, of each state. */
const mostRead = 500;

export async function standingOf(system: System): Promise<Standing> {
  const unwritable = await writeProbe(system);
  if (unwritable !== null) return { standstills: [unwritable], waiting: null };
  const { clock, redis, lane, config, ledger } = system;
  const keys = keysFor(config.redis.prefix);
  const now = clock.now();
  const [workers, limiter, { credentials }, { byState }, keyWaits] = await Promise.all([
    workersSeen({ redis, keys, clock }),
    limiterState(redis, keys, now),
    lane.status(),
    ledger.counts(),
    readKeyWaits(system),
  ]);
  const open = stateSchema.options.filter(isOpen);
  const refunds = open.reduce((sum, state) => sum + byState[state], 0);
  const standstills: Standstill[] = [
    ...(workers.running === 0 && refunds > 0 ? [still('no_worker', { since: workers.lastSeenAt })] : []),
    ...(credentials === null ? [] : [still('credentials_refused', { since: credentials.at })]),
    ...(keyWaits === null ? [] : [dataKeyMissing(keyWaits)]),
    ...(limiter.openSince === null ? [] : [still('bootpay_silent', { since: limiter.openSince })]),
    ...(limiter.shutUntil === null ? [] : [still('throttled', { until: limiter.shutUntil })]),
  ];
  return { standstills, waiting: standstills.length === 0 ? null : await waitingOf(system, refunds) };
}

export function standingView({ standstills, waiting }: Standing) {
  return {
    standstills: standstills.map(({ cause, since, until, text }) => ({
      cause,
      since: isoOf(since),
      until: isoOf(until),
      text,
    })),
    waiting,
  };
}

/** null: Redis took a write. */
async function writeProbe({ redis, config, clock }: System): Promise<Standstill | null> {
  try {
    await redis.set(keysFor(config.redis.prefix).probe, clock.now(), 'EX', 60);
    return null;
  } catch (error) {
    const text = redisFault(error) === 'full' ? redisFull : redisRefuses(firstWord(error));
    return { cause: 'redis_not_writable', since: null, until: null, text };
  }
}

/** The kind of an error of Redis, such as MISCONF; never its whole text. */
function firstWord(error: unknown): string {
  return /^[A-Z]{2,20}/.exec(messageOf(error))?.[0] ?? 'no answer';
}

export interface KeyWaits {
  readonly ids: readonly string[];
  readonly refunds: number;
  readonly since: number;
}

/** null: no refund waits for a data key. */
async function readKeyWaits({ ledger }: System): Promise<KeyWaits | null> {
  const ids = new Set<string>();
  let refunds = 0;
  let since = Number.POSITIVE_INFINITY;
  for await (const { wait } of ledger.keyWaits()) {
    ids.add(wait.keyId);
    refunds += 1;
    since = Math.min(since, wait.since);
    if (refunds === mostRead) break;
  }
  return refunds === 0 ? null : { ids: [...ids], refunds, since };
}

function dataKeyMissing(waits: KeyWaits): Standstill {
  const isMore = waits.refunds === mostRead;
  return { cause: 'data_key_missing', since: waits.since, until: null, text: keyMissingText(waits, isMore) };
}

function still(
  cause: keyof typeof standstillTexts,
  { since = null, until = null }: Partial<Pick<Standstill, 'since' | 'until'>>,
): Standstill {
  return { cause, since, until, text: standstillTexts[cause] };
}

/** How much waits; @param refunds open ones. */
export async function waitingOf({ ledger }: Pick<System, 'ledger'>, refunds: number): Promise<Waiting> {
  let won = 0;
  let read = 0;
  for (const state of stateSchema.options.filter(isOpen)) {
    const { all, items } = await ledger.list({ state, limit: mostRead });
    read += all.length;
    for (const refund of items) won += leftWon(refund) ?? 0;
  }
  return { refunds, won, uncounted: Math.max(refunds - read, 0) };
}

export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

// What stands still although every process runs: each cause in words, since when, until when, and how much waits for it.
import type { System } from './compose.ts';
import { messageOf } from './domain/errors.ts';
import type { Text } from './domain/problem.ts';
import { isOpen, stateSchema } from './domain/states.ts';
import { leftWon } from './policies/amounts.ts';
import { limiterState } from './rate-limiter/permits.ts';
import { redisFault } from './redis/fault.ts';
import { keysFor } from './redis/keys.ts';
import { workersSeen } from './worker/heartbeat.ts';

export interface Standstill {
  readonly cause: 'redis_not_writable' | 'no_worker' | 'bootpay_silent' | 'throttled' | 'credentials_refused';
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

const everyMs = 20_000;
/** Records read to add up their amounts, of each state. */
const mostRead = 500;

export async function standingOf(system: System): Promise<Standing> {
  const unwritable = await writeProbe(system);
  if (unwritable !== null) return { standstills: [unwritable], waiting: null };
  const { clock, redis, lane, config, ledger } = system;
  const keys = keysFor(config.redis.prefix);
  const now = clock.now();
  const [workers, limiter, { credentials }, { byState }] = await Promise.all([
    workersSeen({ redis, keys, clock }),
    limiterState(redis, keys, now),
    lane.status(),
    ledger.counts(),
  ]);
  const open = stateSchema.options.filter(isOpen);
  const refunds = open.reduce((sum, state) => sum + byState[state], 0);
  const standstills: Standstill[] = [
    ...(workers.running === 0 && refunds > 0 ? [noWorker(workers.lastSeenAt)] : []),
    ...(credentials === null ? [] : [credentialsRefused(credentials)]),
    ...(limiter.openSince === null ? [] : [bootpaySilent(limiter.openSince)]),
    ...(limiter.shutUntil === null ? [] : [throttled(limiter.shutUntil)]),
  ];
  return { standstills, waiting: standstills.length === 0 ? null : await waitingOf(system, refunds) };
}

/** One line when a cause begins and one when it ends. Answers how to stop. */
export function watchStandstills(system: System): () => Promise<void> {
  const { log, clock } = system;
  const stopping = new AbortController();
  let before = new Map<Standstill['cause'], Standstill>();
  const look = async () => {
    const { standstills, waiting } = await standingOf(system);
    const now = new Map(standstills.map((one) => [one.cause, one]));
    for (const [cause, one] of now) {
      if (before.has(cause)) continue;
      const { since, until, text } = one;
      log.error(
        { cause, since: isoOf(since), until: isoOf(until), ...waiting, text: text.en, text_ko: text.ko },
        'standstill_begun',
      );
    }
    for (const [cause, { since }] of before) {
      if (!now.has(cause)) log.info({ cause, since: isoOf(since) }, 'standstill_ended');
    }
    before = now;
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => log.warn({ error: messageOf(error) }, 'standstill_unknown'));
      await clock.sleep(everyMs, stopping.signal);
    }
  };
  const running = loop();
  return async () => {
    stopping.abort();
    await running;
  };
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

/** How long, and how much waits for it. */
export function waitingText({ since, until }: Standstill, waiting: Waiting | null): Text {
  const clock = (at: number) => `${seoul.format(new Date(at))} KST`;
  const en = [
    ...(since === null ? [] : [`since ${clock(since)}`]),
    ...(until === null ? [] : [`until ${clock(until)}`]),
    ...(waiting === null ? [] : [`${waiting.refunds} refunds wait, ${amountText(waiting)}`]),
  ];
  const ko = [
    ...(since === null ? [] : [`${clock(since)}부터`]),
    ...(until === null ? [] : [`${clock(until)}까지`]),
    ...(waiting === null ? [] : [`${waiting.refunds}건 대기, ${amountText(waiting)}`]),
  ];
  return { en: `(${en.join(', ')})`, ko: `(${ko.join(', ')})` };
}

function amountText({ won, uncounted }: Waiting): string {
  return `${won.toLocaleString('en-US')}원${uncounted > 0 ? '+' : ''}`;
}

const seoul = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Seoul',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** null: Redis took a write. */
async function writeProbe({ redis, config, clock }: System): Promise<Standstill | null> {
  try {
    await redis.set(keysFor(config.redis.prefix).probe, clock.now(), 'EX', 60);
    return null;
  } catch (error) {
    const full = redisFault(error) === 'full';
    return {
      cause: 'redis_not_writable',
      since: null,
      until: null,
      text: full
        ? {
            en: 'Redis is full (maxmemory) and takes no writes: nothing is accepted and nothing is paid. Give it more memory.',
            ko: 'Redis 메모리(maxmemory)가 가득 차 쓸 수 없어요. 접수와 환불이 모두 멈췄으니 메모리를 늘려 주세요.',
          }
        : {
            en: `Redis takes no writes (${firstWord(error)}): nothing is accepted and nothing is paid.`,
            ko: `Redis에 쓸 수 없어요 (${firstWord(error)}). 접수와 환불이 모두 멈췄어요.`,
          },
    };
  }
}

/** The kind of an error of Redis, such as MISCONF; never its whole text. */
function firstWord(error: unknown): string {
  return /^[A-Z]{2,20}/.exec(messageOf(error))?.[0] ?? 'no answer';
}

function noWorker(lastSeenAt: number | null): Standstill {
  return {
    cause: 'no_worker',
    since: lastSeenAt,
    until: null,
    text: {
      en: 'No worker runs anywhere, so nothing is paid: start one (refund-worker worker, or start).',
      ko: '실행 중인 작업자가 없어 환불이 진행되지 않아요. refund-worker worker(또는 start)를 실행해 주세요.',
    },
  };
}

function credentialsRefused({ at }: { readonly at: number }): Standstill {
  return {
    cause: 'credentials_refused',
    since: at,
    until: null,
    text: {
      en: 'Bootpay refuses the credentials, so nothing is sent: correct the key and start the worker again; then it goes on by itself.',
      ko: '부트페이가 인증 정보를 거절해 환불이 멈췄어요. 키를 고친 뒤 작업자를 다시 시작하면 자동으로 이어져요.',
    },
  };
}

function bootpaySilent(since: number): Standstill {
  return {
    cause: 'bootpay_silent',
    since,
    until: null,
    text: {
      en: 'Bootpay does not answer (ten calls in a row and more): refunds wait, and one look-up in ten seconds tries. Nothing has to be done here; ask Bootpay if it lasts.',
      ko: '부트페이가 연달아 응답하지 않아 환불이 대기 중이에요. 10초마다 조회로 확인하고 있으니 여기서 할 일은 없고, 오래가면 부트페이에 문의해 주세요.',
    },
  };
}

function throttled(until: number): Standstill {
  return {
    cause: 'throttled',
    since: null,
    until,
    text: {
      en: 'Bootpay asks for a pause (429): calls go on when it is over. If it comes again and again, lower BOOTPAY_CALLS_PER_SECOND.',
      ko: '부트페이가 잠시 멈춰 달라고 했어요(429). 끝나면 자동으로 이어져요. 자주 반복되면 BOOTPAY_CALLS_PER_SECOND를 낮춰 주세요.',
    },
  };
}

async function waitingOf({ ledger }: System, refunds: number): Promise<Waiting> {
  let won = 0;
  let read = 0;
  for (const state of stateSchema.options.filter(isOpen)) {
    const { all, items } = await ledger.list({ state, limit: mostRead });
    read += all.length;
    for (const refund of items) won += leftWon(refund) ?? 0;
  }
  return { refunds, won, uncounted: Math.max(refunds - read, 0) };
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

// Hours of an outage in seconds: the worker's real steps, ledger and rate limiter, on a clock that the test moves. BullMQ is
// a list of jobs here, in its order.

import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import { portCall, sleepCall } from '../../simulation/calls.ts';
import { chanceFrom } from '../../simulation/random.ts';
import { type Actor, createScheduler, type Process } from '../../simulation/scheduler.ts';
import { silentLog } from '../../simulation/silent-log.ts';
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import type { PolicySettings } from '../../src/domain/decision.ts';
import type { Gateway } from '../../src/domain/gateway.ts';
import type { BeginRequest } from '../../src/domain/ledger.ts';
import type { RateLimiter } from '../../src/domain/rate-limiter.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { type FailedReply, isUnanswered, type LookUpReply, type Receipt } from '../../src/domain/reply.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { jobPriority } from '../../src/policies/job-priority.ts';
import { createEnqueue } from '../../src/producer/enqueue.ts';
import { refundJobId } from '../../src/queue/jobs.ts';
import { redisPermits } from '../../src/rate-limiter/permits.ts';
import { createRateLimiter } from '../../src/rate-limiter/rate-limiter.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { runRefundJob } from '../../src/worker/refund-job.ts';
import { notLoaded, onClock } from './moved-clock.ts';

export interface Outage {
  readonly redis: Redis;
  readonly prefix: string;
  readonly refunds: number;
  readonly callsPerSecond: number;
  readonly concurrency: number;
  /** Nobody answers from then until then; ms after the start. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface MadeCall {
  readonly kind: 'look_up' | 'cancel';
  /** ms after the start. */
  readonly atMs: number;
  readonly answered: boolean;
}

const settings: PolicySettings = {
  retryMaxAttempts: 12,
  retryBaseMs: 30_000,
  retryMaxMs: 3_600_000,
  retryDeadlineMs: 24 * 3_600_000,
  lookUpScheduleMs: [5_000, 20_000, 60_000, 180_000, 600_000, 1_800_000, 3_600_000],
  settleWindowMs: 600_000,
  callTimeoutMs: 65_000,
};
const priceWon = 10_000;
const lookUpTimeoutMs = 10_000;
const silent: FailedReply = { kind: 'no_answer', cause: 'timeout' };

/** Plays until every refund has ended; answers every call that reached Bootpay, and the refunds. */
export async function playOutage(outage: Outage): Promise<{ calls: MadeCall[]; refunds: Refund[] }> {
  const { prefix, callsPerSecond, concurrency } = outage;
  const startAt = Date.parse('2026-11-20T10:30:00+09:00');
  const chance = chanceFrom('outage');
  const scheduler = createScheduler(chance, startAt);
  const context = { scheduler };
  const timed = atTime(outage, scheduler.now);
  const ledger = createLedger({ redis: timed, prefix, dataKeys: fixedDataKeys([]) });
  const process: Process = {
    isWorker: true,
    name: 'w',
    stopping: new AbortController(),
    dead: false,
    blockedUntil: 0,
  };
  setMaxListeners(0, process.stopping.signal);
  const calls: MadeCall[] = [];
  const paid = new Set<string>();

  function gateOf(actor: Actor): RateLimiter {
    return createRateLimiter({
      permits: redisPermits(timed, keysFor(prefix), callsPerSecond),
      now: scheduler.now,
      sleep: (ms) => sleepCall(context, actor, ms),
      chance: chance.next,
      onError: (error) => {
        throw error;
      },
    });
  }

  /** One call over the wire, told to the rate limiter as the client does it. */
  async function call<Reply extends LookUpReply | Awaited<ReturnType<Gateway['cancel']>>>(
    { actor, rateLimiter, kind }: { actor: Actor; rateLimiter: RateLimiter; kind: MadeCall['kind'] },
    answer: () => Reply,
  ): Promise<Reply | FailedReply> {
    const atMs = scheduler.now() - startAt;
    const answered = atMs < outage.fromMs || atMs >= outage.untilMs;
    calls.push({ kind, atMs, answered });
    const timeoutMs = kind === 'cancel' ? settings.callTimeoutMs : lookUpTimeoutMs;
    const reply = await portCall<Reply | FailedReply>(context, actor, (give) =>
      scheduler.after(answered ? chance.int(50, 200) : timeoutMs, () =>
        give({ value: answered ? answer() : silent }),
      ),
    );
    rateLimiter.report({ failed: isUnanswered(reply) });
    return reply;
  }

  function gatewayOf(actor: Actor, rateLimiter: RateLimiter): Gateway {
    return {
      fingerprint: 'outage',
      cancel: ({ receiptId }) =>
        call({ actor, rateLimiter, kind: 'cancel' }, () => {
          paid.add(receiptId);
          const body = { priceWon, cancelledWon: priceWon, cancelledTaxFreeWon: 0 };
          return { kind: 'accepted', httpStatus: 200, body };
        }),
      async lookUp(receiptId) {
        let reply: LookUpReply = silent;
        for (let time = 0; time < 3; time += 1) {
          if (time > 0) await sleepCall(context, actor, 500 * time);
          if (time > 0 && !(await rateLimiter.acquire('look_up', { longestMs: 10_000 }))) return reply;
          reply = await call({ actor, rateLimiter, kind: 'look_up' }, () => ({
            kind: 'accepted',
            httpStatus: 200,
            body: receiptOf(receiptId, paid.has(receiptId), startAt),
          }));
          if (!isUnanswered(reply)) return reply;
        }
        return reply;
      },
    };
  }

  const jobs = new Map<string, BeginRequest & { dueAt: number; priority: number; taken: boolean }>();
  const ended: Refund['refundId'][] = [];
  let inHand = 0;
  const pump = () => {
    const due = [...jobs.values()].filter(({ taken, dueAt }) => !taken && dueAt <= scheduler.now());
    due.sort((a, b) => a.priority - b.priority || a.dueAt - b.dueAt);
    for (const job of due.slice(0, concurrency - inHand)) {
      job.taken = true;
      inHand += 1;
      scheduler.spawn(job.jobId, process, (actor) => work(actor, job));
    }
  };
  async function work(actor: Actor, job: typeof jobs extends Map<string, infer Job> ? Job : never) {
    const rateLimiter = gateOf(actor);
    const end = await runRefundJob(
      {
        ledger,
        gateway: gatewayOf(actor, rateLimiter),
        rateLimiter,
        clock: {
          now: scheduler.now,
          toLocal: (at) => at,
          jumpedAt: () => null,
          steadySince: () => 0,
          sleep: (ms, signal) => sleepCall(context, actor, ms, signal),
        },
        chance: chance.next,
        settings,
        log: silentLog,
        noteNewer: () => undefined,
        wakeWaiter: async () => undefined,
        holdLane: async () => undefined,
        ensurePaused: async () => undefined,
        stopping: process.stopping.signal,
      },
      job,
    );
    job.taken = false;
    inHand -= 1;
    if (end.kind === 'delayed') {
      job.dueAt = end.until;
      if (end.refund !== null) job.priority = jobPriority(end.refund);
      scheduler.at(end.until, pump);
    } else {
      jobs.delete(job.jobId);
      ended.push(job.refundId);
    }
    scheduler.after(0, pump);
  }

  const enqueue = createEnqueue({
    ledger,
    now: scheduler.now,
    retryDeadlineMs: settings.retryDeadlineMs,
    async enqueueJobs(requests) {
      for (const { refund } of requests) {
        const { refundId, receiptId } = refund;
        const job = { refundId, receiptId, jobId: refundJobId(refund), now: startAt };
        jobs.set(job.jobId, { ...job, dueAt: startAt, priority: jobPriority(refund), taken: false });
      }
    },
  });
  const events = Array.from({ length: outage.refunds }, (_, index) => ({
    event_id: `e-${index}`,
    order_id: `o-${index}`,
    receipt_id: `r-${index}`,
  }));
  await enqueue.enqueueMany(events);
  scheduler.after(0, pump);
  while (jobs.size > 0 && (await scheduler.step()));
  const read = await Promise.all(ended.map((id) => ledger.read(id)));
  return { calls, refunds: read.flatMap((stored) => stored?.refund ?? []) };
}

function receiptOf(receiptId: Receipt['receiptId'], cancelled: boolean, paidAt: number): Receipt {
  return {
    receiptId,
    priceWon,
    taxFreeWon: 0,
    cancelledWon: cancelled ? priceWon : 0,
    cancelledTaxFreeWon: 0,
    status: cancelled ? 20 : 1,
    currency: 'KRW',
    method: 'card',
    funding: null,
    pg: null,
    purchasedAt: paidAt - 3 * 24 * 3_600_000,
  };
}

/** Redis' scripts read a clock of ours, set before each of them: commands of one connection run in the order they were given. */
function atTime({ redis, prefix }: Outage, now: () => number): Redis {
  const key = `${prefix}:clock`;
  const clock = `redis.call('HMGET', '${key}', 's', 'us')`;
  return new Proxy(redis, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (name === 'evalsha') return () => Promise.reject(notLoaded);
      if (name !== 'eval' || typeof member !== 'function') {
        return typeof member === 'function' ? member.bind(target) : member;
      }
      return (source: string, ...rest: unknown[]) => {
        const micros = Math.round(now() * 1_000);
        void target.hset(key, { s: Math.floor(micros / 1_000_000), us: micros % 1_000_000 });
        return Reflect.apply(member, target, [onClock(clock, source), ...rest]);
      };
    },
  });
}

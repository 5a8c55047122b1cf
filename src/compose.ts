// The composition root: real Redis, real clock, real client, put together for whoever needs them (worker, server, CLI).
import { hostname } from 'node:os';
import { createBootpayClient } from './bootpay/client.ts';
import type { Config } from './config/config.ts';
import { dataKeys } from './config/data-key.ts';
import { ConfigError } from './domain/errors.ts';
import type { Gateway } from './domain/gateway.ts';
import type { Ledger } from './domain/ledger.ts';
import type { RateLimiter } from './domain/rate-limiter.ts';
import { createLedger } from './ledger/index.ts';
import { countRefunds } from './ledger/read.ts';
import type { Logger } from './logging/logger.ts';
import { startForwarding } from './outcome-events/forward.ts';
import type { Obstacles } from './policies/waiting-for.ts';
import { createEnqueue, type Enqueue } from './producer/enqueue.ts';
import { createPreviewer, type Previewer } from './producer/preview.ts';
import { createLane, type Lane } from './queue/lane.ts';
import { createRefundQueue, type RefundQueue } from './queue/refund-queue.ts';
import { limiterState, redisPermits } from './rate-limiter/permits.ts';
import { createRateLimiter } from './rate-limiter/rate-limiter.ts';
import {
  type ReconcileItem,
  type ReconcileRequest,
  reconcile,
  reconciledStates,
} from './reconcile/reconcile.ts';
import { checkRedis, type RedisVerdict } from './redis/check.ts';
import { type Clock, type ClockStep, type RedisClock, redisClock } from './redis/clock.ts';
import { connectRedis, nodesFound, type Patience, type RedisClient, serversOf } from './redis/connection.ts';
import { keysFor } from './redis/keys.ts';
import { redisTimeOf } from './redis/time-source.ts';
import { createRedisTrouble, type RedisTrouble } from './redis/trouble.ts';
import { createDeadLetters } from './review/index.ts';
import type { DeadLetters } from './review/ports.ts';
import { createLifecycle } from './shutdown.ts';
import { startHeartbeat, workersSeen } from './worker/heartbeat.ts';
import { createRetention } from './worker/retention.ts';
import { type SweeperOptions, startSweeper } from './worker/sweeper.ts';
import { createNewerNotice } from './worker/unread.ts';
import { type RefundWorker, startWorker } from './worker/worker.ts';

/** Everything below the commands and the server, connected. */
export interface System {
  readonly config: Config;
  readonly log: Logger;
  readonly redis: RedisClient;
  readonly clock: RedisClock;
  readonly ledger: Ledger;
  readonly refundQueue: RefundQueue;
  readonly lane: Lane;
  readonly rateLimiter: RateLimiter;
  /** null: no credentials configured. */
  readonly gateway: Gateway | null;
  readonly enqueue: Enqueue;
  readonly deadLetters: DeadLetters;
  /** Asks what would become of events, one question's look-ups at a time; nothing is stored. */
  previewer(): Previewer;
  /** Compares ledger and gateway; null: no credentials configured. */
  reconcile(request: ReconcileRequest, signal?: AbortSignal): AsyncIterable<ReconcileItem> | null;
  /** How many refunds a reconciliation goes through. */
  countToReconcile(request: Pick<ReconcileRequest, 'since'>): Promise<number>;
  /** What stands in the way of every refund now. */
  obstacles(): Promise<Obstacles>;
  /** Asks the server that holds our keys; answers its time in ms. */
  redisTime(): Promise<number>;
  redisVerdict(): Promise<RedisVerdict>;
  readonly redisTrouble: RedisTrouble;
  /** Starts taking jobs; refuses without credentials. A start with other credentials resumes a lane held for them. */
  startWorker(options?: WorkerStart): Promise<RefundWorker>;
  /** Lets go of everything within `deadlineMs` (5 s). */
  close(deadlineMs?: number): Promise<void>;
}

export interface WorkerStart {
  readonly lockMs?: number;
  readonly sweeper?: SweeperOptions;
}

export interface SystemOptions {
  readonly log: Logger;
  /** `wait` for workers, `fail` for what answers people. */
  readonly whenDown: 'wait' | 'fail';
  /** Of the data key and our own Redis. Default `.refund-worker`. */
  readonly folder?: string;
  /** Of the connections to Redis; shorter in tests. */
  readonly patience?: Patience;
}

/** @throws ConfigError when there is no address of a Redis. */
export async function openSystem(config: Config, options: SystemOptions): Promise<System> {
  const { log, whenDown, folder = '.refund-worker' } = options;
  const { url, prefix } = config.redis;
  if (url === null) throw new ConfigError([noRedis]);
  const lifecycle = createLifecycle();
  const redisTrouble = createRedisTrouble(log, () => performance.now());
  const { note: onError, over } = redisTrouble;
  const { sentinel } = config.redis;
  const connect = (when: SystemOptions['whenDown']) =>
    connectRedis({ url, whenDown: when, onError, sentinel, patience: options.patience }).on('ready', over);
  const redis = connect(whenDown);
  lifecycle.add('redis', () => redis.disconnect());
  const close = async (deadlineMs = 5_000) => void (await lifecycle.stopAll(deadlineMs));

  const keys = keysFor(prefix);
  try {
    await nodesFound(redis);
    const onStep = ({ byMs }: ClockStep) => log.warn({ by_ms: byMs }, 'clock_stepped');
    const clock = redisClock(redisTimeOf(redis, keys), { onStep });
    await clock.start();
    lifecycle.add('clock', () => clock.stop());
    const { callsPerSecond } = config.bootpay;
    const ledger = createLedger({
      redis,
      prefix,
      dataKeys: await dataKeys({
        production: config.production,
        configured: config.dataKeys,
        folder,
      }),
    });
    const refundQueue = createRefundQueue(redis, prefix);
    lifecycle.add('queues', () => refundQueue.close());
    await refundQueue.ready();
    const rateLimiter = createRateLimiter({
      permits: redisPermits(redis, keys, callsPerSecond),
      now: clock.now,
      sleep: clock.sleep,
      chance: Math.random,
      onError,
    });
    const gateway = connectGateway(config, rateLimiter, clock);
    if (gateway !== null) lifecycle.add('gateway', () => gateway.close());
    const lane = createLane(redis, keys, refundQueue);
    const settings = config.policy;
    const enqueue = createEnqueue({
      ledger,
      enqueueJobs: refundQueue.enqueueJobs,
      now: clock.now,
      retryDeadlineMs: settings.retryDeadlineMs,
    });
    const deadLetters = createDeadLetters({
      ledger,
      gateway,
      rateLimiter,
      now: clock.now,
      jumpedAt: clock.jumpedAt,
      sleep: clock.sleep,
      settings,
      enqueueJob: refundQueue.enqueueJob,
      wakeWaiter: refundQueue.wake,
      closeCase: refundQueue.closeCase,
    });
    const system: System = {
      config,
      log,
      redis,
      clock,
      ledger,
      refundQueue,
      lane,
      rateLimiter,
      gateway,
      enqueue,
      deadLetters,
      previewer: () =>
        createPreviewer({ ledger, gateway, rateLimiter, now: clock.now, jumpedAt: clock.jumpedAt, settings }),
      reconcile: (request, signal) =>
        gateway === null
          ? null
          : reconcile(
              {
                ledger,
                gateway,
                rateLimiter,
                now: clock.now,
                jumpedAt: clock.jumpedAt,
                chance: Math.random,
                settings,
                openCase: refundQueue.openCase,
              },
              request,
              signal,
            ),
      countToReconcile: ({ since }) => countRefunds(redis, keys, { states: reconciledStates, since }),
      async obstacles() {
        const now = clock.now();
        const [workers, limiter, held] = await Promise.all([
          workersSeen({ redis, keys, clock }),
          limiterState(redis, keys, now),
          lane.status(),
        ]);
        return {
          workersRunning: workers.running,
          lane: { person: held.person !== null, credentials: held.credentials !== null },
          silentSince: limiter.openSince,
          pausedUntil: limiter.shutUntil,
        };
      },
      redisTime: async () => (await redisTimeOf(redis, keys).read()).time,
      redisVerdict: () => checkRedis(serversOf(redis), config.production),
      redisTrouble,
      startWorker: (start) => startRefundWorker(system, () => connect('wait'), start),
      close,
    };
    return system;
  } catch (error) {
    await close();
    throw error;
  }
}

async function startRefundWorker(
  system: System,
  connect: () => RedisClient,
  { lockMs, sweeper }: WorkerStart = {},
): Promise<RefundWorker> {
  const { config, log, redis, clock, ledger, refundQueue, lane, rateLimiter, gateway } = system;
  if (gateway === null) throw new ConfigError([noCredentials]);
  // Without the right to wait for jobs BullMQ repeats the refusal for ever, and no refund is paid.
  await redis.bzpopmin(`${config.redis.prefix}:none`, 0.01);
  const resumed = await lane.resumeFor(gateway.fingerprint, clock.now());
  if (resumed) log.info({}, 'lane_resumed');
  const holdLane = (reason: string) =>
    lane.hold('credentials', { at: clock.now(), who: 'worker', reason, fingerprint: gateway.fingerprint });
  const noteNewer = createNewerNotice(log);
  const stopHeartbeat = startHeartbeat(
    { redis, keys: keysFor(config.redis.prefix), clock, log },
    processName(),
  );
  const stopSweeper = startSweeper(
    {
      ledger,
      clock,
      log,
      noteNewer,
      settings: config.policy,
      revive: refundQueue.revive,
      wakeWaiter: refundQueue.wake,
      openCase: refundQueue.openCase,
      openUnreadableJob: refundQueue.openUnreadableJob,
      ensureRunning: async () => {
        await lane.ensureRunning();
        await refundQueue.shortenLocks();
      },
      purgeOld: createRetention({ ledger, clock, log }, config.records),
    },
    sweeper,
  );
  const stopForwarding = forwardEvents(system, connect);
  const worker = startWorker(
    {
      ledger,
      gateway,
      rateLimiter,
      clock,
      chance: Math.random,
      settings: config.policy,
      log,
      noteNewer,
      wakeWaiter: refundQueue.wake,
      holdLane,
      ensurePaused: lane.ensurePaused,
    },
    {
      openCase: refundQueue.openCase,
      openUnreadableJob: refundQueue.openUnreadableJob,
      toLocal: clock.toLocal,
    },
    {
      redis,
      prefix: config.redis.prefix,
      concurrency: config.worker.concurrency,
      redisTrouble: system.redisTrouble,
      ...(lockMs !== undefined && { lockMs }),
    },
  );
  return {
    isRunning: worker.isRunning,
    async stop(callMs) {
      const others = Promise.all([stopSweeper(), stopForwarding(), stopHeartbeat()]);
      await Promise.all([worker.stop(callMs), Promise.race([others, clock.sleep(callMs)])]);
    },
  };
}

/** Where a webhook is set, the process that works also tells what became of it. */
function forwardEvents({ config, clock, log }: System, connect: () => RedisClient): () => Promise<void> {
  const { webhookUrl, webhookSecrets } = config.events;
  if (webhookUrl === null) return async () => {};
  const deps = {
    redis: connect(),
    keys: keysFor(config.redis.prefix),
    clock,
    log,
    consumer: processName(),
  };
  return startForwarding(deps, { url: webhookUrl, secrets: webhookSecrets });
}

/** Another one in each process, and after a restart. */
function processName(): string {
  return `${hostname()}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}

function connectGateway(config: Config, rateLimiter: RateLimiter, clock: Clock) {
  const { credentials, baseUrl, timeoutMs, connectTimeoutMs } = config.bootpay;
  if (credentials === null) return null;
  return createBootpayClient({
    baseUrl,
    credentials,
    timeoutMs,
    connectTimeoutMs,
    now: clock.now,
    rateLimiter,
  });
}

const noRedis =
  'expected REDIS_URL, or a Redis of our own started by `refund-worker start` in this folder (REDIS_URL을 설정하거나 이 폴더에서 refund-worker start를 먼저 실행하세요), got nothing';
const noCredentials =
  'expected BOOTPAY_CLIENT_KEY and BOOTPAY_SECRET_KEY, or BOOTPAY_APPLICATION_ID and BOOTPAY_PRIVATE_KEY (Bootpay 인증 정보 한 쌍이 필요해요), got nothing';

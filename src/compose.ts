// The composition root: real Redis, real clock, real client, put together for whoever needs them (worker, server, CLI).
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createBootpayClient } from './bootpay/client.ts';
import type { Config } from './config/config.ts';
import { dataKeysFrom } from './config/data-key.ts';
import { ConfigError } from './domain/errors.ts';
import type { Gateway } from './domain/gateway.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Permit, RateLimiter } from './domain/rate-limiter.ts';
import { createBulkStore } from './ledger/bulks.ts';
import { createLedger } from './ledger/index.ts';
import { countRefunds } from './ledger/read.ts';
import type { Logger } from './logging/logger.ts';
import { startForwarding } from './outcome-events/forward.ts';
import type { Obstacles } from './policies/waiting-for.ts';
import { createEnqueue, type Enqueue } from './producer/enqueue.ts';
import { createPreviewer, type Previewer, type PreviewOptions } from './producer/preview.ts';
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
import { redisFault } from './redis/fault.ts';
import { keysFor } from './redis/keys.ts';
import { redisTimeOf } from './redis/time-source.ts';
import { createRedisTrouble, type RedisTrouble } from './redis/trouble.ts';
import { type Approvals, createApprovals } from './review/approvals.ts';
import { type CaseBeside, createCaseBeside } from './review/beside.ts';
import type { Bulks } from './review/bulk-ports.ts';
import { createBulks } from './review/bulks.ts';
import { createDeadLetters } from './review/index.ts';
import { createLaneActs, type LaneActs } from './review/lane-acts.ts';
import { createLookAgain, type LookAgain } from './review/look-again.ts';
import type { DeadLetters } from './review/ports.ts';
import { createSheets, type Sheets } from './review/sheets.ts';
import { createLifecycle } from './shutdown.ts';
import { startHeartbeat, workersSeen } from './worker/heartbeat.ts';
import { startKeyWatch } from './worker/key-wait.ts';
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
  /** A person looks again at what Bootpay shows of a refund's payment. */
  readonly lookAgain: LookAgain;
  /** A person's hand on the lane. */
  readonly laneActs: LaneActs;
  readonly rateLimiter: RateLimiter;
  /** null: no credentials configured. */
  readonly gateway: Gateway | null;
  readonly enqueue: Enqueue;
  readonly deadLetters: DeadLetters;
  /** Acts that wait for a second person. */
  readonly approvals: Approvals;
  /** Notes, hand-overs and who looks at a case. */
  readonly caseBeside: CaseBeside;
  /** Many cases at once. */
  readonly bulks: Bulks;
  /** Asks what would become of events, one question's look-ups at a time; nothing is stored. */
  previewer(options?: PreviewOptions): Previewer;
  /** Cancellations from a spreadsheet. */
  readonly sheets: Sheets;
  /** Compares ledger and gateway; null: no credentials configured. */
  reconcile(request: ReconcileRequest, signal?: AbortSignal): AsyncIterable<ReconcileItem> | null;
  /** How many refunds a reconciliation goes through. */
  countToReconcile(request: Pick<ReconcileRequest, 'since'>): Promise<number>;
  /** What stands in the way of every refund now. */
  obstacles(): Promise<Obstacles>;
  /** How many workers run, and how many calls they made in the last whole second. */
  pace(): Promise<{ readonly running: number; readonly callsUsed: number }>;
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
  /** Hears of each permit that the rate limiter gives in this system. */
  readonly onPermit?: (permit: Permit) => void;
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
    const keysOfData = { production: config.production, configured: config.dataKeys, folder };
    const ledger = createLedger({ redis, prefix, dataKeys: dataKeysFrom(keysOfData) });
    const refundQueue = createRefundQueue(redis, prefix);
    lifecycle.add('queues', () => refundQueue.close());
    await refundQueue.ready();
    const rateLimiter = createRateLimiter({
      permits: redisPermits(redis, keys, config.bootpay.callsPerSecond),
      now: clock.now,
      sleep: clock.sleep,
      chance: Math.random,
      onError,
      ...(options.onPermit !== undefined && { onPermit: options.onPermit }),
    });
    const gateway = connectGateway(config, rateLimiter, clock);
    if (gateway !== null) lifecycle.add('gateway', () => gateway.close());
    const lane = createLane(redis, keys, refundQueue);
    const parts = { config, log, redis, clock, ledger, refundQueue, lane, rateLimiter, gateway };
    const system: System = {
      ...parts,
      ...operationsOf(parts),
      obstacles: () => obstaclesOf(parts),
      pace: () => paceOf(parts),
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

type Parts = Pick<
  System,
  'config' | 'log' | 'redis' | 'clock' | 'ledger' | 'refundQueue' | 'lane' | 'rateLimiter' | 'gateway'
>;

/** What producers and people may do with refunds. */
function operationsOf(
  parts: Parts,
): Pick<
  System,
  | 'enqueue'
  | 'deadLetters'
  | 'approvals'
  | 'caseBeside'
  | 'lookAgain'
  | 'laneActs'
  | 'bulks'
  | 'previewer'
  | 'sheets'
  | 'reconcile'
  | 'countToReconcile'
> {
  const { config, log, redis, clock, ledger, refundQueue, lane, rateLimiter, gateway } = parts;
  const { policy: settings } = config;
  const { now, jumpedAt, sleep } = clock;
  const asking = { ledger, rateLimiter, now, jumpedAt, settings };
  const reviewing = {
    ...{ ...asking, gateway, sleep },
    enqueueJob: refundQueue.enqueueJob,
    wakeWaiter: refundQueue.wake,
    closeCase: refundQueue.closeCase,
    twoPeople: { thresholdWon: config.approvalThresholdWon, people: config.operators },
  };
  const enqueue = createEnqueue({
    ledger,
    enqueueJobs: refundQueue.enqueueJobs,
    now,
    retryDeadlineMs: settings.retryDeadlineMs,
  });
  const previewer = (options?: PreviewOptions) => createPreviewer({ ...asking, gateway }, options);
  const { enqueueMany } = enqueue;
  const newId = () => randomBytes(12).toString('hex');
  const { thresholdWon } = reviewing.twoPeople;
  return {
    enqueue,
    sheets: createSheets({ ledger, previewer, enqueueMany, now, newId, thresholdWon }),
    deadLetters: createDeadLetters(reviewing),
    approvals: createApprovals(reviewing),
    caseBeside: createCaseBeside({ ledger, now, people: config.operators }),
    lookAgain: createLookAgain({ ...asking, gateway, obstacles: () => obstaclesOf(parts) }),
    laneActs: createLaneActs({ ledger, lane, now }),
    bulks: createBulks({
      ...reviewing,
      store: createBulkStore(redis, config.redis.prefix),
      replaysAtOnce: 100,
      newId,
      warn: log.warn,
      isRedisFault: (error) => redisFault(error) !== null,
    }),
    previewer,
    reconcile(request, signal) {
      if (gateway === null) return null;
      const { openCase } = refundQueue;
      return reconcile({ ...asking, gateway, chance: Math.random, openCase }, request, signal);
    },
    countToReconcile: ({ since }) =>
      countRefunds(redis, keysFor(config.redis.prefix), { states: reconciledStates, since }),
  };
}

async function obstaclesOf({ config, redis, clock, lane }: Parts): Promise<Obstacles> {
  const keys = keysFor(config.redis.prefix);
  const [workers, limiter, held] = await Promise.all([
    workersSeen({ redis, keys, clock }),
    limiterState(redis, keys, clock.now()),
    lane.status(),
  ]);
  return {
    workersRunning: workers.running,
    lane: { person: held.person !== null, credentials: held.credentials !== null },
    silentSince: limiter.openSince,
    pausedUntil: limiter.shutUntil,
  };
}

async function paceOf({ config, redis, clock }: Parts): ReturnType<System['pace']> {
  const keys = keysFor(config.redis.prefix);
  const [{ running }, { usedLastSecond }] = await Promise.all([
    workersSeen({ redis, keys, clock }),
    limiterState(redis, keys, clock.now()),
  ]);
  return { running, callsUsed: usedLastSecond };
}

async function startRefundWorker(
  system: System,
  connect: () => RedisClient,
  { lockMs, sweeper }: WorkerStart = {},
): Promise<RefundWorker> {
  const { config, log, redis, clock, lane, gateway } = system;
  if (gateway === null) throw new ConfigError([noCredentials]);
  // Without the right to wait for jobs BullMQ repeats the refusal for ever, and no refund is paid.
  await redis.bzpopmin(`${config.redis.prefix}:none`, 0.01);
  const resumed = await lane.resumeFor(gateway.fingerprint, clock.now());
  if (resumed) log.info({}, 'lane_resumed');
  const noteNewer = createNewerNotice(log);
  const stopOthers = startBeside(system, connect, { noteNewer, sweeper });
  const worker = takeJobs({ ...system, gateway }, { noteNewer, lockMs });
  return {
    isRunning: worker.isRunning,
    async stop(callMs) {
      const others = stopOthers();
      await Promise.all([worker.stop(callMs), Promise.race([others, clock.sleep(callMs)])]);
    },
  };
}

type NoteNewer = ReturnType<typeof createNewerNotice>;

/** What runs beside the jobs of a worker. Answers how to stop. */
function startBeside(
  system: System,
  connect: () => RedisClient,
  { noteNewer, sweeper }: { readonly noteNewer: NoteNewer; readonly sweeper: SweeperOptions | undefined },
): () => Promise<unknown> {
  const { config, log, redis, clock, ledger, refundQueue } = system;
  const name = processName();
  const stopHeartbeat = startHeartbeat({ redis, keys: keysFor(config.redis.prefix), clock, log }, name);
  const stopKeyWatch = startKeyWatch({ ledger, revive: refundQueue.revive, clock, log }, name);
  const stopSweeper = startSweeper(sweeperDeps(system, noteNewer), sweeper);
  const stopForwarding = forwardEvents(system, connect);
  const bulkWork = system.bulks.work();
  return () =>
    Promise.all([bulkWork.stop(), stopSweeper(), stopForwarding(), stopKeyWatch(), stopHeartbeat()]);
}

function sweeperDeps({ config, log, clock, ledger, refundQueue, lane }: System, noteNewer: NoteNewer) {
  return {
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
  };
}

function takeJobs(
  system: System & { readonly gateway: Gateway },
  { noteNewer, lockMs }: { readonly noteNewer: NoteNewer; readonly lockMs: number | undefined },
): RefundWorker {
  const { config, log, redis, clock, ledger, refundQueue, lane, rateLimiter, gateway } = system;
  return startWorker(
    {
      ...{ ledger, gateway, rateLimiter, clock, log, noteNewer },
      chance: Math.random,
      settings: config.policy,
      wakeWaiter: refundQueue.wake,
      holdLane: (reason) =>
        lane.hold('credentials', {
          at: clock.now(),
          who: 'worker',
          reason,
          fingerprint: gateway.fingerprint,
        }),
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
}

/** Where a webhook is set, the process that works also tells what became of it. */
function forwardEvents({ config, clock, log }: System, connect: () => RedisClient): () => Promise<void> {
  const { webhookUrl, webhookSecrets, proxy } = config.events;
  if (webhookUrl === null) return async () => {};
  const deps = {
    redis: connect(),
    keys: keysFor(config.redis.prefix),
    clock,
    log,
    consumer: processName(),
  };
  return startForwarding(deps, { url: webhookUrl, secrets: webhookSecrets, proxy });
}

/** Another one in each process, and after a restart. */
export function processName(): string {
  return `${hostname()}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}

function connectGateway(config: Config, rateLimiter: RateLimiter, clock: Clock) {
  const { credentials, baseUrl, timeoutMs, connectTimeoutMs, proxy } = config.bootpay;
  if (credentials === null) return null;
  return createBootpayClient({
    baseUrl,
    credentials,
    timeoutMs,
    connectTimeoutMs,
    proxy,
    now: clock.now,
    rateLimiter,
  });
}

const noRedis =
  'expected REDIS_URL, or a Redis of our own started by `refund-worker start` in this folder (REDIS_URL을 설정하거나 이 폴더에서 refund-worker start를 먼저 실행하세요), got nothing';
const noCredentials =
  'expected BOOTPAY_CLIENT_KEY and BOOTPAY_SECRET_KEY, or BOOTPAY_APPLICATION_ID and BOOTPAY_PRIVATE_KEY (Bootpay 인증 정보 한 쌍이 필요해요), got nothing';

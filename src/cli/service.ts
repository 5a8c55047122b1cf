// How `start`, `worker` and `server` begin and end: Redis checked first, everything stopped in reverse order.
import type { System } from '../compose.ts';
import type { Config } from '../config/config.ts';
import { messageOf } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import { watchServer } from '../embedded-redis/watch.ts';
import type { Logger, LogLevel } from '../logging/logger.ts';
import { redisFault } from '../redis/fault.ts';
import type { ServerOptions } from '../server/app.ts';
import { createLifecycle, type Lifecycle, onShutdown } from '../shutdown.ts';
import type { RefundWorker } from '../worker/worker.ts';
import type { ExitCode } from './command.ts';
import { redisFailed } from './explain.ts';
import type { Io } from './io.ts';
import { ownFolder, rememberingLogger } from './settings.ts';

/** A cancel under way gets this long (docs/design.md, section 9). */
export const callInFlightMs = 25_000;
/** Within the 28 s that `onShutdown` grants, so that the report is logged before the end. */
const stopLimitMs = 27_000;

export interface Service {
  readonly io: Io;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  /** Stops everything, says why and ends with 1: what this process works on is gone, and does not come back. */
  end(why: Text): void;
}

/**
 * Runs `begin`, then waits for SIGTERM or SIGINT; a signal during `begin` counts as well. Whatever `begin` has handed
 * to the lifecycle is stopped, also when it fails half way.
 */
export async function serve(
  io: Io,
  level: LogLevel,
  begin: (service: Service) => Promise<void>,
): Promise<ExitCode> {
  const { commandLogger } = await import('../logging/logger.ts');
  const log = commandLogger(level, Date.now);
  io.outlivesOutput();
  const lifecycle = createLifecycle();
  let stopping = false;
  let off = (): void => undefined;
  let end = (_why: Text): void => undefined;
  const stopped = new Promise<ExitCode>((resolve) => {
    const stop = () => {
      stopping = true;
      return stopAll(lifecycle, log);
    };
    off = onShutdown(stop, { exit: resolve });
    end = ({ en, ko }) => {
      if (stopping) return;
      log.error({ text: en, text_ko: ko }, 'ended');
      for (const line of [en, ko]) io.note(line);
      const ended = () => resolve(1);
      void stop().then(ended, ended);
    };
  });
  const begun = begin({ io, log, lifecycle, end: (why) => end(why) }).then(
    () => stopped,
    async (error: unknown) => {
      // An error caused by the stop itself.
      if (stopping) return stopped;
      await lifecycle.stopAll(5_000);
      throw error;
    },
  );
  return Promise.race([begun, stopped]).finally(off);
}

/** The system of what answers people: fails fast. Opened first, so that a start without Redis ends with a sentence. */
export async function openChecked({ io, log, lifecycle }: Service, config: Config): Promise<System> {
  const { url } = config.redis;
  const remembering = rememberingLogger(log);
  try {
    const { openSystem } = await import('../compose.ts');
    const system = await openSystem(config, {
      log: remembering.log,
      whenDown: 'fail',
      folder: ownFolder(io),
    });
    lifecycle.add('system', () => system.close());
    await refuseUnsafeRedis(system);
    await tellKeyTrouble({ log }, system);
    return system;
  } catch (error) {
    if (url === null || redisFault(error) === null) throw error;
    throw redisFailed(url, remembering.lastRedisError(), error);
  }
}

/** The system of a worker waits for Redis instead of failing. */
export async function startWorkerOf(service: Service, config: Config): Promise<RefundWorker> {
  const { io, log, lifecycle } = service;
  const { openSystem } = await import('../compose.ts');
  const system = await openSystem(config, { log, whenDown: 'wait', folder: ownFolder(io) });
  lifecycle.add('worker system', () => system.close());
  const worker = await system.startWorker().catch((error: unknown) => {
    const { url } = config.redis;
    throw url === null || redisFault(error) === null ? error : redisFailed(url, null, error);
  });
  lifecycle.add('worker', () => worker.stop(callInFlightMs));
  log.info({ concurrency: config.worker.concurrency, prefix: config.redis.prefix }, 'worker_started');
  return worker;
}

/** A Redis of this folder lives as long as the process that runs it: the others end with it. */
export function endWithRedis({ lifecycle, end }: Service, url: string): void {
  const gone = {
    en: 'The Redis of this folder is gone, because the process that ran it has ended. Nothing was lost; start again.',
    ko: '이 폴더의 Redis를 실행하던 프로세스가 종료되어 Redis가 멈췄어요. 데이터는 남아 있으니 다시 시작해 주세요.',
  };
  lifecycle.add(
    'watch',
    watchServer(url, () => end(gone)),
  );
}

/** Before anything else runs: the server itself comes last, after a worker that would send refunds already. */
export async function refuseOpenServer(config: Config): Promise<void> {
  const loopback = await import('../server/loopback.ts');
  loopback.refuseOpenServer(config);
}

export async function startServerOf(
  { lifecycle }: Pick<Service, 'lifecycle'>,
  system: System,
  options: ServerOptions = {},
): Promise<string> {
  // Loaded here: every other command starts faster without it.
  const { startServer } = await import('../server/server.ts');
  const server = await startServer(system, options);
  lifecycle.add('server', () => server.close());
  return server.url;
}

/** Keys that differ from those of the others end no start: every refund without an account goes on. */
async function tellKeyTrouble({ log }: Pick<Service, 'log'>, system: System): Promise<void> {
  const trouble = await system.ledger.keyTrouble(system.clock.now());
  if (trouble !== null) log.warn({ text: trouble.en, text_ko: trouble.ko }, 'data_keys_differ');
}

/** Answers probes from now on, before the worker runs and while it ends; null: nothing is configured. */
export async function startHealthOf(
  { lifecycle }: Pick<Service, 'lifecycle'>,
  system: System,
  isWorkerRunning: () => boolean,
): Promise<string | null> {
  const { host, port } = system.config.worker.health;
  if (port === null) return null;
  const { startHealthServer } = await import('../server/server.ts');
  const server = await startHealthServer(system, { host, port }, isWorkerRunning);
  lifecycle.add('health', () => server.close());
  return addressesOf(server.url).readyz;
}

/** What stands still is logged as long as the service runs, and people are alerted where a webhook is set. */
export async function watchStandstills(
  { lifecycle }: Pick<Service, 'lifecycle'>,
  system: System,
): Promise<void> {
  const { watchStandstills: watch } = await import('../standstills/watch.ts');
  lifecycle.add('standstills', watch(system));
  if (system.config.alerts.receiver === null) return;
  const { startAlerting } = await import('../standstills/alerting.ts');
  const { processName } = await import('../compose.ts');
  lifecycle.add('alerts', startAlerting(system, processName()));
}

/** `redis`: the address, without its password, of the Redis that this process runs; null: it runs none. */
export async function printAddresses(
  io: Io,
  { json }: { readonly json: boolean },
  { url, redis }: { readonly url: string; readonly redis: string | null },
): Promise<void> {
  const addresses = addressesOf(url);
  if (json) return io.out(JSON.stringify({ ...addresses, ...(redis !== null && { redis }) }));
  const { colors } = io;
  const rows = [
    ['Desk', addresses.desk],
    ['API', addresses.api],
    ['Bull Board', addresses.board],
    ['Ready?', addresses.readyz],
    ...(redis === null
      ? []
      : [['Redis', `${redis} (our own, 자체 Redis; password 비밀번호: .refund-worker/redis.json)`]]),
  ];
  for (const [name = '', address = ''] of rows) await io.out(`  ${name.padEnd(11)} ${colors.cyan(address)}`);
  await io.out(colors.dim('  Ctrl-C to stop. Ctrl-C로 종료.'));
}

/** What is printed is often kept in a log. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

export function addressesOf(url: string) {
  return {
    desk: `${url}/review`,
    api: `${url}/v1/order-cancellations`,
    board: `${url}/board`,
    readyz: `${url}/readyz`,
  };
}

async function refuseUnsafeRedis({ log, redisVerdict }: System): Promise<void> {
  const verdict = await redisVerdict();
  for (const { setting, found, en } of verdict.warnings)
    log.warn({ setting, found, why: en }, 'redis_setting');
  if (verdict.ok) return;
  const lines = verdict.problems.map(
    ({ setting, found, en, ko }) => `Redis ${setting}=${found ?? '?'}: ${en} ${ko}`,
  );
  throw new Error(lines.join('\n'));
}

async function stopAll(lifecycle: Lifecycle, log: Logger): Promise<void> {
  log.info({}, 'stopping');
  const { failed, late } = await lifecycle.stopAll(stopLimitMs);
  if (failed.length === 0 && late.length === 0) return;
  const names = failed.map(({ name, error }) => `${name}: ${messageOf(error)}`);
  log.warn({ failed: names, late }, 'stopped_badly');
  throw new Error('not everything stopped in time');
}

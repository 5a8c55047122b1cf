// A whole shop for system tests: simulator, Redis, worker and producer with short durations, under one prefix.
import { vi } from 'vitest';
import { type ScenarioInput, type Simulator, startSimulator } from '../../simulator/index.ts';
import { openSystem, type System, type SystemOptions, type WorkerStart } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { CancellationEventInput } from '../../src/domain/event.ts';
import { type RefundId, refundIdSchema } from '../../src/domain/ids.ts';
import type { StoredRefund } from '../../src/domain/ledger.ts';
import type { Refund } from '../../src/domain/refund.ts';
import type { State } from '../../src/domain/states.ts';
import { type Logger, silentLogger } from '../../src/logging/logger.ts';
import type { EnqueueResult } from '../../src/producer/enqueue.ts';
import type { RefundWorker } from '../../src/worker/worker.ts';
import type { TestRedis } from './redis.ts';

/** A day's waits in seconds: what is minutes in production is tens of milliseconds here. */
export const shortDurations = {
  RETRY_BASE_MS: '20',
  RETRY_MAX_MS: '200',
  RETRY_DEADLINE_MS: '60000',
  RETRY_MAX_ATTEMPTS: '4',
  LOOK_UP_SCHEDULE_MS: '20,60,150',
  SETTLE_WINDOW_MS: '400',
  BOOTPAY_TIMEOUT_MS: '800',
  BOOTPAY_CONNECT_TIMEOUT_MS: '500',
  BOOTPAY_CALLS_PER_SECOND: '1000',
  WORKER_CONCURRENCY: '10',
} as const;

export interface Shop {
  readonly simulator: Simulator;
  readonly system: System;
  startWorker(options?: WorkerStart): Promise<RefundWorker>;
  send(event: Partial<CancellationEventInput>): Promise<EnqueueResult>;
  /** The refund once it is in this state (and no other final one). */
  until(id: string | null, state: State, timeoutMs?: number): Promise<Refund>;
  read(id: string | null): Promise<StoredRefund>;
}

/** The environment of another process that works in this shop. */
export function environmentOf({ system, simulator }: Shop): Record<string, string> {
  return {
    ...shortDurations,
    REDIS_URL: system.config.redis.url ?? '',
    REDIS_PREFIX: system.config.redis.prefix,
    BOOTPAY_BASE_URL: simulator.url,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    DATA_KEYS: dataKeys,
  };
}

const dataKeys = `t:${Buffer.alloc(32, 7).toString('base64')}`;

export interface ShopOptions {
  readonly scenario?: ScenarioInput;
  readonly env?: Readonly<Record<string, string>>;
  readonly worker?: boolean;
  readonly simulator?: Simulator;
  readonly log?: Logger;
  readonly patience?: NonNullable<SystemOptions['patience']>;
}

let events = 0;

export async function openShop(
  redis: Pick<TestRedis, 'url' | 'prefix' | 'onEnd'>,
  options: ShopOptions = {},
): Promise<Shop> {
  const simulator = options.simulator ?? (await startSimulator({ scenario: options.scenario ?? {} }));
  const config = loadConfig({
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    BOOTPAY_BASE_URL: simulator.url,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    DATA_KEYS: dataKeys,
    ...shortDurations,
    ...options.env,
  });
  const system = await openSystem(config, {
    log: options.log ?? silentLogger(),
    whenDown: 'wait',
    ...(options.patience && { patience: options.patience }),
  });
  const workers: RefundWorker[] = [];
  const startWorker: Shop['startWorker'] = async (start) => {
    const worker = await system.startWorker(start);
    workers.push(worker);
    return worker;
  };
  redis.onEnd(async () => {
    await Promise.all(workers.map((worker) => worker.stop(5_000)));
    await system.close();
    await simulator.close();
  });
  if (options.worker !== false) await startWorker();

  const read: Shop['read'] = async (id) => {
    const stored = await system.ledger.read(idOf(id));
    if (stored === null) throw new Error(`no refund ${id}`);
    return stored;
  };
  return {
    simulator,
    system,
    startWorker,
    read,
    send: (event) => {
      events += 1;
      return system.enqueue.enqueue({
        event_id: `e-${process.pid}-${events}`,
        order_id: `o-${events}`,
        receipt_id: '6244f60c1fc19202e42e8c4e',
        ...event,
      });
    },
    until: (id, state, timeoutMs = 45_000) =>
      vi.waitFor(
        async () => {
          const { refund } = await read(id);
          if (refund?.state !== state) throw new Error(describe(refund, state));
          return refund;
        },
        { timeout: timeoutMs, interval: 10 },
      ),
  };
}

function describe(refund: Refund | null, state: State): string {
  const attempts = refund?.attempts
    .map(({ outcome }) => `${outcome?.reply} ${outcome?.code ?? ''}`)
    .join(', ');
  const why = JSON.stringify(refund?.deadLetter ?? null);
  return `waited for ${state}, is ${refund?.state}; attempts: ${attempts}; ${why}`;
}

function idOf(id: string | null): RefundId {
  return refundIdSchema.parse(id);
}

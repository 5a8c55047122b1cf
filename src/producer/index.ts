// What other services import: `import { createRefundProducer } from 'bootpay-refund-worker/producer'`.
// A composition root of its own: it needs Redis and a prefix, no Bootpay credentials and no worker.
import { fixedDataKeys } from '../domain/data-keys.ts';
import type { CancellationEventInput, DataKey } from '../domain/event.ts';
import { createLedger } from '../ledger/index.ts';
import { createRefundQueue } from '../queue/refund-queue.ts';
import { redisClock } from '../redis/clock.ts';
import { connectRedis, nodesFound } from '../redis/connection.ts';
import { redisFault } from '../redis/fault.ts';
import { keysFor } from '../redis/keys.ts';
import { redisTimeOf } from '../redis/time-source.ts';
import { createEnqueue, type EnqueueResult } from './enqueue.ts';

export type { CancellationEventInput, DataKey, RefundAccount } from '../domain/event.ts';
export type { Problem } from '../domain/problem.ts';
export type { EnqueueResult } from './enqueue.ts';

export interface RefundProducerOptions {
  /** Such as `redis://127.0.0.1:6379`, and the forms of REDIS_URL for Sentinel and Cluster; the same Redis as the workers'. */
  readonly redisUrl: string;
  /** REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD of the workers. */
  readonly sentinel?: { readonly username?: string; readonly password?: string };
  /** REDIS_PREFIX of the workers. Default `{refunds}`. */
  readonly prefix?: string;
  /**
   * DATA_KEYS of the workers: 32 bytes each, the first one writes. Needed for events with a refund account;
   * without it they are refused.
   */
  readonly dataKeys?: readonly DataKey[];
  /** RETRY_DEADLINE_MS of the workers, in ms. Default 24 h. */
  readonly retryDeadlineMs?: number;
  /**
   * Hears of a lost connection, which is made again by itself, and at the start of data keys that differ from the
   * workers'. Default: nothing.
   */
  readonly onError?: (error: Error) => void;
}

export interface RefundProducer {
  /**
   * `accepted`: record and job are stored. Bad input and conflicts come back as results, never as errors.
   * @throws when Redis does not answer within seconds: the event may be stored or not; send it again.
   */
  enqueue(event: CancellationEventInput): Promise<EnqueueResult>;
  /** Answers in the order given. */
  enqueueMany(events: readonly CancellationEventInput[]): Promise<EnqueueResult[]>;
  close(): Promise<void>;
}

/** Connects; fails when Redis does not answer, or `redisUrl` is no address. */
export async function createRefundProducer(options: RefundProducerOptions): Promise<RefundProducer> {
  const { redisUrl, prefix = '{refunds}', dataKeys = [], onError = () => {} } = options;
  const { username = null, password = null } = options.sentinel ?? {};
  let last: Error | null = null;
  const note = (error: Error) => {
    last = error;
    onError(error);
  };
  const redis = connectRedis({
    ...{ url: redisUrl, whenDown: 'fail', onError: note },
    sentinel: { username, password },
  });
  const clock = redisClock(redisTimeOf(redis, keysFor(prefix)));
  const refundQueue = createRefundQueue(redis, prefix);
  try {
    await nodesFound(redis);
    await Promise.all([clock.start(), refundQueue.ready()]);
  } catch (error) {
    redis.disconnect();
    // "Connection is closed" says less than what closed it.
    throw redisFault(error) === 'away' ? (last ?? error) : error;
  }
  const ledger = createLedger({ redis, prefix, dataKeys: fixedDataKeys(dataKeys) });
  if (dataKeys.length > 0) {
    const trouble = await ledger.keyTrouble(clock.now());
    if (trouble !== null) onError(new Error(trouble.en));
  }
  const { enqueue, enqueueMany } = createEnqueue({
    // A producer never calls Bootpay: the rate is the workers' business.
    ledger,
    enqueueJobs: refundQueue.enqueueJobs,
    now: clock.now,
    retryDeadlineMs: options.retryDeadlineMs ?? 24 * 60 * 60_000,
  });
  return {
    enqueue,
    enqueueMany,
    async close() {
      clock.stop();
      await refundQueue.close();
      redis.disconnect();
    },
  };
}

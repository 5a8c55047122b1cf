// Connections to Redis: one way for workers, which wait for it, and one for producers, which fail fast.
import { once } from 'node:events';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { ConfigError } from '../domain/errors.ts';
import { backoffMs } from '../policies/retry-schedule.ts';
import { type RedisAddress, redisAddress } from './address.ts';
import { redisFault } from './fault.ts';
import { gatherWrites } from './gather-writes.ts';

/**
 * One server (also one that sentinels name), or a cluster. All our keys are in one slot, so both take the same
 * commands.
 */
export type RedisClient = Redis | Cluster;

export interface ConnectOptions {
  readonly url: string;
  /** `wait`: commands queue up while Redis is away. `fail`: they fail within seconds. */
  readonly whenDown: 'wait' | 'fail';
  readonly onError: (error: Error) => void;
}

/** @throws ConfigError when it is no address. */
export function connectRedis({ url, whenDown, onError }: ConnectOptions): RedisClient {
  const address = redisAddress(url);
  if (address === null) throw new ConfigError([noAddress]);
  const redis = open(address, whenDown);
  redis.on('error', onError);
  gatherWrites(redis);
  return redis;
}

const noAddress =
  'expected an address of Redis such as redis://host:6379 (redis://호스트:6379 같은 Redis 주소가 필요해요), got something else';

function open(address: RedisAddress, whenDown: 'wait' | 'fail'): RedisClient {
  const options = {
    maxRetriesPerRequest: whenDown === 'wait' ? null : 1,
    ...(whenDown === 'fail' && { connectTimeout: 2_000, commandTimeout: 5_000 }),
    retryStrategy: pauseMs,
    // After a failover this server is no primary any more: connect to the new one, and send the command again.
    reconnectOnError: (error) => (redisFault(error) === 'read_only' ? 2 : false),
  } satisfies RedisOptions;
  if (address.kind === 'server') return new Redis(address.url, options);
  const { username, password, tls } = address;
  const access = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  };
  if (address.kind === 'sentinel') {
    const { sentinels, name } = address;
    return new Redis({
      ...options,
      ...access,
      ...{
        sentinels: [...sentinels],
        name,
        sentinelRetryStrategy: pauseMs,
        enableTLSForSentinelMode: tls,
        ...(tls && { sentinelTLS: {} }),
        failoverDetector: true,
      },
    });
  }
  return new Cluster([...address.nodes], {
    redisOptions: { ...options, ...access },
    clusterRetryStrategy: pauseMs,
    // A command without an answer is sent to the new primary: for as long as a failover takes, or for some 3 s.
    maxRedirections: whenDown === 'wait' ? 1_000 : 16,
    retryDelayOnFailover: 200,
    retryDelayOnClusterDown: 200,
    // As a single server's connection does by itself after some seconds: commands fail while no node answers.
    enableOfflineQueue: whenDown === 'wait',
  });
}

/**
 * Waits until the nodes of a cluster are known, for use before the first command.
 * @throws when no node answers; `wait`: never.
 */
export async function nodesFound(redis: RedisClient): Promise<void> {
  if (redis instanceof Cluster && redis.status !== 'ready' && redis.options.enableOfflineQueue === false) {
    await once(redis, 'ready');
  }
}

/** The servers that may hold our keys. */
export function serversOf(redis: RedisClient): readonly Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

function pauseMs(times: number): number {
  return backoffMs(times, { firstMs: 100, longestMs: 2_000 });
}

// Connections to Redis: one way for workers, which wait for it, and one for producers, which fail fast.
import { once } from 'node:events';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { ConfigError } from '../domain/errors.ts';
import { backoffMs } from '../policies/retry-schedule.ts';
import { type RedisAddress, redisAddress } from './address.ts';
import { redisFault } from './fault.ts';
import { gatherWrites } from './gather-writes.ts';
import { guardConnection } from './guard.ts';

/**
 * One server (also one that sentinels name), or a cluster. All our keys are in one slot, so both take the same
 * commands.
 */
export type RedisClient = Redis | Cluster;

/** The sentinels' own; the password absent: the data's. */
interface SentinelAccess {
  readonly username: string | null;
  readonly password: string | null;
}

/** How long a connection may be silent. In ms. */
export interface Patience {
  /** Until a new connection is made. */
  readonly connectMs: number;
  /** While commands wait for an answer: then the connection is given up and made anew. */
  readonly silentMs: number;
}

interface ConnectOptions {
  readonly url: string;
  /** `wait`: commands queue up while Redis is away. `fail`: they fail within seconds. */
  readonly whenDown: 'wait' | 'fail';
  readonly onError: (error: Error) => void;
  readonly sentinel?: SentinelAccess | undefined;
  /** Shorter in tests. */
  readonly patience?: Patience | undefined;
}

/**
 * A firewall that forgets a connection and a host that vanishes send nothing that would end it; the kernel takes a
 * quarter of an hour to notice. `wait` is longer than any read of ours or of BullMQ that blocks (10 s); `fail` ends before
 * its commands and before a request to the server, so that they are sent again in time.
 */
export const patience = {
  wait: { connectMs: 5_000, silentMs: 15_000 },
  fail: { connectMs: 2_000, silentMs: 3_000 },
} as const satisfies Record<ConnectOptions['whenDown'], Patience>;

const commandMs = 5_000;
/** For one question to one sentinel, connecting included. */
const sentinelMs = 3_000;

/** @throws ConfigError when it is no address. */
export function connectRedis(connect: ConnectOptions): RedisClient {
  const address = redisAddress(connect.url);
  if (address.kind === 'wrong') throw new ConfigError([noAddress(address.option)]);
  const redis = open(address, connect);
  guardConnection(redis, connect.onError);
  gatherWrites(redis);
  return redis;
}

function noAddress(option: string | null): string {
  const came = option === null ? 'something else' : `?${option}, which is not one of its options`;
  return `expected an address of Redis such as redis://host:6379 (redis://호스트:6379 같은 Redis 주소가 필요해요), got ${came}`;
}

function open(address: RedisAddress, connect: ConnectOptions): RedisClient {
  const options = optionsFor(address, connect);
  if (address.kind === 'server') {
    const { host, port, db } = address;
    return new Redis({ ...options, host, port, db });
  }
  if (address.kind === 'sentinel') return openBySentinels(address, options, connect.sentinel);
  const waits = connect.whenDown === 'wait';
  return new Cluster([...address.nodes], {
    redisOptions: options,
    clusterRetryStrategy: pauseMs,
    // By name, as the nodes were announced: a certificate names no address.
    dnsLookup: (name, found) => found(null, name),
    // A command without an answer is sent to the new primary: for as long as a failover takes, or for some 3 s.
    maxRedirections: waits ? 1_000 : 16,
    retryDelayOnFailover: 200,
    retryDelayOnClusterDown: 200,
    // As a single server's connection does by itself after some seconds: commands fail while no node answers.
    enableOfflineQueue: waits,
  });
}

function optionsFor(address: RedisAddress, { whenDown, patience: given }: ConnectOptions) {
  const { username, password, tls, protocol, family } = address;
  const { connectMs, silentMs } = given ?? patience[whenDown];
  return {
    maxRetriesPerRequest: whenDown === 'wait' ? null : 1,
    ...(whenDown === 'fail' && { commandTimeout: commandMs }),
    connectTimeout: connectMs,
    socketTimeout: silentMs,
    keepAlive: 10_000,
    retryStrategy: pauseMs,
    // After a failover this server is no primary any more: connect to the new one, and send the command again.
    reconnectOnError: (error: Error) => (redisFault(error) === 'read_only' ? 2 : false),
    // Our answers are the same in both; RESP3 begins with HELLO, which proxies refuse in words of their own.
    protocol,
    family,
    // So that a server's first refusal meets a command whose error is heard.
    disableClientInfo: true,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  } satisfies RedisOptions;
}

type SentinelAddress = Extract<RedisAddress, { kind: 'sentinel' }>;

function openBySentinels(
  { sentinels, name, tls, sentinelTls, username, password }: SentinelAddress,
  options: ReturnType<typeof optionsFor>,
  own?: SentinelAccess,
): Redis {
  // The password of the `default` user is often the same for both, and a sentinel without one takes any.
  const usual = username === undefined ? password : undefined;
  const sentinelPassword = own?.password ?? usual;
  return new Redis({
    ...options,
    ...{ sentinels: [...sentinels], name, sentinelRetryStrategy: pauseMs, failoverDetector: true },
    ...(sentinelPassword !== undefined && {
      sentinelUsername: own?.username ?? 'default',
      sentinelPassword,
    }),
    sentinelCommandTimeout: sentinelMs,
    enableTLSForSentinelMode: tls,
    ...(sentinelTls && { sentinelTLS: {} }),
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

// What a piece of work took: time, the CPU of this process and of Redis, and the round trips between the two.
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisClient } from '../src/redis/connection.ts';
import { withRoundTrips } from './round-trips.ts';

export const measuredSchema = z.object({
  /** Refunds or events. */
  count: z.int(),
  /** From the first one in hand to the last one done. */
  ms: z.number(),
  /** Of Node and of Redis, over the whole work, its start included. */
  nodeCpuUs: z.number(),
  redisCpuUs: z.number(),
  roundTrips: z.record(z.string(), z.number()),
});
export type Measured = z.infer<typeof measuredSchema>;

export interface Work {
  readonly count: number;
  /** Another connection than the work's own; null: Redis has no part in it. */
  readonly redis: Redis | null;
  /** Answers when the first one was in hand, by `performance.now()`; nothing: from the start. */
  run(): Promise<number | undefined>;
}

export async function measure({ count, redis, run }: Work): Promise<Measured> {
  const redisBefore = redis === null ? 0 : await redisCpuUs(redis);
  const nodeBefore = nodeCpuUs();
  const startedAt = performance.now();
  const { result, roundTrips } = await withRoundTrips(run);
  const ms = performance.now() - (result ?? startedAt);
  const nodeSpentUs = nodeCpuUs() - nodeBefore;
  const redisSpentUs = redis === null ? 0 : (await redisCpuUs(redis)) - redisBefore;
  return { count, ms, nodeCpuUs: nodeSpentUs, redisCpuUs: redisSpentUs, roundTrips };
}

export function rateOf({ count, ms }: Pick<Measured, 'count' | 'ms'>): number {
  return (count * 1000) / ms;
}

export function roundTripsOf({ roundTrips, count }: Measured): number {
  return Object.values(roundTrips).reduce((sum, one) => sum + one, 0) / count;
}

/** Of this process since its start. */
export function nodeCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Since its start. */
export async function redisCpuUs(redis: RedisClient): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1_000_000;
}

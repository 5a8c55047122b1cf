// A sign of life of each worker, in Redis: so that it can be told when none runs anywhere.
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../redis/clock.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

const everyMs = 10_000;
/** A worker without a sign for so long is gone, or cut off. In ms. */
const goneAfterMs = 45_000;
/** Signs older than this are swept away. In ms. */
const forgottenAfterMs = 7 * 86_400_000;

interface HeartbeatDeps {
  readonly redis: RedisClient;
  readonly keys: Pick<Keys, 'workers'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** Beats at once, and until it is stopped. @param name of this process, another one in each. */
export function startHeartbeat(
  { redis, keys, clock, log }: HeartbeatDeps,
  name: string,
): () => Promise<void> {
  const beat = () =>
    void redis
      .hset(keys.workers, name, clock.now())
      .catch((error: unknown) =>
        log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'heartbeat_failed'),
      );
  beat();
  const timer = setInterval(beat, everyMs);
  return async () => {
    clearInterval(timer);
    await redis.hdel(keys.workers, name).catch(() => undefined);
  };
}

interface WorkersSeen {
  readonly running: number;
  /** When the last of those that are gone gave a sign, ms; null: none did. */
  readonly lastSeenAt: number | null;
}

export async function workersSeen({ redis, keys, clock }: Omit<HeartbeatDeps, 'log'>): Promise<WorkersSeen> {
  const signs = Object.entries(await redis.hgetall(keys.workers)).map(([name, at]) => ({
    name,
    at: Number(at),
  }));
  const now = clock.now();
  const old = signs.filter(({ at }) => now - at > forgottenAfterMs).map(({ name }) => name);
  if (old.length > 0) await redis.hdel(keys.workers, ...old).catch(() => undefined);
  const gone = signs.filter(({ at }) => now - at > goneAfterMs);
  return {
    running: signs.length - gone.length,
    lastSeenAt: gone.length === 0 ? null : Math.max(...gone.map(({ at }) => at)),
  };
}

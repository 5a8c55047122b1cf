// Connections to Redis: one way for workers, which wait for it, and one for producers, which fail fast.
import { Redis } from 'ioredis';

export interface RedisOptions {
  readonly url: string;
  /** `wait`: commands queue up while Redis is away. `fail`: they fail within seconds. */
  readonly whenDown: 'wait' | 'fail';
  readonly onError: (error: Error) => void;
}

export function connectRedis({ url, whenDown, onError }: RedisOptions): Redis {
  const redis = new OneWriteATurn(url, {
    maxRetriesPerRequest: whenDown === 'wait' ? null : 1,
    enableOfflineQueue: true,
    ...(whenDown === 'fail' && { connectTimeout: 2_000, commandTimeout: 5_000 }),
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  });
  redis.on('error', onError);
  return redis;
}

/** Redis' own time in ms: the one clock of all hosts. */
export async function redisTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Number(micros) / 1000;
}

/**
 * What is asked in one turn of the event loop leaves in one write. Under load answers come many at a time, and a write to
 * the socket for each next question would cost more, here and in Redis, than all else that is done to ask it.
 */
class OneWriteATurn extends Redis {
  #corked = false;

  override sendCommand(...asked: Parameters<Redis['sendCommand']>): unknown {
    const socket = this.stream;
    if (!this.#corked && socket !== undefined) {
      this.#corked = true;
      socket.cork();
      setImmediate(() => {
        this.#corked = false;
        socket.uncork();
      });
    }
    return super.sendCommand(...asked);
  }
}

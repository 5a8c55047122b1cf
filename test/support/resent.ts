// A Redis that loses the first answer to every script: the client sends the script again, as it does after a broken
// connection, and the caller hears the second answer.
import type { RedisClient } from '../../src/redis/connection.ts';

export function resending(redis: RedisClient): RedisClient {
  const again: Readonly<Record<string | symbol, unknown>> = {
    async evalsha(...args: Parameters<typeof redis.evalsha>) {
      await redis.evalsha(...args);
      return redis.evalsha(...args);
    },
    async eval(...args: Parameters<typeof redis.eval>) {
      await redis.eval(...args);
      return redis.eval(...args);
    },
  };
  return new Proxy(redis, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return again[name] ?? (typeof value === 'function' ? value.bind(target) : value);
    },
  });
}

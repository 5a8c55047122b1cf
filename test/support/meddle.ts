// A ledger in whose way somebody else writes: between its reading and its script, or between two of its scripts.
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import { createLedger } from '../../src/ledger/index.ts';
import type { RedisClient } from '../../src/redis/connection.ts';
import type { Shop } from './shop.ts';

/** `meddle` runs once, just before the script of this number (from 1). */
export function ledgerWith({ system }: Shop, script: number, meddle: () => Promise<unknown>) {
  const { redis, config } = system;
  let scripts = 0;
  const evalsha = async (...args: Parameters<typeof redis.evalsha>) => {
    scripts += 1;
    if (scripts === script) await meddle();
    return redis.evalsha(...args);
  };
  const watched = new Proxy(redis, {
    get: (target, name) => {
      const value: unknown = name === 'evalsha' ? evalsha : Reflect.get(target, name);
      return typeof value === 'function' && name !== 'evalsha' ? value.bind(target) : value;
    },
  });
  return createLedger({ redis: watched, prefix: config.redis.prefix, dataKeys: fixedDataKeys([]) });
}

/** A Redis in which `meddle` runs once, after the first answer to this command. */
export function afterFirst<Client extends RedisClient>(
  redis: Client,
  command: 'zrangebyscore' | 'zrevrangebyscore',
  meddle: () => Promise<unknown>,
): Client {
  let answers = 0;
  const meddled = async (...args: Parameters<typeof redis.zrangebyscore>) => {
    const answer = await redis[command](...args);
    answers += 1;
    if (answers === 1) await meddle();
    return answer;
  };
  return new Proxy(redis, {
    get: (target, name) => {
      const value: unknown = name === command ? meddled : Reflect.get(target, name);
      return typeof value === 'function' && name !== command ? value.bind(target) : value;
    },
  });
}

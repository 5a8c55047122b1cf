// Everything that is stored under a prefix as one text a person could read: unpacked, and without escapes.

import { unpack } from '../../src/ledger/packed.ts';
import type { RedisClient } from '../../src/redis/connection.ts';

export async function storedText(redis: RedisClient, prefix: string): Promise<string> {
  const parts: string[] = [];
  for (const key of await redis.keys(`${prefix}*`)) parts.push(key, ...(await textsOf(redis, key)));
  return parts.map(readable).join('\n');
}

async function textsOf(redis: RedisClient, key: string): Promise<string[]> {
  switch (await redis.type(key)) {
    case 'hash':
      return Object.entries(await redis.hgetall(key)).flat();
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'set':
      return redis.smembers(key);
    case 'stream':
      return (await redis.xrange(key, '-', '+')).flatMap(([, fields]) => fields);
    default:
      return [(await redis.get(key)) ?? ''];
  }
}

function readable(text: string): string {
  return unpack(text).replace(/\\+u([\da-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

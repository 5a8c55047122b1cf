// The sources that events came from. A refund's id is made of source and event id: with the sources known, a refund is
// found by its event id alone.
import type { NewRefund } from '../domain/ledger.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

/** A shop has a few; a sender that makes up a new one for each event is not remembered for ever. */
const mostKept = 200;

interface Sources {
  note(batch: readonly NewRefund[]): Promise<void>;
  all(): Promise<string[]>;
}

export function createSources(redis: RedisClient, keys: Keys): Sources {
  const noted = new Set<string>();
  return {
    async note(batch) {
      const fresh = new Set(batch.map(({ refund }) => refund.source).filter((source) => !noted.has(source)));
      if (fresh.size === 0 || noted.size >= mostKept) return;
      if ((await redis.scard(keys.sources)) < mostKept) await redis.sadd(keys.sources, ...fresh);
      for (const source of fresh) noted.add(source);
    },
    all: () => redis.smembers(keys.sources),
  };
}

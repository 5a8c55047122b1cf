// Erases the details of refunds that ended longer ago than records are kept; the worker's retention calls it page by
// page. What is left of a refund is its identity, and how it ended. A record that cannot be read is kept: a newer
// version of this program may have written it.
import { z } from 'zod';
import type { PurgePage, PurgeQuery } from '../domain/ledger.ts';
import { endedStates } from '../domain/states.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';
import { readRecord } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/purge.lua']);
const answerSchema = z.tuple([
  z.number(),
  z.number(),
  z.union([z.literal(0), z.literal(1)]),
  z.array(z.string()),
]);

export async function purge(
  redis: RedisClient,
  keys: Keys,
  { state, endedBy, passOver, limit }: PurgeQuery,
): Promise<PurgePage> {
  const others = endedStates.filter((other) => other !== state);
  const indexes = [state, ...others].map(keys.byState);
  const prefixes = [keys.anyRefund(''), keys.anyReceipt(''), keys.byReceipt(''), keys.byOrder('')];
  const run = async (read: string) => {
    const args = [endedBy, passOver, limit, ...prefixes, read];
    const [purged, stayed, end, ids] = answerSchema.parse(await script.run(redis, indexes, args));
    return { page: { purged, stayed, end: end === 1 }, ids };
  };
  const { page, ids } = await run('');
  if (ids.length === 0) return page;
  return (await run(JSON.stringify(await versionsOfRead(redis, keys, ids)))).page;
}

async function versionsOfRead(
  redis: RedisClient,
  keys: Keys,
  ids: readonly string[],
): Promise<Record<string, string | null>> {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hmget(keys.anyRefund(id), 'body', 'state', 'version');
  const answers = (await pipeline.exec()) ?? [];
  const read = ids.flatMap((id, place) => {
    const [error, stored] = answers[place] ?? [];
    if (error) throw error;
    const [body = null, state = null, version = null]: (string | null)[] = Array.isArray(stored)
      ? stored
      : [];
    return typeof readRecord({ body, state, version }) === 'string' ? [] : [[id, version] as const];
  });
  return Object.fromEntries(read);
}

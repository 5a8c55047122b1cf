// How the latest reconciliation ended: kept so that people can see when somebody last compared.
import { z } from 'zod';
import type { Reconciliation } from '../domain/ledger.ts';
import { parseJson } from '../domain/problem.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

const schema = z.object({
  at: z.number(),
  compared: z.number(),
  different: z.number(),
  complete: z.boolean(),
}) satisfies z.ZodType<Reconciliation>;

export async function noteReconciliation(redis: RedisClient, keys: Keys, run: Reconciliation): Promise<void> {
  await redis.set(keys.reconciliation, JSON.stringify(run));
}

export async function lastReconciliation(redis: RedisClient, keys: Keys): Promise<Reconciliation | null> {
  const text = await redis.get(keys.reconciliation);
  return text === null ? null : (schema.safeParse(parseJson(text)).data ?? null);
}

// Counts dead letters by what they have in common: two Redis commands a group, however many cases there are.
import { z } from 'zod';
import type { CaseGroup } from '../domain/ledger.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

/** As cases.lua writes it: kind, code, severity, the PG's code; '' for none. A newer version may have other kinds. */
const nameSchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

export async function caseGroups(redis: RedisClient, keys: Keys): Promise<CaseGroup[]> {
  const groups = (await readGroupNames(redis, keys)).map(async ({ name, ...alike }) => {
    const [count, [, oldestAt]] = await Promise.all([
      redis.zcard(keys.caseGroup(name)),
      redis.zrange(keys.caseGroup(name), '0', '0', 'WITHSCORES'),
    ]);
    // The last one may have left the group since its name was read.
    return count === 0 || oldestAt === undefined ? [] : [{ ...alike, count, oldestAt: Number(oldestAt) }];
  });
  return (await Promise.all(groups)).flat();
}

/** What the members of each group have in common. */
export async function readGroupNames(redis: RedisClient, keys: Keys) {
  const names = await redis.smembers(keys.caseGroups);
  return names.map((name) => ({ name, ...parseGroupName(name) }));
}

export function parseGroupName(name: string): Pick<CaseGroup, 'case' | 'code' | 'severity' | 'pgCode'> {
  const [kind, code, severity, pgCode] = nameSchema.parse(JSON.parse(name));
  return { case: kind, code: code || null, severity, pgCode: pgCode || null };
}

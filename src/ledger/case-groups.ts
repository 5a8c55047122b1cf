// Counts dead letters by what they have in common: two Redis commands a group, however many cases there are.
import { z } from 'zod';
import type { CaseGroup } from '../domain/ledger.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

/** As cases.lua writes it: kind, code, severity, the PG's code; '' for none. A newer version may have other kinds. */
const nameSchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

export async function caseGroups(redis: RedisClient, keys: Keys): Promise<CaseGroup[]> {
  const names = await readGroupNames(redis, keys);
  const pipeline = redis.pipeline();
  for (const { name } of names) {
    pipeline.zcard(keys.caseGroup(name));
    pipeline.zrange(keys.caseGroup(name), '0', '0', 'WITHSCORES');
  }
  const answers = ((await pipeline.exec()) ?? []).map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
  return names.flatMap(({ name: _, ...alike }, index) => {
    const count = Number(answers[2 * index]);
    const oldest = z.array(z.string()).parse(answers[2 * index + 1]);
    // The last one may have left the group since its name was read.
    if (count === 0 || oldest[1] === undefined) return [];
    return [{ ...alike, count, oldestAt: Number(oldest[1]) }];
  });
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

// Finds open refunds and dead letters whose job is gone or will not come in time, and refunds past their deadline that no
// worker could take. One script call examines one page, so that of a million records only the overdue ones are read.
import { z } from 'zod';
import { refundIdSchema } from '../domain/ids.ts';
import type { Ledger, OverdueQuery, OverdueRefund } from '../domain/ledger.ts';
import type { RedisClient } from '../redis/connection.ts';
import { deadLetterQueueName, type Keys, refundQueueName } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';

const script = loadScript(import.meta.url, ['./scripts/overdue.lua']);
const whySchema = z.enum(['no_job', 'no_list', 'asleep', 'ahead', 'past_deadline']);
const jobLists = ['prioritized', 'delayed', 'active', 'wait', 'paused'];
const answerSchema = z.tuple([z.string(), z.coerce.number(), z.array(z.string())]);

export async function overdue(
  redis: RedisClient,
  keys: Keys,
  { among, after, now, dueBy, lateBy, upTo, limit }: OverdueQuery,
): ReturnType<Ledger['overdue']> {
  const open = among === 'open';
  const index = open ? keys.wakeUps : keys.byState('dead_lettered');
  const jobs = keys.job(open ? refundQueueName : deadLetterQueueName, '');
  const lists = open ? [...jobLists.map((state) => keys.jobsIn(refundQueueName, state)), keys.lane] : [];
  const from = [after?.id ?? '', after?.score ?? 0];
  const [lastId, lastScore, flat] = answerSchema.parse(
    await script.run(
      redis,
      [index, ...lists],
      [keys.anyRefund(''), jobs, among, dueBy, lateBy, limit, ...from, now, open ? upTo : 'inf'],
    ),
  );
  return { found: foundIn(flat), next: lastId === '' ? null : { id: lastId, score: lastScore } };
}

function foundIn(flat: readonly string[]): OverdueRefund[] {
  const found: OverdueRefund[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const [refundId, why, jobId] = flat.slice(i, i + 3);
    found.push({
      refundId: refundIdSchema.parse(refundId),
      why: whySchema.parse(why),
      jobId: z.string().parse(jobId),
    });
  }
  return found;
}

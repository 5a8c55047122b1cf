// Finds open refunds and dead letters whose job is gone or will not come in time, and refunds past their deadline that no
// worker could take. One script call examines one page, so that of a million records only the overdue ones are read.
import { z } from 'zod';
import { refundIdSchema } from '../domain/ids.ts';
import type { OverduePage, OverdueQuery } from '../domain/ledger.ts';
import { longestReceiptWaitMs, personHoldCheckMs } from '../policies/retry-schedule.ts';
import { hostsDifferMs } from '../policies/steady-clock.ts';
import type { RedisClient } from '../redis/connection.ts';
import { deadLetterQueueName, type Keys, refundQueueName } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';

const script = loadScript(import.meta.url, ['./scripts/overdue.lua']);
const whySchema = z.enum(['no_job', 'no_list', 'asleep', 'ahead', 'past_deadline']);
const jobLists = ['prioritized', 'delayed', 'active', 'wait', 'paused'];
const foundSchema = z
  .object({ refund_id: refundIdSchema, why: whySchema, job_id: z.string() })
  .transform(({ refund_id: refundId, why, job_id: jobId }) => ({ refundId, why, jobId }));
const answerSchema = jsonAnswer(
  z.object({
    found: z.array(foundSchema).default([]),
    next: z.object({ id: z.string(), score: z.coerce.number() }).nullable().default(null),
  }),
);

export async function overdue(
  redis: RedisClient,
  keys: Keys,
  { among, after, now, dueBy, lateBy, upTo, limit }: OverdueQuery,
): Promise<OverduePage> {
  const open = among === 'open';
  const index = open ? keys.wakeUps : keys.byState('dead_lettered');
  const lists = open ? [...jobLists.map((state) => keys.jobsIn(refundQueueName, state)), keys.lane] : [];
  const page = {
    among,
    records: keys.anyRefund(''),
    jobs: keys.job(open ? refundQueueName : deadLetterQueueName, ''),
    now,
    due_by: dueBy,
    late_by: lateBy,
    up_to: open ? upTo : undefined,
    limit,
    after: after === null ? undefined : { id: after.id, score: String(after.score) },
    longest_receipt_wait: longestReceiptWaitMs,
    longest_lane_wait: personHoldCheckMs,
    hosts_differ: hostsDifferMs,
  };
  return answerSchema.parse(await script.run(redis, [index, ...lists], [jsonArgument(page)]));
}

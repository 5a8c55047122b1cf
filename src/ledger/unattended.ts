// Finds what nobody attends to: open refunds and dead letters whose job is gone, and refunds past their deadline that no
// worker could take. One script a page, so that a million records cost the reader nothing but the pages.
import { z } from 'zod';
import { refundIdSchema } from '../domain/ids.ts';
import type { Ledger, Unattended, UnattendedQuery } from '../domain/ports.ts';
import type { RedisClient } from '../queue/connection.ts';
import { deadLetterQueueName, type Keys, refundQueueName } from '../queue/names.ts';
import { loadScript } from '../queue/scripts.ts';

const script = loadScript(import.meta.url, ['./scripts/cases.lua', './scripts/unattended.lua']);
const whySchema = z.enum(['no_job', 'past_deadline']);
const answerSchema = z.tuple([z.string(), z.coerce.number(), z.array(z.string())]);

export async function unattended(
  redis: RedisClient,
  keys: Keys,
  { among, after, dueBy, lateBy, limit }: UnattendedQuery,
): ReturnType<Ledger['unattended']> {
  const open = among === 'open';
  const index = open ? keys.wakeUps : keys.byState('dead_lettered');
  const jobs = keys.job(open ? refundQueueName : deadLetterQueueName, '');
  const highest = open ? dueBy : '+inf';
  const from = [after?.id ?? '', after?.score ?? 0];
  const [lastId, lastScore, flat] = answerSchema.parse(
    await script.run(
      redis,
      [index],
      [keys.anyRefund(''), jobs, among, highest, lateBy, limit, ...from, keys.cases],
    ),
  );
  return { found: pairs(flat), next: lastId === '' ? null : { id: lastId, score: lastScore } };
}

function pairs(flat: readonly string[]): Unattended[] {
  const found: Unattended[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    found.push({ refundId: refundIdSchema.parse(flat[i]), why: whySchema.parse(flat[i + 1]) });
  }
  return found;
}

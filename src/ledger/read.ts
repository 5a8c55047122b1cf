// Reading the ledger: one record with its history, how many there are, and the jobs that wait for a receipt's lock.
import { z } from 'zod';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { ReceiptRow, StoredRefund } from '../domain/ledger.ts';
import { isEnded, type State, stateSchema } from '../domain/states.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { readAbout } from './about.ts';
import { answersOf } from './answers.ts';
import { readHistory, readRecord, type StoredFields, storedVersion } from './stored.ts';
import { readUnread } from './unread.ts';

export async function readRefund(redis: RedisClient, keys: Keys, id: RefundId): Promise<StoredRefund | null> {
  const [fields, lines] = await Promise.all([
    redis.hmget(keys.refund(id), ...storedFields, 'job'),
    redis.lrange(keys.history(id), 0, -1),
  ]);
  const [body = null, state = null, version = null, jobId = null] = fields;
  if (state === null) return null;
  const about = { version: storedVersion(version), jobId, history: readHistory(lines) };
  if (body === null && isEnded(state)) return { refund: null, unread: null, purged: true, state, ...about };
  const refund = readRecord({ body, state, version });
  if (typeof refund !== 'string') {
    return { refund, unread: null, purged: false, state: refund.state, ...about };
  }
  const unread = await readUnread(redis, keys, { refundId: id, unread: refund });
  if (unread === null) return null;
  return {
    refund: null,
    unread,
    purged: false,
    state: stateSchema.catch('dead_lettered').parse(state),
    ...about,
  };
}

const storedFields = ['body', 'state', 'version'] as const;
const text = z.string().nullable();
const storedSchema = z.tuple([text, text, text]);

/** What is stored of each, in one round trip and in the order of the ids; without a state there is no such record. */
export async function readStored(
  redis: RedisClient,
  keys: Keys,
  ids: readonly string[],
): Promise<StoredFields[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hmget(keys.anyRefund(id), ...storedFields);
  return (await answersOf(pipeline)).map((fields) => {
    const [body, state, version] = storedSchema.parse(fields);
    return { body, state, version };
  });
}

/** What our ledger knows of a receipt, and the jobs that wait for it. */
export async function readReceipt(redis: RedisClient, keys: Keys, id: ReceiptId): Promise<ReceiptRow> {
  const [row, jobs] = await Promise.all([
    redis.hgetall(keys.receipt(id)),
    redis.zrange(keys.waiting(id), '0', '-1'),
  ]);
  const number = (field: string) => Number(row[field] ?? 0);
  const below = { at: number('below_at'), version: number('below_version'), totalWon: number('below_won') };
  const refundIds = jobs.map((jobId) => jobId.slice(0, jobId.lastIndexOf('-')));
  return {
    highestWon: number('highest'),
    settledWon: number('settled'),
    marks: number('marks'),
    openDrifts: number('drifts'),
    version: number('version'),
    about: readAbout(row['about']),
    holder: row['lock'] ?? null,
    below: row['below_at'] === undefined ? null : below,
    waiting: [...new Set(refundIds)].filter((refundId) => refundId !== ''),
    waitingJobs: jobs,
  };
}

/** How many refunds in these states were accepted since then, readable or not. */
export async function countRefunds(
  redis: RedisClient,
  keys: Keys,
  { states, since }: { readonly states: readonly State[]; readonly since?: number | undefined },
): Promise<number> {
  const counts = states.map((state) => redis.zcount(keys.byState(state), since ?? '-inf', '+inf'));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

export async function newestAcceptedAt(redis: RedisClient, keys: Keys): Promise<number | null> {
  const newest = await Promise.all(
    stateSchema.options.map((state) => redis.zrevrange(keys.byState(state), 0, 0, 'WITHSCORES')),
  );
  const times = newest.flatMap(([, score]) => (score === undefined ? [] : [Number(score)]));
  return times.length === 0 ? null : Math.max(...times);
}

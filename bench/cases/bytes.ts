// What one refund keeps in Redis: while it waits, when it has succeeded, when its details were erased, and as a dead
// letter; beside BullMQ's own jobs.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { keysFor } from '../../src/redis/keys.ts';
import { createRetention } from '../../src/worker/retention.ts';
import { inChunks, receiptIds } from '../contenders/contender.ts';
import type { Context } from '../context.ts';
import { atMost } from '../goals.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import { jobsLikeOurs } from './jobs-like-ours.ts';
import { openShop } from './shop.ts';

const refusal = 'RC_CANCEL_SERVER_ERROR_NOT_LISTED';

/** What `docker-compose.yml` sets: records and jobs stay in Redis' compact form, whose values end at 64 bytes else. */
const compactValueBytes = 4_096;

export async function bytes(context: Context): Promise<Found> {
  const count = context.quick ? 3_000 : 50_000;
  const plain = await measureAll(context, count);
  const compact = context.quick ? null : await whileCompact(context, () => measureAll(context, count));
  const row = (what: string, of: (sizes: Sizes) => number | null) =>
    [what, of(plain), compact && of(compact)].map((cell) =>
      typeof cell === 'number' ? said(cell) : (cell ?? ''),
    );
  return {
    tables: [
      {
        head: ['what, bytes each', "Redis' defaults", `hash-max-listpack-value ${compactValueBytes}`],
        rows: [
          row('BullMQ: the same job, waiting', ({ bullmq }) => bullmq),
          row('ours: waiting (record and job)', ({ waiting }) => waiting),
          row('ours: succeeded (record, history, receipt, indexes, event)', ({ succeeded }) => succeeded),
          row('- of which its outcome event', ({ event }) => event),
          row(
            'ours: forgotten after RECORD_RETENTION_DAYS (identity, receipt, event)',
            (sizes) => sizes.forgotten,
          ),
          row(
            'ours: dead letter (its job in the dead-letter queue and its event included)',
            ({ dead }) => dead,
          ),
          row('- of which its outcome event', ({ deadEvent }) => deadEvent),
        ],
      },
      { head: ['of one succeeded refund', 'bytes'], rows: plain.parts },
      { head: ['of one forgotten refund', 'bytes'], rows: plain.partsLeft },
    ],
    notes: [
      `Redis' used_memory before and after, ${count.toLocaleString('en-US')} refunds each, one refund per receipt and order. The stream of outcome events is capped at about 100,000, so that at a million refunds a tenth of an event is left to each.`,
      'Keys by MEMORY USAGE, which leaves out the entries in shared indexes and in the key table.',
      "A record that has ended is erased after RECORD_RETENTION_DAYS (1,830). What is left of it for ever is its identity, by which its event is a duplicate on any later day, and its receipt's row: the sum still grows by that.",
    ],
    goals: [
      atMost(2_500, { name: 'bytes per succeeded refund', measured: plain.succeeded, unit: 'bytes' }),
      atMost(2_500, {
        name: 'bytes per succeeded refund, without the capped outcome events',
        measured: plain.succeeded - plain.event,
        unit: 'bytes',
      }),
    ],
  };
}

interface Sizes {
  readonly bullmq: number;
  readonly waiting: number;
  readonly succeeded: number;
  readonly event: number;
  readonly forgotten: number;
  readonly dead: number;
  readonly deadEvent: number;
  readonly parts: string[][];
  readonly partsLeft: string[][];
}

async function measureAll(context: Context, count: number): Promise<Sizes> {
  const bullmq = await bareWaiting(context, count);
  await context.clean();
  await context.stub.set({});
  const empty = await context.redis.usedBytes();
  const per = async () => ((await context.redis.usedBytes()) - empty) / count;
  const contender = context.contender('ours');
  await contender.open(context.place(50));
  await contender.enqueue({ name: 'b', from: 0, count });
  const waiting = await per();
  await contender.drain(count);
  await contender.close();
  const event = (await eventBytes(context)) / count;
  const succeeded = await per();
  const parts = await partsOf(context);
  await forgetAll(context, count);
  const forgotten = await per();
  const partsLeft = await partsOf(context);

  await context.clean();
  const emptyAgain = await context.redis.usedBytes();
  await contender.open(context.place(50));
  await contender.enqueue({ name: `no-${refusal}`, from: 0, count });
  await contender.drain(count);
  await contender.close();
  const dead = ((await context.redis.usedBytes()) - emptyAgain) / count;
  const deadEvent = (await eventBytes(context)) / count;
  return { bullmq, waiting, succeeded, event, forgotten, dead, deadEvent, parts, partsLeft };
}

async function whileCompact<Result>(context: Context, work: () => Promise<Result>): Promise<Result> {
  const setting = 'hash-max-listpack-value';
  const { redis } = context.redis;
  const [, before = '64'] = z.tuple([z.string(), z.string()]).parse(await redis.config('GET', setting));
  await redis.config('SET', setting, compactValueBytes);
  try {
    return await work();
  } finally {
    await redis.config('SET', setting, before);
  }
}

/** As the sweeper does it, with the retention time over for all of them. */
async function forgetAll(context: Context, count: number): Promise<void> {
  const shop = await openShop(context);
  const now = () => Date.now() + 1_000;
  const clock = { now, toLocal: now, steadySince: () => 0, jumpedAt: () => null };
  const { log } = shop.system;
  const ledger = { ...shop.system.ledger, newestAcceptedAt: async () => null };
  const purgeOld = createRetention({ ledger, clock, log }, { retentionMs: 0, mostPages: count });
  const forgotten = await purgeOld();
  await shop.close();
  if (forgotten !== count) throw new Error(`${forgotten} of ${count} were forgotten`);
}

async function bareWaiting(context: Context, count: number): Promise<number> {
  await context.clean();
  const redis = new Redis(context.redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue('refunds', { connection: redis, prefix: '{raw}' });
  const before = await context.redis.usedBytes();
  const jobs = jobsLikeOurs(receiptIds({ name: 'b', from: 0, count }), Date.now());
  await inChunks(jobs, (chunk) => queue.addBulk([...chunk]));
  const after = await context.redis.usedBytes();
  await queue.close();
  redis.disconnect();
  return (after - before) / count;
}

async function eventBytes({ redis }: Context): Promise<number> {
  return Number((await redis.redis.memory('USAGE', keysFor('{bench}').events, 'SAMPLES', 0)) ?? 0);
}

/** The keys of the last refund, and the heads of the lists that all share. */
async function partsOf({ redis: { redis } }: Context): Promise<string[][]> {
  const keys = await redis.keys('{bench}*');
  const [some = ''] = keys.filter((key) => /:refund:rf_[a-z2-7]{26}$/.test(key));
  const receipt = (await redis.hget(some, 'receipt')) ?? '';
  const own = keys.filter(
    (key) => key.startsWith(some) || key.endsWith(`:${receipt}`) || key.endsWith(`:o-${receipt}`),
  );
  const sizes = await Promise.all(own.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
  return own
    .map((key, index): [string, number] => [
      key.replace('{bench}:', '').replace(/rf_\w+/, 'rf_…'),
      sizes[index] ?? 0,
    ])
    .sort(([, one], [, other]) => other - one)
    .map(([key, size]) => [`\`${key}\``, said(size)]);
}

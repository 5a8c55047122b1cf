// What one refund keeps in Redis: while it waits, when it has succeeded, when its details were erased, and as a dead
// letter; beside BullMQ's own jobs.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { keysFor } from '../../src/queue/names.ts';
import { createRetention } from '../../src/worker/retention.ts';
import { inChunks, receiptIds } from '../contenders/contender.ts';
import { atMost } from '../goals.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import type { Stage } from '../stage.ts';
import { jobsLikeOurs } from './jobs-like-ours.ts';
import { openShop } from './shop.ts';

const refusal = 'RC_CANCEL_SERVER_ERROR_NOT_LISTED';

export async function bytes(stage: Stage): Promise<Found> {
  const count = stage.quick ? 3_000 : 50_000;
  const bullmq = await bareWaiting(stage, count);
  await stage.clean();
  await stage.stub.set({});
  const empty = await stage.redis.usedBytes();
  const per = async () => ((await stage.redis.usedBytes()) - empty) / count;
  const contender = stage.contender('ours');
  await contender.open(stage.place(50));
  await contender.enqueue({ name: 'b', from: 0, count });
  const waiting = await per();
  await contender.drain(count);
  await contender.close();
  const events = await eventBytes(stage);
  const succeeded = await per();
  const parts = await partsOf(stage);
  await forgetAll(stage, count);
  const forgotten = await per();
  const partsLeft = await partsOf(stage);

  await stage.clean();
  const emptyAgain = await stage.redis.usedBytes();
  await contender.open(stage.place(50));
  await contender.enqueue({ name: `no-${refusal}`, from: 0, count });
  await contender.drain(count);
  await contender.close();
  const dead = ((await stage.redis.usedBytes()) - emptyAgain) / count;
  const deadEvents = await eventBytes(stage);
  return {
    tables: [
      {
        head: ['what', 'bytes each', 'of which outcome events'],
        rows: [
          ['BullMQ: the same job, waiting', said(bullmq), ''],
          ['ours: waiting (record and job)', said(waiting), '0'],
          [
            'ours: succeeded (record, history, receipt, indexes, event)',
            said(succeeded),
            said(events / count),
          ],
          [
            'ours: forgotten after RECORD_RETENTION_DAYS (identity, receipt, event)',
            said(forgotten),
            said(events / count),
          ],
          ['ours: dead letter (and its job in the dead-letter queue)', said(dead), said(deadEvents / count)],
        ],
      },
      { head: ['of one succeeded refund', 'bytes'], rows: parts },
      { head: ['of one forgotten refund', 'bytes'], rows: partsLeft },
    ],
    notes: [
      `Redis' used_memory before and after, ${count.toLocaleString('en-US')} refunds each, one refund per receipt and order. The stream of outcome events is capped at about 100,000.`,
      'Keys by MEMORY USAGE, which leaves out the entries in shared indexes and in the key table.',
      "A record that has ended is erased after RECORD_RETENTION_DAYS (1,830). What is left of it for ever is its identity, by which its event is a duplicate on any later day, and its receipt's row: the sum still grows by that.",
    ],
    goals: [atMost(2_500, { name: 'bytes per succeeded refund', measured: succeeded, unit: 'bytes' })],
  };
}

/** As the sweeper does it, with the retention time over for all of them. */
async function forgetAll(stage: Stage, count: number): Promise<void> {
  const shop = await openShop(stage);
  const clock = { now: () => Date.now() + 1_000 };
  const { ledger, log } = shop.system;
  const forgetOld = createRetention({ ledger, clock, log }, { retentionMs: 0, mostPages: count });
  const forgotten = await forgetOld();
  await shop.close();
  if (forgotten !== count) throw new Error(`${forgotten} of ${count} were forgotten`);
}

async function bareWaiting(stage: Stage, count: number): Promise<number> {
  await stage.clean();
  const redis = new Redis(stage.redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue('refunds', { connection: redis, prefix: '{raw}' });
  const before = await stage.redis.usedBytes();
  const jobs = jobsLikeOurs(receiptIds({ name: 'b', from: 0, count }), Date.now());
  await inChunks(jobs, (chunk) => queue.addBulk([...chunk]));
  const after = await stage.redis.usedBytes();
  await queue.close();
  redis.disconnect();
  return (after - before) / count;
}

async function eventBytes({ redis }: Stage): Promise<number> {
  return Number((await redis.redis.memory('USAGE', keysFor('{bench}').events, 'SAMPLES', 0)) ?? 0);
}

/** The keys of the last refund, and the heads of the lists that all share. */
async function partsOf({ redis: { redis } }: Stage): Promise<string[][]> {
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

// Enqueueing: one by one, many at once, and over HTTP, each beside BullMQ's own add with the same job and options.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { openSystem } from '../../src/compose.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { configurationFor } from '../contenders/configuration.ts';
import { inChunks, receiptIds } from '../contenders/contender.ts';
import { eventFor } from '../contenders/ours.ts';
import type { Context } from '../context.ts';
import { atLeast } from '../goals.ts';
import { type Measured, measure, rateOf } from '../measure.ts';
import { ratio, said, spread } from '../numbers.ts';
import type { Found } from '../result.ts';
import { inRounds } from '../rounds.ts';
import { startShopServer } from '../shop-server.ts';
import { ratios, spreadOf } from '../stats.ts';
import { jobsLikeOurs } from './jobs-like-ours.ts';

const ways = [
  'addBulk, 250 x 4',
  'ours, 250 x 4',
  'add, one by one',
  'ours, one by one',
  'add, 50 at once',
  'ours, 50 at once',
  'ours over HTTP, 50 at once',
] as const;
type Way = (typeof ways)[number];
const besides: Readonly<Record<Way, Way>> = {
  'addBulk, 250 x 4': 'addBulk, 250 x 4',
  'ours, 250 x 4': 'addBulk, 250 x 4',
  'add, one by one': 'add, one by one',
  'ours, one by one': 'add, one by one',
  'add, 50 at once': 'add, 50 at once',
  'ours, 50 at once': 'add, 50 at once',
  'ours over HTTP, 50 at once': 'add, 50 at once',
};

export async function enqueue(context: Context): Promise<Found> {
  const doers = await openDoers(context);
  const warmUps = 1;
  try {
    const samples = await inRounds({
      names: ways,
      rounds: context.rounds + warmUps,
      chance: context.chance,
      async run(way, round) {
        context.tell(`enqueue: ${way}, round ${round}`);
        await context.clean();
        return doers.run(way, sizeOf(way, context.quick));
      },
    });
    const rates = (way: Way) => samples(way).slice(warmUps).map(rateOf);
    const costs = (way: Way, value: (measured: Measured) => number) =>
      spread(spreadOf(samples(way).slice(warmUps).map(value)));
    const rows = ways.map((way) => [
      way,
      spread(spreadOf(rates(way))),
      besides[way] === way ? '' : spread(ratios(rates(way), rates(besides[way])), ratio),
      way.includes('HTTP') ? '' : costs(way, ({ nodeCpuUs, count }) => nodeCpuUs / count),
      costs(way, ({ redisCpuUs, count }) => redisCpuUs / count),
    ]);
    const measured = ratios(rates('ours, 250 x 4'), rates('addBulk, 250 x 4'));
    return {
      tables: [
        { head: ['way', 'events/s', 'of BullMQ the same way', 'Node us/event', 'Redis us/event'], rows },
      ],
      notes: [
        'BullMQ adds the same job with the same options (id, priority). Ours first stores the record, with identity, conflicts, indexes and history, fifty events in a script, and then adds the job.',
        limitOf((way, value) => spreadOf(samples(way).slice(warmUps).map(value)).median),
        'Over HTTP the server is a process of its own, and so is the caller.',
      ],
      goals: [atLeast(0.85, { name: 'enqueue in bulk, of raw addBulk in the same chunks', measured })],
    };
  } finally {
    await doers.close();
  }
}

/** The difference in bulk is what the record adds; Redis does one thing at a time. */
function limitOf(median: (way: Way, value: (measured: Measured) => number) => number): string {
  const us = (way: Way) => ({
    node: median(way, ({ nodeCpuUs, count }) => nodeCpuUs / count),
    redis: median(way, ({ redisCpuUs, count }) => redisCpuUs / count),
  });
  const [raw, ours] = [us('addBulk, 250 x 4'), us('ours, 250 x 4')];
  return [
    `What the limit in bulk is made of, per event: Redis ${said(ours.redis)} us, of which BullMQ's job ${said(raw.redis)} and the record (five keys, two shared indexes) the rest;`,
    `Node ${said(ours.node)} us, of which BullMQ's job ${said(raw.node)}.`,
    `One Redis cannot take more than ${said(1_000_000 / ours.redis)} events/s here: ${ratio(raw.redis / ours.redis)} of what it takes of bare jobs, with a Node that costs nothing.`,
  ].join(' ');
}

function sizeOf(way: Way, quick: boolean): number {
  if (way.includes('250')) return quick ? 4_000 : 50_000;
  if (way.includes('one by one')) return quick ? 400 : 5_000;
  return quick ? 1_500 : 20_000;
}

async function openDoers(context: Context) {
  const { url } = context.redis;
  const place = context.place(1);
  const observer = new Redis(url);
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('refunds', { connection: redis, prefix: '{raw}' });
  const system = await openSystem(configurationFor(place), { log: silentLogger(), whenDown: 'wait' });
  const server = await startShopServer(place);
  const pool = new Pool(server.url, { connections: 50, pipelining: 1 });
  let named = 0;

  async function post(receiptId: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(eventFor(receiptId));
    const reply = await pool.request({ method: 'POST', path: '/v1/order-cancellations', headers, body });
    await reply.body.dump();
    if (reply.statusCode !== 202) throw new Error(`the server answered ${reply.statusCode}`);
  }

  function workFor(way: Way, ids: readonly string[]): () => Promise<unknown> {
    const jobs = jobsLikeOurs(ids, system.clock.now());
    const events = ids.map(eventFor);
    const add = ({ name, data, opts }: (typeof jobs)[number]) => queue.add(name, data, opts);
    switch (way) {
      case 'addBulk, 250 x 4':
        return () => inChunks(jobs, (chunk) => queue.addBulk([...chunk]));
      case 'ours, 250 x 4':
        return () => system.enqueue.enqueueMany(events);
      case 'add, one by one':
        return () => atOnce(1, jobs, add);
      case 'ours, one by one':
        return () => atOnce(1, events, system.enqueue.enqueue);
      case 'add, 50 at once':
        return () => atOnce(50, jobs, add);
      case 'ours, 50 at once':
        return () => atOnce(50, events, system.enqueue.enqueue);
      default:
        return () => atOnce(50, ids, post);
    }
  }

  return {
    run(way: Way, count: number): Promise<Measured> {
      named += 1;
      const work = workFor(way, receiptIds({ name: `e${named}`, from: 0, count }));
      return measure({
        count,
        redis: observer,
        async run() {
          await work();
          return undefined;
        },
      });
    },
    async close() {
      await pool.close();
      await server.stop();
      await system.close();
      await queue.close();
      redis.disconnect();
      observer.disconnect();
    },
  };
}

async function atOnce<Item>(
  width: number,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  const loop = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: width }, loop));
}

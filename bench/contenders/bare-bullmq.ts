// Bare BullMQ: a queue and a worker whose processor makes the same two calls. What one gets without any of our promises.
import { type JobsOptions, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { measure } from '../measure.ts';
import { createCalls } from './calls.ts';
import { type Contender, countdown, inChunks, type Place, receiptIds } from './contender.ts';

const options: JobsOptions = { removeOnComplete: true, removeOnFail: true };

export function bareBullmq(): Contender {
  let end = async () => {};
  let opened: { redis: Redis; observer: Redis; queue: Queue; place: Place } | null = null;
  let running: Worker | null = null;

  function here() {
    if (opened === null) throw new Error('not opened');
    return opened;
  }

  /** `begun` hears of each job as it is taken, `ended` of each that is done. */
  function start(begun: () => void, ended: () => void): Worker {
    const { redis, place } = here();
    const calls = createCalls(place.bootpayUrl, place.concurrency);
    const worker = new Worker(
      'bare',
      async (job) => {
        begun();
        await calls.refund(String(job.data.receipt_id));
        ended();
      },
      { connection: redis, prefix: place.prefix, concurrency: place.concurrency },
    );
    worker.on('failed', (_job, error) => {
      console.error(error);
      process.exit(1);
    });
    worker.on('closed', () => void calls.close());
    return worker;
  }

  return {
    async open(place) {
      const redis = new Redis(place.redisUrl, { maxRetriesPerRequest: null });
      const observer = new Redis(place.redisUrl);
      const queue = new Queue('bare', { connection: redis, prefix: place.prefix });
      opened = { redis, observer, queue, place };
      end = async () => {
        await queue.close();
        redis.disconnect();
        observer.disconnect();
      };
    },
    async enqueue(batch) {
      const { queue, observer } = here();
      const jobs = receiptIds(batch).map((receiptId) => ({
        name: 'refund',
        data: { receipt_id: receiptId },
        opts: options,
      }));
      return measure({
        count: batch.count,
        redis: observer,
        async run() {
          await inChunks(jobs, (chunk) => queue.addBulk([...chunk]));
          return undefined;
        },
      });
    },
    async drain(count) {
      const { observer } = here();
      const { begin, tick, done } = countdown(count);
      let worker: Worker | null = null;
      const measured = await measure({
        count,
        redis: observer,
        async run() {
          worker = start(begin, tick);
          return done;
        },
      });
      await (worker ?? running)?.close();
      return measured;
    },
    async work() {
      running = start(
        () => {},
        () => {},
      );
      await running.waitUntilReady();
    },
    async rest() {
      await running?.close();
      running = null;
    },
    async pickUp(count) {
      const { queue } = here();
      let taken = () => {};
      const worker = start(
        () => taken(),
        () => {},
      );
      await worker.waitUntilReady();
      const samples: number[] = [];
      for (let index = 0; index < count; index += 1) {
        await idle();
        const pickedUp = new Promise<void>((resolve) => {
          taken = resolve;
        });
        const at = performance.now();
        void queue.add('refund', { receipt_id: `p-${index}` }, options);
        await pickedUp;
        samples.push(performance.now() - at);
      }
      await worker.close();
      return samples;
    },
    async close() {
      await end();
      opened = null;
    },
  };
}

/** Long enough for the worker to be waiting at Redis again. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 8));
}

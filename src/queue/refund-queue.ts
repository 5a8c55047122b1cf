// The BullMQ side of producers, people and workers: enqueues refund jobs, shows cases, pauses and resumes the queue.
import { Queue } from 'bullmq';
import type { JobRequest } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { RedisClient } from '../redis/connection.ts';
import { deadLetterQueueName, keysFor, refundQueueName } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';
import { deadLetterJobData, refundJobData, refundJobId, refundJobOptions } from './jobs.ts';

export interface RefundQueue {
  /** `jobId`: the job that works on the refund already, where there is one. While that job exists, nothing is added. */
  enqueueJob(refund: Refund, jobId?: string | null): Promise<void>;
  enqueueJobs(requests: readonly JobRequest[]): Promise<void>;
  /** Wakes a delayed job; false when it is not delayed (it comes by itself then). */
  wake(jobId: string): Promise<boolean>;
  /**
   * For a refund that is due and whose job does not come: wakes the job, or enqueues one where no worker would ever run
   * it. A job that is worked on, or is about to be, is left alone.
   */
  revive(refund: Refund, jobId: string): Promise<void>;
  /** Wakes every delayed job; each finds out by itself whether it came too early. */
  wakeAll(): Promise<void>;
  /** Shortens job locks that were taken while Redis' clock was ahead, for the sweeper. */
  shortenLocks(): Promise<void>;
  /** Shows a dead letter in the dead-letter queue; idempotent. */
  openCase(refund: Refund): Promise<void>;
  /** Shows a job that belongs to no readable record. Ids only. */
  openUnreadableJob(caseId: string, data: Readonly<Record<string, string | null>>): Promise<void>;
  closeCase(jobId: string): Promise<void>;
  pause(): Promise<void>;
  isPaused(): Promise<boolean>;
  resume(): Promise<void>;
  readonly queues: readonly Queue[];
  /**
   * Wait for it before the first job: BullMQ asks Redis for its version once, and a queue that loses this request with
   * the connection fails for ever. @throws what Redis throws.
   */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const shortenScript = loadScript(import.meta.url, ['./scripts/shorten-locks.lua']);

/** Twice as long as a worker takes a job for. In ms. */
const longestLockMs = 60_000;

/** A job in one of these comes by itself. */
const liveStates: ReadonlySet<string> = new Set(['active', 'waiting', 'prioritized']);

export function createRefundQueue(redis: RedisClient, prefix: string): RefundQueue {
  const refunds = new Queue(refundQueueName, { connection: redis, prefix });
  const deadLetters = new Queue(deadLetterQueueName, { connection: redis, prefix });
  const keys = keysFor(prefix);
  const ignore = (): void => {}; // the connection reports its errors itself
  refunds.on('error', ignore);
  deadLetters.on('error', ignore);

  async function enqueueJob(refund: Refund, jobId: string | null = null): Promise<void> {
    await refunds.add('refund', refundJobData(refund), refundJobOptions(refund, jobId));
  }

  return {
    enqueueJob,
    async enqueueJobs(requests) {
      const [only] = requests;
      if (only === undefined) return;
      if (requests.length === 1) return enqueueJob(only.refund, only.jobId);
      await refunds.addBulk(
        requests.map(({ refund, jobId }) => ({
          name: 'refund',
          data: refundJobData(refund),
          opts: refundJobOptions(refund, jobId),
        })),
      );
    },
    async wake(jobId) {
      const job = await refunds.getJob(jobId);
      if (job === undefined) return false;
      return job.promote().then(
        () => true,
        () => false,
      );
    },
    async revive(refund, jobId) {
      const job = await refunds.getJob(jobId);
      if (job !== undefined) {
        const state = await job.getState();
        if (liveStates.has(state)) return;
        if (state === 'delayed') return job.promote().catch(ignore); // the job has moved on meanwhile
        // In no list, or long ended: while it exists, BullMQ would ignore a new job with its id.
        await refunds.remove(jobId);
      }
      await enqueueJob(refund, jobId);
    },
    wakeAll: () => refunds.promoteJobs(),
    async shortenLocks() {
      const active = [keys.jobsIn(refundQueueName, 'active'), keys.jobsIn(refundQueueName, 'stalled-check')];
      await shortenScript.run(redis, active, [keys.job(refundQueueName, ''), longestLockMs]);
    },
    async openCase(refund) {
      const jobId = refund.deadLetter?.jobId ?? refundJobId(refund);
      await deadLetters.add(refund.deadLetter?.case ?? 'poison', deadLetterJobData(refund), { jobId });
    },
    async openUnreadableJob(caseId, data) {
      await deadLetters.add('poison', data, { jobId: caseId });
    },
    async closeCase(jobId) {
      // Asked far more often than there is one: a look costs a tenth of BullMQ's script.
      if ((await redis.exists(keys.job(deadLetterQueueName, jobId))) === 1) await deadLetters.remove(jobId);
    },
    pause: () => refunds.pause(),
    isPaused: () => refunds.isPaused(),
    resume: () => refunds.resume(),
    queues: [refunds, deadLetters],
    async ready() {
      await Promise.all([refunds.waitUntilReady(), deadLetters.waitUntilReady()]);
    },
    async close() {
      await Promise.all([refunds.close(), deadLetters.close()]);
    },
  };
}

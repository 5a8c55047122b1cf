// Starts and stops the BullMQ worker: takes jobs, runs each through `refund-job.ts`, and stops in time.
import { setMaxListeners } from 'node:events';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { refundJobSchema, unexpectedErrorBackoffMs } from '../queue/jobs.ts';
import type { RedisClient } from '../redis/connection.ts';
import { redisFault } from '../redis/fault.ts';
import { refundQueueName } from '../redis/keys.ts';
import type { RedisTrouble } from '../redis/trouble.ts';
import type { WorkerDeps } from './ports.ts';
import { runRefundJob } from './refund-job.ts';
import { type SettleDeps, settleJob } from './settle-job.ts';
import { unreadableJob } from './unread.ts';
import type { JobResult } from './write.ts';

interface WorkerOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly concurrency: number;
  /** Hears of the connections, of which BullMQ has one more of its own. */
  readonly redisTrouble: RedisTrouble;
  /** How long a job stays with a process that died, in ms; BullMQ's default is 30 s. */
  readonly lockMs?: number;
}

export interface RefundWorker {
  /** Takes no new job, ends every wait, gives a call under way `callMs`, then leaves its record as it is. */
  stop(callMs: number): Promise<void>;
  readonly isRunning: () => boolean;
}

/** BullMQ's own time to close when nothing is under way, in ms. */
const idleStopMs = 2_000;

export function startWorker(
  deps: Omit<WorkerDeps, 'stopping'>,
  settling: SettleDeps,
  { redis, prefix, concurrency, redisTrouble, lockMs = 30_000 }: WorkerOptions,
): RefundWorker {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every wait of every job adds a listener
  const workerDeps: WorkerDeps = { ...deps, stopping: stopping.signal };

  let underWay = 0;
  let whenIdle = () => {};
  const run = async (job: Job): Promise<JobResult> => {
    const data = refundJobSchema.safeParse(job.data);
    if (!data.success || job.id === undefined) {
      return unreadableJob(deps.log, { jobId: job.id ?? 'unknown' }, 'the job cannot be read');
    }
    const { refund_id: refundId, receipt_id: receiptId } = data.data;
    return runRefundJob(workerDeps, { refundId, receiptId, jobId: job.id });
  };
  const work = async (job: Job, token: string | undefined): Promise<string> => {
    return settleJob(settling, job, { result: await run(job), token });
  };
  const worker = new Worker(
    refundQueueName,
    async (job, token) => {
      underWay += 1;
      try {
        return await work(job, token);
      } finally {
        underWay -= 1;
        if (underWay === 0) whenIdle();
      }
    },
    {
      connection: redis,
      prefix,
      concurrency,
      lockDuration: lockMs,
      // A stalled check marks the active jobs, and gives back those that an earlier check marked and whose lock is
      // gone. In each interval one check is let through, so that one a millisecond early has no effect: with checks as
      // rare as locks expire, that would cost 30 s more.
      stalledInterval: lockMs / 2,
      // The ledger counts activations without progress; BullMQ must not fail a job it never ran.
      maxStalledCount: 1_000_000,
      settings: { backoffStrategy: (errors) => unexpectedErrorBackoffMs(errors) },
    },
  );
  worker.on('error', (error) => {
    const { message } = error;
    if (redisFault(error) !== null) redisTrouble.note(error);
    // Its end was sent twice over a broken connection, or a person removed it: the record says what is left to do.
    else if (message.startsWith('Missing key for job')) deps.log.info({ error: message }, 'job_gone');
    else deps.log.warn({ error: message }, 'worker_error');
  });
  worker.on('ready', redisTrouble.over);
  worker.on('failed', (job, error) => {
    if (error instanceof UnrecoverableError) return;
    deps.log.error({ job_id: job?.id, error: error.message, stack: error.stack }, 'activation_failed');
  });

  return {
    isRunning: () => worker.isRunning(),
    async stop(callMs) {
      stopping.abort();
      const over = new AbortController();
      const idle = new Promise<void>((resolve) => {
        whenIdle = resolve;
        if (underWay === 0) resolve();
      });
      // Without Redis BullMQ never closes; when no job is under way, there is no need to wait for it.
      const closed = worker.close().catch(() => idle);
      const left = idle.then(() => deps.clock.sleep(idleStopMs, over.signal));
      await Promise.race([closed, left, deps.clock.sleep(callMs, over.signal)]);
      over.abort();
    },
  };
}

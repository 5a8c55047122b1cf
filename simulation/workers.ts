// Activations of the real worker code: a job that is due runs `runRefundJob`, and its end becomes the queue's verb.
import { receiptIdSchema, refundIdSchema } from '../src/domain/ids.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { WorkerDeps } from '../src/worker/ports.ts';
import type { JobResult } from '../src/worker/write.ts';
import { RedisTrouble, sleepCall, storeCall } from './calls.ts';
import type { Context } from './context.ts';
import { gatewayFor } from './gateway-port.ts';
import type { Job } from './jobs.ts';
import { laneRedisFor, ledgerFor, limiterFor, refundQueueFor } from './ledger-port.ts';
import type { Actor } from './scheduler.ts';
import { silentLog } from './silent-log.ts';
import { tellEnded } from './telling.ts';

/** The clock of a history is not moved, and its processes have run for long. */
export const neverMoved = { jumpedAt: () => null, steadySince: () => 0 };

/** Takes a job; false: no worker takes any now. */
export function beginJob(context: Context, job: Job): boolean {
  const process = context.processes.any();
  if (process === null) return false;
  const lock = { process };
  job.lock = lock;
  context.activations.count += 1;
  context.scheduler.spawn(`${process.name}.${context.activations.count}`, process, (actor) =>
    work(context, actor, { job, lock }),
  );
  return true;
}

type Held = { readonly job: Job; readonly lock: NonNullable<Job['lock']> };

async function work(context: Context, actor: Actor, held: Held): Promise<void> {
  const { subject, transcript, watch, scheduler, jobs, startAt } = context;
  const { job, lock } = held;
  const refundId = refundIdSchema.parse(job.refundId);
  const startedAt = scheduler.now();
  try {
    const ids = { refundId, receiptId: receiptIdSchema.parse(job.receiptId), jobId: job.id };
    const ended = await subject.runRefundJob(depsFor(context, actor, refundId), ids);
    transcript.say(actor.name, tellEnded(ended, startAt));
    watch.ended(actor, refundId, { kind: ended.kind, startedAt });
    await settle(context, actor, { ...held, ended });
  } catch (error) {
    if (!(error instanceof RedisTrouble)) watch.fail(`activation threw ${describe(error)}`);
    job.errors += 1;
    const waitMs = Math.min(1_000 * 2 ** Math.min(job.errors - 1, 6), 60_000);
    transcript.say(actor.name, `activation failed: ${error instanceof Error ? error.message : 'error'}`);
    jobs.end(job, lock, { dueAt: scheduler.now() + waitMs });
  }
}

async function settle(
  context: Context,
  actor: Actor,
  { job, lock, ended }: Held & { ended: JobResult },
): Promise<void> {
  const { jobs, scheduler } = context;
  const refundQueue = refundQueueFor(context, actor);
  const end = (what: string, then: Parameters<typeof jobs.end>[2]) =>
    storeCall(context, actor, { what, run: () => jobs.end(job, lock, then) });
  switch (ended.kind) {
    case 'done':
      return void (await end('job ends', 'gone'));
    case 'delayed':
      return void (await end('job waits', { dueAt: ended.until }));
    case 'handed_back':
      return void (await end('job goes back', { dueAt: scheduler.now() }));
    case 'dead_letter':
      await refundQueue.openCase(ended.refund);
      return void (await end('job fails', 'gone'));
    case 'unreadable_job':
      await refundQueue.openUnreadableJob(ended.caseId);
      return void (await end('job fails', 'gone'));
  }
}

function depsFor(context: Context, actor: Actor, refundId: Refund['refundId']): WorkerDeps {
  const { chance, settings, scheduler } = context;
  const refundQueue = refundQueueFor(context, actor);
  const lane = laneFor(context, actor);
  return {
    ledger: ledgerFor(context, actor),
    gateway: gatewayFor(context, actor, refundId),
    rateLimiter: limiterFor(context, actor),
    clock: {
      now: scheduler.now,
      toLocal: (at) => at,
      ...neverMoved,
      sleep: (ms, signal) => sleepCall(context, actor, ms, signal),
    },
    chance: chance.next,
    settings,
    log: silentLog,
    noteNewer: () => undefined,
    wakeWaiter: refundQueue.wake,
    holdLane: (reason) =>
      lane.hold('credentials', { at: scheduler.now(), who: 'worker', reason, fingerprint: 'simulated' }),
    ensurePaused: lane.ensurePaused,
    stopping: actor.process.stopping.signal,
  };
}

export function laneFor(context: Context, actor: Actor) {
  const redis = laneRedisFor(context, actor) as Context['redis'];
  return context.subject.createLane(
    redis,
    context.subject.keysFor(context.prefix),
    refundQueueFor(context, actor),
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

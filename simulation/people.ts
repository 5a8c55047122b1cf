// Those around the worker: the order service, the clerk at the dead letters, the person at the lane, the sweeper, the
// reconciliation. Each action is an actor of its own that may be cut off like any other.
import type { CancellationEventInput } from '../src/domain/event.ts';
import { receiptIdSchema } from '../src/domain/ids.ts';
import { RedisTrouble, sleepCall } from './calls.ts';
import { gatewayFor } from './gateway-port.ts';
import { ledgerFor, limiterFor, refundQueueFor } from './ledger-port.ts';
import type { Actor } from './scheduler.ts';
import { silentLog } from './silent-log.ts';
import type { Stage } from './stage.ts';
import { laneFor, neverMoved } from './workers.ts';

/** Runs code as a small process of its own; an error of Redis ends it quietly, any other one is a finding. */
export function act(stage: Stage, name: string, code: (actor: Actor) => Promise<void>): void {
  const { scheduler, processes, watch, transcript } = stage;
  scheduler.spawn(name, processes.single(name), (actor) =>
    code(actor).catch((error: unknown) => {
      const known = error instanceof RedisTrouble;
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (known) transcript.say(name, 'gives up: Redis fails');
      else watch.fail(`${name} threw ${text}`);
    }),
  );
}

/** Sends an event until it hears an answer: at least once. */
export function sendEvent(stage: Stage, event: CancellationEventInput): void {
  const { scheduler, transcript, subject, settings, watch } = stage;
  let heard = false;
  act(stage, 'shop', async (actor) => {
    watch.orders.sends(actor, event);
    const refundQueue = refundQueueFor(stage, actor);
    const { enqueue } = subject.createEnqueue({
      ledger: ledgerFor(stage, actor),
      enqueueJobs: refundQueue.enqueueJobs,
      now: scheduler.now,
      retryDeadlineMs: settings.retryDeadlineMs,
    });
    const answer = await enqueue(event);
    const { result, refund_id, problems } = answer;
    watch.orders.answered(event, answer, watch.records.get(refund_id ?? ''));
    transcript.say('shop', `event ${event.event_id}: ${result}`);
    if (result === 'refused') watch.fail(`event ${event.event_id} was refused: ${JSON.stringify(problems)}`);
    if (refund_id !== null && result === 'accepted') stage.acceptedEvents.add(refund_id);
    heard = true;
  });
  scheduler.after(10_000, () => {
    if (!heard) sendEvent(stage, event);
  });
}

export function sweep(stage: Stage): void {
  act(stage, 'sweeper', async (actor) => {
    const refundQueue = refundQueueFor(stage, actor);
    const clock = {
      now: stage.scheduler.now,
      toLocal: (at: number) => at,
      ...neverMoved,
      sleep: (ms: number) => sleepCall(stage, actor, ms),
    };
    const { revive, openCase, openUnreadableJob, wake } = refundQueue;
    const deps = {
      ledger: ledgerFor(stage, actor),
      clock,
      log: silentLog,
      noteNewer: () => undefined,
      settings: stage.settings,
      revive,
      wakeWaiter: wake,
      openCase,
      openUnreadableJob,
      ensureRunning: laneFor(stage, actor).ensureRunning,
      // A history lasts days; records are kept for years.
      purgeOld: async () => 0,
    };
    const mended = await stage.subject.createSweep(deps, { ...stage.subject.sweeperDefaults, pageSize: 4 })();
    if (mended !== 0) stage.transcript.say('sweeper', `rang ${mended}`);
  });
}

/** Bootpay's webhook: only a hint. */
export function webhook(stage: Stage, receiptId: string): void {
  act(stage, 'webhook', async (actor) => {
    const refundQueue = refundQueueFor(stage, actor);
    const rung = await ledgerFor(stage, actor).hint(receiptIdSchema.parse(receiptId), stage.scheduler.now());
    for (const { refund, jobId } of rung) {
      const woken = jobId !== null && (await refundQueue.wake(jobId));
      if (!woken) await refundQueue.enqueueJob(refund, jobId);
    }
  });
}

export function holdLane(stage: Stage): void {
  act(stage, 'person', async (actor) => {
    stage.transcript.say('person', 'holds the lane');
    const hold = { at: stage.scheduler.now(), who: 'kim', reason: 'wait', fingerprint: null };
    await laneFor(stage, actor).hold('person', hold);
  });
}

/** @param anyhow also when no hold is shown: the queue may stand still all the same. */
export function resumeLane(stage: Stage, anyhow: boolean): void {
  act(stage, 'person', async (actor) => {
    const lane = laneFor(stage, actor);
    const { person, credentials } = await lane.status();
    if (person === null && credentials === null && !anyhow) return;
    stage.transcript.say('person', 'resumes the lane');
    await lane.resume('kim', 'go on', stage.scheduler.now());
  });
}

export type Reviewer = ReturnType<Stage['subject']['createDeadLetters']>;

/** The real review of dead letters, in a person's hands. */
export function reviewer(stage: Stage, actor: Actor): Reviewer {
  const refundQueue = refundQueueFor(stage, actor);
  return stage.subject.createDeadLetters({
    ledger: ledgerFor(stage, actor),
    gateway: gatewayFor(stage, actor, null),
    rateLimiter: limiterFor(stage, actor),
    now: stage.scheduler.now,
    jumpedAt: neverMoved.jumpedAt,
    sleep: (ms, signal) => sleepCall(stage, actor, ms, signal),
    settings: stage.settings,
    enqueueJob: refundQueue.enqueueJob,
    wakeWaiter: refundQueue.wake,
    closeCase: refundQueue.closeCase,
  });
}

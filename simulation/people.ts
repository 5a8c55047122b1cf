// Those around the worker: the order service, the operator at the dead letters, the person at the lane, the sweeper, the
// reconciliation. Each action is an actor of its own that may be cut off like any other.
import type { CancellationEventInput } from '../src/domain/event.ts';
import { receiptIdSchema } from '../src/domain/ids.ts';
import type { ReviewDeps } from '../src/review/ports.ts';
import { RedisTrouble, sleepCall } from './calls.ts';
import type { Context } from './context.ts';
import { gatewayFor } from './gateway-port.ts';
import { ledgerFor, limiterFor, refundQueueFor } from './ledger-port.ts';
import type { Actor } from './scheduler.ts';
import { silentLog } from './silent-log.ts';
import { laneFor, neverMoved } from './workers.ts';

/** Runs code as a small process of its own; an error of Redis ends it quietly, any other one is a finding. */
export function act(context: Context, name: string, code: (actor: Actor) => Promise<void>): void {
  const { scheduler, processes, watch, transcript } = context;
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
export function sendEvent(context: Context, event: CancellationEventInput): void {
  const { scheduler, transcript, subject, settings, watch } = context;
  let heard = false;
  act(context, 'shop', async (actor) => {
    watch.orders.sends(actor, event);
    const refundQueue = refundQueueFor(context, actor);
    const { enqueue } = subject.createEnqueue({
      ledger: ledgerFor(context, actor),
      enqueueJobs: refundQueue.enqueueJobs,
      now: scheduler.now,
      retryDeadlineMs: settings.retryDeadlineMs,
    });
    const answer = await enqueue(event);
    const { result, refund_id, problems } = answer;
    watch.orders.answered(event, answer, watch.records.get(refund_id ?? ''));
    transcript.say('shop', `event ${event.event_id}: ${result}`);
    if (result === 'refused') watch.fail(`event ${event.event_id} was refused: ${JSON.stringify(problems)}`);
    if (refund_id !== null && result === 'accepted') context.acceptedEvents.add(refund_id);
    heard = true;
  });
  scheduler.after(10_000, () => {
    if (!heard) sendEvent(context, event);
  });
}

export function sweep(context: Context): void {
  act(context, 'sweeper', async (actor) => {
    const refundQueue = refundQueueFor(context, actor);
    const clock = {
      now: context.scheduler.now,
      toLocal: (at: number) => at,
      ...neverMoved,
      sleep: (ms: number) => sleepCall(context, actor, ms),
    };
    const { revive, openCase, openUnreadableJob, wake } = refundQueue;
    const deps = {
      ledger: ledgerFor(context, actor),
      clock,
      log: silentLog,
      noteNewer: () => undefined,
      settings: context.settings,
      revive,
      wakeWaiter: wake,
      openCase,
      openUnreadableJob,
      ensureRunning: laneFor(context, actor).ensureRunning,
      // A history lasts days; records are kept for years.
      purgeOld: async () => 0,
    };
    const repaired = await context.subject.createSweep(deps, {
      ...context.subject.sweeperDefaults,
      pageSize: 4,
    })();
    if (repaired !== 0) context.transcript.say('sweeper', `enqueued ${repaired}`);
  });
}

/** Bootpay's webhook: only a hint. */
export function webhook(context: Context, receiptId: string): void {
  act(context, 'webhook', async (actor) => {
    const refundQueue = refundQueueFor(context, actor);
    const hinted = await ledgerFor(context, actor).hint(
      receiptIdSchema.parse(receiptId),
      context.scheduler.now(),
    );
    for (const { refund, jobId } of hinted) {
      const woken = jobId !== null && (await refundQueue.wake(jobId));
      if (!woken) await refundQueue.enqueueJob(refund, jobId);
    }
  });
}

export function holdLane(context: Context): void {
  act(context, 'person', async (actor) => {
    context.transcript.say('person', 'holds the lane');
    const hold = { at: context.scheduler.now(), who: 'kim', reason: 'wait', fingerprint: null };
    await laneFor(context, actor).hold('person', hold);
  });
}

/** @param anyhow also when no hold is shown: the queue may stand still all the same. */
export function resumeLane(context: Context, anyhow: boolean): void {
  act(context, 'person', async (actor) => {
    const lane = laneFor(context, actor);
    const { person, credentials } = await lane.status();
    if (person === null && credentials === null && !anyhow) return;
    context.transcript.say('person', 'resumes the lane');
    await lane.resume('kim', 'go on', context.scheduler.now());
  });
}

export type Reviewer = ReturnType<Context['subject']['createDeadLetters']>;

/** The real review of dead letters, in a person's hands. */
export function reviewer(context: Context, actor: Actor): Reviewer {
  return context.subject.createDeadLetters(reviewing(context, actor));
}

export function reviewing(context: Context, actor: Actor): ReviewDeps {
  const refundQueue = refundQueueFor(context, actor);
  return {
    ledger: ledgerFor(context, actor),
    gateway: gatewayFor(context, actor, null),
    rateLimiter: limiterFor(context, actor),
    now: context.scheduler.now,
    jumpedAt: neverMoved.jumpedAt,
    sleep: (ms, signal) => sleepCall(context, actor, ms, signal),
    settings: context.settings,
    twoPeople: { thresholdWon: null, people: [] },
    enqueueJob: refundQueue.enqueueJob,
    wakeWaiter: refundQueue.wake,
    closeCase: refundQueue.closeCase,
  };
}

// Ours: the real composition, its worker started and stopped as a command would, with nothing left out.
import { openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { Redis } from 'ioredis';
import { openSystem, type System } from '../../src/compose.ts';
import {
  type CancellationEvent,
  type CancellationEventInput,
  parseCancellationEvent,
} from '../../src/domain/event.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import type { RefundWorker } from '../../src/worker/worker.ts';
import { measure } from '../measure.ts';
import { idle } from './bare-bullmq.ts';
import { configurationFor } from './configuration.ts';
import { type Contender, countdown, type Place, receiptIds } from './contender.ts';

export function ours(): Contender {
  let opened: { system: System; observer: Redis } | null = null;
  let worker: RefundWorker | null = null;

  function here() {
    if (opened === null) throw new Error('not opened');
    return opened;
  }

  async function rest(): Promise<void> {
    await worker?.stop(5_000);
    worker = null;
  }

  return {
    async open(place) {
      opened = { system: await openPlace(place), observer: new Redis(place.redisUrl) };
    },
    async enqueue(batch) {
      const { system, observer } = here();
      const events = receiptIds(batch).map(eventFor);
      return measure({
        count: batch.count,
        redis: observer,
        async run() {
          const results = await system.enqueue.enqueueMany(events);
          const wrong = results.find(({ result }) => result !== 'accepted');
          if (wrong !== undefined) throw new Error(JSON.stringify(wrong));
          return undefined;
        },
      });
    },
    async drain(count) {
      const { system, observer } = here();
      const { begin, tick, done } = countdown(count);
      watchSteps(system.ledger, { begin, tick });
      const measured = await measure({
        count,
        redis: observer,
        async run() {
          worker = await system.startWorker();
          return done;
        },
      });
      await rest();
      return measured;
    },
    async work() {
      worker = await here().system.startWorker();
    },
    rest,
    pickUp: (count) => pickUp(here().system, count),
    async close() {
      const { system, observer } = here();
      await system.close();
      observer.disconnect();
      opened = null;
    },
  };
}

export function openPlace(place: Place): Promise<System> {
  const config = configurationFor(place);
  // Written as production writes it, one line at a time, but to where nobody reads.
  const fd = openSync(devNull, 'w');
  const destination = { write: (line: string) => void writeSync(fd, line) };
  const log = createLogger({ level: config.logLevel, pretty: false, destination });
  return openSystem(config, { log, whenDown: 'wait' });
}

export function eventFor(receiptId: string): CancellationEventInput {
  return {
    event_id: `e-${receiptId}`,
    order_id: `o-${receiptId}`,
    receipt_id: receiptId,
    cancel_message: '고객 변심',
  };
}

/**
 * From the job's `add`, not from the event: storing the record comes before it and is measured as enqueueing. Picked up is
 * when the worker asks the ledger for the refund, the first thing it does with a job.
 */
let named = 0;

async function pickUp(system: System, count: number): Promise<readonly number[]> {
  let taken = () => {};
  const { begin } = system.ledger;
  Object.assign(system.ledger, {
    begin: (request: Parameters<typeof begin>[0]) => {
      taken();
      return begin(request);
    },
  });
  const worker = await system.startWorker();
  await idle();
  const samples: number[] = [];
  while (samples.length < count) {
    await idle();
    named += 1;
    const event = readEvent(eventFor(`p-${named}`));
    const entry = newRefund(event, system.clock.now(), system.config.policy.retryDeadlineMs);
    await system.ledger.accept([entry]);
    const pickedUp = new Promise<void>((resolve) => {
      taken = resolve;
    });
    const at = performance.now();
    void system.refundQueue.enqueueJobs([{ refund: entry.refund, jobId: null }]);
    await pickedUp;
    samples.push(performance.now() - at);
  }
  await worker.stop(5_000);
  Object.assign(system.ledger, { begin });
  return samples;
}

function readEvent(input: unknown): CancellationEvent {
  const parsed = parseCancellationEvent(input);
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
  return parsed.event;
}

/** Counts refunds that were begun, and those whose outcome was written. */
function watchSteps(ledger: System['ledger'], { begin, tick }: { begin(): void; tick(): void }): void {
  const { begin: beginStep, commit } = ledger;
  Object.assign(ledger, {
    async begin(request: Parameters<typeof beginStep>[0]) {
      const begun = await beginStep(request);
      if (begun.kind === 'go') begin();
      return begun;
    },
    async commit(...args: Parameters<typeof commit>) {
      const answer = await commit(...args);
      if (answer.kind === 'done' && args[0].refund.state !== 'sending') tick();
      return answer;
    },
  });
}

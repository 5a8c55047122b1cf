// Every benchmark by name, in the order in which they run.
import { backlog } from './cases/backlog.ts';
import { bytes } from './cases/bytes.ts';
import { deadLetters } from './cases/dead-letters.ts';
import { delayed } from './cases/delayed.ts';
import { enqueue } from './cases/enqueue.ts';
import { extras } from './cases/extras.ts';
import { order } from './cases/order.ts';
import { pickUp } from './cases/pick-up.ts';
import { rateLimiter } from './cases/rate-limiter.ts';
import { records } from './cases/records.ts';
import { soak } from './cases/soak.ts';
import { startUp } from './cases/start-up.ts';
import { wholeRefund } from './cases/whole-refund.ts';
import type { Context } from './context.ts';
import type { Found } from './result.ts';

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  run(context: Context): Promise<Found>;
}

export const benchmarks: readonly Benchmark[] = [
  {
    name: 'refund',
    title: 'Whole refund',
    about:
      'Look-up, cancel, ledger, queue and outcome event, beside bare BullMQ and a loop that make the same two calls.',
    run: wholeRefund,
  },
  {
    name: 'extras',
    title: 'What else weighs',
    about: 'The same refund with what an operator may turn on or off.',
    run: extras,
  },
  {
    name: 'enqueue',
    title: 'Enqueueing',
    about: 'Cancellation events in, beside BullMQ’s own add of the same jobs.',
    run: enqueue,
  },
  {
    name: 'pick-up',
    title: 'Pick-up',
    about: 'How soon an idle worker has a refund in hand.',
    run: pickUp,
  },
  {
    name: 'rate-limiter',
    title: 'Rate limiter',
    about: 'What arrives at Bootpay when several processes work on a backlog under the limit.',
    run: rateLimiter,
  },
  {
    name: 'bytes',
    title: 'Bytes in Redis',
    about: 'What one refund keeps in Redis, everything counted.',
    run: bytes,
  },
  {
    name: 'backlog',
    title: 'Backlog',
    about: 'A backlog enqueued and drained, at growing sizes.',
    run: backlog,
  },
  {
    name: 'order',
    title: 'Order under a backlog',
    about: 'Due retries and urgent refunds while a long backlog of fresh ones waits.',
    run: order,
  },
  {
    name: 'delayed',
    title: 'Delayed refunds',
    about: 'Refunds that were refused for now wait for their next attempt, and fresh ones pass.',
    run: delayed,
  },
  {
    name: 'dead-letters',
    title: 'Dead letters',
    about: 'Many cases listed, filtered, dry-run, replayed and paid.',
    run: deadLetters,
  },
  {
    name: 'records',
    title: 'Lists, sweeper and reconciliation',
    about: 'What people ask and what machines walk, over everything that is kept.',
    run: records,
  },
  {
    name: 'start-up',
    title: 'Start-up and memory',
    about: 'The built command, beside bare Node and BullMQ.',
    run: startUp,
  },
  {
    name: 'soak',
    title: 'Soak',
    about: 'One worker process under load, its memory printed.',
    run: (context) => soak(context),
  },
];

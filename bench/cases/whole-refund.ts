// The whole refund against bare BullMQ and the pure loop making the same two calls, at several latencies and widths.
import type { ContenderName } from '../contenders/contender.ts';
import type { Context } from '../context.ts';
import { atLeast, atMost } from '../goals.ts';
import { type Measured, rateOf, roundTripsOf } from '../measure.ts';
import { ratio, said, spread } from '../numbers.ts';
import type { Found, Goal } from '../result.ts';
import { inRounds } from '../rounds.ts';
import { ratios, spreadOf } from '../stats.ts';

interface Course {
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly refunds: number;
}

const contenders = ['undici', 'bullmq', 'ours'] as const;

export async function wholeRefund(context: Context): Promise<Found> {
  const rows: string[][] = [];
  const costs: string[][] = [];
  const goals: Goal[] = [];
  let limit = '';
  let held = '';
  for (const course of coursesOf(context)) {
    const samples = await run(context, course);
    rows.push(...rowsOf(course, samples));
    goals.push(...goalsOf(course, samples));
    if (course.latencyMs === 50 && course.concurrency === 50) held = heldOf(samples);
    if (course.latencyMs > 0) continue;
    costs.push(...costsOf(course, samples));
    if (course.concurrency === 50) limit = limitOf(samples);
  }
  return {
    tables: [
      { head: ['latency', 'in hand', 'contender', 'refunds/s', 'of undici', 'of BullMQ'], rows },
      {
        head: ['in hand', 'contender', 'Node us/refund', 'Redis us/refund', 'round trips/refund', 'of these'],
        rows: costs,
      },
    ],
    notes: [
      'Two calls per refund: look-up and cancel. Latency is per call, jittered by 20 % to both sides. The rate counts from the first refund in hand to the last outcome, with the whole backlog enqueued before.',
      'Ratios are made pair by pair within a round; shown are the median and the lowest and highest round.',
      'CPU is user and system time of the contender’s process and of redis-server over the run, start and stop of the worker included.',
      limit,
      held,
    ],
    goals,
  };
}

function coursesOf({ quick }: Context): Course[] {
  const widths = quick ? [50] : [10, 50, 200];
  const waves = (latencyMs: number) => (latencyMs === 50 ? (quick ? 8 : 40) : quick ? 4 : 15);
  return [0, 50, 200].flatMap((latencyMs) =>
    widths.map((concurrency) => ({
      latencyMs,
      concurrency,
      refunds: latencyMs === 0 ? (quick ? 2_500 : 20_000) : concurrency * waves(latencyMs),
    })),
  );
}

type Samples = (name: ContenderName) => readonly Measured[];

async function run(context: Context, { latencyMs, concurrency, refunds }: Course): Promise<Samples> {
  const { stub, chance } = context;
  // One round that is not counted makes the processes warm; where the network is slow it would only be waited for.
  const warmUps = latencyMs === 0 ? 1 : 0;
  const rounds = latencyMs === 200 && context.quick ? Math.min(context.rounds, 2) : context.rounds;
  const samples = await inRounds({
    names: contenders,
    rounds: rounds + warmUps,
    chance,
    async run(name, round) {
      context.tell(
        `${name}, ${latencyMs} ms, ${concurrency} in hand, round ${round + 1} of ${rounds + warmUps}`,
      );
      await context.clean();
      await stub.set({ latencyMs, seed: context.seed + round });
      const contender = context.contender(name);
      await contender.open(context.place(concurrency));
      await contender.enqueue({ name: `r${round}`, from: 0, count: refunds });
      await stub.calls();
      const measured = await contender.drain(refunds);
      await contender.close();
      await expectPaidOnce(context, refunds);
      return measured;
    },
  });
  return (name) => samples(name).slice(warmUps);
}

/** A fast contender that pays wrongly has won nothing. */
export async function expectPaidOnce({ stub }: Context, refunds: number): Promise<void> {
  const { lookUps, cancels, secondCancels } = await stub.calls();
  if (lookUps === refunds && cancels === refunds && secondCancels === 0) return;
  throw new Error(
    `${refunds} refunds made ${lookUps} look-ups, ${cancels} cancels, ${secondCancels} of them again`,
  );
}

function rowsOf({ latencyMs, concurrency }: Course, samples: Samples): string[][] {
  return contenders.map((name) => [
    `${latencyMs} ms`,
    String(concurrency),
    name,
    spread(spreadOf(rates(samples, name))),
    spread(ratios(rates(samples, name), rates(samples, 'undici')), ratio),
    name === 'undici' ? '' : spread(ratios(rates(samples, name), rates(samples, 'bullmq')), ratio),
  ]);
}

function costsOf({ concurrency }: Course, samples: Samples): string[][] {
  const per = (name: ContenderName, value: (measured: Measured) => number) =>
    spread(spreadOf(samples(name).map(value)));
  return contenders.map((name) => [
    String(concurrency),
    name,
    per(name, ({ nodeCpuUs, count }) => nodeCpuUs / count),
    per(name, ({ redisCpuUs, count }) => redisCpuUs / count),
    per(name, roundTripsOf),
    commandsOf(samples(name).at(-1)),
  ]);
}

/** The difference between two contenders is what the second one adds. */
function limitOf(samples: Samples): string {
  const us = (name: ContenderName, value: (measured: Measured) => number) =>
    spreadOf(samples(name).map((measured) => value(measured) / measured.count)).median;
  const node = (name: ContenderName) => us(name, ({ nodeCpuUs }) => nodeCpuUs);
  const redis = (name: ContenderName) => us(name, ({ redisCpuUs }) => redisCpuUs);
  const [calls, queue, all] = [node('undici'), node('bullmq'), node('ours')];
  return [
    `What the limit at 0 ms is made of, per refund: Node ${said(all)} us, of which the two calls ${said(calls)}, BullMQ ${said(queue - calls)}, ledger, policies and checked replies ${said(all - queue)};`,
    `Redis ${said(redis('ours'))} us, of which BullMQ ${said(redis('bullmq'))}.`,
    `One Node process cannot do more than ${said(1_000_000 / all)} refunds/s here, whatever else is free; bare BullMQ not more than ${said(1_000_000 / queue)}.`,
  ].join(' ');
}

/** How long one is in hand follows from how many end in a second. */
function heldOf(samples: Samples): string {
  const ms = (name: ContenderName) => said(50_000 / spreadOf(rates(samples, name)).median);
  return `What the limit at 50 ms, 50 in hand is made of: the loop has a refund in hand for ${ms('undici')} ms, bare BullMQ for ${ms('bullmq')}, ours for ${ms('ours')}. Between the two calls, before and after them lie four round trips to Redis, one after another, and the steps between.`;
}

function commandsOf(measured: Measured | undefined): string {
  if (measured === undefined) return '';
  return Object.entries(measured.roundTrips)
    .map(([name, times]): [string, number] => [name, times / measured.count])
    .filter(([, times]) => times >= 0.005)
    .map(([name, times]) => `${name} ${said(times)}`)
    .join(', ');
}

function goalsOf({ latencyMs, concurrency }: Course, samples: Samples): Goal[] {
  if (concurrency !== 50) return [];
  const at = `${latencyMs} ms, 50 in hand`;
  const of = (name: ContenderName) => ratios(rates(samples, 'ours'), rates(samples, name));
  if (latencyMs > 0) {
    return [atLeast(0.97, { name: `${at}: ours of the undici loop`, measured: of('undici') })];
  }
  const trips = spreadOf(samples('ours').map(roundTripsOf));
  const cpu = (name: ContenderName) => samples(name).map(cpuOf);
  return [
    atLeast(0.6, { name: `${at}: ours of bare BullMQ + undici`, measured: of('bullmq') }),
    atLeast(0.75, { name: `${at}: ours of bare BullMQ + undici (wished)`, measured: of('bullmq') }),
    // The rate's goal said in CPU, which a machine that is shared with others changes less.
    atMost(1.67, {
      name: `${at}: CPU of ours, of bare BullMQ + undici`,
      measured: ratios(cpu('ours'), cpu('bullmq')),
    }),
    atMost(4.5, { name: 'round trips to Redis per refund (about four)', measured: trips }),
  ];
}

/** Of Node and of Redis, us per refund. */
function cpuOf({ nodeCpuUs, redisCpuUs, count }: Measured): number {
  return (nodeCpuUs + redisCpuUs) / count;
}

function rates(samples: Samples, name: ContenderName): number[] {
  return samples(name).map(rateOf);
}

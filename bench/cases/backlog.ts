// A backlog from a thousand to a million: how fast it comes in and how fast it is worked off, beside bare BullMQ.

import type { Context } from '../context.ts';
import { atLeast } from '../goals.ts';
import { type Measured, rateOf } from '../measure.ts';
import { ratio, said, spread } from '../numbers.ts';
import type { Found, Goal } from '../result.ts';
import { inRounds } from '../rounds.ts';
import { ratios, type Spread, spreadOf } from '../stats.ts';
import { expectPaidOnce } from './whole-refund.ts';

const names = ['bullmq', 'ours'] as const;

interface Size {
  readonly count: number;
  readonly enqueued: Spread;
  readonly drained: Spread;
}

export async function backlog(context: Context): Promise<Found> {
  const sizes = context.quick ? [500, 2_500] : [1_000, 10_000, 100_000, 1_000_000];
  const rows: string[][] = [];
  const measured: Size[] = [];
  for (const count of sizes) {
    const rounds =
      count >= 1_000_000 ? 1 : Math.min(context.rounds, count >= 100_000 ? 3 : context.quick ? 2 : 5);
    const samples = await inRounds({
      names,
      rounds,
      chance: context.chance,
      run: (name, round) => fillAndDrain(context, { name, count, round }),
    });
    const of = (name: (typeof names)[number], part: 'enqueued' | 'drained') =>
      samples(name).map((sample) => rateOf(sample[part]));
    for (const name of names) {
      rows.push([
        count.toLocaleString('en-US'),
        name,
        spread(spreadOf(of(name, 'enqueued'))),
        spread(spreadOf(of(name, 'drained'))),
        name === 'ours' ? spread(ratios(of(name, 'drained'), of('bullmq', 'drained')), ratio) : '',
        said(Math.max(...samples(name).map(({ bytes }) => bytes)) / 2 ** 20),
      ]);
    }
    const [enqueued, drained] = [spreadOf(of('ours', 'enqueued')), spreadOf(of('ours', 'drained'))];
    measured.push({ count, enqueued, drained });
  }
  return {
    tables: [
      {
        head: ['backlog', 'contender', 'enqueued/s', 'drained/s', 'drained, of BullMQ', 'Redis MiB at most'],
        rows,
      },
    ],
    notes: [
      '50 in hand, no latency. Bare BullMQ keeps nothing of what it has done; ours keeps every record.',
    ],
    goals: goalsOf(measured),
  };
}

async function fillAndDrain(
  context: Context,
  { name, count, round }: { name: (typeof names)[number]; count: number; round: number },
): Promise<{ enqueued: Measured; drained: Measured; bytes: number }> {
  await context.clean();
  await context.stub.set({});
  const contender = context.contender(name);
  await contender.open(context.place(50));
  const parts: Measured[] = [];
  for (let from = 0; from < count; from += largestBatch) {
    context.tell(`backlog: ${name}, ${from} of ${count} enqueued, round ${round}`);
    const batch = { name: `k${round}`, from, count: Math.min(largestBatch, count - from) };
    parts.push(await contender.enqueue(batch));
  }
  const bytes = await context.redis.usedBytes();
  context.tell(`backlog: ${name}, ${count} drained, round ${round}`);
  await context.stub.calls();
  const drained = await contender.drain(count);
  await contender.close();
  await expectPaidOnce(context, count);
  const last = parts.at(-1);
  if (last === undefined) throw new Error('an empty backlog');
  const ms = parts.reduce((sum, part) => sum + part.ms, 0);
  return {
    enqueued: { ...last, count, ms },
    drained,
    bytes: Math.max(bytes, await context.redis.usedBytes()),
  };
}

/** What a caller holds in its own memory at once. */
const largestBatch = 50_000;

function goalsOf(sizes: readonly Size[]): Goal[] {
  const [most, fewer] = [sizes.at(-1), sizes.at(-2)];
  if (most === undefined || fewer === undefined) return [];
  const between = `${most.count.toLocaleString('en-US')} of ${fewer.count.toLocaleString('en-US')}`;
  return [
    atLeast(0.9, {
      name: `enqueue rate at ${between}`,
      measured: most.enqueued.median / fewer.enqueued.median,
    }),
    atLeast(0.9, { name: `drain rate at ${between}`, measured: most.drained.median / fewer.drained.median }),
  ];
}

// A backlog from a thousand to a million: how fast it comes in and how fast it is worked off, beside bare BullMQ.
import { atLeast } from '../goals.ts';
import { type Measured, rateOf } from '../measure.ts';
import { ratio, said, spread } from '../numbers.ts';
import type { Found, Goal } from '../result.ts';
import { inRounds } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { ratios, type Spread, spreadOf } from '../stats.ts';
import { expectPaidOnce } from './whole-refund.ts';

const names = ['bullmq', 'ours'] as const;

interface Size {
  readonly count: number;
  readonly enqueued: Spread;
  readonly drained: Spread;
}

export async function backlog(stage: Stage): Promise<Found> {
  const sizes = stage.quick ? [500, 2_500] : [1_000, 10_000, 100_000, 1_000_000];
  const rows: string[][] = [];
  const measured: Size[] = [];
  for (const count of sizes) {
    const rounds =
      count >= 1_000_000 ? 1 : Math.min(stage.rounds, count >= 100_000 ? 3 : stage.quick ? 2 : 5);
    const samples = await inRounds({
      names,
      rounds,
      chance: stage.chance,
      run: (name, round) => fillAndDrain(stage, { name, count, round }),
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
  stage: Stage,
  { name, count, round }: { name: (typeof names)[number]; count: number; round: number },
): Promise<{ enqueued: Measured; drained: Measured; bytes: number }> {
  await stage.clean();
  await stage.stub.set({});
  const contender = stage.contender(name);
  await contender.open(stage.place(50));
  const parts: Measured[] = [];
  for (let from = 0; from < count; from += largestBatch) {
    stage.tell(`backlog: ${name}, ${from} of ${count} enqueued, round ${round}`);
    const batch = { name: `k${round}`, from, count: Math.min(largestBatch, count - from) };
    parts.push(await contender.enqueue(batch));
  }
  const bytes = await stage.redis.usedBytes();
  stage.tell(`backlog: ${name}, ${count} drained, round ${round}`);
  await stage.stub.calls();
  const drained = await contender.drain(count);
  await contender.close();
  await expectPaidOnce(stage, count);
  const last = parts.at(-1);
  if (last === undefined) throw new Error('an empty backlog');
  const ms = parts.reduce((sum, part) => sum + part.ms, 0);
  return { enqueued: { ...last, count, ms }, drained, bytes: Math.max(bytes, await stage.redis.usedBytes()) };
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

// What else weighs on a refund at 0 ms: the rate limiter's own limit, log lines, and an append-only file synced each time.
import type { Place } from '../contenders/contender.ts';
import type { Context } from '../context.ts';
import { rateOf } from '../measure.ts';
import { ratio, spread } from '../numbers.ts';
import { appendfsync } from '../own-redis.ts';
import type { Found } from '../result.ts';
import { inRounds } from '../rounds.ts';
import { ratios, spreadOf } from '../stats.ts';

interface Variant {
  readonly place: Partial<Place>;
  readonly fsync: string;
}

const variants = {
  'as above': { place: {}, fsync: appendfsync },
  'with log lines (LOG_LEVEL=info)': { place: { env: { LOG_LEVEL: 'info' } }, fsync: appendfsync },
  'appendfsync always': { place: {}, fsync: 'always' },
  'rate limiter at 1,000 calls/s': { place: { callsPerSecond: 1_000 }, fsync: appendfsync },
} satisfies Record<string, Variant>;
type Name = keyof typeof variants;
const names: readonly Name[] = [
  'as above',
  'with log lines (LOG_LEVEL=info)',
  'appendfsync always',
  'rate limiter at 1,000 calls/s',
];

export async function extras(context: Context): Promise<Found> {
  const refunds = context.quick ? 1_000 : 10_000;
  const warmUps = 1;
  const samples = await inRounds({
    names,
    rounds: Math.min(context.rounds, context.quick ? 1 : 5) + warmUps,
    chance: context.chance,
    async run(name, round) {
      context.tell(`extras: ${name}, round ${round}`);
      const { place, fsync }: Variant = variants[name];
      await context.clean();
      await context.stub.set({});
      await context.redis.redis.config('SET', 'appendfsync', fsync);
      const contender = context.contender('ours');
      await contender.open(context.place(50, place));
      await contender.enqueue({ name: 'x', from: 0, count: refunds });
      const drained = await contender.drain(refunds);
      await contender.close();
      return drained;
    },
  });
  const rates = (name: Name) => samples(name).slice(warmUps).map(rateOf);
  return {
    tables: [
      {
        head: ['ours, 0 ms, 50 in hand', 'refunds/s', 'of the first'],
        rows: names.map((name) => [
          name,
          spread(spreadOf(rates(name))),
          spread(ratios(rates(name), rates('as above')), ratio),
        ]),
      },
    ],
    notes: [
      'The environment allows 1,000 calls a second at most (100 in production, 10 by default), which is 485 refunds: in operation the rate limiter, not this code, sets the rate. The benchmarks open it wide and still ask it for every call.',
      'Log lines are written one by one, as in production, to where nobody reads.',
    ],
    goals: [],
  };
}

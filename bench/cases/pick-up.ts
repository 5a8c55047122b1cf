// Pick-up: from the job's `add` to the moment an idle worker has the refund in hand, beside bare BullMQ's add and processor.
import type { Context } from '../context.ts';
import { atMost } from '../goals.ts';
import { ratio, spread } from '../numbers.ts';
import type { Found } from '../result.ts';
import { inRounds } from '../rounds.ts';
import { percentile, ratios, spreadOf } from '../stats.ts';

const names = ['bullmq', 'ours'] as const;

export async function pickUp(context: Context): Promise<Found> {
  const count = context.quick ? 120 : 1_000;
  const samples = await inRounds({
    names,
    rounds: context.rounds,
    chance: context.chance,
    async run(name, round) {
      context.tell(`pick-up: ${name}, round ${round}`);
      await context.clean();
      await context.stub.set({});
      const contender = context.contender(name);
      await contender.open(context.place(10));
      const taken = await contender.pickUp(count);
      await contender.close();
      return taken.slice(20); // what came before was still cold
    },
  });
  const at = (name: (typeof names)[number], percent: number) =>
    samples(name).map((round) => percentile(round, percent));
  const rows = names.map((name) => [
    name,
    ...[50, 90, 99].map((percent) => spread(spreadOf(at(name, percent)))),
    spread(ratios(at(name, 50), at('bullmq', 50)), ratio),
  ]);
  return {
    tables: [{ head: ['contender', 'p50 ms', 'p90 ms', 'p99 ms', 'p50 of BullMQ'], rows }],
    notes: ['One job at a time, 8 ms apart, adder and worker in one process.'],
    goals: [
      atMost(1.3, {
        name: 'pick-up p50, of bare BullMQ',
        measured: ratios(at('ours', 50), at('bullmq', 50)),
      }),
    ],
  };
}

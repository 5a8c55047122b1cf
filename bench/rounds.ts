// Rounds in which every contender runs once, in an order of chance, so that what the machine does besides hits all.
import { shuffled } from './seeded.ts';

export interface Rounds<Name extends string, Sample> {
  readonly names: readonly Name[];
  readonly rounds: number;
  readonly chance: () => number;
  run(name: Name, round: number): Promise<Sample>;
}

/** By name, the samples of all rounds in order: the n-th of each are a pair. */
export async function inRounds<Name extends string, Sample>({
  names,
  rounds,
  chance,
  run,
}: Rounds<Name, Sample>): Promise<(name: Name) => readonly Sample[]> {
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(names, chance)) samples.get(name)?.push(await run(name, round));
  }
  return (name) => samples.get(name) ?? [];
}

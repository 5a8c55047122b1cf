// Chance from a seed, so that a run can be made again, and a shuffle.
import { chanceFrom } from '../simulation/random.ts';

/** 0..1, the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  return chanceFrom(`bench ${seed}`).next;
}

export function shuffled<Item>(items: readonly Item[], chance: () => number): Item[] {
  const left = [...items];
  const result: Item[] = [];
  while (left.length > 0) result.push(...left.splice(Math.floor(chance() * left.length), 1));
  return result;
}

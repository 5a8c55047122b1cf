// Every planted bug is found: the simulation can see what it is there to see.
import { describe, expect, it } from 'vitest';
import { type Plant, plants } from '../../simulation/plants.ts';
import { startPool } from '../../simulation/pool.ts';
import type { Failure, Range } from '../../simulation/run.ts';

const chunk = 25;

/** The first history in which something is wrong; null: none within the promise. */
async function findIt(plant: Plant): Promise<Failure | null> {
  const pool = await startPool({ variant: plant.name, processes: 1 });
  try {
    const found: Failure[] = [];
    const ranges = Array.from(
      { length: Math.ceil(plant.within / chunk) },
      (_, index): Range => ({
        world: plant.world,
        seed: 'plants',
        from: index * chunk,
        histories: chunk,
        untilFound: true,
      }),
    );
    await pool.run(
      ranges,
      (_range, sum) => void found.push(...sum.failures),
      () => found.length > 0,
    );
    return found[0] ?? null;
  } finally {
    await pool.stop();
  }
}

describe('the simulation finds a planted bug', { timeout: 600_000 }, () => {
  for (const plant of plants) {
    it.concurrent(`${plant.name}: in the world ${plant.world}, within ${plant.within} histories`, async () => {
      const failure = await findIt(plant);
      expect(failure, 'nothing was found').not.toBeNull();
      expect(failure?.violations.join('; ')).toMatch(plant.shows);
    });
  }
});

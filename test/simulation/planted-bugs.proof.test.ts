// Every planted bug is found: the simulation can see what it is there to see.
import { describe, expect, it } from 'vitest';
import { type PlantedBug, plantedBugs } from '../../simulation/planted-bugs.ts';
import { startPool } from '../../simulation/pool.ts';
import type { Failure, Range } from '../../simulation/run.ts';

/** The first history in which something is wrong; null: none within the promise. */
async function findIt(name: string, { scenario, within }: PlantedBug['found']): Promise<Failure | null> {
  const pool = await startPool({ variant: name, processes: 1 });
  try {
    const range: Range = { scenario, seed: 'plants', from: 0, histories: within, untilFound: true };
    const all: Failure[] = [];
    await pool.run([range], (_range, { failures }) => void all.push(...failures));
    return all[0] ?? null;
  } finally {
    await pool.stop();
  }
}

describe('the simulation finds a planted bug', { timeout: 600_000 }, () => {
  for (const [name, { found }] of Object.entries(plantedBugs)) {
    const { scenario, within, shows } = found;
    it.concurrent(`${name}: in the scenario ${scenario}, within ${within} histories`, async () => {
      const failure = await findIt(name, found);
      expect(failure, 'nothing was found').not.toBeNull();
      expect(failure?.violations.join('; ')).toMatch(shows);
    });
  }
});

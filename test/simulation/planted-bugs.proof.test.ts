// Every planted bug is found: the simulation can see what it is there to see.
import { describe, expect, it } from 'vitest';
import { type PlantedBug, plantedBugs } from '../../simulation/planted-bugs.ts';
import { startPool } from '../../simulation/pool.ts';
import type { Range } from '../../simulation/run.ts';

/** The first history that shows the bug, and its violations; with no such history within the promise, all others. */
async function findIt(name: string, { scenario, within, shows }: PlantedBug['found']): Promise<string[]> {
  const pool = await startPool({ variant: name, processes: 1 });
  try {
    const range: Range = { scenario, seed: 'plants', from: 0, histories: within, untilShown: shows.source };
    const all: string[] = [];
    await pool.run(
      [range],
      (_range, { failures }) => void all.push(...failures.map(({ violations }) => violations.join('; '))),
    );
    const first = all.find((violations) => shows.test(violations));
    return first === undefined ? all : [first];
  } finally {
    await pool.stop();
  }
}

describe('the simulation finds a planted bug', { timeout: 900_000 }, () => {
  for (const [name, { found }] of Object.entries(plantedBugs)) {
    const { scenario, within, shows } = found;
    it.concurrent(`${name}: in the scenario ${scenario}, within ${within} histories`, async () => {
      const violations = await findIt(name, found);
      expect(violations.length, 'nothing was found').toBeGreaterThan(0);
      expect(violations.join('\n')).toMatch(shows);
    });
  }
});

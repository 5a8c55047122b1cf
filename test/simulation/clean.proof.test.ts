// The code as it is, in every scenario: no history breaks a promise that its scenario can keep.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pool, startPool } from '../../simulation/pool.ts';
import { add, commandFor, emptySum, inChunks } from '../../simulation/run.ts';
import { scenarios } from '../../simulation/scenarios.ts';

/** Of each scenario: 2,600 in all, the same ones each time. Others are collected for docs/simulation.md. */
const histories = 100;
const chunk = 50;

describe('the simulation of money safety', { timeout: 900_000 }, () => {
  let pool: Pool;

  beforeAll(async () => {
    pool = await startPool();
  });
  afterAll(() => pool.stop());

  for (const { name } of scenarios) {
    it(`finds nothing in ${histories} histories of the scenario ${name}`, async () => {
      const total = emptySum(name);
      const range = { scenario: name, seed: 'clean', from: 0, histories };
      await pool.run(inChunks(range, chunk), (_range, sum) => add(total, sum));
      const found = total.failures.map(
        ({ index, violations }) => `${violations.join('; ')}\n${commandFor(range, index)}`,
      );
      expect(found).toEqual([]);
      expect(total.histories).toBe(histories);
      expect(total.calls).toBeGreaterThan(histories);
    });
  }
});

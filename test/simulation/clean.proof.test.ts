// The code as it is, in every scenario: no history breaks a promise that its scenario can keep.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pool, startPool } from '../../simulation/pool.ts';
import { add, emptySum, type Sum } from '../../simulation/run.ts';
import { scenarios } from '../../simulation/scenarios.ts';

/** Of each scenario: 12,880 in all. */
const histories = 560;
const chunk = 70;
const seed = 'clean';

describe('the simulation of money safety', { timeout: 900_000 }, () => {
  let pool: Pool;

  beforeAll(async () => {
    pool = await startPool();
  });
  afterAll(() => pool.stop());

  for (const { name } of scenarios) {
    it(`finds nothing in ${histories} histories of the scenario ${name}`, async () => {
      const total = emptySum(name);
      const ranges = Array.from({ length: histories / chunk }, (_, index) => ({
        scenario: name,
        seed,
        from: index * chunk,
        histories: chunk,
      }));
      await pool.run(ranges, (_range, sum) => {
        add(total, sum);
        total.failures.push(...sum.failures);
      });
      expect(told(total)).toEqual([]);
      expect(total.histories).toBe(histories);
      expect(total.calls).toBeGreaterThan(histories);
    });
  }
});

/** With the command that shows the whole history. */
function told({ scenario, failures }: Sum): string[] {
  return failures.map(({ index, violations }) => {
    const again = `npm run simulate -- --scenario ${scenario} --seed ${seed} --from ${index} --histories 1 --verbose`;
    return `${violations.join('; ')}\n${again}`;
  });
}

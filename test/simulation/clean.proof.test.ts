// The code as it is, in every world: no history breaks a promise that its world can keep.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pool, startPool } from '../../simulation/pool.ts';
import { add, emptySum, type Sum } from '../../simulation/run.ts';
import { worlds } from '../../simulation/worlds.ts';

/** Of each world: 12,880 in all. */
const histories = 560;
const chunk = 70;
const seed = 'clean';

describe('the simulation of money safety', { timeout: 900_000 }, () => {
  let pool: Pool;

  beforeAll(async () => {
    pool = await startPool();
  });
  afterAll(() => pool.stop());

  for (const { name } of worlds) {
    it(`finds nothing in ${histories} histories of the world ${name}`, async () => {
      const total = emptySum(name);
      const ranges = Array.from({ length: histories / chunk }, (_, index) => ({
        world: name,
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
function told({ world, failures }: Sum): string[] {
  return failures.map(({ index, violations }) => {
    const again = `npm run simulate -- --world ${world} --seed ${seed} --from ${index} --histories 1 --verbose`;
    return `${violations.join('; ')}\n${again}`;
  });
}

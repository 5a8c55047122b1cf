// One seed is one history, byte for byte, whatever else runs beside it and wherever a run begins.
import { expect, it } from 'vitest';
import { startPool } from '../../simulation/pool.ts';
import type { Range, Sum } from '../../simulation/run.ts';

async function digestsOf(ranges: readonly Range[]): Promise<Record<number, string>> {
  const pool = await startPool({ processes: 1 });
  const sums: Sum[] = [];
  await pool.run(ranges, (_range, sum) => void sums.push(sum));
  await pool.stop();
  return Object.assign({}, ...sums.map(({ digests }) => digests));
}

it.each(['plain', 'failover', 'taken-back', 'by-hand'])(
  'a history of the scenario %s is the same each time',
  async (scenario) => {
    const range = { scenario, seed: 'same' };
    const atOnce = await digestsOf([{ ...range, from: 0, histories: 6 }]);
    const oneByOne = await digestsOf(
      Array.from({ length: 6 }, (_, index) => ({ ...range, from: index, histories: 1 })),
    );
    expect(Object.keys(atOnce)).toHaveLength(6);
    expect(oneByOne).toEqual(atOnce);
    expect(new Set(Object.values(atOnce)).size).toBe(6);
  },
);

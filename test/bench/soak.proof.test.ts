// A short soak: under steady load a worker goes on paying, and its memory stops growing once it is warm.
import { expect, onTestFinished, test } from 'vitest';
import { soak } from '../../bench/cases/soak.ts';
import { openContext } from '../../bench/context.ts';

test('a worker under load for a minute keeps its pace and its memory', async () => {
  const context = await openContext({ quick: true, rounds: 1, seed: 1 });
  onTestFinished(() => context.close());
  const { tables, goals } = await soak(context, 1);
  const paid = tables[0]?.rows.map(([, succeeded = '']) => Number(succeeded.replaceAll(',', ''))) ?? [];
  console.log(`soak: ${paid.join(' ')} refunds; ${JSON.stringify(goals)}`);
  expect(paid.length).toBeGreaterThan(9);
  for (const [index, sum] of paid.entries()) expect(sum).toBeGreaterThan(paid[index - 1] ?? 0);
  // Wider than the bound of the hour: a minute is still warm-up in part.
  expect(goals[0]?.measured).toBeLessThan(1.25);
});

// Which refunds a sweep examines: all of them at the start and after a step of the clock, until that was done once.
import { expect, test } from 'vitest';
import type { OverdueQuery } from '../../src/domain/ledger.ts';
import { createSweep, sweeperDefaults } from '../../src/worker/sweeper.ts';
import { manualClock } from '../support/manual-clock.ts';

test('a sweep of everything that breaks off half way is made again, as a whole', async () => {
  const clock = manualClock();
  const examinedUpTo: number[] = [];
  let breaksOff = true;
  const deps = {
    clock,
    settings: { settleWindowMs: 1_000 },
    ledger: {
      claim: async () => true,
      placeCases: async () => 0,
      overdue: async ({ among, upTo }: OverdueQuery) => {
        if (among === 'open') examinedUpTo.push(upTo);
        else if (breaksOff) throw new Error('Connection is closed.');
        return { found: [], next: null };
      },
    },
    ensureRunning: async () => undefined,
    purgeOld: async () => undefined,
  } as unknown as Parameters<typeof createSweep>[0];
  const sweep = createSweep(deps, sweeperDefaults);
  await expect(sweep()).rejects.toThrow('Connection is closed.');
  breaksOff = false;
  await sweep();
  await sweep();
  const all = Number.MAX_SAFE_INTEGER;
  expect(examinedUpTo).toEqual([all, all, clock.now() - sweeperDefaults.overdueMs]);
});

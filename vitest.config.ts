import { defineConfig } from 'vitest/config';

// `unit` needs nothing but Node; `system` needs a Redis (and, for pages, a browser). `simulation` needs a Redis and every
// processor for itself: it comes last, or tests that kill and wait would share the machine with it.
const systemTests = ['test/**/*.system.test.ts'];
const simulations = ['test/simulation/*.system.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: systemTests,
          testTimeout: 30_000,
          // Most of their time went into starting a process for each file and loading the same modules into it.
          isolate: false,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'system',
          include: systemTests,
          exclude: simulations,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'simulation',
          include: simulations,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

// `unit` needs nothing but Node; `system` needs a Redis (and, for pages, a browser). `proof` is what takes minutes:
// simulation, planted bugs, random kills, failover, soak. It wants every processor for itself, one file at a time.
const systemTests = ['test/**/*.system.test.ts'];
const proofs = ['test/**/*.proof.test.ts'];
const globalSetup = 'test/support/built-command.ts';
// A state is awaited for long: a busy machine is slow, and a failing test may be.
const withRedis = { testTimeout: 120_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup,
          include: ['test/**/*.test.ts'],
          exclude: [...systemTests, ...proofs],
          testTimeout: 30_000,
          // Most of their time went into starting a process for each file and loading the same modules into it.
          isolate: false,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          ...withRedis,
          name: 'system',
          globalSetup,
          include: systemTests,
          // Loading the same modules for each file again took a tenth of the time.
          isolate: false,
          // They often wait for a time to pass: four of them keep two processors busy.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...withRedis, name: 'proof', include: proofs, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

// `unit` needs nothing but Node; `system` needs a Redis (and, for pages, a browser).
const systemTests = ['test/**/*.system.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: systemTests,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          include: systemTests,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

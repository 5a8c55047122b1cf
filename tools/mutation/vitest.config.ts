// What `npm run mutate` runs against each mutant: the tests of the policies that can see one.
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'policies',
    include: ['test/policies/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      // Compares with other processes, which run the code as it is written.
      'test/policies/cancel-windows.properties.test.ts',
      // Fails on any change of a table, right or wrong: it would kill every mutant and prove nothing.
      'test/policies/pages.test.ts',
    ],
    setupFiles: ['tools/mutation/fixed-seed.ts'],
    // Tables and the calendar are worked out once in a process: kept, they would be those of another mutant.
    isolate: true,
    testTimeout: 60_000,
  },
});

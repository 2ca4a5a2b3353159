import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Native addons and worker threads want processes of their own.
    pool: 'forks',
    maxWorkers: 2,
    include: ['**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});

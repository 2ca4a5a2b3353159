import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Native addons and worker threads want processes of their own.
    pool: 'forks',
    maxWorkers: 2,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.holdfast/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The second is read by .ci/run for its closing line.
    reporters: ['default', ['json', { outputFile: 'test/report.json' }]],
  },
});

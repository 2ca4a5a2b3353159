import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Native addons and worker threads want processes of their own.
    pool: 'forks',
    // V8 keeps one map of compiled pages for all threads of a process, guarded by the processor's protection keys where
    // it has them, and aborts when it loses track of a page ("Check failed: jit_page.has_value()", nodejs/node#64500).
    execArgv: ['--no-memory-protection-keys'],
    // The default import of a CommonJS package is what Node makes of it, as where the programs run.
    deps: { interopDefault: false },
    maxWorkers: 3,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.holdfast/**'],
    globalSetup: ['test/build-programs.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The second is read by .ci/run for its closing line.
    reporters: ['default', ['json', { outputFile: 'test/report.json' }]],
  },
});

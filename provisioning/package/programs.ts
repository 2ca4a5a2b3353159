// What each of the two programs is made of: where its threads begin, and the files it reads while it runs.
export interface ProgramParts {
  name: 'holdfast' | 'holdfast-central';
  /** Where its threads begin, the main one first. */
  entries: readonly string[];
  /** Files and folders it reads, by their path in the repository; of folders everything but tests. */
  files: readonly string[];
  /** Files it reads that a program of ours prints, such as one that needs the sources for it. */
  printed?: readonly { program: string; file: string }[];
}

export const programs: readonly ProgramParts[] = [
  {
    name: 'holdfast',
    entries: ['daemon/main.ts', 'daemon/store/worker.ts'],
    files: [
      'daemon/store/migrations',
      'daemon/store/kiosks/migrations',
      'daemon/store/telemetry/migrations',
      'docs/openapi-appliance.json',
    ],
    printed: [{ program: 'daemon/pages/main.ts', file: 'daemon/pages/pages.json' }],
  },
  {
    name: 'holdfast-central',
    entries: ['central/main.ts', 'central/ledger/sqlite/thread.ts'],
    files: [
      'central/ledger/sqlite/migrations',
      'central/fleet/sqlite/migrations',
      'docs/openapi-central.json',
    ],
    printed: [{ program: 'central/dashboard/main.ts', file: 'central/dashboard/page.json' }],
  },
];

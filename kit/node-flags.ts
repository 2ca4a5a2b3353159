// How Node runs both programs, wherever they are started (docs/decisions/0012, 0020): package.json's scripts say the same.
export const nodeFlags = [
  '--v8-pool-size=1',
  '--expose-gc',
  '--initial-old-space-size=64',
  '--no-memory-protection-keys',
] as const;

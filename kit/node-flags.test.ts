import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { nodeFlags } from './node-flags.ts';

describe('the flags of both programs', () => {
  it.each(['daemon', 'central'])("are those of package.json's script for %s", (room) => {
    expect(Object.values(packageJson.scripts)).toContain(`exec node ${nodeFlags.join(' ')} ${room}/main.ts`);
  });
});

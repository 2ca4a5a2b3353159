// Within an executable there is nothing to name but itself; that is tried where executables are (test/e2e).
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('this program', () => {
  it('is started anew by the same Node with the same flags and file', () => {
    const place = JSON.stringify(join(import.meta.dirname, 'this-program.ts'));
    const script = `import(${place}).then(({ thisProgram }) => console.log(JSON.stringify(thisProgram())))`;
    const said = execFileSync(
      process.execPath,
      ['--v8-pool-size=1', '--eval', script, 'kept-as-file', 'argument'],
      {
        encoding: 'utf8',
      },
    );
    expect(JSON.parse(said)).toEqual({
      command: process.execPath,
      args: ['--v8-pool-size=1', '--eval', script, 'kept-as-file'],
    });
  });
});

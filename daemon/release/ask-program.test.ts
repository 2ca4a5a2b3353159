// What a program says of itself is asked of real ones: shell scripts that a person would write.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { ownSchemas } from '../store/own-schemas.ts';
import { askProgram } from './ask-program.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-ask-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function ask(script: string, mode = 0o700) {
  const file = join(folder, 'holdfast');
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode });
  const lines: string[] = [];
  const log = { ...silentLog, error: (fields: object) => lines.push(JSON.stringify(fields)) };
  return { said: await askProgram(file, { packageSchemas: ownSchemas(), log }), log: lines.join('') };
}
const answer = (schemas: object) => `echo '${JSON.stringify({ release: '0.2.0', schemas })}'`;

describe('a program that is asked what it is', () => {
  it('says its release, and that it can go on with the files', async () => {
    const { said, log } = await ask(`[ "$*" = "version --json" ] && ${answer(ownSchemas())}`);
    expect(said).toEqual({ release: '0.2.0', leavesReadable: true });
    expect(log).toBe('');
  });

  it('leaves files that nobody can go on with where it says so, or does not say', async () => {
    const { journal, kiosks } = ownSchemas();
    const newer = { kiosks, journal: { newest: journal.newest + 1, oldestReader: journal.newest + 1 } };
    expect((await ask(answer(newer))).said).toEqual({ release: '0.2.0', leavesReadable: false });
    expect((await ask(`echo '{"release":"0.2.0"}'`)).said).toEqual({
      release: '0.2.0',
      leavesReadable: false,
    });
  });

  it.each([
    ['ends with an error', 'echo "no such library" >&2; exit 127', 0o700, 'exit code 127: no such library'],
    ['is ended', 'kill -9 $$', 0o700, 'ended by SIGKILL'],
    ['says something else', 'echo hello', 0o700, 'exit code 0'],
    ['cannot be run', '', 0o600, 'EACCES'],
  ])('is not answered for where it %s, and the log has why', async (_, script, mode, why) => {
    const { said, log } = await ask(script, mode);
    expect(said).toBeNull();
    expect(log).toContain(why);
  });
});

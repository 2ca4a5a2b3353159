// The power goes at every change of the disk while a box changes over to another release: whatever the moment, the next boot
// starts a whole program, the one before or the new one, and never the package that is older than both.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { choose, noSlots, prove, trialStartsMax, tryOut } from '../../daemon/release/slots.ts';
import { openSlotsFile } from '../../daemon/release/slots-file.ts';

const process_ = join(import.meta.dirname, 'switch-process.ts');
const mayTrace = spawnSync('strace', ['-f', '-e', 'trace=rename', 'true']).status === 0;
/** The steps: before which call of the kernel it is killed, the first of its kind being 1, and what the next boot starts. */
const steps = [
  ['before the slot is emptied', 'rename', 1, '0.2.0'],
  ['before the program gets its place', 'rename', 2, '0.2.0'],
  ['before the slot is named again', 'rename', 3, '0.2.0'],
  ['before the trial is written', 'rename', 4, '0.2.0'],
  ['before its start is counted', 'rename', 5, '0.3.0'],
  ['before it becomes the program', 'execve', 1, '0.3.0'],
] as const;
const program = (name: string) => `#!/bin/sh\necho ${name}\n`;

/** A box that runs 0.2.0 from slot a, and has fetched 0.3.0. */
function box(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-switch-'));
  const files = openSlotsFile(folder);
  const put = (path: string, name: string) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, program(name));
    chmodSync(path, 0o700);
  };
  put(files.program('a'), '0.2.0');
  put(join(files.fetching, 'new'), '0.3.0');
  const a = { release: '0.2.0', sha256: 'a'.repeat(64), bytes: program('0.2.0').length };
  files.write(prove(tryOut({ ...noSlots, a }, 'a', { rollout: 1, online: false })));
  return folder;
}

function run(words: readonly string[]): Promise<string> {
  const [first = '', ...rest] = words;
  const child = spawn(first, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  return new Promise((done) => child.on('close', () => done(said.trim())));
}

const start = (folder: string) => run([process.execPath, process_, 'start', folder]);

it.skipIf(!mayTrace)(
  'leaves a whole program that starts, whenever the power goes (skipped without strace)',
  {
    timeout: 120_000,
  },
  async () => {
    const started = await Promise.all(
      steps.map(async ([step, call, when]) => {
        const folder = box();
        const inject = `--inject=${call}:signal=KILL:when=${when}`;
        const killing = ['strace', '-f', '-o', '/dev/null', `--trace=${call}`, inject];
        const became = await run([...killing, process.execPath, process_, 'change', folder]);
        const after = await start(folder);
        // However often it is started then: it has as many as it gets, and the one before is there still.
        const files = openSlotsFile(folder);
        for (let i = 0; i < trialStartsMax; i++) files.write(choose(files.read()).slots);
        expect(files.read()).toMatchObject({ proven: 'a', trial: null });
        expect(readFileSync(files.program('a'), 'utf8')).toBe(program('0.2.0'));
        rmSync(folder, { recursive: true });
        return `${step}: ${became || 'killed'}, then ${after}`;
      }),
    );
    expect(started).toEqual(steps.map(([step, , , after]) => `${step}: killed, then ${after}`));
  },
);

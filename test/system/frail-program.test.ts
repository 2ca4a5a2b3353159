// What the system test breaks a box with must be taken for a program: it answers, and then does not run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { architectureOf } from '../../provisioning/package/elf.ts';
import { type Architecture, architectures } from '../../provisioning/release-list.ts';
import { frailProgram } from './frail-program.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-frail-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const emulators = { x64: 'qemu-x86_64-static', arm64: 'qemu-aarch64-static' };
const runnerOf = (architecture: Architecture) =>
  process.arch === architecture ? [] : [emulators[architecture]];
const canRun = (architecture: Architecture) =>
  runnerOf(architecture).every((name) => spawnSync(name, ['--version']).status === 0);

it.each(architectures.filter(canRun))(
  'says on %s what it is, and ends with an error when it is to run',
  (architecture) => {
    const file = join(folder, 'program');
    const says = JSON.stringify({ release: '0.2.0', schemas: {} });
    writeFileSync(file, frailProgram(architecture, says), { mode: 0o700 });
    expect(architectureOf(file)).toBe(architecture);
    const run = (...words: string[]) => {
      const [program = '', ...args] = [...runnerOf(architecture), file, ...words];
      return spawnSync(program, args, { encoding: 'utf8' });
    };
    expect(run('version', '--json')).toMatchObject({ status: 0, stdout: `${says}\n` });
    expect(run('run', '--config', 'holdfast.toml')).toMatchObject({ status: 1, signal: null, stdout: '' });
  },
);

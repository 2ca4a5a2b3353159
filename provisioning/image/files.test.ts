// What is laid over Debian: scripts that a shell understands, units that systemd understands, and a console that is no shell.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = join(import.meta.dirname, 'files');
const programs = join(files, 'usr', 'lib', 'holdfast');
const units = join(files, 'usr', 'lib', 'systemd', 'system');

it.each([
  ...readdirSync(programs).map((name) => join(programs, name)),
  join(import.meta.dirname, 'customize'),
  join(import.meta.dirname, 'init'),
])('%s can be run, and a shell understands it', (script) => {
  expect(statSync(script).mode & 0o111).toBe(0o111);
  expect(spawnSync('sh', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

const known = spawnSync('systemd-analyze', ['--version']).status === 0;
it.skipIf(!known)('the units are understood by systemd (skipped where systemd-analyze is missing)', () => {
  const names = readdirSync(units).map((name) => join(units, name));
  const { stderr } = spawnSync('systemd-analyze', ['verify', ...names], { encoding: 'utf8' });
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.includes('is not executable'));
  expect(complaints).toEqual([]);
});

describe('the console', () => {
  const type = (...lines: string[]) =>
    spawnSync('sh', [join(programs, 'console')], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });

  it('says that the box is not enrolled, and how that is done', () => {
    expect(type().stdout).toMatch(/not enrolled.*type: enrol\nholdfast> /);
  });

  it.each(['sh', 'config set log.level debug', 'reset', 'diagnose', 'enrol --slip x', 'report x'])(
    'does not do: %s',
    (line) => {
      expect(type(line).stdout).toContain('not a command here');
    },
  );

  it.each([
    'status; sh',
    'status $HOME',
    'status --config /etc/shadow',
    'journal verify `id`',
    'kiosk pair --name *',
  ])('does not even look at: %s', (line) => {
    const { stdout } = type(line);
    expect(stdout).toContain('only letters');
    expect(stdout).not.toContain('root:');
  });

  it('says in its help what the page for operators says', () => {
    const page = readFileSync(
      join(import.meta.dirname, '..', '..', 'docs', 'operations', 'image.md'),
      'utf8',
    );
    const shown = /^holdfast> help\n(.*?)\n```$/ms.exec(page)?.[1];
    expect(type('help').stdout).toContain(`holdfast> ${shown}\n`);
  });

  it('names in its help every command that it takes', () => {
    const { stdout } = type('help');
    const taken = readFileSync(join(programs, 'console'), 'utf8').match(/^ {4}([a-z][a-z \\*|-]*)\)/gm) ?? [];
    const words = taken.flatMap((line) => line.match(/[a-z]+/g) ?? []).filter((word) => word !== 'help');
    expect(words.length).toBeGreaterThan(10);
    for (const word of words) expect(stdout).toContain(word);
  });
});

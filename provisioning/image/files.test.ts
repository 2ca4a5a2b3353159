// What is laid over Debian: scripts that a shell understands, units that systemd understands, and a console that is no shell.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicKeyFile } from '../package/minisign.ts';

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

describe('releases.toml of the setup partition', () => {
  const root = join(import.meta.dirname, '..', '..');
  const key = publicKeyFile(generateKeyPairSync('ed25519').privateKey).trim().split('\n').at(-1) ?? '';
  const enrolled = `${readFileSync(join(root, 'provisioning/package/debian/holdfast/holdfast.toml'), 'utf8')}
[central]
url = "mqtts://central.example"
est = "https://central.example"
`;
  const table = (more = '') =>
    `[releases]\r\nfolder = "/var/lib/holdfast/slots"\r\nkeys = ["${key}"]\r\n${more}`;
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-set-releases-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** As first-boot does, with the program from its sources. */
  function set(given: string, before = enrolled) {
    const [file = '', config = '', program = ''] = ['releases.toml', 'holdfast.toml', 'holdfast'].map(
      (name) => join(folder, name),
    );
    writeFileSync(file, given);
    writeFileSync(config, before);
    chmodSync(config, 0o640);
    writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(root, 'daemon/main.ts')} "$@"\n`, {
      mode: 0o700,
    });
    const { status, stdout, stderr } = spawnSync(
      'sh',
      [join(programs, 'set-releases'), file, config, program],
      {
        encoding: 'utf8',
      },
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(statSync(config).mode & 0o777).toBe(0o640);
    return { status, said: stdout + stderr, config: readFileSync(config, 'utf8') };
  }

  it('becomes the table of the configuration, in the place of the one before', () => {
    const first = set(table('quietSeconds = 5\r\n'));
    expect(first).toMatchObject({ status: 0 });
    expect(first.config).toBe(`${enrolled}\n${table('quietSeconds = 5\r\n').replaceAll('\r', '')}`);
    const lan = '\n[http]\nport = 8080\n';
    const again = set(table(), first.config + lan);
    expect(again).toMatchObject({ status: 0 });
    expect(again.config.match(/^\[.*/gm)).toEqual(['[central]', '[http]', '[releases]']);
    expect(again.config).not.toContain('quietSeconds');
  });

  it.each([
    ['names a key that is none', '[releases]\nfolder = "slots"\nkeys = ["RWx"]\n', 'minisign public key'],
    ['has another table', `${table()}[central]\nurl = "mqtts://elsewhere.example"\n`, 'no other'],
    ['has no table', 'dataFolder = "/elsewhere"\n', 'no other'],
  ])('is not taken where it %s, and the configuration stays as it was', (_, given, why) => {
    const { status, said, config } = set(given);
    expect({ status, config }).toEqual({ status: 2, config: enrolled });
    expect(said).toContain(why);
  });
});

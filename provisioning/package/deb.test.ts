// Packs a stand-in for an executable, which takes no time, and reads the package with dpkg-deb.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDeb } from './deb.ts';
import { type DebPackage, debianFolder, debPackages, scripts } from './deb-packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-deb-'));
afterAll(() => rmSync(folder, { recursive: true }));
const missing = spawnSync('dpkg-deb', ['--version']).status !== 0;

async function pack(deb: DebPackage, into: string): Promise<string> {
  const out = join(folder, into);
  mkdirSync(out, { recursive: true });
  const executable = join(out, 'program');
  writeFileSync(executable, '\x7fELF stand-in', { mode: 0o600 });
  writeFileSync(join(out, 'bill'), '{}');
  const options = {
    version: '0.1.0-1',
    executable,
    bill: join(out, 'bill'),
    folder: out,
    compression: 'xz' as const,
  };
  return makeDeb(deb, { architecture: 'arm64', madeAtMs: 1_700_000_000_000, ...options });
}

const read = (...args: string[]) => execFileSync('dpkg-deb', args, { encoding: 'utf8' });

describe.skipIf(missing)('a Debian package (skipped where dpkg-deb is missing)', () => {
  let file: string;
  beforeAll(async () => {
    file = await pack(debPackages[0] as DebPackage, 'first');
  });

  it('has its name, its processor, and the libraries the program wants', () => {
    expect(file).toMatch(/holdfast_0\.1\.0-1_arm64\.deb$/);
    expect(read('--field', file, 'Package', 'Architecture', 'Depends')).toMatch(
      /Package: holdfast\nArchitecture: arm64\nDepends: libc6 \(>= 2\.34\), .*systemd/,
    );
  });

  it('lays everything where the units look for it, as root, and the configuration for nobody else to read', () => {
    const lines = read('--contents', file).split('\n');
    const placed = (path: string) => lines.find((line) => line.endsWith(` ./${path}`)) ?? '';
    for (const path of [
      'usr/lib/systemd/system/holdfast.service',
      'usr/lib/systemd/system/holdfast-renew.timer',
      'usr/lib/sysusers.d/holdfast.conf',
      'usr/lib/tmpfiles.d/holdfast.conf',
      'usr/share/man/man1/holdfast.1.gz',
    ])
      expect(placed(path), path).toMatch(/^-rw-r--r-- root\/root/);
    expect(placed('usr/bin/holdfast')).toMatch(/^-rwxr-xr-x root\/root/);
    expect(placed('etc/holdfast/holdfast.toml')).toMatch(/^-rw-r----- root\/root/);
    expect(lines.some((line) => line.includes('/var/'))).toBe(false);
  });

  it('names the configuration as the administrator’s own', () => {
    expect(read('--info', file, 'conffiles')).toBe('/etc/holdfast/holdfast.toml\n');
  });

  it('is the same bytes wherever and whenever it is packed', async () => {
    const again = await pack(debPackages[0] as DebPackage, 'second');
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
    expect(readdirSync(join(folder, 'second', '.work'))).toEqual([]);
  });

  it('of central has no configuration, which would start it before it is set up', async () => {
    const central = await pack(debPackages[1] as DebPackage, 'central');
    expect(read('--contents', central)).not.toMatch(/ \.\/etc\//);
  });
});

it('has scripts that a shell understands', () => {
  for (const { name } of debPackages) {
    for (const script of scripts) {
      const { status, stderr } = spawnSync('sh', ['-n', join(debianFolder, name, script)], {
        encoding: 'utf8',
      });
      expect(status, `${name} ${script}: ${stderr}`).toBe(0);
    }
  }
});

it('has an example of a configuration that names the folders its unit makes', () => {
  const example = parse(readFileSync(join(debianFolder, 'holdfast', 'holdfast.toml'), 'utf8'));
  expect(example).toMatchObject({
    dataFolder: '/var/lib/holdfast',
    identityFolder: '/var/lib/holdfast/identity',
  });
});

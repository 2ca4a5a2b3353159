import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCentralIdentity } from '../identity.ts';
import { authorityInit } from './authority-init.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-init-'));
const NOW = Date.UTC(2026, 10, 22, 12);
let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(base, 'case-'));
  folder = join(parent, 'authority');
});

afterAll(() => rmSync(base, { recursive: true }));

const init = (centralHosts = ['localhost']) => authorityInit({ folder, centralHosts, nowMs: NOW });

/** Every file below the folder with its permissions. */
function modes(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)] as const),
  );
}

describe('authority init', () => {
  it('makes root, issuing CA and central, with keys that only their owner can read', async () => {
    const made = await init();
    expect(modes()).toEqual({
      central: '700',
      'central/ca.crt': '644',
      'central/server.crt': '644',
      'central/server.key': '600',
      'central/signing.key': '600',
      'central/signing.pem': '644',
      issuing: '700',
      'issuing/issuing.crt': '644',
      'issuing/issuing.key': '600',
      root: '700',
      'root/root.crt': '644',
      'root/root.key': '600',
    });
    expect(loadCentralIdentity(made.centralFolder).signingKey.asymmetricKeyType).toBe('ed25519');
    expect(made.rootFingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(existsSync(made.rootKeyPath)).toBe(true);
    expect(made.serverNotAfterMs).toBe(NOW + 397 * 86_400_000);
  });

  it('keeps its secrets whatever the mask of the process', async () => {
    const before = process.umask(0);
    try {
      await init();
    } finally {
      process.umask(before);
    }
    expect(modes()).toMatchObject({ 'root/root.key': '600', 'issuing/issuing.key': '600', root: '700' });
  });

  it('refuses a second time and leaves every byte as it was', async () => {
    await init();
    const before = readFileSync(join(folder, 'root/root.key'));
    await expect(init()).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining(folder),
      hint: expect.stringContaining('new or empty folder'),
    });
    expect(readFileSync(join(folder, 'root/root.key'))).toEqual(before);
    expect(readdirSync(parent)).toEqual(['authority']);
  });

  it('takes an empty folder, and refuses one in which anything lies, or a file', async () => {
    mkdirSync(folder);
    await init();
    folder = join(parent, 'used');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await expect(init()).rejects.toMatchObject({ code: 'already_exists' });
    folder = join(folder, 'notes.txt');
    await expect(init()).rejects.toMatchObject({ code: 'already_exists' });
    expect(readFileSync(folder, 'utf8')).toBe('mine');
  });

  it('says where and why it cannot write', async () => {
    writeFileSync(join(parent, 'file'), '');
    folder = join(parent, 'file', 'authority');
    await expect(init()).rejects.toMatchObject({
      code: 'folder_unwritable',
      message: expect.stringContaining(folder),
      cause: expect.objectContaining({ code: expect.stringMatching(/^E/) }),
    });
  });

  it('of three runs at the same moment lets one win, whole', async () => {
    const results = await Promise.allSettled([init(), init(), init()]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already_exists' });
    }
    loadCentralIdentity(join(folder, 'central'));
    expect(readdirSync(parent)).toEqual(['authority']);
  });

  // Nine files, each renamed into place, then the folder: the process is killed just before the rename of that number.
  it.each([1, 5, 10])(
    'killed before rename %i leaves nothing that looks complete, and can run again',
    async (nth) => {
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', killedRun(nth)], {
        encoding: 'utf8',
      });
      expect({ signal: run.signal, stderr: run.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
      expect(existsSync(folder)).toBe(false);
      expect(readdirSync(parent)).toEqual([expect.stringMatching(/^authority\.[0-9a-f]{12}\.new$/)]);
      await init();
      loadCentralIdentity(join(folder, 'central'));
    },
  );

  it.each([
    [[], 'no host name'],
    [['https://central.example'], 'https://central.example'],
    [['central.example:8883'], 'central.example:8883'],
    [['*.example'], '*.example'],
    [['central.example', ''], "''"],
    [['a'.repeat(64)], 'aaaa'],
    [['-central'], '-central'],
  ])('refuses the hosts %j and makes nothing', async (hosts, named) => {
    await expect(init(hosts)).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringContaining(named),
      hint: expect.stringContaining('central.example'),
    });
    expect(readdirSync(parent)).toEqual([]);
  });
});

/** A program that is killed when it is about to rename for the nth time. */
function killedRun(nth: number): string {
  const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'authority-init.ts')).href);
  return `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const rename = fs.renameSync;
    let count = 0;
    fs.renameSync = (...paths) => {
      if (++count === ${nth}) process.kill(process.pid, 'SIGKILL');
      rename(...paths);
    };
    syncBuiltinESMExports();
    const { authorityInit } = await import(${module});
    await authorityInit({ folder: ${JSON.stringify(folder)}, centralHosts: ['localhost'], nowMs: ${NOW} });
  `;
}

// A box whose disk takes nothing more when the new release first starts: a real disk of four mebibytes, filled by something else.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chainHash, genesisHash } from '../../contract/hash.ts';
import { applicationId, migrationsFolder } from '../../daemon/store/database.ts';
import { newestSchema, prepare } from '../../kit/sqlite.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
const disk = join(folder, 'disk');
const ballast = join(disk, 'ballast');
const config = join(folder, 'holdfast.toml');
const journal = join(disk, 'journal.db');
const first = '0001-journal.sql';
const sold = 40;
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  if (!isRoot) return;
  const nowMs = Date.now();
  const authorityFolder = join(folder, 'authority');
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
  await applianceCreate({ authorityFolder, applianceId: 'shop-1', out: join(folder, 'identity'), nowMs });
  mkdirSync(disk);
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
  journalOfTheReleaseBefore();
  writeFileSync(
    config,
    `dataFolder = "${disk}"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\nhttp = { port = 0 }\n`,
  );
});
afterAll(() => {
  if (isRoot) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true });
});

function journalOfTheReleaseBefore(): void {
  const migrations = join(folder, 'migrations');
  mkdirSync(migrations);
  copyFileSync(join(migrationsFolder, first), join(migrations, first));
  const db = new BetterSqlite3(journal);
  prepare(db, migrations, applicationId);
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  db.prepare(
    'INSERT INTO position (id, journal_id, applied_through, last_slip, exposure_minor) VALUES (1, ?, 0, ?, 0)',
  ).run(uuid(0), sold);
  let previous = genesisHash;
  for (let n = 1; n <= sold; n++) {
    const body = Buffer.from(JSON.stringify({ kind: 'checkout', id: uuid(n), note: 'x'.repeat(4000) }));
    previous = chainHash(previous, n, body);
    db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)').run(
      ...[n, 'checkout', Buffer.from(uuid(n).replaceAll('-', ''), 'hex'), body, previous, 1],
    );
  }
  db.close();
}

/** All of the disk but so many bytes. */
function fillDisk(freeBytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - freeBytes));
}

/** What the journal has, with its log beside it. */
function look(): { schema: unknown; entries: unknown } {
  const db = new BetterSqlite3(journal);
  const schema = db.pragma('user_version', { simple: true });
  const entries = db.prepare('SELECT count(*) FROM entry').pluck().get();
  db.close();
  return { schema, entries };
}

async function start(): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [mainOf('holdfast'), 'run', '--config', config]);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (data) => {
      said[stream] += data;
      if (said.stdout.includes('"msg":"ready"')) child.kill('SIGTERM');
    });
  await once(child, 'close');
  return { code: child.exitCode, ...said };
}

it.runIf(isRoot).each([0, 8, 64, 128])(
  'keeps the journal and says why it does not start where %i KiB are left',
  async (kibibytes) => {
    fillDisk(kibibytes * 1024);
    const { code, stdout, stderr } = await start();
    expect(code).toBeGreaterThan(0);
    expect(stdout + stderr).toContain(
      `disk_full: the disk of ${disk} takes nothing more; the journal is as it was`,
    );
    expect(stdout + stderr).toContain('Make room there');
    rmSync(ballast);
    expect(look()).toMatchObject({ entries: sold });
    expect(readdirSync(disk).filter((name) => !/^(journal\.db|daemon\.lock)/.test(name))).toEqual([]);
  },
);

it.runIf(isRoot)('goes on once there is room', async () => {
  expect(await start()).toMatchObject({ code: 0, stderr: '' });
  expect(look()).toEqual({ schema: newestSchema(migrationsFolder), entries: sold });
});

// `holdfast diagnose` and `holdfast reset` on a real box that knows secrets and holds money nobody else knows of.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { openKioskRegistry } from '../store/kiosks/registry.ts';
import { holdFolder } from '../store/sole-daemon.ts';
import { pennies, submit, type TemporaryStore, temporaryStore } from '../store/temporary-store.ts';
import { redact } from './redact.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-care-'));
const config = join(folder, 'holdfast.toml');
let shop: TemporaryStore;
let secrets: string[];
beforeAll(async () => {
  shop = temporaryStore();
  const payment = { token: 'tok_planted4711', fingerprint: 'plantedfinger', scheme: 'visa', last4: '4242' };
  shop.execute(submit.checkout(1, pennies(1230, { payment })));
  shop.close();
  const authorityFolder = join(folder, 'authority');
  await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs: Date.now() });
  const identity = join(folder, 'identity');
  await applianceCreate({ authorityFolder, applianceId: 'shop-1', out: identity, nowMs: Date.now() });
  const registry = openKioskRegistry(shop.folder, systemClock());
  const offered = registry.offer({ name: 'till-1', scopes: ['sell'] });
  registry.close();
  if (offered.kind !== 'offered') throw new Error('no code');
  const keyLines = readFileSync(join(identity, 'appliance.key'), 'utf8').split('\n').slice(1, -2);
  secrets = [payment.token, payment.fingerprint, offered.code, ...keyLines];
  writeFileSync(
    config,
    `dataFolder = "${shop.folder}"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n# password = "planted-in-a-comment"\nhttp = { port = 48998 }\n`,
  );
  secrets.push('planted-in-a-comment');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(shop.folder, { recursive: true, force: true });
});

function holdfast(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = mainOf('holdfast');
  return spawnSync(process.execPath, [main, ...args, '--config', config], { encoding: 'utf8', cwd: folder });
}

describe('a support bundle', () => {
  it('holds what the box says of itself, and none of its secrets', () => {
    const out = join(folder, 'bundle.tar.gz');
    const { status, stdout, stderr } = holdfast('diagnose', '--out', out);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('doctor.json');
    execFileSync('tar', ['-xzf', out, '-C', folder]);
    const inside = join(folder, 'bundle');
    expect(readdirSync(inside).toSorted()).toEqual([
      'certificate.json',
      'doctor.json',
      'files.txt',
      'holdfast.toml',
      'journal.json',
      'kiosks.json',
      'log.jsonl',
      'machine.txt',
      'status.json',
    ]);
    const everything = readdirSync(inside)
      .map((name) => readFileSync(join(inside, name), 'utf8'))
      .join('\n');
    for (const secret of secrets) expect(everything).not.toContain(secret);
    // Not empty either.
    expect(everything).toContain('"lastSeq": 1');
    expect(everything).toContain('urn:holdfast:appliance:shop-1');
  });

  it('says where it may not write', () => {
    const { status, stderr } = holdfast('diagnose', '--out', join(folder, 'nowhere', 'bundle.tar.gz'));
    expect(stderr).toMatch(/bundle_not_written: .*\nhint: .*--out/);
    expect(status).toBe(1);
  });

  it.each([
    ['{"token":"abc123","msg":"paired"}', '{"token":"[redacted]","msg":"paired"}'],
    ['Authorization: Bearer abcdefgh12345678', 'Authorization: "[redacted]"'],
    ['{"code":"journal_full"}', '{"code":"journal_full"}'],
    ['{"code":"7KQM-2XPA"}', '{"code":"[redacted]"}'],
    ['password = "x y z" # mine', 'password = "[redacted]" # mine'],
    ['paid with tok_1abcdEF', 'paid with [redacted]'],
    ['paid with 4929142077738169 today', '[redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----', '[redacted]'],
    ['{"msg":"ready","httpPort":8080}', '{"msg":"ready","httpPort":8080}'],
  ])('makes of %j: %j', (text, safe) => {
    expect(redact(text)).toBe(safe);
  });
});

describe('reset', () => {
  it('refuses while the daemon runs', () => {
    const release = holdFolder(shop.folder);
    const { status, stderr } = holdfast('reset', '--yes');
    release();
    expect(stderr).toMatch(/service_runs: .*\nhint: .*systemctl stop/);
    expect(status).toBe(1);
  });

  it('refuses while money is on this box only, and says how much', () => {
    const { status, stderr } = holdfast('reset', '--yes');
    expect(stderr).toContain('1 entries are on this box only, 1 of them with money: 12.30 GBP');
    expect(stderr).toContain('--discard "12.30 GBP"');
    expect(status).toBe(1);
    expect(holdfast('reset', '--yes', '--discard', '12.00 GBP').status).toBe(1);
    expect(existsSync(join(shop.folder, 'journal.db'))).toBe(true);
  });

  it('asks first, and takes everything away once the money was named', () => {
    expect(holdfast('reset', '--discard', '12.30 GBP')).toMatchObject({ status: 2 });
    const { status, stdout, stderr } = holdfast('reset', '--yes', '--discard', '12.30 GBP');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(
      /^Gone: the journal \(1 entries, 1 of them nowhere else\).*\nNext: holdfast enrol/,
    );
    expect(readdirSync(shop.folder)).toEqual([]);
    expect(readdirSync(join(folder, 'identity'))).toEqual([]);
  });
});

import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorityFiles } from '../authority/authority.ts';
import { loadApplianceIdentity } from '../identity.ts';
import { applianceCreate } from './appliance-create.ts';
import { authorityInit } from './authority-init.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-create-'));
const authorityFolder = join(base, 'authority');
const NOW = Date.UTC(2026, 10, 22, 12);
const DAY = 86_400_000;
let out: string;

beforeAll(() => authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs: NOW }));

beforeEach(() => {
  out = join(mkdtempSync(join(base, 'case-')), 'identities', 'shop-1');
});

afterAll(() => rmSync(base, { recursive: true }));

const create = (changes: Partial<Parameters<typeof applianceCreate>[0]> = {}) =>
  applianceCreate({ authorityFolder, applianceId: 'shop-1', out, nowMs: NOW, ...changes });

describe('appliance create', () => {
  it('makes an identity that loads, with a key that only its owner can read', async () => {
    const made = await create();
    const loaded = loadApplianceIdentity(out);
    const certificate = new X509Certificate(loaded.certificateDer);
    expect(made).toEqual({
      applianceId: loaded.applianceId,
      serial: certificate.serialNumber.toLowerCase(),
      notAfterMs: NOW + 90 * DAY,
      folder: out,
    });
    expect(readdirSync(out).sort()).toEqual([
      'appliance.crt',
      'appliance.key',
      'ca.crt',
      'central-signing.pem',
    ]);
    expect(statSync(join(out, 'appliance.key')).mode & 0o777).toBe(0o600);
    expect(statSync(out).mode & 0o777).toBe(0o700);
  });

  it('gives each a serial number and a key of its own', async () => {
    const one = await create();
    const two = await create({ out: `${out}-again` });
    expect(two.serial).not.toBe(one.serial);
    expect(loadApplianceIdentity(`${out}-again`).keyPem).not.toBe(loadApplianceIdentity(out).keyPem);
  });

  it('never overwrites an identity', async () => {
    await create();
    const before = readFileSync(join(out, 'appliance.key'));
    await expect(create({ applianceId: 'shop-2' })).rejects.toMatchObject({ code: 'already_exists' });
    expect(readFileSync(join(out, 'appliance.key'))).toEqual(before);
  });

  it('works with the root key away, where it belongs', async () => {
    const offline = `${out}-authority`;
    cpSync(authorityFolder, offline, { recursive: true });
    rmSync(authorityFiles(offline).rootKey);
    await create({ authorityFolder: offline });
    expect(loadApplianceIdentity(out).applianceId).toBe('shop-1');
  });

  it('ends with the issuing CA when that is sooner than the days asked for', async () => {
    const made = await create({ nowMs: NOW + (5 * 365 - 10) * DAY });
    expect(made.notAfterMs).toBe(NOW + 5 * 365 * DAY);
  });

  it.each([
    ['has ended', NOW + (5 * 365 + 1) * DAY],
    ['has not begun', NOW - 2 * DAY],
  ])('refuses when the time of the issuing CA %s', async (_, nowMs) => {
    await expect(create({ nowMs })).rejects.toMatchObject({
      code: 'authority_not_valid',
      message: expect.stringContaining('issuing.crt'),
    });
    expect(existsSync(out)).toBe(false);
  });

  it.each(['issuingKey', 'issuingCertificate', 'rootCertificate'] as const)(
    'names the file when the authority lacks its %s',
    async (file) => {
      const broken = `${out}-broken`;
      cpSync(authorityFolder, broken, { recursive: true });
      rmSync(authorityFiles(broken)[file]);
      await expect(create({ authorityFolder: broken })).rejects.toMatchObject({
        code: 'file_missing',
        message: expect.stringContaining(authorityFiles(broken)[file]),
      });
      expect(existsSync(out)).toBe(false);
    },
  );

  it.each(['', 'Shop-1', '-shop', 'a/b', '+', 'a b', 'a'.repeat(64)])(
    'refuses the id %j',
    async (applianceId) => {
      await expect(create({ applianceId })).rejects.toMatchObject({
        code: 'bad_argument',
        hint: expect.stringContaining('a-z'),
      });
    },
  );

  it.each([0, -1, 1.5, 826, Number.NaN])('refuses a life of %d days', async (validDays) => {
    await expect(create({ validDays })).rejects.toMatchObject({ code: 'bad_argument' });
  });
});

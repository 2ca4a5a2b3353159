import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../../provisioning/commands/kiosk-tls-create.ts';
import { loadLanCertificate } from './lan-certificate.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-lan-certificate-'));
const nowMs = Date.UTC(2026, 10, 24);
const dayMs = 86_400_000;
const made = join(base, 'made');
let folder: string;

beforeAll(async () => {
  const authorityFolder = join(base, 'authority');
  await authorityInit({ folder: authorityFolder, centralHosts: ['central.example'], nowMs });
  await kioskTlsCreate({ authorityFolder, hosts: ['box-7.lan'], out: made, nowMs });
  await kioskTlsCreate({ authorityFolder, hosts: ['box-8.lan'], out: join(base, 'other'), nowMs });
});
beforeEach(() => {
  folder = mkdtempSync(join(base, 'case-'));
  cpSync(made, folder, { recursive: true });
});
afterAll(() => rmSync(base, { recursive: true }));

const load = (at = nowMs) =>
  loadLanCertificate(
    { certificateFile: join(folder, 'kiosk-tls.crt'), keyFile: join(folder, 'kiosk-tls.key') },
    at,
  );

describe('the certificate for the local network', () => {
  it('is read with its chain, also by a box that believes it is 1970', () => {
    for (const at of [nowMs, 0, nowMs + 397 * dayMs]) {
      expect(load(at).certificatePem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    }
  });

  it.each<[string, () => void, number, string, RegExp]>([
    [
      'whose key others can read',
      () => chmodSync(join(folder, 'kiosk-tls.key'), 0o644),
      nowMs,
      'key_exposed',
      /chmod 600/,
    ],
    [
      'with the key of another',
      () => cpSync(join(base, 'other', 'kiosk-tls.key'), join(folder, 'kiosk-tls.key')),
      nowMs,
      'key_mismatch',
      /made together/,
    ],
    ['whose time is over', () => {}, nowMs + 397 * dayMs + 1000, 'certificate_expired', /kiosk-tls create/],
    ['that is not there', () => rmSync(join(folder, 'kiosk-tls.crt')), nowMs, 'file_missing', /./],
  ])('%s is refused with what to do', (_, spoil, at, code, hint) => {
    spoil();
    expect(() => load(at)).toThrow(expect.objectContaining({ code, hint: expect.stringMatching(hint) }));
  });
});

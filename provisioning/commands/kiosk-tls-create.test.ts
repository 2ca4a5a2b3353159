import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../kit/listen.ts';
import { checkApplianceCertificate } from '../authority/check.ts';
import { authorityInit } from './authority-init.ts';
import { kioskTlsCreate } from './kiosk-tls-create.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-kiosk-tls-'));
const authorityFolder = join(base, 'authority');
const nowMs = Date.now();
let out: string;

beforeAll(() =>
  authorityInit({ folder: authorityFolder, centralHosts: ['central.example', '192.0.2.1'], nowMs }),
);
beforeEach(() => {
  out = join(mkdtempSync(join(base, 'case-')), 'tls');
});
afterAll(() => rmSync(base, { recursive: true }));

const create = (hosts: string[] = ['localhost', '192.0.2.7'], at = nowMs) =>
  kioskTlsCreate({ authorityFolder, hosts, out, nowMs: at });
const read = (name: string) => readFileSync(join(out, name));

describe('kiosk-tls create', () => {
  it('makes a certificate that whoever trusts the root accepts under its names', async () => {
    await create();
    const server = createServer({ key: read('kiosk-tls.key'), cert: read('kiosk-tls.crt') }, (_, response) =>
      response.end('sold'),
    );
    const port = await listen(server, 0, '127.0.0.1');
    const ask = (servername: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = { port, host: '127.0.0.1', servername, ca: read('ca.crt'), agent: false };
        request(options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(await ask('localhost')).toBe(200);
    await expect(ask('central.example')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    server.close();
  });

  it('says until when, keeps the key to its owner, and lives no longer than browsers accept', async () => {
    const made = await create();
    const certificate = new X509Certificate(read('kiosk-tls.crt'));
    expect(made).toEqual({
      hosts: ['localhost', '192.0.2.7'],
      serial: certificate.serialNumber.toLowerCase(),
      notAfterMs: certificate.validToDate.getTime(),
      folder: out,
    });
    expect(readdirSync(out).sort()).toEqual(['ca.crt', 'kiosk-tls.crt', 'kiosk-tls.key']);
    expect(statSync(join(out, 'kiosk-tls.key')).mode & 0o777).toBe(0o600);
    const days = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / 86_400_000;
    expect(days).toBeLessThanOrEqual(398);
  });

  it('makes no appliance of its bearer', async () => {
    await create();
    const ca = readFileSync(join(authorityFolder, 'central', 'ca.crt'), 'utf8');
    const { raw } = new X509Certificate(read('kiosk-tls.crt'));
    expect(checkApplianceCertificate(raw, ca, nowMs)).toEqual({ ok: false, reason: 'not_an_appliance' });
  });

  it.each([[[]], [['a b']], [['*.example']], [['https://box.example']], [['box.example', '']]])(
    'refuses the hosts %j',
    async (hosts) => {
      await expect(create(hosts)).rejects.toMatchObject({
        code: 'bad_argument',
        hint: expect.stringContaining('without scheme'),
      });
      expect(existsSync(out)).toBe(false);
    },
  );

  it.each(['central.example', 'CENTRAL.example', '192.0.2.1'])(
    'refuses %s, which is central’s',
    async (host) => {
      await expect(create(['box.example', host])).rejects.toMatchObject({
        code: 'bad_argument',
        message: expect.stringContaining(host),
      });
      expect(existsSync(out)).toBe(false);
    },
  );

  it('overwrites nothing, and needs an issuing CA whose time is now', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'already_exists' });
    out = `${out}-later`;
    const later = nowMs + 6 * 365 * 86_400_000;
    await expect(create(['localhost'], later)).rejects.toMatchObject({ code: 'authority_not_valid' });
  });
});

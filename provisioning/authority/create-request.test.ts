// A request, and certificates handed out, in the eyes of OpenSSL.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { certificatePem, createIssuingCertificate, createRootCertificate } from './certificates.ts';
import { createRequest } from './create-request.ts';
import { createP256KeyPair, publicPem } from './keys.ts';
import { readCertsOnly } from './read-certs-only.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-request-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPENSSL = process.env.OPENSSL ?? 'openssl';
const openssl = (...words: string[]) => execFileSync(OPENSSL, words, { encoding: 'utf8', stdio: 'pipe' });

describe('a certificate request', () => {
  it('proves its key to OpenSSL, carries that key, and asks for no name', async () => {
    const keys = createP256KeyPair();
    const path = join(folder, 'request.der');
    writeFileSync(path, await createRequest(keys.privateKey));
    const shown = openssl('req', '-inform', 'DER', '-in', path, '-verify', '-noout', '-text', '-pubkey');
    expect(shown).toContain(publicPem(keys.publicKey));
    expect(shown).toMatch(/Subject: *\n/);
    // The library writes the list of extensions, and nothing into it.
    expect(shown).toMatch(/Requested Extensions:\s+Signature Algorithm/);
  });
});

describe('certificates handed out', () => {
  it('are read from what OpenSSL packed', async () => {
    const [root, issuing] = [createP256KeyPair(), createP256KeyPair()];
    const nowMs = Date.now();
    const rootCertificate = await createRootCertificate(root, nowMs);
    const issuer = { certificate: rootCertificate, privateKey: root.privateKey };
    const issuingCertificate = await createIssuingCertificate(issuing.publicKey, issuer, nowMs);
    const [pem, packed] = [join(folder, 'all.pem'), join(folder, 'all.p7')];
    writeFileSync(pem, certificatePem(rootCertificate, issuingCertificate));
    openssl('crl2pkcs7', '-nocrl', '-certfile', pem, '-outform', 'DER', '-out', packed);
    const der = execFileSync('cat', [packed]);
    expect(new Set(readCertsOnly(der).map(({ fingerprint256 }) => fingerprint256))).toEqual(
      new Set([rootCertificate.fingerprint256, issuingCertificate.fingerprint256]),
    );
  });

  it.each([
    ['nothing', ''],
    ['no DER', 'hello'],
    ['a certificate request', 'request.der'],
  ])('are not read from %s', (_, content) => {
    const der = content.endsWith('.der')
      ? execFileSync('cat', [join(folder, content)])
      : Buffer.from(content);
    expect(() => readCertsOnly(der)).toThrow();
  });
});

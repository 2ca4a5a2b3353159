import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { applianceUri } from '../../contract/id.ts';
import {
  CLOCK_TOLERANCE_MS,
  certificatePem,
  createApplianceCertificate,
  createIssuingCertificate,
  createRootCertificate,
  createServerCertificate,
} from './certificates.ts';
import { type Authorities, checkApplianceCertificate, readAuthorities } from './check.ts';
import { createEd25519KeyPair, createP256KeyPair, type KeyPair } from './keys.ts';
import { type Issuer, signCertificate } from './sign-certificate.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY = 86_400_000;

async function makeAuthority(nowMs = NOW): Promise<{ root: Issuer; issuing: Issuer; caPem: string }> {
  const rootKeys = createP256KeyPair();
  const root = { certificate: await createRootCertificate(rootKeys, nowMs), privateKey: rootKeys.privateKey };
  const keys = createP256KeyPair();
  const issuing = {
    certificate: await createIssuingCertificate(keys.publicKey, root, nowMs),
    privateKey: keys.privateKey,
  };
  return { root, issuing, caPem: certificatePem(root.certificate, issuing.certificate) };
}

let own: Awaited<ReturnType<typeof makeAuthority>>;
let authorities: Authorities;
const boxKeys = createP256KeyPair();

beforeAll(async () => {
  own = await makeAuthority();
  authorities = readAuthorities(own.caPem);
});

const box = (issuer = own.issuing, nowMs = NOW, days = 90) =>
  createApplianceCertificate(boxKeys.publicKey, 'shop-1', days, issuer, nowMs);

const check = (der: Uint8Array, nowMs = NOW) => checkApplianceCertificate(der, authorities, nowMs);

describe('a genuine appliance certificate', () => {
  it('names the appliance, its key and its end', async () => {
    const certificate = await box();
    expect(check(certificate.raw)).toEqual({
      ok: true,
      applianceId: 'shop-1',
      serial: certificate.serialNumber.toLowerCase(),
      publicKey: expect.anything(),
      notAfterMs: NOW + 90 * DAY,
    });
    const result = check(certificate.raw);
    expect(result.ok && result.publicKey.equals(boxKeys.publicKey)).toBe(true);
  });

  it('is judged the same with the authorities as text or already parsed', async () => {
    const { raw } = await box();
    expect(checkApplianceCertificate(raw, own.caPem, NOW)).toMatchObject(check(raw));
  });

  it('is good from the clock tolerance before it was made, to the last second of its last day', async () => {
    const { raw } = await box();
    expect(check(raw, NOW - CLOCK_TOLERANCE_MS)).toMatchObject({ ok: true });
    expect(check(raw, NOW - CLOCK_TOLERANCE_MS - 1)).toEqual({ ok: false, reason: 'not_yet_valid' });
    expect(check(raw, NOW + 90 * DAY + 999)).toMatchObject({ ok: true });
    expect(check(raw, NOW + 90 * DAY + 1000)).toEqual({ ok: false, reason: 'expired' });
  });

  it('is good under any issuing CA of a bundle, while one replaces the other', async () => {
    const next = await makeAuthority();
    const both = readAuthorities(own.caPem + next.caPem);
    for (const issuer of [own.issuing, next.issuing]) {
      const { raw } = await box(issuer);
      expect(checkApplianceCertificate(raw, both, NOW)).toMatchObject({ ok: true });
    }
  });
});

describe('the wrong time', () => {
  it('refuses one made so long ago that it has expired', async () => {
    expect(check((await box(own.issuing, NOW - 91 * DAY)).raw)).toEqual({ ok: false, reason: 'expired' });
  });

  it('refuses one that begins in the future', async () => {
    const later = await makeAuthority(NOW);
    const { raw } = await box(later.issuing, NOW + 3 * DAY);
    expect(checkApplianceCertificate(raw, later.caPem, NOW)).toEqual({ ok: false, reason: 'not_yet_valid' });
  });

  it('refuses one whose issuing CA has expired, whatever it says of itself', async () => {
    const twin = await signCertificate({
      commonName: own.issuing.certificate.subject.replace('CN=', ''),
      publicKey: own.issuing.certificate.publicKey,
      issuer: own.root,
      extensions: [new BasicConstraintsExtension(true, 0, true)],
      notBeforeMs: NOW - 9 * DAY,
      notAfterMs: NOW - DAY,
    });
    const { raw } = await box();
    const caPem = certificatePem(own.root.certificate, twin);
    expect(checkApplianceCertificate(raw, caPem, NOW - 2 * DAY)).toEqual({
      ok: false,
      reason: 'not_yet_valid',
    });
    expect(checkApplianceCertificate(raw, caPem, NOW - DAY)).toMatchObject({ ok: true });
    expect(checkApplianceCertificate(raw, caPem, NOW)).toEqual({ ok: false, reason: 'expired' });
  });

  it('never makes a certificate that outlives its issuer', async () => {
    const certificate = await box(own.issuing, NOW + 5 * 364 * DAY);
    expect(certificate.validToDate).toEqual(own.issuing.certificate.validToDate);
  });
});

describe('another authority', () => {
  it('refuses an appliance of another authority, even of the same id', async () => {
    const other = await makeAuthority();
    expect(check((await box(other.issuing)).raw)).toEqual({ ok: false, reason: 'other_authority' });
  });

  it('refuses a forged issuer: the right name and key identifier, signed with another key', async () => {
    const forged = { certificate: own.issuing.certificate, privateKey: createP256KeyPair().privateKey };
    expect(check((await box(forged)).raw)).toEqual({ ok: false, reason: 'other_authority' });
  });

  it('refuses what an appliance has signed as though it were a CA', async () => {
    const appliance = { certificate: await box(), privateKey: boxKeys.privateKey };
    expect(check((await box(appliance)).raw)).toEqual({ ok: false, reason: 'other_authority' });
  });

  it('refuses what the root signed itself: appliances come from the issuing CA', async () => {
    expect(check((await box(own.root)).raw)).toEqual({ ok: false, reason: 'other_authority' });
  });

  it('refuses the CA certificates themselves', () => {
    for (const ca of [own.root, own.issuing]) {
      expect(check(ca.certificate.raw)).toEqual({ ok: false, reason: 'other_authority' });
    }
  });

  it('refuses what our own key has signed in the name of another issuer', async () => {
    const other = await makeAuthority();
    const misnamed = { certificate: other.issuing.certificate, privateKey: own.issuing.privateKey };
    expect(check((await box(misnamed)).raw)).toEqual({ ok: false, reason: 'other_authority' });
  });

  it.each([
    ['is not a CA', []],
    [
      'may not sign certificates',
      [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ],
    ],
  ])('does not trust an issuer that %s, although the root signed it', async (_, extensions) => {
    const keys = createP256KeyPair();
    const certificate = await signCertificate({
      commonName: 'not an issuer',
      publicKey: keys.publicKey,
      issuer: own.root,
      extensions,
      notBeforeMs: NOW,
      notAfterMs: NOW + DAY,
    });
    const { raw } = await box({ certificate, privateKey: keys.privateKey });
    const bundle = own.caPem + certificatePem(certificate);
    expect(checkApplianceCertificate(raw, bundle, NOW)).toEqual({ ok: false, reason: 'other_authority' });
  });

  it('does not trust an issuing CA that no root in the bundle has signed', async () => {
    const other = await makeAuthority();
    const smuggled = readAuthorities(own.caPem + certificatePem(other.issuing.certificate));
    expect(checkApplianceCertificate((await box(other.issuing)).raw, smuggled, NOW)).toEqual({
      ok: false,
      reason: 'other_authority',
    });
  });
});

describe('a certificate of our own that is not an appliance', () => {
  it("refuses central's own server certificate, although it may be a client", async () => {
    const server = await createServerCertificate(boxKeys.publicKey, ['localhost'], own.issuing, NOW);
    expect(server.keyUsage).toContain('1.3.6.1.5.5.7.3.2');
    expect(check(server.raw)).toEqual({ ok: false, reason: 'not_an_appliance' });
  });

  const uri = (value: string): JsonGeneralName => ({ type: 'url', value });
  const client = [ExtendedKeyUsage.clientAuth];
  const good = [uri(applianceUri('shop-1'))];
  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });

  it.each<[string, JsonGeneralName[], ExtendedKeyUsage[], KeyPair, Extension[]?]>([
    ['an id in capitals', [uri(applianceUri('Shop-1'))], client, boxKeys],
    ['an empty id', [uri(applianceUri(''))], client, boxKeys],
    ['an id of 64 characters', [uri(applianceUri('a'.repeat(64)))], client, boxKeys],
    ['an id that would be two topic levels', [uri(applianceUri('a/b'))], client, boxKeys],
    ['an id that would be a topic wildcard', [uri(applianceUri('+'))], client, boxKeys],
    ['an id that ends in a line break', [uri(`${applianceUri('shop-1')}\n`)], client, boxKeys],
    ['an id that ends in a zero byte', [uri(`${applianceUri('shop-1')}\0`)], client, boxKeys],
    [
      'one name that looks like two',
      [uri(`${applianceUri('a')}, URI:${applianceUri('b')}`)],
      client,
      boxKeys,
    ],
    ['a URI of another kind', [uri('urn:holdfast:central:shop-1')], client, boxKeys],
    ['the URI as a DNS name', [{ type: 'dns', value: applianceUri('shop-1') }], client, boxKeys],
    ['two appliance URIs', [...good, uri(applianceUri('shop-2'))], client, boxKeys],
    ['a DNS name after the URI', [...good, { type: 'dns', value: 'localhost' }], client, boxKeys],
    ['a DNS name before the URI', [{ type: 'dns', value: 'localhost' }, ...good], client, boxKeys],
    ['no name at all', [], client, boxKeys],
    ['no leave to be a client', good, [ExtendedKeyUsage.serverAuth], boxKeys],
    ['no purpose at all', good, [], boxKeys],
    ['a key on another curve', good, client, p384],
    ['a key that is not ECDSA', good, client, createEd25519KeyPair()],
    ['leave to sign others, as a CA', good, client, boxKeys, [new BasicConstraintsExtension(true, 0, true)]],
  ])('refuses %s', async (_, names, purposes, keys, further = []) => {
    const certificate = await signCertificate({
      commonName: 'shop-1',
      publicKey: keys.publicKey,
      issuer: own.issuing,
      extensions: [
        ...further,
        ...(names.length ? [new SubjectAlternativeNameExtension(names)] : []),
        ...(purposes.length ? [new ExtendedKeyUsageExtension(purposes)] : []),
      ],
      notBeforeMs: NOW,
      notAfterMs: NOW + DAY,
    });
    expect(check(certificate.raw)).toEqual({ ok: false, reason: 'not_an_appliance' });
  });
});

describe('bytes', () => {
  it.each([
    ['nothing', () => Buffer.alloc(0)],
    ['half a certificate', (der: Buffer) => der.subarray(0, der.length / 2)],
    ['a certificate and one byte more', (der: Buffer) => Buffer.concat([der, Buffer.alloc(1)])],
    [
      'PEM',
      (der: Buffer) =>
        Buffer.from(`-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`),
    ],
  ])('refuses %s as malformed', async (_, change) => {
    expect(check(change((await box()).raw))).toEqual({ ok: false, reason: 'malformed' });
  });

  it('never accepts and never throws when any one bit of a genuine certificate is turned', async () => {
    const { raw } = await box();
    for (let bit = 0; bit < raw.length * 8; bit++) {
      const turned = Buffer.from(raw);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (check(turned).ok) expect.fail(`accepted with bit ${bit} turned`);
    }
  });

  it('answers any bytes at all with a reason', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => !check(bytes).ok));
  });
});

describe('the bundle of authorities', () => {
  it.each([
    ['no PEM', () => 'not a certificate'],
    ['a root alone', () => certificatePem(own.root.certificate)],
    ['an issuing CA alone', () => certificatePem(own.issuing.certificate)],
    ['broken PEM', () => own.caPem.replace(/M/g, 'N')],
  ])('is refused with a code and a hint when it is %s', (_, pem) => {
    expect(() => readAuthorities(pem())).toThrow(
      expect.objectContaining({ code: 'file_malformed', hint: expect.stringContaining('ca.crt') }),
    );
  });

  it('is refused when root and issuing CA are of two authorities', async () => {
    const other = await makeAuthority();
    const mixed = certificatePem(other.root.certificate, own.issuing.certificate);
    expect(() => readAuthorities(mixed)).toThrow(expect.objectContaining({ code: 'file_malformed' }));
  });
});

// What others make of our certificates: OpenSSL, and a real TLS 1.3 handshake between the identities as loaded.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applianceCreate } from '../commands/appliance-create.ts';
import { type AuthorityMade, authorityInit } from '../commands/authority-init.ts';
import {
  type ApplianceIdentity,
  type CentralIdentity,
  loadApplianceIdentity,
  loadCentralIdentity,
} from '../identity.ts';
import { authorityFiles } from './authority.ts';
import { checkApplianceCertificate } from './check.ts';

/** Any build of OpenSSL 3: another than the system's may be named. */
const OPENSSL = process.env.OPENSSL ?? 'openssl';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-certificates-'));
const authorityFolder = join(folder, 'authority');
const at = authorityFiles(authorityFolder);
const shop = join(folder, 'shop-1');
let made: AuthorityMade;
let central: CentralIdentity;
let appliance: ApplianceIdentity;

beforeAll(async () => {
  const nowMs = Date.now();
  made = await authorityInit({
    folder: authorityFolder,
    centralHosts: ['localhost', 'central.example', '127.0.0.1', '::1'],
    nowMs,
  });
  await applianceCreate({ authorityFolder, applianceId: 'shop-1', out: shop, nowMs });
  central = loadCentralIdentity(made.centralFolder);
  appliance = loadApplianceIdentity(shop);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('in the eyes of OpenSSL', () => {
  const chain = join(shop, 'appliance.crt');

  it('an appliance is a TLS client under the root, by its own chain', () => {
    expect(
      openssl(
        'verify',
        '-x509_strict',
        '-purpose',
        'sslclient',
        '-CAfile',
        join(shop, 'ca.crt'),
        '-untrusted',
        chain,
        chain,
      ),
    ).toMatch(/appliance\.crt: OK$/);
  });

  it('central is a TLS server for each of its hosts, and a TLS client too', () => {
    const server = at.central.serverCertificate;
    const rest = ['-x509_strict', '-CAfile', at.rootCertificate, '-untrusted', server, server];
    expect(
      openssl('verify', '-purpose', 'sslserver', '-verify_hostname', 'central.example', ...rest),
    ).toMatch(/OK$/);
    expect(openssl('verify', '-purpose', 'sslserver', '-verify_ip', '127.0.0.1', ...rest)).toMatch(/OK$/);
    expect(openssl('verify', '-purpose', 'sslserver', '-verify_ip', '::1', ...rest)).toMatch(/OK$/);
    expect(openssl('verify', '-purpose', 'sslclient', ...rest)).toMatch(/OK$/);
    expect(openssl('verify', '-purpose', 'sslserver', '-verify_hostname', 'other.example', ...rest)).toMatch(
      /hostname mismatch/i,
    );
  });

  it('an appliance is no server, and its certificate can sign no other', () => {
    const rest = ['-CAfile', at.rootCertificate, '-untrusted', chain, chain];
    expect(openssl('verify', '-purpose', 'sslserver', ...rest)).toMatch(/unsuitable certificate purpose/i);
    expect(openssl('x509', '-in', chain, '-noout', '-ext', 'basicConstraints,keyUsage')).toMatch(
      /critical\s+CA:FALSE\s[\s\S]*critical\s+Digital Signature$/,
    );
  });

  it('the issuing CA can make no further CA, and the two serial numbers are long and positive', () => {
    expect(openssl('x509', '-in', at.issuingCertificate, '-noout', '-ext', 'basicConstraints')).toMatch(
      /CA:TRUE, pathlen:0/,
    );
    for (const path of [at.issuingCertificate, chain]) {
      expect(openssl('x509', '-in', path, '-noout', '-serial')).toMatch(/^serial=[4-7][0-9A-F]{31}$/);
    }
  });

  it('the fingerprint told at the making is that of the root', () => {
    expect(openssl('x509', '-in', at.rootCertificate, '-noout', '-sha256', '-fingerprint')).toContain(
      made.rootFingerprint,
    );
  });
});

describe('in a TLS 1.3 handshake', () => {
  const asAppliance = () => ({ key: appliance.keyPem, cert: appliance.certificatePem, ca: appliance.caPem });

  it('central and appliance prove themselves to each other', async () => {
    const { server, client } = await handshake({ ...asAppliance(), servername: 'localhost' });
    expect(client).toEqual({ authorized: true, protocol: 'TLSv1.3' });
    expect(server.authorized).toBe(true);
    expect(checkApplianceCertificate(server.der, central.caPem, Date.now())).toMatchObject({
      ok: true,
      applianceId: 'shop-1',
    });
  });

  it('an appliance refuses a central that is not the host it called', async () => {
    await expect(handshake({ ...asAppliance(), servername: 'elsewhere.example' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('central sees and names a client of another authority, which in turn refuses central', async () => {
    const nowMs = Date.now();
    const other = join(folder, 'other');
    await authorityInit({ folder: other, centralHosts: ['localhost'], nowMs });
    await applianceCreate({
      authorityFolder: other,
      applianceId: 'shop-1',
      out: join(folder, 'stranger'),
      nowMs,
    });
    const stranger = loadApplianceIdentity(join(folder, 'stranger'));
    const { server } = await handshake({
      key: stranger.keyPem,
      cert: stranger.certificatePem,
      ca: appliance.caPem,
      servername: 'localhost',
    });
    expect(server.authorized).toBe(false);
    expect(checkApplianceCertificate(server.der, central.caPem, nowMs)).toEqual({
      ok: false,
      reason: 'other_authority',
    });
    await expect(
      handshake({ ...asAppliance(), ca: stranger.caPem, servername: 'localhost' }),
    ).rejects.toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' });
  });

  it('central sees, and can name, an appliance whose certificate has expired', async () => {
    const past = Date.now() - 100 * 86_400_000;
    const old = { authority: join(folder, 'old'), shop: join(folder, 'old-shop') };
    const { centralFolder } = await authorityInit({
      folder: old.authority,
      centralHosts: ['localhost'],
      nowMs: past,
    });
    await applianceCreate({
      authorityFolder: old.authority,
      applianceId: 'shop-9',
      out: old.shop,
      nowMs: past,
    });
    const expired = loadApplianceIdentity(old.shop);
    const itsCentral = loadCentralIdentity(centralFolder);
    const { server } = await handshake(
      { key: expired.keyPem, cert: expired.certificatePem, ca: expired.caPem, servername: 'localhost' },
      itsCentral,
    );
    expect(server).toMatchObject({ authorized: false, reason: 'CERT_HAS_EXPIRED' });
    expect(checkApplianceCertificate(server.der, itsCentral.caPem, Date.now())).toEqual({
      ok: false,
      reason: 'expired',
    });
  });
});

/** What OpenSSL prints. Its exit code is part of neither: the words are what is asserted. */
function openssl(...words: string[]): string {
  const run = spawnSync(OPENSSL, words, { encoding: 'utf8' });
  if (run.error) {
    throw new Error(
      `OpenSSL 3 is needed to check certificates against it (set OPENSSL to its program): ${run.error.message}`,
    );
  }
  return `${run.stdout}${run.stderr}`.trim();
}

/** One connection to central as it stands: accepted first, then judged by what the certificate says. */
async function handshake(options: ConnectionOptions, as: CentralIdentity = central) {
  const listener = createServer({
    key: as.serverKeyPem,
    cert: as.serverCertificatePem,
    ca: as.caPem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  const client = connect({ ...options, host: '127.0.0.1', port });
  try {
    await once(client, 'secureConnect');
    const [socket] = await accepted;
    const server = {
      authorized: socket.authorized,
      reason: String(socket.authorizationError),
      der: socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0),
    };
    socket.destroy();
    return { server, client: { authorized: client.authorized, protocol: client.getProtocol() } };
  } finally {
    client.destroy();
    listener.close();
  }
}

// EST as programs nobody here wrote see it: real openssl, real curl, a real central.
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { issuingInstall } from '../../provisioning/commands/issuing-install.ts';
import { issuingRequest } from '../../provisioning/commands/issuing-request.ts';
import { issuingSign } from '../../provisioning/commands/issuing-sign.ts';
import { loadCentralIdentity } from '../../provisioning/identity.ts';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import { withPort } from '../commands/open-store.ts';
import { byTester } from '../fixtures/by.ts';
import { createEstClient, type EstClient } from '../fixtures/est-client.ts';
import { openStoreAt } from '../fixtures/in-process-store.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { addressAttemptsMax } from './attempts.ts';
import { hashCode, newCode, plainCode } from './code.ts';
import { EstConfig } from './config.ts';
import { createDenyList } from './deny-list.ts';
import { startEst } from './start.ts';

let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
let client: EstClient;
let root: X509Certificate;

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start(site.estSection());
  client = createEstClient(site.folder, central.estPort ?? 0, join(site.authority, 'root', 'root.crt'));
  [root] = parseCertificates(readFileSync(join(site.authority, 'root', 'root.crt'), 'utf8'));
}, 30_000);
afterAll(async () => {
  await central.stop();
  site.remove();
});

/** A code for an appliance, as `enrolment create` makes one while central runs. */
async function codeFor(applianceId: string, expiresMs = Date.now() + 86_400_000): Promise<string> {
  const code = newCode();
  const hash = hashCode(plainCode(code) ?? '');
  const made = await withPort(site.dataFolder, (port) =>
    port.createEnrolment(
      { site: applianceId, newSite: true, applianceId, codeHash: hash, expiresMs },
      byTester(Date.now()),
    ),
  );
  expect(made.kind).toBe('created');
  return code;
}

describe('trust', () => {
  it('hands out the root and the issuing CA as openssl reads them', async () => {
    const answer = await client.get('/.well-known/est/cacerts');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/pkcs7-mime', 'content-transfer-encoding': 'base64' },
    });
    const { pem, count } = client.certificates(answer);
    expect(count).toBe(2);
    expect(parseCertificates(pem)[0].fingerprint256).toBe(root.fingerprint256);
  });

  it('says which kind of key a request needs', async () => {
    const answer = await client.get('/.well-known/est/csrattrs');
    expect(answer.headers['content-type']).toBe('application/csrattrs');
    const der = Buffer.from(answer.body, 'base64').toString('hex');
    // id-ecPublicKey with prime256v1, and ecdsa-with-SHA256.
    expect(der).toContain('06072a8648ce3d0201');
    expect(der).toContain('06082a8648ce3d030107');
    expect(der).toContain('06082a8648ce3d040302');
  });
});

describe('enrolment', () => {
  it('gives a certificate for a code, and the profile to who holds its key', async () => {
    const code = await codeFor('leeds-1');
    const { key, csr } = client.request();
    const answer = await client.enrol('leeds-1', code.toLowerCase().replaceAll('-', ' '), csr);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/pkcs7-mime; smime-type=certs-only' },
    });
    const { file, pem, count } = client.certificates(answer);
    expect(count).toBe(2);
    const [leaf] = parseCertificates(pem);
    expect(leaf.subjectAltName).toBe('URI:urn:holdfast:appliance:leeds-1');

    const profile = await client.get('/.well-known/holdfast/profile', { key, certificate: file });
    expect(profile.status).toBe(200);
    const { caPem, signingPublicKey } = loadCentralIdentity(join(site.authority, 'central'));
    expect(JSON.parse(profile.body)).toMatchObject({
      v: 1,
      appliance: 'leeds-1',
      site: 'leeds-1',
      centralUrl: 'mqtts://localhost:8883',
      centralSigning: signingPublicKey.export({ format: 'pem', type: 'spki' }),
      ca: root.toString(),
    });
    expect(caPem).toContain(JSON.parse(profile.body).ca);
  });

  it('gives the same certificate again for the same code and key, and none for another key', async () => {
    const code = await codeFor('leeds-2');
    const { key, csr } = client.request();
    const first = await client.enrol('leeds-2', code, csr);
    const again = await client.enrol('leeds-2', code, client.request({ key }).csr);
    expect(again.body).toBe(first.body);
    const other = await client.enrol('leeds-2', code, client.request().csr);
    expect(other).toMatchObject({ status: 401, body: expect.stringContaining('code_used: ') });
    expect(other.headers['www-authenticate']).toContain('Basic');
  });

  it('renews by the key of the certificate, with a new key', async () => {
    const code = await codeFor('leeds-3');
    const { key, csr } = client.request();
    const first = client.certificates(await client.enrol('leeds-3', code, csr));
    const next = client.request({ arguments_: ['-subj', '/CN=leeds-3'] });
    const renewed = await client.reenrol({ key, certificate: first.file }, next.csr);
    expect(renewed.status).toBe(200);
    const { file } = client.certificates(renewed);
    const profile = await client.get('/.well-known/holdfast/profile', { key: next.key, certificate: file });
    expect(profile.status).toBe(200);
  });
});

describe('releases', () => {
  const path = '/.well-known/holdfast/releases/0.2.0/x64';

  it('are for boxes that show their certificate, and for nobody else', async () => {
    const boxOf = async (state: 'valid' | 'expired') => {
      const out = await site.appliance(`hull-${state}`, state);
      return { key: join(out, 'appliance.key'), certificate: join(out, 'appliance.crt') };
    };
    expect(await client.get(path)).toMatchObject({ status: 401 });
    expect(await client.get(path, await boxOf('expired'))).toMatchObject({ status: 403 });
    expect(await client.get(path, await boxOf('valid'))).toMatchObject({ status: 404 });
  });
});

describe('bad luck', () => {
  it('renews a certificate that ran out nine days ago, and lets nobody in with it elsewhere', async () => {
    const out = await site.appliance('york-1', 'expired');
    const old = { key: join(out, 'appliance.key'), certificate: join(out, 'appliance.crt') };
    expect(await client.get('/.well-known/holdfast/profile', old)).toMatchObject({
      status: 403,
      body: expect.stringContaining('certificate_refused: '),
    });
    const next = client.request();
    const renewed = await client.reenrol(old, next.csr);
    expect(renewed.status).toBe(200);
    const { file } = client.certificates(renewed);
    const profile = await client.get('/.well-known/holdfast/profile', { key: next.key, certificate: file });
    expect(profile.status).toBe(200);
  });

  it('says what is wrong in one line, with the status for it', async () => {
    const { csr } = client.request();
    const wrong = await client.enrol('leeds-9', newCode(), csr);
    expect(wrong).toMatchObject({ status: 401, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    expect(wrong.body).toMatch(/^code_wrong: .+\n$/);
    const other = await createTestSite();
    const out = await other.appliance('leeds-1');
    const stranger = { key: join(out, 'appliance.key'), certificate: join(out, 'appliance.crt') };
    expect(await client.reenrol(stranger, csr)).toMatchObject({ status: 403 });
    other.remove();

    const enrolPath = '/.well-known/est/simpleenroll';
    const pkcs10 = ['--header', 'Content-Type: application/pkcs10', '--user', 'leeds-9:x'];
    const asked: [answer: Promise<{ status: number; body: string }>, status: number, fault: string][] = [
      [client.post(enrolPath, 'x', ['--header', 'Content-Type: application/pkcs10']), 401, 'code_missing'],
      [client.post(enrolPath, 'x', ['--user', 'leeds-9:x']), 415, 'content_type_unsupported'],
      [client.post(enrolPath, '{}', pkcs10), 400, 'body_malformed'],
      [client.post(enrolPath, 'A'.repeat(9000), pkcs10), 413, 'body_too_large'],
      [client.post('/.well-known/est/cacerts', ''), 405, 'method_not_allowed'],
      [client.get('/.well-known/est/fullcmc'), 404, 'not_found'],
      [client.get('/.well-known/holdfast/profile'), 401, 'certificate_missing'],
      [client.post('/.well-known/est/simplereenroll', 'A', pkcs10), 401, 'certificate_missing'],
    ];
    for (const [answer, status, fault] of asked) {
      expect(await answer).toMatchObject({ status, body: expect.stringContaining(`${fault}: `) });
    }
  });

  it('makes an address wait that tries too many codes', async () => {
    const { csr } = client.request();
    for (let i = 0; i < addressAttemptsMax; i++) await client.enrol('leeds-9', newCode(), csr);
    const waiting = await client.enrol('leeds-9', newCode(), csr);
    expect(waiting).toMatchObject({ status: 429, body: expect.stringContaining('attempts_exceeded: ') });
    expect(Number(waiting.headers['retry-after'])).toBeGreaterThan(60);
  });
});

// The last one: it changes the authority of all.
describe('a new issuing CA', () => {
  it('signs from the moment the listener takes it over, and both are handed out', async () => {
    const nowMs = Date.now();
    const next = join(site.folder, 'next');
    const certificate = join(site.folder, 'issuing.crt');
    const identityFolder = join(site.authority, 'central');
    const store = openStoreAt(join(site.folder, 'another.db'));
    const [, toml = ''] = /\[est\](.*)/s.exec(site.estSection()) ?? [];
    const est = await startEst({
      releases: { answer: async () => ({ kind: 'missing' }) },
      config: EstConfig.parse(parse(toml)),
      identity: loadCentralIdentity(identityFolder),
      ...{ identityFolder, store: portOver(store), denied: createDenyList(), log: silentLog },
      ...{ onRevoked: () => {}, nowMs: Date.now },
    });
    await issuingRequest({ folder: next });
    const rootFolder = join(site.authority, 'root');
    await issuingSign({ rootFolder, request: join(next, 'issuing.csr'), out: certificate, nowMs });
    await issuingInstall({ authorityFolder: site.authority, folder: next, certificate, nowMs });
    est.prepare(loadCentralIdentity(identityFolder))();
    const [issuing] = parseCertificates(readFileSync(certificate, 'utf8'));
    expect(est.issuing().fingerprint256).toBe(issuing.fingerprint256);

    const there = createEstClient(site.folder, est.port, join(rootFolder, 'root.crt'));
    expect(there.certificates(await there.get('/.well-known/est/cacerts')).count).toBe(3);
    const out = await site.appliance('hull-1');
    const bearer = { key: join(out, 'appliance.key'), certificate: join(out, 'appliance.crt') };
    const { pem } = there.certificates(await there.reenrol(bearer, there.request().csr));
    expect(parseCertificates(pem)[0].checkIssued(issuing)).toBe(true);
    await est.close();
    store.close();
  });
});

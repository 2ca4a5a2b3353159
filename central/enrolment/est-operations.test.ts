// What central makes of codes, requests and certificates, with a clock turned by hand, a real store, and requests that openssl
// made.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { authorityFiles } from '../../provisioning/authority/authority.ts';
import { checkApplianceCertificate, readAuthorities } from '../../provisioning/authority/check.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { issuingInstall } from '../../provisioning/commands/issuing-install.ts';
import { issuingRequest } from '../../provisioning/commands/issuing-request.ts';
import { issuingSign } from '../../provisioning/commands/issuing-sign.ts';
import { byTester } from '../fixtures/by.ts';
import { createEstClient, type EstClient } from '../fixtures/est-client.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { addressAttemptsMax, addressWindowMs, createAttempts } from './attempts.ts';
import { hashCode, newCode, plainCode } from './code.ts';
import { createDenyList } from './deny-list.ts';
import { createEstOperations, type EstOperations } from './est-operations.ts';
import { openIssuingFiles } from './issuing.ts';
import type { EnrolmentPort } from './port.ts';
import { wrongAttemptsMax } from './progress.ts';

const day = 86_400_000;
const startMs = Date.UTC(2026, 5, 1, 12);

const folder = temporaryFolder();
const authority = join(folder.path, 'authority');
const at = authorityFiles(authority);
let client: EstClient;
let store: SqliteStore;
let port: EnrolmentPort;
let est: EstOperations;
const clock = { nowMs: startMs };
let databases = 0;

beforeAll(async () => {
  await authorityInit({ folder: authority, centralHosts: ['localhost'], nowMs: startMs });
  client = createEstClient(folder.path, 0, at.rootCertificate);
});
afterAll(folder.remove);
beforeEach(() => {
  clock.nowMs = startMs;
  store = openStoreAt(join(folder.path, `central-${databases++}.db`));
  port = portOver(store);
  est = central();
});

/** Central as it is after a start: what its folders hold now. */
function central(more: Partial<EnrolmentPort> = {}): EstOperations {
  const caPem = readFileSync(at.central.ca, 'utf8');
  const all = (caPem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );
  const roots = all.filter((one) => one.checkIssued(one));
  const denied = createDenyList();
  denied.take(store.denyEntries(clock.nowMs));
  return createEstOperations({
    store: { ...portOver(store), ...proxied(port), ...more },
    issuing: openIssuingFiles(
      { key: at.issuingKey, keyFrom: 'file', certificate: at.issuingCertificate },
      clock.nowMs,
    ),
    authorities: readAuthorities(caPem),
    ...{ roots, issuers: all.filter((one) => !roots.includes(one)), denied },
    onRevoked: () => denied.take(store.denyEntries(clock.nowMs)),
    attempts: createAttempts(),
    certificateDays: 90,
    renewalGraceDays: 60,
    centralSigningPem: '',
    centralUrl: 'mqtts://localhost:8883',
    nowMs: () => clock.nowMs,
    log: silentLog,
  });
}

/** The calls by name: a proxy has none to spread. */
function proxied(all: EnrolmentPort): EnrolmentPort {
  const { admitCode, keepEnrolled, keepRenewed, certificateOfKey, noteProfile } = all;
  return { ...({} as EnrolmentPort), admitCode, keepEnrolled, keepRenewed, certificateOfKey, noteProfile };
}

function codeFor(applianceId: string, days = 14): string {
  const code = newCode();
  const codeHash = hashCode(plainCode(code) ?? '');
  const expiresMs = clock.nowMs + days * day;
  const known = store.sites(clock.nowMs).some(({ name }) => name === 'Leeds');
  const request = { site: 'Leeds', newSite: !known, applianceId, codeHash, expiresMs };
  store.transaction(() => expect(store.createEnrolment(request, byTester(clock.nowMs)).kind).toBe('created'));
  return code;
}

const derOf = (path: string) =>
  Buffer.from(readFileSync(path, 'utf8').replace(/-----[^-]+-----/g, ''), 'base64');
const basic = (id: string, code: string) => `Basic ${Buffer.from(`${id}:${code}`).toString('base64')}`;
const enrol = (id: string, code: string, request: Buffer, address = '192.0.2.1', by = est) =>
  by.enrol({ authorization: basic(id, code), request, address });
/** The leaf of a certs-only answer. */
function leafOf(answer: Buffer): Buffer {
  const pem = client.certificates({ status: 200, headers: {}, body: answer.toString('base64') }).pem;
  return new X509Certificate(pem).raw;
}
const refusedWith = (fault: string) => expect.objectContaining({ fault });

describe('a request', () => {
  const config = (lines: string) =>
    client.file(
      'req.cnf',
      `[req]\ndistinguished_name = dn\nreq_extensions = ext\nprompt = no\n[dn]\n[ext]\n${lines}\n`,
    );
  const withExtensions = (lines: string) => ['-config', config(lines), '-subj', '/'];
  const ec = (curve: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];

  const good: [name: string, options: () => Parameters<EstClient['request']>[0]][] = [
    ['with an empty subject', () => ({})],
    ['whose subject is the id', () => ({ arguments_: ['-subj', '/CN=leeds-1'] })],
    [
      'that asks for its own URI',
      () => ({ arguments_: withExtensions('subjectAltName = URI:urn:holdfast:appliance:leeds-1') }),
    ],
    [
      'with a challenge password, which is not looked at',
      () => ({
        arguments_: [
          '-subj',
          '/',
          '-config',
          client.file(
            'c.cnf',
            '[req]\ndistinguished_name = dn\nattributes = at\nprompt = no\n[dn]\n[at]\nchallengePassword = secret12\n',
          ),
        ],
      }),
    ],
  ];
  it.each(good)('%s is granted', async (_, options) => {
    const { csr } = client.request(options());
    const leaf = new X509Certificate(leafOf(await enrol('leeds-1', codeFor('leeds-1'), derOf(csr))));
    expect(leaf.subjectAltName).toBe('URI:urn:holdfast:appliance:leeds-1');
    expect(leaf.subject).toBe('CN=leeds-1');
  });

  const bad: [name: string, fault: string, options: () => Parameters<EstClient['request']>[0]][] = [
    [
      'of an RSA key',
      'request_key_refused',
      () => ({ newKey: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] }),
    ],
    ['of a key on another curve', 'request_key_refused', () => ({ newKey: ec('P-384') })],
    [
      'whose subject is another appliance',
      'request_subject_refused',
      () => ({ arguments_: ['-subj', '/CN=leeds-2'] }),
    ],
    [
      'whose subject says more',
      'request_subject_refused',
      () => ({ arguments_: ['-subj', '/O=Acme/CN=leeds-1'] }),
    ],
    [
      'with the URI of another appliance',
      'request_names_refused',
      () => ({ arguments_: withExtensions('subjectAltName = URI:urn:holdfast:appliance:leeds-2') }),
    ],
    [
      'with its own URI and a host name',
      'request_names_refused',
      () => ({
        arguments_: withExtensions(
          'subjectAltName = URI:urn:holdfast:appliance:leeds-1, DNS:central.example',
        ),
      }),
    ],
    [
      'that wants to be a CA',
      'request_extension_refused',
      () => ({ arguments_: withExtensions('basicConstraints = critical, CA:TRUE') }),
    ],
    [
      'that wants to be a server',
      'request_extension_refused',
      () => ({ arguments_: withExtensions('extendedKeyUsage = serverAuth') }),
    ],
  ];
  it.each(bad)('%s is refused, and the code is not burnt', async (_, fault, options) => {
    const code = codeFor('leeds-1');
    await expect(enrol('leeds-1', code, derOf(client.request(options()).csr))).rejects.toEqual(
      refusedWith(fault),
    );
    await enrol('leeds-1', code, derOf(client.request().csr));
  });

  it('that its key did not sign is refused', async () => {
    const der = derOf(client.request().csr);
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    await expect(enrol('leeds-1', codeFor('leeds-1'), der)).rejects.toEqual(
      refusedWith('request_proof_wrong'),
    );
  });

  it('with anything behind it is refused, and what is none', async () => {
    const code = codeFor('leeds-1');
    const der = Buffer.concat([derOf(client.request().csr), Buffer.from([0])]);
    await expect(enrol('leeds-1', code, der)).rejects.toEqual(refusedWith('request_malformed'));
    for (const junk of [Buffer.alloc(0), Buffer.from('junk'), Buffer.alloc(5000, 0x30)]) {
      await expect(enrol('leeds-1', code, junk)).rejects.toEqual(refusedWith('request_malformed'));
    }
  });
});

describe('a code', () => {
  const request = () => derOf(client.request().csr);

  it('opens for its own appliance only', async () => {
    const code = codeFor('leeds-1');
    codeFor('leeds-2');
    await expect(enrol('leeds-2', code, request())).rejects.toEqual(refusedWith('code_wrong'));
    await expect(enrol('leeds-9', code, request())).rejects.toEqual(refusedWith('code_wrong'));
    await enrol('leeds-1', code, request());
  });

  it('does not open after its time, but gives a certificate that was issued in time again', async () => {
    const late = codeFor('leeds-1', 1);
    const lost = codeFor('leeds-2', 1);
    const mine = request();
    const first = await enrol('leeds-2', lost, mine);
    clock.nowMs += day;
    await expect(enrol('leeds-1', late, request())).rejects.toEqual(refusedWith('code_expired'));
    expect(leafOf(await enrol('leeds-2', lost, mine))).toEqual(leafOf(first));
  });

  it('does not open once it was cancelled, or another one took its place', async () => {
    const first = codeFor('leeds-1');
    const second = codeFor('leeds-1');
    await expect(enrol('leeds-1', first, request())).rejects.toEqual(refusedWith('code_cancelled'));
    store.transaction(() => store.cancelEnrolment({ number: 2, reason: 'lost' }, byTester(clock.nowMs)));
    await expect(enrol('leeds-1', second, request())).rejects.toEqual(refusedWith('code_cancelled'));
  });

  it('is locked by wrong ones, from however many addresses they come', async () => {
    const code = codeFor('leeds-1');
    for (let i = 0; i < wrongAttemptsMax; i++) {
      const guess = enrol('leeds-1', newCode(), request(), `192.0.2.${i}`);
      await expect(guess).rejects.toEqual(refusedWith('code_wrong'));
    }
    await expect(enrol('leeds-1', code, request(), '192.0.2.99')).rejects.toEqual(refusedWith('code_locked'));
    expect(store.enrolment({ number: 1, nowMs: clock.nowMs })?.state).toBe('locked');
  });

  it('makes an address wait that tried too many, and no other', async () => {
    const code = codeFor('leeds-1');
    for (let i = 0; i < addressAttemptsMax; i++) {
      await expect(enrol('nobody', newCode(), request(), '192.0.2.1')).rejects.toEqual(
        refusedWith('code_wrong'),
      );
    }
    const waiting = enrol('leeds-1', code, request(), '192.0.2.1');
    await expect(waiting).rejects.toEqual(
      expect.objectContaining({ fault: 'attempts_exceeded', waitMs: addressWindowMs }),
    );
    await enrol('leeds-1', code, request(), '192.0.2.2');
    clock.nowMs += addressWindowMs;
    await expect(enrol('leeds-1', code, request(), '192.0.2.1')).rejects.toEqual(refusedWith('code_used'));
  });

  it('gives one certificate to two requests at once: the same to the same key, none to the other', async () => {
    const code = codeFor('leeds-1');
    const mine = request();
    const [one, two] = await Promise.all([enrol('leeds-1', code, mine), enrol('leeds-1', code, mine)]);
    expect(leafOf(one)).toEqual(leafOf(two));

    const next = codeFor('leeds-2');
    const both = await Promise.allSettled([request(), request()].map((one) => enrol('leeds-2', next, one)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { fault: 'code_used' } });
    expect(store.certificates('leeds-2')).toHaveLength(1);
  });

  it('is not lost with an answer that never came: central died after the commit', async () => {
    const code = codeFor('leeds-1');
    const mine = request();
    const dying = central({
      async keepEnrolled(kept) {
        await port.keepEnrolled(kept);
        throw new Error('killed');
      },
    });
    await expect(enrol('leeds-1', code, mine, '192.0.2.1', dying)).rejects.toThrow('killed');
    const answer = leafOf(await enrol('leeds-1', code, mine, '192.0.2.1', central()));
    expect(store.certificates('leeds-1').map(({ serial }) => serial)).toEqual([
      new X509Certificate(answer).serialNumber.toLowerCase(),
    ]);
  });

  it('ends what its appliance had before, once the new certificate was used', async () => {
    const old = leafOf(await enrol('leeds-1', codeFor('leeds-1'), request()));
    const fresh = leafOf(await enrol('leeds-1', codeFor('leeds-1'), request()));
    await est.profile({ certificate: old });
    await est.profile({ certificate: fresh });
    await expect(est.profile({ certificate: old })).rejects.toEqual(refusedWith('certificate_revoked'));
    await est.profile({ certificate: fresh });
  });
});

describe('renewal', () => {
  const enrolled = async (id = 'leeds-1') =>
    leafOf(await enrol(id, codeFor(id), derOf(client.request().csr)));
  const renew = (certificate: Buffer, request = derOf(client.request().csr)) =>
    est.reenrol({ certificate, request });

  it.each([
    [89, 'valid still'],
    [91, 'a day over'],
    [149, 'nearly sixty days over'],
  ])('is granted after %i days: %s', async (days) => {
    const old = await enrolled();
    clock.nowMs += days * day;
    const fresh = new X509Certificate(leafOf(await renew(old)));
    expect(Math.round((fresh.validToDate.getTime() - clock.nowMs) / day)).toBe(90);
    await est.profile({ certificate: fresh.raw });
    if (days > 90)
      await expect(est.profile({ certificate: old })).rejects.toEqual(refusedWith('certificate_refused'));
  });

  it('is refused when the window is over: a new code is needed, and does', async () => {
    const old = await enrolled();
    clock.nowMs += 151 * day;
    await expect(renew(old)).rejects.toEqual(refusedWith('renewal_window_passed'));
    await enrolled();
  });

  it('gives the same certificate again to the same new key: an answer that was lost', async () => {
    const old = await enrolled();
    const request = derOf(client.request().csr);
    expect(leafOf(await renew(old, request))).toEqual(leafOf(await renew(old, request)));
    expect(store.certificates('leeds-1')).toHaveLength(2);
  });

  it('gives a longer time to the key that is in use too', async () => {
    const { key, csr } = client.request();
    const old = leafOf(await enrol('leeds-1', codeFor('leeds-1'), derOf(csr)));
    clock.nowMs += 60 * day;
    const fresh = new X509Certificate(leafOf(await renew(old, derOf(client.request({ key }).csr))));
    expect(fresh.validToDate.getTime()).toBeGreaterThan(new X509Certificate(old).validToDate.getTime());
  });

  it('is refused to what was revoked, with the reason, and to a request for another appliance', async () => {
    const old = await enrolled();
    const foreign = derOf(client.request({ arguments_: ['-subj', '/CN=leeds-2'] }).csr);
    await expect(renew(old, foreign)).rejects.toEqual(refusedWith('request_subject_refused'));
    store.transaction(() =>
      store.denyAppliance(
        { applianceId: 'leeds-1', kind: 'revoked', reason: 'stolen' },
        byTester(clock.nowMs),
      ),
    );
    est = central();
    await expect(renew(old)).rejects.toEqual(refusedWith('appliance_denied'));
    await expect(est.profile({ certificate: old })).rejects.toEqual(refusedWith('appliance_denied'));
    await expect(enrol('leeds-1', newCode(), foreign)).rejects.toEqual(
      refusedWith('request_subject_refused'),
    );
  });

  it('lets an appliance that was let in again renew only what was issued since', async () => {
    const old = await enrolled();
    store.transaction(() =>
      store.denyAppliance({ applianceId: 'leeds-1', kind: 'revoked', reason: 'lost' }, byTester(clock.nowMs)),
    );
    clock.nowMs += 1000;
    store.transaction(() =>
      store.readmitAppliance({ applianceId: 'leeds-1', reason: 'found' }, byTester(clock.nowMs)),
    );
    clock.nowMs += 1000;
    est = central();
    const fresh = await enrolled();
    // At once, as a box does that was given a new slip.
    await est.profile({ certificate: fresh });
    await expect(renew(old)).rejects.toEqual(refusedWith('certificate_revoked'));
    await renew(fresh);
  });

  it('comes by the new issuing CA when that changed while the box was away for 40 days', async () => {
    const old = await enrolled();
    clock.nowMs += 70 * day;
    const next = join(folder.path, 'next');
    const certificate = join(folder.path, 'issuing.crt');
    await issuingRequest({ folder: next });
    const rootFolder = join(authority, 'root');
    await issuingSign({
      rootFolder,
      request: join(next, 'issuing.csr'),
      out: certificate,
      nowMs: clock.nowMs,
    });
    const installed = await issuingInstall({
      authorityFolder: authority,
      folder: next,
      certificate,
      nowMs: clock.nowMs,
    });
    expect(installed.issuingTrusted).toBe(2);

    // Back on day 100: its certificate, of the CA before, ran out ten days ago.
    clock.nowMs += 30 * day;
    est = central();
    const answer = await renew(old);
    const { file } = client.certificates({ status: 200, headers: {}, body: answer.toString('base64') });
    const verified = execFileSync('openssl', [
      ...[
        'verify',
        '-attime',
        String(clock.nowMs / 1000),
        '-CAfile',
        at.rootCertificate,
        '-untrusted',
        file,
        file,
      ],
    ]).toString();
    expect(verified).toContain('OK');
    const [trusted] = [readAuthorities(readFileSync(at.central.ca, 'utf8'))];
    expect(checkApplianceCertificate(leafOf(answer), trusted, clock.nowMs)).toMatchObject({ ok: true });
    // One that did not expire meanwhile is good still: both are trusted.
    expect(checkApplianceCertificate(old, trusted, clock.nowMs - 11 * day)).toMatchObject({ ok: true });
  });
});

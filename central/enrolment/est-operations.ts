// What a box may ask by EST (RFC 7030) and for its profile: each operation judges who asks, then stores, then answers.
import { X509Certificate } from 'node:crypto';
import { ApplianceId } from '../../contract/id.ts';
import type { Log } from '../../kit/log.ts';
import { certsOnly, requestAttributes } from '../../provisioning/authority/certs-only.ts';
import {
  type ApplianceCheck,
  type Authorities,
  checkApplianceCertificate,
} from '../../provisioning/authority/check.ts';
import { publicDer } from '../../provisioning/authority/keys.ts';
import type { Attempts } from './attempts.ts';
import { certificateFacts } from './certificate-facts.ts';
import { hashCode, plainCode } from './code.ts';
import type { DenyList } from './deny-list.ts';
import { EstError } from './est-problems.ts';
import type { IssuingCa } from './issuing.ts';
import type { CertificateKept, EnrolmentPort } from './port.ts';

export interface EstParts {
  store: EnrolmentPort;
  issuing: IssuingCa;
  authorities: Authorities;
  /** Roots and issuing CAs: what is handed out as trust anchors, and what goes along with a certificate. */
  roots: readonly X509Certificate[];
  issuers: readonly X509Certificate[];
  denied: DenyList;
  /** Reads the deny list anew: something was revoked. */
  onRevoked(): void;
  attempts: Attempts;
  certificateDays: number;
  renewalGraceDays: number;
  /** PEM, for the profile. */
  centralSigningPem: string;
  centralUrl: string;
  nowMs(): number;
  log: Log;
}

export interface Profile {
  v: 1;
  appliance: string;
  site: string | null;
  /** mqtts://host:port of the broker. */
  centralUrl: string;
  /** PEM: whose receipts and feed to believe; any of them may have signed. */
  centralSigning: string;
  /** PEM: the roots to trust. */
  ca: string;
  /** ISO 8601. */
  renewAfter: string;
  now: string;
}

export interface EstOperations {
  /** Certs-only, DER. */
  cacerts(): Buffer;
  csrattrs(): Buffer;
  enrol(asked: { authorization: string; request: Buffer; address: string }): Promise<Buffer>;
  reenrol(asked: { certificate: Buffer | null; request: Buffer }): Promise<Buffer>;
  profile(asked: { certificate: Buffer | null }): Promise<Profile>;
  /** Who comes with this certificate. @throws EstError when nobody may */
  applianceOf(asked: { certificate: Buffer | null }): string;
}

const DAY_MS = 86_400_000;

export function createEstOperations(parts: EstParts): EstOperations {
  const { store, issuing, denied, attempts, log } = parts;

  /** The leaf, then the CA that signed it (RFC 7030 §4.2.3: the chain may come along). */
  const withChain = (der: Uint8Array): Buffer => {
    const leaf = new X509Certificate(der);
    const issuer = parts.issuers.find((one) => leaf.checkIssued(one)) ?? issuing.certificate;
    return certsOnly([leaf, issuer]);
  };
  const judged = async (request: Buffer, applianceId: string) => {
    const answer = await issuing.judgeRequest(request, applianceId);
    if (answer.ok) return answer.publicKey;
    log.warn({ applianceId, fault: answer.fault }, 'certificate request refused');
    throw new EstError(answer.fault, answer.words);
  };
  const issue = async (applianceId: string, publicKey: Parameters<IssuingCa['issue']>[0]) =>
    certificateFacts(
      applianceId,
      await issuing.issue(publicKey, applianceId, parts.certificateDays, parts.nowMs()),
    );
  const kept = (result: CertificateKept): Buffer => {
    if (result.kind === 'kept') return withChain(result.der);
    throw new EstError(result.fault);
  };

  /** Who comes with this certificate, which may have run out by so much (null: not at all); throws when nobody may. */
  const bearer = (certificate: Buffer | null, graceMs: number | null) => {
    if (certificate === null) throw new EstError('certificate_missing');
    const nowMs = parts.nowMs();
    const { check, expiredMs } = checkWithGrace(certificate, parts.authorities, nowMs);
    if (!check.ok) throw new EstError('certificate_refused', refusalWords[check.reason]);
    const { applianceId } = check;
    const serial = new X509Certificate(certificate).serialNumber.toLowerCase();
    const denial = denied.judge(applianceId, serial);
    if (denial !== null) {
      log.warn({ applianceId, serial, denial }, 'a certificate that no longer counts came to EST');
      const byName = denied.judgeAppliance(applianceId) !== null;
      throw new EstError(byName ? 'appliance_denied' : 'certificate_revoked', denialWords(denial));
    }
    if (expiredMs > 0 && graceMs === null) throw new EstError('certificate_refused', refusalWords.expired);
    if (expiredMs > (graceMs ?? 0)) throw new EstError('renewal_window_passed');
    return { applianceId, serial, notAfterMs: check.notAfterMs, expired: expiredMs > 0 };
  };

  return {
    cacerts: () => certsOnly([...parts.roots, ...parts.issuers]),
    csrattrs: requestAttributes,
    async enrol({ authorization, request, address }) {
      const waitMs = attempts.waitMs(address, parts.nowMs());
      if (waitMs > 0) throw new EstError('attempts_exceeded', undefined, waitMs);
      const said = basicCredentials(authorization);
      if (said === null) throw new EstError('code_missing');
      const { applianceId, code } = said;
      const wrong = (): EstError => {
        attempts.failed(address, parts.nowMs());
        log.warn({ applianceId: applianceId.slice(0, 63), address }, 'a wrong enrolment code was tried');
        return new EstError('code_wrong');
      };
      if (code === null || !ApplianceId.safeParse(applianceId).success) throw wrong();
      const publicKey = await judged(request, applianceId);
      const asked = { applianceId, codeHash: hashCode(code), publicKey: publicDer(publicKey) };
      const admission = await store.admitCode({ ...asked, nowMs: parts.nowMs() });
      switch (admission.kind) {
        case 'again':
          return withChain(admission.der);
        case 'refused':
          if (admission.fault === 'code_wrong') throw wrong();
          log.warn({ applianceId, fault: admission.fault }, 'enrolment refused');
          throw new EstError(admission.fault);
        case 'admitted':
          break;
      }
      const { enrolment } = admission;
      const certificate = await issue(applianceId, publicKey);
      const answer = kept(await store.keepEnrolled({ enrolment, certificate, nowMs: parts.nowMs() }));
      denied.issued(applianceId, certificate.serial);
      log.info({ applianceId, enrolment, serial: certificate.serial }, 'an appliance enrolled');
      return answer;
    },
    async reenrol({ certificate, request }) {
      const { applianceId, serial, expired } = bearer(certificate, parts.renewalGraceDays * DAY_MS);
      const publicKey = await judged(request, applianceId);
      const known = await store.certificateOfKey({
        applianceId,
        publicKey: publicDer(publicKey),
        nowMs: parts.nowMs(),
      });
      // The same key again is an answer that was lost; the key of the certificate shown asks for a longer time.
      if (known !== null && !isSame(known.der, certificate)) return withChain(known.der);
      const made = await issue(applianceId, publicKey);
      const answer = kept(
        await store.keepRenewed({ renewsSerial: serial, certificate: made, nowMs: parts.nowMs() }),
      );
      denied.issued(applianceId, made.serial);
      log.info(
        { applianceId, serial: made.serial, renews: serial, expired },
        'an appliance renewed its certificate',
      );
      return answer;
    },
    applianceOf: ({ certificate }) => bearer(certificate, null).applianceId,
    async profile({ certificate }) {
      const { applianceId, serial, notAfterMs } = bearer(certificate, null);
      const nowMs = parts.nowMs();
      const { site, superseded } = await store.noteProfile({ applianceId, serial, nowMs });
      if (superseded.length > 0) parts.onRevoked();
      return {
        v: 1,
        appliance: applianceId,
        site,
        centralUrl: parts.centralUrl,
        centralSigning: parts.centralSigningPem,
        ca: parts.roots.map(String).join(''),
        renewAfter: new Date(renewAfterMs(new X509Certificate(certificate ?? ''), notAfterMs)).toISOString(),
        now: new Date(nowMs).toISOString(),
      };
    },
  };
}

const refusalWords: Record<Extract<ApplianceCheck, { ok: false }>['reason'], string> = {
  malformed: 'this is no certificate',
  other_authority: 'this certificate was issued by another authority',
  expired: 'this certificate, or the CA above it, has run out; renew it, or ask for a new code',
  not_yet_valid: 'this certificate is not valid yet; check the clocks',
  not_an_appliance: 'this is no certificate of an appliance',
};

function denialWords(denial: string): string {
  return denial === 'superseded'
    ? 'this certificate was superseded by a newer one of the same appliance'
    : `this appliance or its certificate was shut out (${denial}); ask those who run central`;
}

/** At a third of life left. */
export function renewAfterMs(
  certificate: Pick<X509Certificate, 'validFromDate'>,
  notAfterMs: number,
): number {
  return notAfterMs - (notAfterMs - certificate.validFromDate.getTime()) / 3;
}

/** The check of the broker's door; a certificate that has run out is judged as of its last moment. */
function checkWithGrace(
  certificate: Buffer,
  authorities: Authorities,
  nowMs: number,
): { check: ApplianceCheck; expiredMs: number } {
  const check = checkApplianceCertificate(certificate, authorities, nowMs);
  if (check.ok || check.reason !== 'expired') return { check, expiredMs: 0 };
  const endMs = new X509Certificate(certificate).validToDate.getTime();
  // why not `now`: the CA above may have run out with it, and what counts is that it was whole to its end.
  return {
    check: checkApplianceCertificate(certificate, authorities, endMs),
    expiredMs: Math.max(1, nowMs - endMs),
  };
}

function isSame(der: Uint8Array, certificate: Buffer | null): boolean {
  return certificate !== null && new X509Certificate(der).raw.equals(certificate);
}

/** RFC 7617: the id, a colon, the code. `code` is null when it cannot be one. */
function basicCredentials(authorization: string): { applianceId: string; code: string | null } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  return { applianceId: text.slice(0, colon), code: plainCode(text.slice(colon + 1)) };
}

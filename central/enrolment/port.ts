// What is asked of the store about sites, one-time codes and certificates. Part of LedgerCalls.
import type { Page } from '../ledger/page.ts';
import type { By } from '../people/actor.ts';
import type { EnrolmentState } from './progress.ts';

export interface SiteView {
  name: string;
  createdMs: number;
  createdBy: string;
  applianceIds: string[];
  /** Codes that wait for a box. */
  openEnrolments: number;
}

export interface EnrolmentView {
  number: number;
  applianceId: string;
  site: string;
  state: EnrolmentState;
  createdMs: number;
  createdBy: string;
  expiresMs: number;
  wrongAttempts: number;
  issuedMs: number | null;
  profileMs: number | null;
  firstHelloMs: number | null;
  /** Of the certificate that the code brought. */
  serial: string | null;
}

export type EnrolmentCreated =
  | { kind: 'created'; enrolment: EnrolmentView; siteMade: boolean; cancelled: number | null }
  | { kind: 'site_unknown' }
  | { kind: 'site_known' }
  /** It stands somewhere else. */
  | { kind: 'appliance_elsewhere'; site: string }
  | { kind: 'appliance_denied'; denial: DenialKind };

export type EnrolmentCancelled =
  | { kind: 'cancelled'; enrolment: EnrolmentView }
  | { kind: 'enrolment_unknown' }
  /** Its certificate is out: that is revoked, not cancelled. */
  | { kind: 'used' };

export interface NewCertificate {
  applianceId: string;
  serial: string;
  /** SPKI, DER. */
  publicKey: Uint8Array;
  der: Uint8Array;
  notBeforeMs: number;
  notAfterMs: number;
}

export const issuedAs = ['enrolment', 'renewal', 'command'] as const;
export const revocationReasons = ['key_compromise', 'superseded', 'cessation'] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export interface CertificateView {
  applianceId: string;
  serial: string;
  issuedAs: (typeof issuedAs)[number];
  enrolment: number | null;
  issuedMs: number;
  notBeforeMs: number;
  notAfterMs: number;
  firstHelloMs: number | null;
  revokedMs: number | null;
  revokedReason: RevocationReason | null;
}

export type CodeFault =
  /** There is no open code for that appliance, or it is another one. */
  | 'code_wrong'
  | 'code_used'
  | 'code_expired'
  | 'code_cancelled'
  | 'code_locked'
  | 'certificate_revoked'
  | 'appliance_denied';

export type CodeAdmission =
  | { kind: 'admitted'; enrolment: number; site: string }
  /** The same key with the same code: its certificate, whose answer was lost. */
  | { kind: 'again'; der: Uint8Array }
  | { kind: 'refused'; fault: CodeFault };

export type CertificateKept = { kind: 'kept'; der: Uint8Array } | { kind: 'refused'; fault: CodeFault };

export type DenialKind = 'revoked' | 'replaced' | 'retired';

/** Who is not let in, as the door keeps it in memory. */
export interface DenyEntries {
  /** By name, whatever they show; `onlySerials` once they were let in again: what was issued since. */
  appliances: { applianceId: string; kind: DenialKind; onlySerials: string[] | null }[];
  certificates: { serial: string; reason: RevocationReason }[];
}

export interface CrlWritten {
  /** The issuing CA's fingerprint, SHA-256. */
  issuer: string;
  thisUpdateMs: number;
  nextUpdateMs: number;
}

export interface CrlCalls {
  /** What was revoked and had not run out. */
  revokedCertificates(nowMs: number): {
    serial: string;
    der: Uint8Array;
    revokedMs: number;
    reason: RevocationReason;
  }[];
  noteCrl(written: CrlWritten, by: By): void;
  crls(): CrlWritten[];
}

export interface EnrolmentCalls extends CrlCalls {
  createSite(site: { name: string }, by: By): { kind: 'created'; site: SiteView } | { kind: 'site_known' };
  /** In the order of their names. */
  sites(nowMs: number): SiteView[];

  /** A code for a box at a site; one that waits for the same box is cancelled. @param request.applianceId null: the next of the site */
  createEnrolment(
    request: {
      site: string;
      newSite: boolean;
      applianceId: string | null;
      codeHash: Uint8Array;
      expiresMs: number;
    },
    by: By,
  ): EnrolmentCreated;
  cancelEnrolment(request: { number: number; reason: string }, by: By): EnrolmentCancelled;
  /** The newest first. @param filter.open only those that are on their way: not ended, not yet heard of */
  enrolments(filter: {
    open: boolean;
    cursor: number | null;
    limit: number;
    nowMs: number;
  }): Page<EnrolmentView>;
  enrolment(request: { number: number; nowMs: number }): EnrolmentView | null;

  /** Whether a code opens, for a request with this key. A wrong one is counted; a right one is not burnt yet. */
  admitCode(request: {
    applianceId: string;
    codeHash: Uint8Array;
    publicKey: Uint8Array;
    nowMs: number;
  }): CodeAdmission;
  /** Keeps the certificate and burns the code, together; when another request was faster, its certificate or a refusal. */
  keepEnrolled(kept: { enrolment: number; certificate: NewCertificate; nowMs: number }): CertificateKept;
  /** Keeps the certificate that the holder of `renewsSerial` gets. The same key again: the same certificate. */
  keepRenewed(kept: { renewsSerial: string; certificate: NewCertificate; nowMs: number }): CertificateKept;
  /** The certificate that this key was issued; null when there is none that counts. */
  certificateOfKey(request: { applianceId: string; publicKey: Uint8Array; nowMs: number }): {
    der: Uint8Array;
  } | null;
  /** Keeps one that a command made. */
  keepCommanded(certificate: NewCertificate, by: By): void;
  /** The box came with its new certificate: what it had before the code ends now. */
  noteProfile(request: { applianceId: string; serial: string; nowMs: number }): {
    site: string | null;
    /** Serials that no longer count. */
    superseded: string[];
  };
  /** The newest first. */
  certificates(applianceId: string): CertificateView[];
  denyEntries(nowMs: number): DenyEntries;
}

export type EnrolmentPort = {
  [Name in keyof EnrolmentCalls]: (
    ...args: Parameters<EnrolmentCalls[Name]>
  ) => Promise<ReturnType<EnrolmentCalls[Name]>>;
};

// Certificates in the database: what was issued to whom, and what no longer counts.
import type Database from 'better-sqlite3';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type {
  CertificateView,
  DenialKind,
  DenyEntries,
  EnrolmentCalls,
  NewCertificate,
  RevocationReason,
} from '../port.ts';

export type CertificateRow = CertificateView & { ref: number; der: Buffer; publicKey: Buffer };

export interface CertificateTable
  extends Pick<
    EnrolmentCalls,
    'keepRenewed' | 'certificateOfKey' | 'keepCommanded' | 'certificates' | 'denyEntries'
  > {
  bySerial(serial: string): CertificateRow | null;
  ofEnrolment(enrolment: number): CertificateRow | null;
  keep(
    certificate: NewCertificate,
    how: { issuedAs: CertificateView['issuedAs']; enrolment?: number; renews?: number; nowMs: number },
  ): void;
  /** Of an appliance, those that count still and were issued before one (null: all); answers their serials. */
  revokeBefore(applianceId: string, ref: number | null, reason: RevocationReason, nowMs: number): string[];
  denied(applianceId: string): DenialKind | null;
}

const columns = `ref, appliance_id AS applianceId, serial, issued_as AS issuedAs, enrolment, issued_ms AS issuedMs,
  not_before_ms AS notBeforeMs, not_after_ms AS notAfterMs, first_hello_ms AS firstHelloMs, revoked_ms AS revokedMs,
  revoked_reason AS revokedReason, der, public_key AS publicKey FROM certificate`;

export function createCertificateTable(db: Database.Database, audit: Audit): CertificateTable {
  const bySerial = db.prepare<[string], CertificateRow>(`SELECT ${columns} WHERE serial = ?`);
  const ofEnrolment = db.prepare<[number], CertificateRow>(`SELECT ${columns} WHERE enrolment = ?`);
  const ofAppliance = db.prepare<[string], CertificateRow>(
    `SELECT ${columns} WHERE appliance_id = ? ORDER BY ref DESC LIMIT 100`,
  );
  const ofKey = db.prepare<[Uint8Array, string], CertificateRow>(
    `SELECT ${columns} WHERE public_key = ? AND appliance_id = ? ORDER BY ref DESC LIMIT 1`,
  );
  const insert = db.prepare(
    `INSERT INTO certificate (serial, appliance_id, issued_as, enrolment, renews, public_key, der, issued_ms,
       not_before_ms, not_after_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const standing = db.prepare<[string, number], CertificateRow>(
    `SELECT ${columns} WHERE appliance_id = ? AND ref < ? AND revoked_ms IS NULL`,
  );
  const revoke = db.prepare('UPDATE certificate SET revoked_ms = ?, revoked_reason = ? WHERE ref = ?');
  const denialOf = db.prepare<[string], { kind: DenialKind; readmittedMs: number | null }>(
    'SELECT kind, readmitted_ms AS readmittedMs FROM denial WHERE appliance_id = ?',
  );
  const denials = db.prepare<[], { applianceId: string; kind: DenialKind; readmittedMs: number | null }>(
    'SELECT appliance_id AS applianceId, kind, readmitted_ms AS readmittedMs FROM denial ORDER BY appliance_id',
  );
  const since = db
    .prepare<[string, number], string>(
      'SELECT serial FROM certificate WHERE appliance_id = ? AND issued_ms >= ?',
    )
    .pluck();
  const revoked = db.prepare<[number], { serial: string; reason: RevocationReason }>(
    `SELECT serial, revoked_reason AS reason FROM certificate WHERE revoked_ms IS NOT NULL AND not_after_ms > ?
     ORDER BY ref`,
  );

  const table: CertificateTable = {
    bySerial: (serial) => bySerial.get(serial) ?? null,
    ofEnrolment: (enrolment) => ofEnrolment.get(enrolment) ?? null,
    keep(certificate, { issuedAs, enrolment = null, renews = null, nowMs }) {
      const { serial, applianceId, publicKey, der, notBeforeMs, notAfterMs } = certificate;
      const origin = [serial, applianceId, issuedAs, enrolment, renews];
      insert.run(...origin, publicKey, der, nowMs, notBeforeMs, notAfterMs);
    },
    revokeBefore(applianceId, ref, reason, nowMs) {
      const earlier = standing.all(applianceId, ref ?? Number.MAX_SAFE_INTEGER);
      for (const one of earlier) revoke.run(nowMs, reason, one.ref);
      return earlier.map(({ serial }) => serial);
    },
    denied(applianceId) {
      const denial = denialOf.get(applianceId);
      return denial === undefined || denial.readmittedMs !== null ? null : denial.kind;
    },
    keepRenewed({ renewsSerial, certificate, nowMs }) {
      if (table.denied(certificate.applianceId) !== null)
        return { kind: 'refused', fault: 'appliance_denied' };
      const known = ofKey.get(certificate.publicKey, certificate.applianceId);
      const counts = known !== undefined && known.revokedMs === null && known.notAfterMs > nowMs;
      if (counts && known.serial !== renewsSerial) return { kind: 'kept', der: known.der };
      const renewed = bySerial.get(renewsSerial);
      if (known?.revokedMs || renewed?.revokedMs) return { kind: 'refused', fault: 'certificate_revoked' };
      table.keep(certificate, { issuedAs: 'renewal', ...(renewed && { renews: renewed.ref }), nowMs });
      const by: By = { actor: { kind: 'central', rule: 'est' }, nowMs };
      const { applianceId, serial, notAfterMs } = certificate;
      audit(by, 'certificate.renew', `appliance ${applianceId}`, {
        serial,
        renews: renewsSerial,
        notAfterMs,
      });
      return { kind: 'kept', der: certificate.der };
    },
    certificateOfKey({ applianceId, publicKey, nowMs }) {
      const known = ofKey.get(publicKey, applianceId);
      return known && known.revokedMs === null && known.notAfterMs > nowMs ? { der: known.der } : null;
    },
    keepCommanded(certificate, by) {
      table.keep(certificate, { issuedAs: 'command', nowMs: by.nowMs });
      const { applianceId, serial, notAfterMs } = certificate;
      audit(by, 'certificate.issue', `appliance ${applianceId}`, { serial, notAfterMs });
    },
    certificates: (applianceId) => ofAppliance.all(applianceId).map(certificateView),
    denyEntries(nowMs): DenyEntries {
      return {
        appliances: denials.all().map(({ applianceId, kind, readmittedMs }) => ({
          applianceId,
          kind,
          onlySerials: readmittedMs === null ? null : since.all(applianceId, readmittedMs),
        })),
        // why a year: one that has run out may still be shown to renew itself.
        certificates: revoked.all(nowMs - expiredKeptMs),
      };
    },
  };
  return table;
}

const expiredKeptMs = 366 * 86_400_000;

export function certificateView({
  ref: _,
  der: __,
  publicKey: ___,
  ...view
}: CertificateRow): CertificateView {
  return view;
}

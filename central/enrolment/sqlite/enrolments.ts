// One-time codes in the database. A code is burnt in the transaction that stores its certificate, and only there: before it
// nothing is lost by asking again, after it the same key gets the same certificate.
import { timingSafeEqual } from 'node:crypto';
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { actorWords, type By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { CodeAdmission, CodeFault, EnrolmentCalls, EnrolmentView } from '../port.ts';
import { codeState, type EnrolmentFacts, enrolmentState } from '../progress.ts';
import type { CertificateTable } from './certificates.ts';
import type { SiteTable } from './sites.ts';

type Row = EnrolmentFacts & Omit<EnrolmentView, 'state'> & { codeHash: Buffer };

export type EnrolmentTable = Pick<
  EnrolmentCalls,
  | 'createEnrolment'
  | 'cancelEnrolment'
  | 'enrolments'
  | 'enrolment'
  | 'admitCode'
  | 'keepEnrolled'
  | 'noteProfile'
>;

const columns = `e.number, e.appliance_id AS applianceId, e.site, e.code_hash AS codeHash, e.created_ms AS createdMs,
  e.created_by AS createdBy, e.expires_ms AS expiresMs, e.wrong_attempts AS wrongAttempts,
  e.cancelled_ms AS cancelledMs, e.issued_ms AS issuedMs, e.profile_ms AS profileMs, c.serial,
  c.first_hello_ms AS firstHelloMs, c.revoked_ms IS NOT NULL AS revoked,
  EXISTS (SELECT 1 FROM appliance a JOIN journal j ON j.appliance_ref = a.ref
    WHERE a.id = e.appliance_id AND j.received_through > 0) AS received
  FROM enrolment e LEFT JOIN certificate c ON c.enrolment = e.number`;

export function createEnrolmentTable(
  db: Database.Database,
  parts: {
    audit: Audit;
    sites: SiteTable;
    certificates: CertificateTable;
    /** Makes the appliance known at its site. */
    register(id: string, site: string, by: By): void;
  },
): EnrolmentTable {
  const { audit, sites, certificates } = parts;
  const byNumber = db.prepare<[number], Row>(`SELECT ${columns} WHERE e.number = ?`);
  const openOf = db.prepare<[string], Row>(
    `SELECT ${columns} WHERE e.appliance_id = ? AND e.issued_ms IS NULL AND e.cancelled_ms IS NULL`,
  );
  const ofAppliance = db.prepare<[string], Row>(
    `SELECT ${columns} WHERE e.appliance_id = ? ORDER BY e.number DESC LIMIT 50`,
  );
  const insert = db.prepare(
    `INSERT INTO enrolment (appliance_id, site, code_hash, created_ms, created_by, expires_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const cancel = db.prepare('UPDATE enrolment SET cancelled_ms = ? WHERE number = ?');
  const wrong = db.prepare('UPDATE enrolment SET wrong_attempts = wrong_attempts + 1 WHERE number = ?');
  const issued = db.prepare('UPDATE enrolment SET issued_ms = ? WHERE number = ?');
  const profiled = db.prepare('UPDATE enrolment SET profile_ms = ? WHERE number = ? AND profile_ms IS NULL');
  const siteOf = db.prepare<[string], string | null>('SELECT site FROM appliance WHERE id = ?').pluck();
  const page = db.prepare<{ before: number; rows: number; open: number; nowMs: number }, Row>(
    `SELECT ${columns} WHERE e.number < @before AND (@open = 0 OR (e.cancelled_ms IS NULL AND c.revoked_ms IS NULL
       AND (e.issued_ms IS NOT NULL OR e.expires_ms > @nowMs) AND c.first_hello_ms IS NULL))
     ORDER BY e.number DESC LIMIT @rows`,
  );
  const view = (row: Row, nowMs: number): EnrolmentView => {
    const { codeHash: _, cancelledMs: __, received: ___, revoked: ____, ...shown } = row;
    return {
      ...shown,
      state: enrolmentState({ ...row, revoked: !!row.revoked, received: !!row.received }, nowMs),
    };
  };
  const numbered = (number: number, nowMs: number) =>
    view(present(byNumber.get(number), 'the enrolment'), nowMs);
  const refused = (fault: CodeFault): { kind: 'refused'; fault: CodeFault } => ({ kind: 'refused', fault });

  /** Of an enrolment whose code was said: what becomes of a request with this key. */
  function judge(row: Row, publicKey: Uint8Array, nowMs: number): CodeAdmission {
    const certificate = certificates.ofEnrolment(row.number);
    if (certificate !== null) {
      if (!certificate.publicKey.equals(publicKey)) return refused('code_used');
      return certificate.revokedMs === null
        ? { kind: 'again', der: certificate.der }
        : refused('certificate_revoked');
    }
    const ended = codeState(row, nowMs);
    if (ended !== null) return refused(`code_${ended}`);
    if (certificates.denied(row.applianceId) !== null) return refused('appliance_denied');
    return { kind: 'admitted', enrolment: row.number, site: row.site };
  }

  return {
    createEnrolment({ site, newSite, applianceId, codeHash, expiresMs }, by) {
      const known = sites.known(site);
      if (!known && !newSite) return { kind: 'site_unknown' };
      if (known && newSite) return { kind: 'site_known' };
      const id = applianceId ?? sites.nextApplianceId(site);
      const elsewhere = siteOf.get(id) ?? null;
      if (elsewhere !== null && elsewhere !== site) return { kind: 'appliance_elsewhere', site: elsewhere };
      const denial = certificates.denied(id);
      if (denial !== null) return { kind: 'appliance_denied', denial };
      if (!known) sites.make(site, by);
      const before = openOf.get(id) ?? null;
      if (before !== null) cancel.run(by.nowMs, before.number);
      const said = [id, site, codeHash, by.nowMs, actorWords(by.actor), expiresMs];
      const number = Number(insert.run(...said).lastInsertRowid);
      const cancelled = before?.number ?? null;
      audit(by, 'enrolment.create', `enrolment ${number}`, { applianceId: id, site, expiresMs, cancelled });
      return { kind: 'created', enrolment: numbered(number, by.nowMs), siteMade: !known, cancelled };
    },
    cancelEnrolment({ number, reason }, by) {
      const row = byNumber.get(number);
      if (!row) return { kind: 'enrolment_unknown' };
      if (row.issuedMs !== null) return { kind: 'used' };
      if (row.cancelledMs === null) {
        cancel.run(by.nowMs, number);
        audit(by, 'enrolment.cancel', `enrolment ${number}`, { applianceId: row.applianceId, reason });
      }
      return { kind: 'cancelled', enrolment: numbered(number, by.nowMs) };
    },
    enrolments({ open, cursor, limit, nowMs }) {
      const before = cursor ?? Number.MAX_SAFE_INTEGER;
      const rows = page.all({ before, rows: limit + 1, open: open ? 1 : 0, nowMs });
      const items = rows.slice(0, limit).map((row) => view(row, nowMs));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    enrolment({ number, nowMs }) {
      const row = byNumber.get(number);
      return row ? view(row, nowMs) : null;
    },
    admitCode({ applianceId, codeHash, publicKey, nowMs }) {
      const rows = ofAppliance.all(applianceId);
      const said = rows.find((row) => timingSafeEqual(row.codeHash, codeHash));
      if (said) return judge(said, publicKey, nowMs);
      const open = rows.find((row) => row.issuedMs === null && row.cancelledMs === null);
      if (open) wrong.run(open.number);
      return refused('code_wrong');
    },
    keepEnrolled({ enrolment, certificate, nowMs }) {
      const row = present(byNumber.get(enrolment), 'the enrolment');
      const judged = judge(row, certificate.publicKey, nowMs);
      if (judged.kind === 'again') return { kind: 'kept', der: judged.der };
      if (judged.kind === 'refused') return judged;
      const by: By = { actor: { kind: 'central', rule: 'est' }, nowMs };
      certificates.keep(certificate, { issuedAs: 'enrolment', enrolment, nowMs });
      issued.run(nowMs, enrolment);
      if ((siteOf.get(row.applianceId) ?? null) !== row.site) parts.register(row.applianceId, row.site, by);
      const { serial, notAfterMs } = certificate;
      audit(by, 'certificate.issue', `appliance ${row.applianceId}`, { enrolment, serial, notAfterMs });
      return { kind: 'kept', der: certificate.der };
    },
    noteProfile({ applianceId, serial, nowMs }) {
      const site = siteOf.get(applianceId) ?? null;
      const certificate = certificates.bySerial(serial);
      if (certificate?.enrolment == null) return { site, superseded: [] };
      if (profiled.run(nowMs, certificate.enrolment).changes === 0) return { site, superseded: [] };
      const superseded = certificates.revokeBefore(applianceId, certificate.ref, 'superseded', nowMs);
      if (superseded.length > 0) {
        const by: By = { actor: { kind: 'central', rule: 'est' }, nowMs };
        audit(by, 'certificate.revoke', `appliance ${applianceId}`, {
          serials: superseded,
          reason: 'superseded',
        });
      }
      return { site, superseded };
    },
  };
}

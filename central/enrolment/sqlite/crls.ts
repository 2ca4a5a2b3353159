// Lists of revoked certificates in the database: what belongs on one, and when each was written.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { CrlCalls, CrlWritten } from '../port.ts';

export function createCrlTable(db: Database.Database, audit: Audit): CrlCalls {
  const revoked = db.prepare<[number], ReturnType<CrlCalls['revokedCertificates']>[number]>(
    `SELECT serial, der, revoked_ms AS revokedMs, revoked_reason AS reason FROM certificate
     WHERE revoked_ms IS NOT NULL AND not_after_ms > ? ORDER BY ref`,
  );
  const written = db.prepare<[], CrlWritten>(
    'SELECT issuer, this_update_ms AS thisUpdateMs, next_update_ms AS nextUpdateMs FROM crl ORDER BY issuer',
  );
  const note = db.prepare(
    `INSERT INTO crl (issuer, this_update_ms, next_update_ms) VALUES (@issuer, @thisUpdateMs, @nextUpdateMs)
     ON CONFLICT DO UPDATE SET this_update_ms = @thisUpdateMs, next_update_ms = @nextUpdateMs`,
  );
  return {
    revokedCertificates: (nowMs) => revoked.all(nowMs),
    noteCrl(crl, by) {
      note.run(crl);
      audit(by, 'authority.crl', `issuing CA ${crl.issuer}`, { nextUpdateMs: crl.nextUpdateMs });
    },
    crls: () => written.all(),
  };
}

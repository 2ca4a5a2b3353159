// Which doctor was asked for last, a row a box. What came of it is what the box says of itself, and stands in fleet.db.
import type Database from 'better-sqlite3';
import type { ApplianceTable } from '../../ledger/sqlite/appliances.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';
import type { Actor } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { DoctorAsked, DoctorCalls } from '../port.ts';

export function createDoctorTable(
  db: Database.Database,
  parts: { appliances: ApplianceTable; feeds: FeedTable; audit: Audit },
): DoctorCalls {
  const { appliances, feeds, audit } = parts;
  const find = db.prepare<[string], Omit<DoctorAsked, 'by'> & { by: string }>(
    `SELECT asked.id, asked.asked_ms AS askedMs, asked.until_ms AS untilMs, asked.by
     FROM doctor_asked asked JOIN appliance ON appliance.ref = asked.appliance_ref WHERE appliance.id = ?`,
  );
  const keep = db.prepare(
    'INSERT OR REPLACE INTO doctor_asked (appliance_ref, id, asked_ms, until_ms, by) VALUES (?, ?, ?, ?, ?)',
  );
  const doctorAsked = (applianceId: string): DoctorAsked | null => {
    const row = find.get(applianceId);
    return row ? { ...row, by: JSON.parse(row.by) as Actor } : null;
  };
  return {
    doctorAsked,
    askDoctor({ applianceId, id, untilMs, cameId }, by) {
      const appliance = appliances.find(applianceId);
      if (!appliance) return null;
      const before = doctorAsked(applianceId);
      // Two people at once: the second waits for what the first one asked for.
      if (before && before.untilMs > by.nowMs && before.id !== cameId) return before;
      feeds.append(appliance.ref, [{ kind: 'doctor', id, untilMs }]);
      keep.run(appliance.ref, id, by.nowMs, untilMs, JSON.stringify(by.actor));
      audit(by, 'doctor.ask', `appliance ${applianceId}`, { id });
      return { id, askedMs: by.nowMs, untilMs, by: by.actor };
    },
  };
}

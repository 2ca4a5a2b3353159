// The rows of synthetic checkouts. No posting, document or charge is in reach of this file.
import type Database from 'better-sqlite3';
import type { SyntheticEntry } from '../../../contract/entry.ts';
import type { ReasonCode } from '../../../contract/verdict.ts';
import type { ApplianceTable } from '../../ledger/sqlite/appliances.ts';
import type { Source } from '../../ledger/sqlite/books.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { SyntheticCalls, SyntheticView } from '../port.ts';

export interface SyntheticTable {
  take(source: Source, entry: SyntheticEntry): void;
  calls: SyntheticCalls;
}

type Row = Omit<SyntheticView, 'reasons'> & { reasons: string };

export function createSyntheticTable(
  db: Database.Database,
  parts: { appliances: ApplianceTable; feeds: FeedTable; audit: Audit },
): SyntheticTable {
  const insert = db.prepare(
    `INSERT INTO synthetic (journal_ref, seq, appliance_ref, id, by, verdict, reasons, at_ms, booked_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const columns = `SELECT appliance.id AS applianceId, journal.id AS journalId, synthetic.seq, synthetic.id, synthetic.by,
      synthetic.verdict, synthetic.reasons, synthetic.at_ms AS atMs, synthetic.booked_ms AS bookedMs
    FROM synthetic JOIN appliance ON appliance.ref = synthetic.appliance_ref
    JOIN journal ON journal.ref = synthetic.journal_ref`;
  const newest = db.prepare<{ applianceRef: number | null; limit: number }, Row>(
    `${columns} WHERE @applianceRef IS NULL OR synthetic.appliance_ref = @applianceRef
     ORDER BY synthetic.booked_ms DESC, synthetic.journal_ref DESC, synthetic.seq DESC LIMIT @limit`,
  );
  const byId = db.prepare<[string], Row>(`${columns} WHERE synthetic.id = ? LIMIT 1`);
  return {
    take({ journalRef, seq, applianceRef, nowMs }, { id, by, verdict, reasons, at }) {
      const codes = JSON.stringify(reasons.map(({ code }) => code));
      const atMs = at.central?.ms ?? at.wallMs;
      insert.run(journalRef, seq, applianceRef, id, by, verdict, codes, atMs, nowMs);
    },
    calls: {
      askSynthetic({ applianceId, id, untilMs }, by) {
        const appliance = parts.appliances.find(applianceId);
        if (!appliance) return false;
        parts.feeds.append(appliance.ref, [{ kind: 'synthetic', id, untilMs }]);
        parts.audit(by, 'synthetic.ask', `appliance ${applianceId}`, { id });
        return true;
      },
      synthetics({ applianceId, limit }) {
        const applianceRef = applianceId === null ? null : (parts.appliances.find(applianceId)?.ref ?? 0);
        return newest.all({ applianceRef, limit }).map(viewOf);
      },
      synthetic(id) {
        const row = byId.get(id);
        return row ? viewOf(row) : null;
      },
    },
  };
}

function viewOf({ reasons, ...row }: Row): SyntheticView {
  return { ...row, reasons: JSON.parse(reasons) as ReasonCode[] };
}

// The newest report of each box: in memory, for lists of thousands; and in the file, for the next start and for commands.
import type Database from 'better-sqlite3';
import { HealthReport } from '../../../contract/health.ts';
import type { HeardReport } from '../port.ts';

export interface Newest {
  note(applianceId: string, heard: HeardReport): void;
  of(applianceId: string): HeardReport | null;
  /** Writes what was noted, within the caller's transaction. */
  write(): void;
  /** Called when it is on the disk, or was given up. */
  written(): void;
}

export function createNewest(db: Database.Database): Newest {
  const insert = db.prepare(
    `INSERT INTO report (appliance_id, heard_ms, body) VALUES (?, ?, ?)
     ON CONFLICT (appliance_id) DO UPDATE SET heard_ms = excluded.heard_ms, body = excluded.body`,
  );
  const find = finder(db);
  const known = new Map<string, HeardReport | null>();
  const waiting = new Set<string>();
  return {
    note(applianceId, heard) {
      known.set(applianceId, heard);
      waiting.add(applianceId);
    },
    of(applianceId) {
      const heard = known.get(applianceId);
      if (heard !== undefined) return heard;
      const kept = find(applianceId);
      known.set(applianceId, kept);
      return kept;
    },
    write() {
      for (const id of waiting) {
        const heard = known.get(id);
        if (heard) insert.run(id, heard.heardMs, JSON.stringify(heard.report));
      }
    },
    written: () => waiting.clear(),
  };
}

/** As the file has it. */
export function finder(db: Database.Database): (applianceId: string) => HeardReport | null {
  const find = db.prepare<[string], { heardMs: number; body: string }>(
    'SELECT heard_ms AS heardMs, body FROM report WHERE appliance_id = ?',
  );
  return (applianceId) => {
    const row = find.get(applianceId);
    const report = row && HealthReport.safeParse(JSON.parse(row.body));
    // Of a release that knew other reports: the box says again how it is.
    return row && report?.success ? { report: report.data, heardMs: row.heardMs } : null;
  };
}

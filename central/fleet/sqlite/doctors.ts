// What each box's doctor found last. It is asked for seldom: read from the file, but for what was not written yet.
import type Database from 'better-sqlite3';
import { DoctorResult } from '../../../contract/doctor.ts';
import type { Doctors, HeardDoctor } from '../../doctor/port.ts';

export interface DoctorTable extends Doctors {
  note(applianceId: string, heard: HeardDoctor): void;
  /** Writes what was noted, within the caller's transaction. */
  write(): void;
  /** Called when it is on the disk, or was given up. */
  written(): void;
}

export function createDoctors(db: Database.Database): DoctorTable {
  const insert = db.prepare(
    `INSERT INTO doctor (appliance_id, heard_ms, body) VALUES (?, ?, ?)
     ON CONFLICT (appliance_id) DO UPDATE SET heard_ms = excluded.heard_ms, body = excluded.body`,
  );
  const find = db.prepare<[string], { heardMs: number; body: string }>(
    'SELECT heard_ms AS heardMs, body FROM doctor WHERE appliance_id = ?',
  );
  const waiting = new Map<string, HeardDoctor>();
  const kept = (applianceId: string): HeardDoctor | null => {
    const row = find.get(applianceId);
    const result = row && DoctorResult.safeParse(JSON.parse(row.body));
    return row && result?.success ? { result: result.data, heardMs: row.heardMs } : null;
  };
  return {
    note: (applianceId, heard) => void waiting.set(applianceId, heard),
    doctorOf: (applianceId) => waiting.get(applianceId) ?? kept(applianceId),
    write() {
      for (const [id, { heardMs, result }] of waiting) insert.run(id, heardMs, JSON.stringify(result));
    },
    written: () => waiting.clear(),
  };
}

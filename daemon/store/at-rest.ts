// What the journal's file says of itself to who only reads it: the daemon may be stopped, or running beside.
import type { Database } from 'better-sqlite3';

export interface AtRest {
  journalId: string;
  lastSeq: number;
  receivedThrough: number;
  exposureMinor: number;
  /** Of its documents; null while there is none. */
  currency: string | null;
  /** By the wall clock of the box; null for an empty journal. */
  lastEntryMs: number | null;
  /** What central has not received: documents that moved money, and how much. */
  unreceived: { documents: number; totalMinor: number };
}

/** @throws SqliteError where the file is damaged */
export function readAtRest(db: Database): AtRest | null {
  const position = db
    .prepare<[], Pick<AtRest, 'journalId' | 'receivedThrough' | 'exposureMinor'>>(
      `SELECT journal_id AS journalId, received_through AS receivedThrough, exposure_minor AS exposureMinor
       FROM position`,
    )
    .get();
  if (!position) return null;
  const last = db
    .prepare<[], { seq: number; wallMs: number }>(
      'SELECT seq, wall_ms AS wallMs FROM entry ORDER BY seq DESC LIMIT 1',
    )
    .get();
  const unreceived = db
    .prepare<[number], AtRest['unreceived']>(
      `SELECT count(*) AS documents, coalesce(sum(total_minor), 0) AS totalMinor
       FROM document WHERE seq > ? AND total_minor > 0 AND verdict <> 'refused'`,
    )
    .get(position.receivedThrough) ?? { documents: 0, totalMinor: 0 };
  const currency = db
    .prepare<[], string>('SELECT currency FROM document WHERE currency IS NOT NULL LIMIT 1')
    .pluck()
    .get();
  return {
    ...position,
    lastSeq: last?.seq ?? 0,
    lastEntryMs: last?.wallMs ?? null,
    currency: currency ?? null,
    unreceived,
  };
}

/** When the first entry was made that central has not received, by the wall clock of the box; null: it has received all. */
export function readOldestUnreceivedMs(db: Database): number | null {
  const oldest = db
    .prepare<[], number>(
      'SELECT wall_ms FROM entry WHERE seq > (SELECT received_through FROM position) ORDER BY seq LIMIT 1',
    )
    .pluck()
    .get();
  return oldest ?? null;
}

// What central has not received, for a person to read: how much money, and since when. It reads a bounded number of entries,
// the oldest ones, so that no kiosk waits for the count.
import type { Database } from 'better-sqlite3';
import { present } from '../../kit/assert.ts';

export interface Unreceived {
  /** With money in them, as far as was counted. */
  documents: number;
  totalMinor: number;
  /** When the first was made, by the box's clock; null: central has received all. */
  oldestMs: number | null;
  /** There are more than were counted. */
  more: boolean;
}

/** Some milliseconds on a slow box. */
const countedMax = 1000;

export function openQueue(db: Database): (lastSeq: number, receivedThrough: number) => Unreceived {
  const oldest = db
    .prepare<[number], number>('SELECT wall_ms FROM entry WHERE seq > ? ORDER BY seq LIMIT 1')
    .pluck();
  // A document's id stands in the entry's body alone (docs/decisions/0009), and its verdict may be a later one.
  const counted = db.prepare<[number, number], Pick<Unreceived, 'documents' | 'totalMinor'>>(
    `SELECT count(*) AS documents, coalesce(sum(document.total_minor), 0) AS totalMinor
     FROM entry CROSS JOIN document ON document.id = unhex(json_extract(CAST(entry.body AS TEXT), '$.id'), '-')
     WHERE entry.seq > ? AND entry.seq <= ? AND entry.kind IN ('checkout', 'refund')
       AND document.total_minor > 0 AND document.verdict <> 'refused'`,
  );
  return (lastSeq, receivedThrough) => ({
    ...present(counted.get(receivedThrough, receivedThrough + countedMax), 'a count'),
    oldestMs: oldest.get(receivedThrough) ?? null,
    more: lastSeq > receivedThrough + countedMax,
  });
}

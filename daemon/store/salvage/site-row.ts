// The site's time, carried into a new journal: it never goes back behind anything that was booked by it.
import type { Database } from 'better-sqlite3';
import { orNull } from './readable.ts';

/** Columns with a moment of elapsed time. */
const booked = [
  'SELECT max(elapsed_ms) FROM document',
  'SELECT max(applied_ms) FROM policy',
  'SELECT max(applied_ms) FROM generation',
  'SELECT max(at_ms) FROM risk_approval',
];
const numbers = [
  'elapsed_ms',
  'monotonic_ms',
  'heard_elapsed_ms',
  'best_elapsed_ms',
  'online_elapsed_ms',
] as const;
const moments = ['heard_central_ms', 'best_ms'] as const;
/** A thousand years: no site has stood for longer. */
const plausibleMsMax = 1000 * 366 * 24 * 3_600_000;

/** Takes the row over where it can be believed; else the time goes on from the last thing that was booked by it. */
export function copySiteTime(old: Database | null, db: Database): void {
  const row = old && orNull(() => old.prepare<[], Record<string, unknown>>('SELECT * FROM site').get());
  if (row && isBelieved(row)) {
    const columns = ['draw_seed', ...numbers, ...moments, 'boot_id', 'heard_boot_id'];
    db.prepare(`UPDATE site SET ${columns.map((column) => `${column} = ?`).join(', ')}`).run(
      columns.map((column) => row[column]),
    );
  }
  const bookedMs = Math.max(0, ...booked.map((sql) => Number(db.prepare(sql).pluck().get() ?? 0)));
  db.prepare('UPDATE site SET elapsed_ms = max(elapsed_ms, ?)').run(bookedMs);
}

function isBelieved(row: Record<string, unknown>): boolean {
  const plausible = (value: unknown) =>
    Number.isSafeInteger(value) && Math.abs(Number(value)) <= plausibleMsMax;
  return (
    numbers.every((column) => plausible(row[column]) && Number(row[column]) >= 0) &&
    moments.every((column) => row[column] === null || plausible(row[column])) &&
    Buffer.isBuffer(row.draw_seed) &&
    row.draw_seed.length === 32 &&
    typeof row.boot_id === 'string' &&
    (row.heard_boot_id === null || typeof row.heard_boot_id === 'string')
  );
}

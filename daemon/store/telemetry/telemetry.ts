// telemetry.db: what this box would say of itself once there is a link. A file of its own with a quota and without a sync for
// each row, so that it neither fills the disk nor slows a checkout; a damaged one is begun anew, for nothing in it is money.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { prepare } from '../../../kit/sqlite.ts';

export interface Telemetry {
  keep(body: Uint8Array): void;
  /** What waits, the oldest first. */
  waiting(itemsMax: number): { id: number; body: Buffer }[];
  /** They were sent. */
  forgetThrough(id: number): void;
  close(): void;
}

/** "HFTE": marks the file as an appliance's telemetry. */
const applicationId = 0x48465445;
const fileName = 'telemetry.db';

/** A report is 1 kB: 2 MB at most, and after a long outage the older half is the coarser one. */
export const reportsMax = 2000;

/** Opens telemetry.db in the data folder, made when it is missing and begun anew when it cannot be used. */
export function openTelemetry(folder: string): { telemetry: Telemetry; begunAnew: boolean } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return { telemetry: over(open(folder)), begunAnew: false };
  } catch (error) {
    if (!(error instanceof BetterSqlite3.SqliteError)) throw error;
    for (const part of ['', '-wal', '-shm']) rmSync(join(folder, fileName + part), { force: true });
    return { telemetry: over(open(folder)), begunAnew: true };
  }
}

function open(folder: string): Database {
  const db = new BetterSqlite3(join(folder, fileName));
  try {
    prepare(db, join(import.meta.dirname, 'migrations'), applicationId);
    // why not FULL: a report that the plug takes away is missed by nobody, and a sync each half minute wears the disk.
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -256');
    db.prepare('SELECT count(*) FROM report').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function over(db: Database): Telemetry {
  const insert = db.prepare('INSERT INTO report (body) VALUES (?)');
  const count = db.prepare<[], number>('SELECT count(*) FROM report').pluck();
  const waiting = db.prepare<[number], { id: number; body: Buffer }>(
    'SELECT id, body FROM report ORDER BY id LIMIT ?',
  );
  // Every second one of the older half.
  const thin = db.prepare(
    `DELETE FROM report WHERE id IN (
       SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM report) WHERE place <= ? AND place % 2 = 0
     )`,
  );
  const forget = db.prepare('DELETE FROM report WHERE id <= ?');
  return {
    keep: db.transaction((body: Uint8Array) => {
      insert.run(body);
      if ((count.get() ?? 0) > reportsMax) thin.run(Math.floor(reportsMax / 2));
    }),
    waiting: (itemsMax) => waiting.all(itemsMax),
    forgetThrough: (id) => void forget.run(id),
    close: () => db.close(),
  };
}

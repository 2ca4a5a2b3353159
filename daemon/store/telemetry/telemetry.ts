// telemetry.db: what this box would say of itself once there is a link. A file of its own with a quota and without a sync for
// each row, so that it neither fills the disk nor slows a checkout; a damaged one is begun anew, for nothing in it is money.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { type Opened, openExpendable } from '../../../kit/expendable-file.ts';

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

/** A report is 1 kB: 2 MB at most, and after a long outage the older half is the coarser one. */
export const reportsMax = 2000;

/** Opens telemetry.db in the data folder, made when it is missing; whatever is wrong with it, there is a telemetry. */
export function openTelemetry(folder: string): { telemetry: Telemetry; opened: Opened } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { db, opened } = openExpendable(join(folder, 'telemetry.db'), {
    connect: (path) => new BetterSqlite3(path),
    migrations: join(import.meta.dirname, 'migrations'),
    applicationId,
    cacheKibibytes: 256,
  });
  return { telemetry: over(db), opened };
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

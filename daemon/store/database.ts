// The file that holds the truth: opened durable, at the newest schema, and refused when it is not ours.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { prepare } from '../../kit/sqlite.ts';

/** "HFAP": marks the file as an appliance's journal. */
export const applicationId = 0x48464150;
export const migrationsFolder = join(import.meta.dirname, 'migrations');

/**
 * Opens journal.db in a folder, which is made when it is missing.
 * @throws UnknownSchemaError when the file belongs to another program or a newer release
 */
export function openDatabase(folder: string): Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new BetterSqlite3(join(folder, 'journal.db'));
  prepare(db, migrationsFolder, applicationId);
  // A checkpoint holds up whoever comes then: one of 6 MB of log for some 10 ms. The same few pages change with every
  // checkout, so that it writes little more than one of the usual 4 MB, and comes less often.
  db.pragma('wal_autocheckpoint = 1500');
  return db;
}

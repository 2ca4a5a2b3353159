// Opens central's database file: durable, at the newest schema, and ours.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { prepare } from '../../../kit/sqlite.ts';

/** "HFCT": marks the file as central's (SQLite's application_id). */
export const centralApplicationId = 0x48464354;

const migrationsFolder = join(import.meta.dirname, 'migrations');

/** The file that holds everything central knows. */
export function databasePath(dataFolder: string): string {
  return join(dataFolder, 'central.db');
}

/**
 * Opens or makes the file.
 * @throws UnknownSchemaError for another program's file or a newer release's
 */
export function openDatabase(path: string): Database.Database {
  const db = new Database(path);
  // why 8 KiB: a usual entry then lies whole in a leaf of its WITHOUT ROWID table. Has effect on a new file only.
  db.pragma('page_size = 8192');
  prepare(db, migrationsFolder, centralApplicationId);
  db.pragma('cache_size = -65536');
  // why more than the usual 1000: ids are random, so that the same pages change again and again before a checkpoint.
  db.pragma('wal_autocheckpoint = 4000');
  return db;
}

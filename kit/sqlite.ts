// How every SQLite database that holds money is opened, and how its schema moves forward.
import { join } from 'node:path';
import { assert } from './assert.ts';
import { namesShipped, readShippedText } from './shipped.ts';

/** The part of a better-sqlite3 connection used here; the library itself stays under store/ and sqlite/. */
export interface SqliteConnection {
  pragma(text: string, options?: { simple: boolean }): unknown;
  exec(sql: string): unknown;
  readonly inTransaction: boolean;
  prepare(sql: string): { get(): unknown };
}

/**
 * Makes an open connection ours: refuses a file that is not, before anything in it is changed; durable; at the newest
 * schema.
 * @param folder holds the numbered .sql files
 * @param applicationId marks the file as ours (SQLite's application_id)
 * @throws UnknownSchemaError when the file belongs to another program or a newer release
 */
export function prepare(db: SqliteConnection, folder: string, applicationId: number): void {
  const scripts = scriptsIn(folder);
  whenFree(() => {
    refuseUnknown(db, scripts.length, applicationId);
    makeDurable(db);
    migrate(db, folder, applicationId);
  });
}

const waitMsMax = 5000;
const tryAgainMs = 20;

/**
 * Several processes may make the same new file at once, and SQLite's own waiting does not cover the switch to WAL. Every
 * step of opening looks first whether it is still to be done, so that trying again does no harm.
 */
function whenFree(open: () => void): void {
  const endMs = performance.now() + waitMsMax;
  for (;;) {
    try {
      open();
      return;
    } catch (error) {
      const busy = String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
      if (!busy || performance.now() > endMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, tryAgainMs);
    }
  }
}

/**
 * WAL with a sync on every commit. The library falls back to NORMAL by itself in WAL, so FULL is set after the
 * switch and asserted: at NORMAL a commit may be answered before the disk has it.
 */
export function makeDurable(db: SqliteConnection): void {
  db.pragma('busy_timeout = 5000');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  assertDurable(db);
}

/** Stops the process when a commit would not reach the disk (I1). */
export function assertDurable(db: SqliteConnection): void {
  assert(db.pragma('journal_mode', { simple: true }) === 'wal', 'journal_mode must be wal');
  assert(db.pragma('synchronous', { simple: true }) === 2, 'synchronous must be FULL');
}

/** A database made by a newer release, or by another program. */
export class UnknownSchemaError extends Error {}

/**
 * Runs the numbered .sql files of `folder` that the database has not seen, each in its own transaction.
 * @param applicationId marks the file as ours (SQLite's application_id)
 * @throws UnknownSchemaError when the file belongs to another program or a newer release
 */
export function migrate(db: SqliteConnection, folder: string, applicationId: number): void {
  const scripts = scriptsIn(folder);
  refuseUnknown(db, scripts.length, applicationId);
  const version = versionOf(db);
  scripts.forEach((name, i) => {
    const number = i + 1;
    assert(Number(name.slice(0, 4)) === number, `migration ${name} is out of sequence`);
    if (number <= version) return;
    const sql = readShippedText(join(folder, name));
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have been faster while this one waited for its turn.
      if (versionOf(db) < number) {
        db.exec(`${sql}\nPRAGMA user_version = ${number};\nPRAGMA application_id = ${applicationId};`);
        if (number === scripts.length) sayReaders(db, folder);
      }
      db.exec('COMMIT');
    } catch (error) {
      // Some errors, a full disk among them, have rolled back already.
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  });
}

/** Says in the first line of a migration which releases can still do with what it makes, as a number of a schema. */
const readersLine = /^-- Readable by schema (\d+) and later\.\n/;

/**
 * The oldest schema whose programs can do with what the numbered .sql files of a folder lead to. A release that is tried out
 * and given up again leaves its schema behind: only one that the release before can read may be tried (I16).
 */
export function oldestReader(folder: string): number {
  const scripts = scriptsIn(folder);
  let oldest = scripts.length;
  const bears = scripts.map((name, i) => {
    const said = readersLine.exec(readShippedText(join(folder, name)));
    return said ? Number(said[1]) : i + 1;
  });
  while (oldest > 1 && bears.slice(oldest - 1).every((from) => from < oldest)) oldest--;
  return oldest;
}

/** Kept in the file itself: an older program knows nothing of the newer one's scripts. */
function sayReaders(db: SqliteConnection, folder: string): void {
  const oldest = oldestReader(folder);
  if (oldest === newestSchema(folder) && !hasReaders(db)) return;
  db.exec(`CREATE TABLE IF NOT EXISTS schema_readers (id INTEGER PRIMARY KEY CHECK (id = 1), schema INTEGER NOT NULL, oldest INTEGER NOT NULL) STRICT;
    INSERT OR REPLACE INTO schema_readers (id, schema, oldest) VALUES (1, ${newestSchema(folder)}, ${oldest});`);
}

function hasReaders(db: SqliteConnection): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_readers'").get() !== undefined;
}

function mayBeRead(db: SqliteConnection, newest: number): boolean {
  if (!hasReaders(db)) return false;
  const said = db.prepare('SELECT schema, oldest FROM schema_readers').get() as
    | { schema: number; oldest: number }
    | undefined;
  // Of this very schema: one that came later without a word is not covered by it.
  return said !== undefined && said.schema === versionOf(db) && said.oldest <= newest;
}

/** The schema that the numbered .sql files of a folder lead to. */
export function newestSchema(folder: string): number {
  return scriptsIn(folder).length;
}

function scriptsIn(folder: string): string[] {
  return namesShipped(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort();
}

function versionOf(db: SqliteConnection): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function refuseUnknown(db: SqliteConnection, newest: number, applicationId: number): void {
  const version = versionOf(db);
  const owner = Number(db.pragma('application_id', { simple: true }));
  // Most programs mark nothing: only a file in which nothing was ever made may become ours.
  const fresh = owner === 0 && version === 0 && db.pragma('schema_version', { simple: true }) === 0;
  if (owner !== applicationId && !fresh) {
    throw new UnknownSchemaError(
      'this database belongs to another program; point the configuration at the right file',
    );
  }
  if (version > newest && !mayBeRead(db, newest)) {
    throw new UnknownSchemaError(
      `this database has schema ${version}, this release knows ${newest}; start the newer release again`,
    );
  }
}

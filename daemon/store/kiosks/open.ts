// kiosks.db: opened by the daemon and, at the same time or alone, by the technician's commands.
import { chownSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import * as z from 'zod';
import { KioskScope } from '../../../contract/pairing.ts';
import type { Clock } from '../../../kit/clock.ts';
import { prepare } from '../../../kit/sqlite.ts';
import type { Moment } from '../../kiosks/judge-pairing.ts';

/** "HFKI": marks the file as an appliance's kiosks. */
const applicationId = 0x48464b49;
export const migrationsFolder = join(import.meta.dirname, 'migrations');

/**
 * Opens kiosks.db in the data folder, made when it is missing.
 * @param waitMsMax how long a write may wait for another process
 * @throws KioskFileError; UnknownSchemaError when the file is another program's or a newer release's
 */
export function openKioskFile(folder: string, waitMsMax: number): Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'kiosks.db');
  makeFile(path, folder);
  const db = new BetterSqlite3(path);
  try {
    prepare(db, migrationsFolder, applicationId);
    db.pragma(`busy_timeout = ${waitMsMax}`);
    return db;
  } catch (error) {
    db.close();
    throw error instanceof BetterSqlite3.SqliteError ? new KioskFileError(path, error) : error;
  }
}

/** SQLite cannot work with the file. */
export class KioskFileError extends Error {
  readonly code = 'kiosks_unreadable';
  readonly hint = 'start the daemon, which sets a damaged file aside; then pair every kiosk again';
  constructor(path: string, cause: Error) {
    super(`${path} cannot be used: ${cause.message}`, { cause });
  }
}

/** For the folder's owner alone, also when root was faster than the daemon; SQLite gives its other files the same. */
function makeFile(path: string, folder: string): void {
  closeSync(openSync(path, 'a', 0o600));
  const { uid, gid } = statSync(folder);
  if (process.geteuid?.() === 0 && statSync(path).uid !== uid) chownSync(path, uid, gid);
}

export function momentOf(clock: Clock): Moment {
  return { bootId: clock.bootId, monotonicMs: clock.monotonicMs() };
}

/** The scopes as they stand in a row. */
export function readScopes(text: string): KioskScope[] {
  return z.array(KioskScope).parse(JSON.parse(text));
}

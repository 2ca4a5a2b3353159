// A damaged kiosks.db must not keep the shop shut: it is set aside, never deleted, and the daemon begins a new one. What
// lies aside stays a condition until a person has taken it away.
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { Condition } from '../../../contract/kiosk-api.ts';

const name = 'kiosks.db';
const asideMark = `${name}.damaged-`;
/** The log and its index belong to the file they lie beside. */
const parts = ['', '-wal', '-shm'];
const damage = /^SQLITE_(CORRUPT|NOTADB)/;

/**
 * Moves kiosks.db aside when SQLite finds it damaged; the daemon alone does so, before it opens the file.
 * @returns the new name, or null when the file is sound or there is none
 */
export function setAsideDamaged(folder: string, nowMs: number): string | null {
  const path = join(folder, name);
  if (!existsSync(path) || isSound(path)) return null;
  const aside = join(folder, `${asideMark}${nowMs}`);
  for (const part of parts) {
    if (existsSync(path + part)) renameSync(path + part, aside + part);
  }
  return aside;
}

/** Named as long as a file lies aside: its kiosks must be paired again. */
export function asideCondition(folder: string): Condition | null {
  const aside = readdirSync(folder).find((file) => file.startsWith(asideMark));
  if (aside === undefined) return null;
  return {
    code: 'kiosks_set_aside',
    hint: `kiosks.db was damaged: pair every kiosk again, then take ${aside} away.`,
    sinceMs: Math.trunc(statSync(join(folder, aside)).ctimeMs),
  };
}

/** What else may be wrong, such as a file that cannot be read, is for whoever opens it to say. */
function isSound(path: string): boolean {
  let db: Database | null = null;
  try {
    db = new BetterSqlite3(path);
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    return !(error instanceof BetterSqlite3.SqliteError && damage.test(error.code));
  } finally {
    db?.close();
  }
}

// A database of which nothing is worth keeping: it must never be the reason that a program does not start.
import { rmSync } from 'node:fs';
import { assert } from './assert.ts';
import { migrate, prepare, type SqliteConnection, UnknownSchemaError } from './sqlite.ts';

export type Opened = 'as_it_was' | 'begun_anew' | 'in_memory';

interface Expendable<T> {
  /** Opens a path with the library; `:memory:` for memory. */
  connect(path: string): T;
  /** Holds the numbered .sql files. */
  migrations: string;
  applicationId: number;
  cacheKibibytes: number;
}

/**
 * Opens the file, without a sync for each commit; one that cannot be used is deleted and begun anew. Where that fails as
 * well (a full disk), or the file is another program's or a newer release's, it is left alone and a database in memory
 * takes its place.
 */
export function openExpendable<T extends SqliteConnection & { close(): unknown }>(
  path: string,
  how: Expendable<T>,
): { db: T; opened: Opened } {
  try {
    return { db: open(path, how), opened: 'as_it_was' };
  } catch (error) {
    if (error instanceof UnknownSchemaError) return { db: open(memory, how), opened: 'in_memory' };
  }
  try {
    for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true });
    return { db: open(path, how), opened: 'begun_anew' };
  } catch {
    return { db: open(memory, how), opened: 'in_memory' };
  }
}

const memory = ':memory:';

function open<T extends SqliteConnection & { close(): unknown }>(path: string, how: Expendable<T>): T {
  const db = how.connect(path);
  try {
    // Nothing in memory is durable, and prepare() would say so.
    const ready = path === memory ? migrate : prepare;
    ready(db, how.migrations, how.applicationId);
    db.pragma('synchronous = NORMAL');
    db.pragma(`cache_size = -${how.cacheKibibytes}`);
    assert(db.pragma('quick_check(1)', { simple: true }) === 'ok', `${path} is sound`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

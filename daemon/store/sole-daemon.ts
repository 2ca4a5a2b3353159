// One daemon on one journal: it keeps the head of the chain in memory, and a second one would not know what the first added.
// The lock is SQLite's own on a file of its own in the folder: the kernel frees it with the process, however that ends; it
// counts in every container that shares the folder, and no account can take it that may not write there.
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { withRoom } from './full.ts';

/** The folder is in use by another process. */
export class FolderInUseError extends Error {
  readonly hint = 'Stop it first: systemctl stop holdfast';
}

/**
 * For the daemon while it runs, and for a command that changes the journal while the daemon must not.
 * @returns what lets the folder go
 * @throws FolderInUseError; DiskFullError
 */
export function holdFolder(folder: string): () => void {
  return withRoom(folder, () => held(folder));
}

function held(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'daemon.lock');
  const lock = new BetterSqlite3(path, { timeout: 0 });
  try {
    // A command run as root must not leave a file that the daemon's account cannot open.
    if (process.getuid?.() === 0) {
      const { uid, gid } = statSync(folder);
      chownSync(path, uid, gid);
    }
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const busy = error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (!busy) throw error;
    throw new FolderInUseError(`a daemon is at work on ${folder}`);
  }
  return () => void lock.close();
}

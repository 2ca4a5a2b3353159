// What a command is told when the disk takes nothing any more, even of the reserve: nothing was changed, and it may be tried
// again.
import BetterSqlite3 from 'better-sqlite3';
import type { AnswerTo, CommandKind } from './commands.ts';
import type { Positions } from './positions.ts';

/** SQLite's own quota, or the disk beneath it. Anything else on a write is not survivable in place. */
export function isFull(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_FULL';
}

/** Also what SQLite says where the log's index, which it maps into memory, finds no room. */
const ofRoom = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_WRITE', 'ENOSPC', 'EDQUOT']);

/** The disk has no room to open what lies there, or to bring it to the form of this release. */
export class DiskFullError extends Error {
  readonly code = 'disk_full';
  readonly hint = 'Make room there: journalctl --vacuum-size=50M, apt-get clean. It then starts by itself.';
}

/** @throws DiskFullError with nothing changed; whatever else `open` throws */
export function withRoom<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!ofRoom.has(String((error as { code?: unknown }).code))) throw error;
    throw new DiskFullError(`disk_full: the disk of ${folder} takes nothing more; the journal is as it was`, {
      cause: error,
    });
  }
}

export function answerWhenFull(
  kind: CommandKind,
  { appliedThrough, receivedThrough }: Positions['now'],
): AnswerTo<CommandKind> {
  if (kind === 'received') return { kind: 'recorded', receivedThrough };
  if (kind === 'abandon') return { more: false };
  // A full disk is not helped by starting again.
  if (kind === 'selfCheck') return { wrote: false };
  if (kind === 'feed') return { kind: 'ignored', reason: 'gap', appliedThrough };
  return { kind: 'unaccepted', code: 'journal_full' };
}

// What a command is told when the disk takes nothing any more, even of the reserve: nothing was changed, and it may be tried
// again.
import BetterSqlite3 from 'better-sqlite3';
import type { AnswerTo, CommandKind } from './commands.ts';
import type { Positions } from './positions.ts';

/** SQLite's own quota, or the disk beneath it. Anything else on a write is not survivable in place. */
export function isFull(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_FULL';
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

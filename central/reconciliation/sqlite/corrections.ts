// Corrections that people post for an exception. One was right for what was found then: when that is gone, or is another
// amount, it is taken back by its reverse, so that what a person did once does not stand for ever beside rows that agree.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { type Posting, reversed } from '../../ledger/postings.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import { centrals, type ExceptionRows } from './exception-row.ts';

export interface Corrections {
  /** Posts the reverse, and says so in the history. @param ref of an exception that is settled by a correction */
  takeBack(ref: number, run: number, nowMs: number): void;
  /** Corrected ones that the run has not found again, at most so many. */
  fallen(run: number, max: number): number[];
}

export function createCorrections(
  db: Database.Database,
  books: Pick<Books, 'addMovement' | 'piece'>,
  note: ExceptionRows['note'],
): Corrections {
  // As with what is gone by itself: a part stands as long as the whole, and what others were merged into as long as any.
  const fallen = db
    .prepare<object, number>(
      `SELECT ref FROM exception e WHERE settled_as = 'corrected'
         AND CASE WHEN split_from IS NULL THEN last_run < @run
           ELSE (SELECT last_run FROM exception w WHERE w.ref = e.split_from) < @run END
         AND NOT EXISTS (SELECT 1 FROM exception m WHERE m.merged_into = e.ref AND m.last_run >= @run)
       ORDER BY ref LIMIT @max`,
    )
    .pluck();
  const newest = db
    .prepare<[number], number>(
      `SELECT ref FROM exception_event WHERE exception_ref = ? AND action = 'correct' ORDER BY ref DESC LIMIT 1`,
    )
    .pluck();
  const postingsOf = db.prepare<[number], Posting>(
    `SELECT account, currency, amount_minor AS amountMinor FROM posting WHERE movement_id =
       -- why the first words: by them the index of a movement's source is found.
       (SELECT id FROM movement WHERE source <> 'entry' AND source = 'exception' AND source_ref = ? AND reason = 'correction')
     ORDER BY line`,
  );

  return {
    takeBack(ref, run, nowMs) {
      const correction = present(newest.get(ref), 'the correction of one that is corrected');
      const why = { action: 'correction_reversed', note: 'what it corrected is no longer so' };
      const event = note(ref, { atMs: nowMs, who: centrals, ...why }, { run, correction });
      const back = reversed(postingsOf.all(correction));
      books.piece(() => books.addMovement({ kind: 'exception', ref: event }, 'correction', back, nowMs));
    },
    fallen: (run, max) => fallen.all({ run, max }),
  };
}

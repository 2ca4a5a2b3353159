// The postings of one account, the newest first. There is no index for it: a page looks at a bounded number of movements, so that
// nobody waits for an account that is seldom used.
import type Database from 'better-sqlite3';
import type { AccountPosting, DashboardCalls } from '../port.ts';

export function createAccountPostings(db: Database.Database): Pick<DashboardCalls, 'accountPostings'> {
  const newest = db.prepare<[], number | null>('SELECT max(id) FROM movement').pluck();
  const movements = db
    .prepare<{ account: string; currency: string; before: number; from: number; limit: number }, number>(
      // why the sign: by the index of payees' postings the order would be lost.
      `SELECT DISTINCT movement_id FROM posting
       WHERE movement_id < @before AND movement_id >= @from AND +account = @account AND currency = @currency
       ORDER BY movement_id DESC LIMIT @limit`,
    )
    .pluck();
  const lines = db.prepare<[number, string, string], AccountPosting>(
    `SELECT movement.id AS movementId, posting.line, movement.source, movement.source_ref AS sourceRef,
       appliance.id AS applianceId, document.id AS documentId, movement.reason, movement.booked_ms AS bookedMs,
       posting.amount_minor AS amountMinor
     FROM movement JOIN posting ON posting.movement_id = movement.id
     LEFT JOIN journal ON journal.ref = movement.journal_ref
     LEFT JOIN appliance ON appliance.ref = journal.appliance_ref
     LEFT JOIN document ON document.journal_ref = movement.journal_ref AND document.seq = movement.seq
     WHERE movement.id = ? AND posting.account = ? AND posting.currency = ? ORDER BY posting.line`,
  );

  return {
    accountPostings({ account, currency, cursor, limit, movementsMax }) {
      const before = cursor ?? (newest.get() ?? 0) + 1;
      const from = Math.max(1, before - movementsMax);
      const found = movements.all({ account, currency, before, from, limit });
      const last = found.at(-1);
      const seenDownTo = last !== undefined && found.length === limit ? last : from;
      return {
        items: found.flatMap((id) => lines.all(id, account, currency)),
        nextCursor: seenDownTo > 1 ? seenDownTo : null,
      };
    },
  };
}

// Reads the books for an export, in pieces: each is a short read, so that a running service is not held up, and together
// they are one state of the books, because movements are only ever added.
import type Database from 'better-sqlite3';
import type { ExportBalance, ExportedBooks, ExportMovement } from '../export-rows.ts';
import type { AccountName } from '../postings.ts';

interface Row extends Omit<ExportMovement, 'postings'> {
  account: AccountName;
  currency: string;
  amountMinor: number;
}

const pieceMovements = 2000;

/** @param fromMs, untilMs booked from this moment on and before that one; null: without a bound */
export function readBooks(
  db: Database.Database,
  { fromMs, untilMs }: { fromMs: number | null; untilMs: number | null },
): ExportedBooks {
  const firstSince = db
    .prepare<[number], number>('SELECT id FROM movement WHERE booked_ms >= ? ORDER BY id LIMIT 1')
    .pluck();
  const newest = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM movement').pluck().get() ?? 0;
  // A prefix of the movements, also where a clock was set back meanwhile.
  const before = (ms: number | null, otherwise: number) =>
    ms === null ? otherwise : (firstSince.get(ms) ?? newest + 1) - 1;
  const after = before(fromMs, 0);
  const through = before(untilMs, newest);
  const balances = db
    .prepare<[number], ExportBalance>(
      `SELECT account, currency, sum(amount_minor) AS balanceMinor FROM posting WHERE movement_id <= ?
       GROUP BY account, currency ORDER BY currency, account`,
    )
    .safeIntegers();
  const piece = db.prepare<[number, number], Row>(
    `SELECT movement.id, movement.source, appliance.id AS applianceId, journal.id AS journalId, movement.seq,
       movement.source_ref AS sourceRef, document.id AS documentId, movement.reason, movement.booked_ms AS bookedMs,
       posting.account, posting.currency, posting.amount_minor AS amountMinor
     FROM movement JOIN posting ON posting.movement_id = movement.id
     LEFT JOIN journal ON journal.ref = movement.journal_ref
     LEFT JOIN appliance ON appliance.ref = journal.appliance_ref
     LEFT JOIN document ON document.journal_ref = movement.journal_ref AND document.seq = movement.seq
     WHERE movement.id > ? AND movement.id <= ? ORDER BY movement.id, posting.line`,
  );

  return {
    opening: after === 0 ? [] : balances.all(after),
    closing: balances.all(through),
    *movements() {
      for (let at = after; at < through; at += pieceMovements) {
        const rows = piece.all(at, Math.min(at + pieceMovements, through));
        for (const [, lines] of Map.groupBy(rows, ({ id }) => id)) yield movementOf(lines);
      }
    },
  };
}

function movementOf(lines: readonly Row[]): ExportMovement {
  const [first] = lines;
  if (!first) throw new Error('a group has a row');
  const { account: _, currency: __, amountMinor: ___, ...movement } = first;
  return {
    ...movement,
    postings: lines.map(({ account, currency, amountMinor }) => ({ account, currency, amountMinor })),
  };
}

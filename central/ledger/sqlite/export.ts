// The whole ledger, movement by movement, on one state of the database: a service that runs beside it is not disturbed.
import type Database from 'better-sqlite3';
import {
  type ExportedBalance,
  type ExportedMovement,
  type ExportFormat,
  type ExportRange,
  emptyWhenSettled,
} from '../export/movement.ts';
import type { Posting } from '../postings.ts';

export interface Exported {
  movements: number;
  postings: number;
}

type Row = Omit<ExportedMovement, 'postings'> & Posting;

/**
 * The text of the ledger in pieces, however long it is; what was written so far stands in `exported`.
 * @param nowMs dates the closing balances, which stand only where the range is without an end on both sides
 * @param settled asserts zero where nothing may be left once everything is settled, whatever the ledger says
 */
export function* exportLedger(
  db: Database.Database,
  format: ExportFormat,
  range: ExportRange,
  nowMs: number,
  exported: Exported,
  settled: boolean,
): Generator<string> {
  db.exec('BEGIN');
  try {
    const balances = db
      .prepare<[], ExportedBalance>(
        'SELECT name AS account, currency, balance_minor AS balanceMinor FROM account ORDER BY name, currency',
      )
      .safeIntegers()
      .all();
    yield format.head(balances);
    let lastMs = nowMs;
    for (const movement of movements(db, range)) {
      exported.movements++;
      exported.postings += movement.postings.length;
      // A clock that stepped back since: the closing balances come after everything.
      lastMs = Math.max(lastMs, movement.bookedMs);
      yield format.movement(movement);
    }
    const whole = range.fromMs === null && range.untilMs === null;
    const asserted = balances.map((balance) =>
      settled && emptyWhenSettled(balance.account) ? { ...balance, balanceMinor: 0n } : balance,
    );
    yield format.foot(whole ? { balances: asserted, atMs: lastMs } : null);
  } finally {
    db.exec('ROLLBACK');
  }
}

function* movements(db: Database.Database, { fromMs, untilMs }: ExportRange): Generator<ExportedMovement> {
  const rows = db.prepare<[number, number], Row>(
    `SELECT movement.id, movement.reason, movement.source, movement.source_ref AS sourceRef,
       appliance.id AS applianceId, journal.id AS journalId, movement.seq, movement.booked_ms AS bookedMs,
       posting.account, posting.currency, posting.amount_minor AS amountMinor
     FROM movement JOIN posting ON posting.movement_id = movement.id
     LEFT JOIN journal ON journal.ref = movement.journal_ref
     LEFT JOIN appliance ON appliance.ref = journal.appliance_ref
     WHERE movement.booked_ms >= ? AND movement.booked_ms < ? ORDER BY movement.id, posting.line`,
  );
  let open: ExportedMovement | null = null;
  const range = [fromMs ?? Number.MIN_SAFE_INTEGER, untilMs ?? Number.MAX_SAFE_INTEGER] as const;
  for (const { account, currency, amountMinor, ...movement } of rows.iterate(...range)) {
    if (open !== null && open.id !== movement.id) {
      yield open;
      open = null;
    }
    open ??= { ...movement, postings: [] };
    open.postings.push({ account, currency, amountMinor });
  }
  if (open !== null) yield open;
}

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
 * @param nowMs dates the closing balances, which stand only where the range is without an end
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
    const { fromMs, untilMs } = range;
    const before = fromMs === null ? [] : balancesBefore(db, fromMs);
    if (fromMs !== null && before.length > 0) yield format.movement(openingOf(before, fromMs));
    let lastMs = nowMs;
    for (const movement of movements(db, range)) {
      exported.movements++;
      exported.postings += movement.postings.length;
      // A clock that stepped back since: the closing balances come after everything.
      lastMs = Math.max(lastMs, movement.bookedMs);
      yield format.movement(movement);
    }
    const asserted = balances.map((balance) =>
      settled && emptyWhenSettled(balance.account) ? { ...balance, balanceMinor: 0n } : balance,
    );
    yield format.foot(untilMs === null ? { balances: asserted, atMs: lastMs } : null);
  } finally {
    db.exec('ROLLBACK');
  }
}

/** What each account stood at when the part begins: with it, the part alone comes to the balances of its end. */
function balancesBefore(db: Database.Database, fromMs: number): ExportedBalance[] {
  return db
    .prepare<[number], ExportedBalance>(
      `SELECT posting.account, posting.currency, sum(posting.amount_minor) AS balanceMinor
       FROM movement JOIN posting ON posting.movement_id = movement.id WHERE movement.booked_ms < ?
       GROUP BY posting.account, posting.currency HAVING sum(posting.amount_minor) <> 0
       ORDER BY posting.account, posting.currency`,
    )
    .safeIntegers()
    .all(fromMs);
}

function openingOf(balances: readonly ExportedBalance[], bookedMs: number): ExportedMovement {
  const none = { id: null, sourceRef: null, applianceId: null, journalId: null, seq: null };
  const postings = balances.map(({ balanceMinor, ...of }) => ({ ...of, amountMinor: balanceMinor }));
  return { ...none, reason: 'opening balances', source: 'ledger', bookedMs, postings };
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

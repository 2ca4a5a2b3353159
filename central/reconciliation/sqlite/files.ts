// Reports and statements as they were brought: rows in the order of the file, what was set aside, and what was there before.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type {
  FileFacts,
  FileItem,
  FileView,
  FileWithTrouble,
  ImportBegun,
  ReconciliationCalls,
} from '../port.ts';
import type { BankEntry, ReportRow, SetAside, StatementCheck } from '../report-row.ts';

export type FileTable = Pick<
  ReconciliationCalls,
  'beginImport' | 'takeItems' | 'completeImport' | 'reportFiles' | 'reportFile' | 'fileNames'
>;

/** Of the rows that could not be read so many are kept; the others are counted. */
export const asidesKeptMax = 10_000;
const asidesShownMax = 100;

const fileColumns = `ref, side, source, format, name, lower(hex(sha256)) AS sha256, state, rows, repeated,
  set_aside AS setAside, first_ms AS firstMs, last_ms AS lastMs, imported_by AS importedBy, begun_ms AS begunMs,
  completed_ms AS completedMs FROM report_file`;

interface FileState {
  side: 'processor' | 'bank';
  source: string;
  items: number;
  setAside: number;
}

interface Taken {
  rows: number;
  repeated: number;
  setAside: number;
  firstMs: number | null;
  lastMs: number | null;
}

export function createFileTable(db: Database.Database): FileTable {
  const bySum = db.prepare<[string, string, Uint8Array], { ref: number; state: string; items: number }>(
    'SELECT ref, state, items FROM report_file WHERE side = ? AND source = ? AND sha256 = ?',
  );
  const byRef = db.prepare<[number], FileView>(`SELECT ${fileColumns} WHERE ref = ?`);
  const page = db.prepare<[number, number], FileView>(
    `SELECT ${fileColumns} WHERE ref < ? ORDER BY ref DESC LIMIT ?`,
  );
  const insert = db.prepare(
    `INSERT INTO report_file (side, source, format, name, sha256, imported_by, begun_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const stateOf = db.prepare<[number], FileState>(
    'SELECT side, source, items, set_aside AS setAside FROM report_file WHERE ref = ?',
  );
  const othersOf = db
    .prepare<[string, string, number], number>(
      `SELECT ref FROM report_file WHERE side = ? AND source = ? AND ref <> ? AND state = 'complete'`,
    )
    .pluck();
  const move = db.prepare(
    `UPDATE report_file SET items = @items, rows = rows + @rows, repeated = repeated + @repeated,
       set_aside = set_aside + @setAside, first_ms = min(coalesce(first_ms, @firstMs), coalesce(@firstMs, first_ms)),
       last_ms = max(coalesce(last_ms, @lastMs), coalesce(@lastMs, last_ms)) WHERE ref = @file`,
  );
  const complete = db.prepare(`UPDATE report_file SET state = 'complete', completed_ms = ? WHERE ref = ?`);
  const asides = db.prepare<[number, number], SetAside>(
    'SELECT line, reason, field, text FROM set_aside WHERE file_ref = ? ORDER BY item LIMIT ?',
  );
  const statements = db.prepare<[number], Omit<StatementCheck, 'agrees'> & { agrees: number | bigint }>(
    `SELECT account_number AS account, statement, currency, opening_minor AS openingMinor, closing_minor AS closingMinor,
       entries_minor AS entriesMinor, entries, set_aside AS setAside, agrees, line FROM bank_statement WHERE file_ref = ?
     ORDER BY item`,
  );
  const names = db
    .prepare<[string, string, number], string>(
      `SELECT name FROM report_file WHERE side = ? AND source = ? AND state = 'complete' ORDER BY ref DESC LIMIT ?`,
    )
    .pluck();
  const rows = createRowWriter(db);

  return {
    beginImport(facts: FileFacts): ImportBegun {
      const { side, source, format, name, sha256, by, nowMs } = facts;
      const known = bySum.get(side, source, sha256);
      if (known?.state === 'complete') {
        return { kind: 'known', file: present(byRef.get(known.ref), 'file') };
      }
      if (known) return { kind: 'begun', file: known.ref, itemsThrough: known.items };
      const { lastInsertRowid } = insert.run(side, source, format, name, sha256, by, nowMs);
      return { kind: 'begun', file: Number(lastInsertRowid), itemsThrough: 0 };
    },
    takeItems(file, items) {
      const state = present(stateOf.get(file), 'file');
      // Another import of the same file may have been faster.
      const fresh = items.filter(({ item }) => item > state.items);
      const taken: Taken = { rows: 0, repeated: 0, setAside: 0, firstMs: null, lastMs: null };
      const others = new Set(othersOf.all(state.side, state.source, file));
      for (const item of fresh) rows.write({ file, others, ...state }, item, taken);
      const last = fresh.at(-1);
      if (last) move.run({ file, items: last.item, ...taken });
    },
    completeImport(file, nowMs) {
      complete.run(nowMs, file);
      return present(byRef.get(file), 'file');
    },
    reportFiles({ cursor, limit }) {
      const items = page.all(cursor ?? Number.MAX_SAFE_INTEGER, limit);
      return { items, nextCursor: items.length < limit ? null : (items.at(-1)?.ref ?? null) };
    },
    reportFile(ref): FileWithTrouble | null {
      const file = byRef.get(ref);
      if (!file) return null;
      const checks = statements.all(ref).map((check) => ({
        ...check,
        entriesMinor: BigInt(check.entriesMinor),
        agrees: Number(check.agrees) === 1,
      }));
      return { ...file, asides: asides.all(ref, asidesShownMax), statements: checks };
    },
    fileNames: ({ side, source, namesMax }) => names.all(side, source, namesMax),
  };
}

interface Into extends FileState {
  file: number;
  /** The files of the same source that are in whole: what one of them has need not be taken again. */
  others: ReadonlySet<number>;
}

interface RowWriter {
  write(into: Into, item: FileItem, taken: Taken): void;
}

function createRowWriter(db: Database.Database): RowWriter {
  const insertRow = db.prepare(
    `INSERT INTO report_row (file_ref, item, line, kind, own_reference, payment_reference, our_reference, amount_minor,
       currency, fee_minor, net_minor, net_currency, occurred_ms, available_on, payout_reference)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // why no join with the files: it costs more than all the rest, and nearly every row is found nowhere.
  const sameRows = db
    .prepare<unknown[], number>(
      `SELECT file_ref FROM report_row WHERE own_reference = ? AND kind = ? AND amount_minor = ? AND currency = ?
       AND fee_minor = ? AND net_minor = ? AND net_currency = ? AND occurred_ms = ? AND payout_reference IS ?`,
    )
    .pluck();
  const insertEntry = db.prepare(
    `INSERT INTO bank_entry (file_ref, item, line, account_number, bank_reference, other_references, words, amount_minor,
       currency, booked_on, value_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const sameEntries = db
    .prepare<unknown[], number>(
      `SELECT file_ref FROM bank_entry WHERE bank_reference = ? AND account_number = ? AND amount_minor = ?
       AND currency = ? AND booked_on = ?`,
    )
    .pluck();
  const insertAside = db.prepare(
    'INSERT INTO set_aside (file_ref, item, line, reason, field, text) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertStatement = db.prepare(
    `INSERT INTO bank_statement (file_ref, item, line, account_number, statement, currency, opening_minor, closing_minor,
       entries_minor, entries, set_aside, agrees) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  function writeRow({ file, others }: Into, item: number, row: ReportRow): 'new' | 'repeated' {
    const { kind, amountMinor, currency, feeMinor, netMinor, netCurrency, occurredMs, payoutReference } = row;
    const { processorReference, paymentReference, ourReference, availableOn, line } = row;
    const money = [amountMinor, currency, feeMinor, netMinor, netCurrency, occurredMs];
    // What one file says twice is a difference that people must see.
    const isIn = (other: number) => others.has(other);
    if (others.size > 0 && sameRows.all(processorReference, kind, ...money, payoutReference).some(isIn)) {
      return 'repeated';
    }
    const names = [processorReference, paymentReference, ourReference];
    insertRow.run(file, item, line, kind, ...names, ...money, availableOn, payoutReference);
    return 'new';
  }

  function writeEntry({ file, others }: Into, item: number, entry: BankEntry): 'new' | 'repeated' {
    const { account, bankReference, references, text, amountMinor, currency, bookedOn, valueOn, line } =
      entry;
    const same = sameEntries.all(bankReference, account, amountMinor, currency, bookedOn);
    if (same.some((other) => others.has(other))) return 'repeated';
    const said = [account, bankReference, JSON.stringify(references), text];
    insertEntry.run(file, item, line, ...said, amountMinor, currency, bookedOn, valueOn);
    return 'new';
  }

  return {
    write(into, read, taken) {
      const { file } = into;
      const { item } = read;
      switch (read.kind) {
        case 'row':
          count(taken, writeRow(into, item, read.row), read.row.occurredMs);
          return;
        case 'entry':
          count(taken, writeEntry(into, item, read.entry), Date.parse(read.entry.bookedOn));
          return;
        case 'statement': {
          const { account, statement, currency, openingMinor, closingMinor, entriesMinor } = read.check;
          const { entries, setAside, agrees, line } = read.check;
          const sums = [openingMinor, closingMinor, entriesMinor, entries, setAside, agrees ? 1 : 0];
          insertStatement.run(file, item, line, account, statement, currency, ...sums);
          return;
        }
        case 'aside': {
          const { line, reason, field, text } = read.aside;
          if (into.setAside + taken.setAside < asidesKeptMax)
            insertAside.run(file, item, line, reason, field, text);
          taken.setAside++;
        }
      }
    },
  };
}

function count(taken: Taken, outcome: 'new' | 'repeated', atMs: number): void {
  if (outcome === 'repeated') taken.repeated++;
  else taken.rows++;
  taken.firstMs = Math.min(taken.firstMs ?? atMs, atMs);
  taken.lastMs = Math.max(taken.lastMs ?? atMs, atMs);
}

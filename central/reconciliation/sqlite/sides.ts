// The sides of a reconciliation, read from one state of the database into columns: what was collected, what processors
// reported, what banks show. Only files that are in whole count.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { databasePath, openDatabase } from '../../ledger/sqlite/open.ts';
import { type Books, createBooks, createColumn } from '../books.ts';
import type { Origin } from '../differences.ts';
import type { BankEntry, RowKind } from '../report-row.ts';
import type { RunSides } from '../run.ts';
import { compareJournal } from './journal.ts';
import { readToldRows } from './settled.ts';
import { readTransfers } from './transfers.ts';

type ReportFields = [
  file: number,
  item: number,
  line: number,
  processor: string,
  kind: RowKind,
  own: string,
  payment: string | null,
  ours: string | null,
  amountMinor: number,
  currency: string,
  feeMinor: number,
  netMinor: number,
  netCurrency: string,
  occurredMs: number,
  availableOn: string | null,
  payout: string | null,
];

type CollectedFields = [
  processor: string,
  kind: 'charge' | 'refund' | 'refund_failed',
  ours: string,
  charge: string | null,
  payment: string | null,
  amountMinor: number,
  currency: string,
  bookedMs: number,
];

interface EntryFields extends Omit<BankEntry, 'references'> {
  file: number;
  item: number;
  source: string;
  others: string;
}

const readCacheKiB = 8192;

/** A connection to read by, beside the one that the store writes by. It passes over every page once: a cache is no use. */
export function openForReading(dataFolder: string): Database.Database {
  const db = openDatabase(databasePath(dataFolder));
  db.pragma(`cache_size = -${readCacheKiB}`);
  return db;
}

/** Reads every side as of one state of the database; takes no lock that anybody would wait for. */
export function readSides(db: Database.Database, asOfMs: number, collectDaysMax: number): RunSides {
  return db.transaction(() => ({
    ...readColumns(db),
    transfers: readTransfers(db),
    toldRows: readToldRows(db),
    journal: compareJournal(db, asOfMs, collectDaysMax),
  }))();
}

function readColumns(db: Database.Database): Pick<RunSides, 'books' | 'origins'> {
  const books = createBooks();
  const [report, bank] = [createOrigin(), createOrigin()];
  const bankAccounts: string[] = [];
  readCollected(db, books);
  readReport(db, books, report);
  for (const { file, item, source, others, ...rest } of bankEntries(db)) {
    books.addBank({ ...rest, references: JSON.parse(others) as string[] });
    note(bank, file, item, rest.line);
    bankAccounts.push(source);
  }
  const bankAccount = (entry: number) => present(bankAccounts[entry], 'account');
  return { books, origins: { report, bank, bankAccount } };
}

function readCollected(db: Database.Database, books: Books): void {
  const rows = db
    .prepare<[], CollectedFields>(
      `SELECT processor, kind, our_reference, charge_reference, payment_reference, amount_minor, currency, booked_ms
       FROM collected`,
    )
    .raw();
  for (const fields of rows.iterate()) {
    const [processor, kind, ourReference, chargeReference, paymentReference, ...money] = fields;
    const [amountMinor, currency, bookedMs] = money;
    const names = { ourReference, chargeReference, paymentReference };
    books.addLedger({ processor, kind, ...names, amountMinor, currency, feeMinor: null, bookedMs });
  }
}

function readReport(db: Database.Database, books: Books, origin: Origin): void {
  const rows = db
    .prepare<[], ReportFields>(
      `SELECT r.file_ref, r.item, r.line, f.source, r.kind, r.own_reference, r.payment_reference, r.our_reference,
         r.amount_minor, r.currency, r.fee_minor, r.net_minor, r.net_currency, r.occurred_ms, r.available_on,
         r.payout_reference
       FROM report_file f CROSS JOIN report_row r ON r.file_ref = f.ref WHERE f.state = 'complete' ORDER BY f.ref, r.item`,
    )
    .raw();
  for (const fields of rows.iterate()) {
    const [file, item, line, processor, kind, processorReference, paymentReference, ourReference, ...rest] =
      fields;
    const [amountMinor, currency, feeMinor, netMinor, netCurrency, occurredMs, availableOn, payoutReference] =
      rest;
    books.addReport({
      processor,
      kind,
      processorReference,
      paymentReference,
      ourReference,
      amountMinor,
      currency,
      feeMinor,
      netMinor,
      netCurrency,
      occurredMs,
      availableOn,
      payoutReference,
      line,
    });
    note(origin, file, item, line);
  }
}

function bankEntries(db: Database.Database): IterableIterator<EntryFields> {
  return db
    .prepare<[], EntryFields>(
      `SELECT e.file_ref AS file, e.item, e.line, f.source, e.account_number AS account, e.bank_reference AS bankReference,
         e.other_references AS others, e.words AS text, e.amount_minor AS amountMinor, e.currency,
         e.booked_on AS bookedOn, e.value_on AS valueOn
       FROM report_file f CROSS JOIN bank_entry e ON e.file_ref = f.ref WHERE f.state = 'complete' ORDER BY f.ref, e.item`,
    )
    .iterate();
}

function createOrigin(): Origin {
  return { file: createColumn(), item: createColumn(), line: createColumn() };
}

function note(origin: Origin, file: number, item: number, line: number): void {
  origin.file.add(file);
  origin.item.add(item);
  origin.line.add(line);
}

// The sides of a reconciliation in memory, as columns: a million rows against a million fit because a row is a few numbers,
// and each reference is held once, however many rows and sides carry it.
import { assert, present } from '../../kit/assert.ts';
import { createNames, type Names } from './names.ts';
import type { BankEntry, ReportRow, RowKind } from './report-row.ts';
import { rowKinds } from './report-row.ts';

/** What the ledger expects a processor to report. */
export interface LedgerRow {
  processor: string;
  kind: RowKind;
  /** The reference that went along to the processor. */
  ourReference: string;
  /** Of a refund or a capture the reference of its charge: a report may name every movement of a payment by that. */
  chargeReference?: string | null;
  /** The processor's name of the payment, where its answer gave one. */
  paymentReference: string | null;
  /** Signed as in the report: a charge above zero, a refund below. */
  amountMinor: number;
  currency: string;
  /** Null where no fee is agreed. */
  feeMinor: number | null;
  bookedMs: number;
}

/** Rows of one side; a row is its number, counted from 0 in the order of adding. */
export interface LedgerRows {
  count: number;
  amountMinor: Column;
  /** NaN where no fee is agreed. */
  feeMinor: Column;
  atMs: Column;
  /** Numbers in `names`; the kind is its place in rowKinds. */
  processor: Column;
  kind: Column;
  currency: Column;
  /** Numbers in `references`, -1 where there is none. */
  ours: Column;
  payment: Column;
}

export interface LedgerSide extends LedgerRows {
  charge: Column;
}

export interface ReportRows extends LedgerRows {
  netMinor: Column;
  netCurrency: Column;
  own: Column;
  payout: Column;
}

export interface Books {
  ledger: LedgerSide;
  report: ReportRows;
  bank: readonly BankEntry[];
  references: Names;
  /** Processors and currencies. */
  names: Names;
  addLedger(row: LedgerRow): void;
  addReport(row: ReportRow): void;
  addBank(entry: BankEntry): void;
}

export function createBooks(): Books {
  const [references, names] = [createNames(), createNames()];
  const ledger: LedgerSide = {
    ...ledgerRows(),
    feeMinor: createSparseColumn(),
    charge: createColumn('index'),
  };
  const report = reportRows();
  const bank: BankEntry[] = [];
  const reference = (text: string | null) => (text === null ? -1 : references.number(text));
  const kindOf = (kind: RowKind) => rowKinds.indexOf(kind);
  return {
    ledger,
    report,
    bank,
    references,
    names,
    addLedger(row) {
      ledger.amountMinor.add(row.amountMinor);
      ledger.feeMinor.add(row.feeMinor ?? Number.NaN);
      ledger.atMs.add(row.bookedMs);
      ledger.processor.add(names.number(row.processor));
      ledger.kind.add(kindOf(row.kind));
      ledger.currency.add(names.number(row.currency));
      ledger.ours.add(references.number(row.ourReference));
      ledger.charge.add(reference(row.chargeReference ?? null));
      ledger.payment.add(reference(row.paymentReference));
      ledger.count++;
    },
    addReport(row) {
      report.amountMinor.add(row.amountMinor);
      report.feeMinor.add(row.feeMinor);
      report.netMinor.add(row.netMinor);
      report.atMs.add(
        row.availableOn === null ? row.occurredMs : Math.max(row.occurredMs, Date.parse(row.availableOn)),
      );
      report.processor.add(names.number(row.processor));
      report.kind.add(kindOf(row.kind));
      report.currency.add(names.number(row.currency));
      report.netCurrency.add(names.number(row.netCurrency));
      report.ours.add(reference(row.ourReference));
      report.payment.add(reference(row.paymentReference));
      report.own.add(references.number(row.processorReference));
      report.payout.add(reference(row.payoutReference));
      report.count++;
    },
    addBank(entry) {
      bank.push(entry);
    },
  };
}

export function isPayout(kind: RowKind): boolean {
  return kind === 'payout' || kind === 'payout_failed';
}

export function kindOf(rows: LedgerRows, row: number): RowKind {
  return present(rowKinds[rows.kind.at(row)], 'kind');
}

/** Numbers in a growing array; amounts and times are safe integers, so that a double holds them exactly. */
export interface Column {
  add(value: number): void;
  at(row: number): number;
}

const columnChunk = 65_536;

/** `amount` for what may be any safe integer, `index` for numbers of rows and texts, `code` for one of a few. */
const arrays = { amount: Float64Array, index: Int32Array, code: Uint16Array };

/** In chunks: a column that grew by copying would take twice its size while it does. */
export function createColumn(width: keyof typeof arrays): Column {
  const chunks: (Float64Array | Int32Array | Uint16Array)[] = [];
  let count = 0;
  return {
    add(value) {
      const at = count++ % columnChunk;
      if (at === 0) chunks.push(new arrays[width](columnChunk));
      const chunk = present(chunks.at(-1), 'chunk');
      chunk[at] = value;
      assert(Object.is(chunk[at], value), 'a column is wide enough');
    },
    at: (row) => present(chunks[Math.floor(row / columnChunk)]?.[row % columnChunk], 'row'),
  };
}

/** Amounts that are NaN for most rows or for all: a chunk without any takes no memory. */
function createSparseColumn(): Column {
  const chunks: (Float64Array | undefined)[] = [];
  let count = 0;
  return {
    add(value) {
      const at = count++;
      if (Number.isNaN(value)) return;
      const chunk = Math.floor(at / columnChunk);
      chunks[chunk] ??= new Float64Array(columnChunk).fill(Number.NaN);
      chunks[chunk][at % columnChunk] = value;
    },
    at: (row) => chunks[Math.floor(row / columnChunk)]?.[row % columnChunk] ?? Number.NaN,
  };
}

function ledgerRows(): LedgerRows {
  return {
    count: 0,
    amountMinor: createColumn('amount'),
    feeMinor: createColumn('amount'),
    atMs: createColumn('amount'),
    processor: createColumn('code'),
    kind: createColumn('code'),
    currency: createColumn('code'),
    ours: createColumn('index'),
    payment: createColumn('index'),
  };
}

function reportRows(): ReportRows {
  return {
    ...ledgerRows(),
    netMinor: createColumn('amount'),
    netCurrency: createColumn('code'),
    own: createColumn('index'),
    payout: createColumn('index'),
  };
}

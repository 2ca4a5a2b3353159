// The sides of a reconciliation in memory, as columns: a million rows against a million fit because a row is a few numbers,
// and each reference is held once, however many rows and sides carry it.
import { present } from '../../kit/assert.ts';
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
  const ledger: LedgerSide = { ...ledgerRows(), charge: createColumn() };
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

/** From the narrowest on; a double holds every safe integer, and NaN. */
const widths = [Uint8Array, Int32Array, Float64Array] as const;
type Values = InstanceType<(typeof widths)[number]>;

/**
 * In chunks: a column that grew by copying would take twice its size while it does. Each chunk is as narrow as what is in it
 * allows, and one of a single value, as most codes and all fees that nobody agreed are, is that value.
 */
export function createColumn(): Column {
  const chunks: (number | Values)[] = [];
  let count = 0;
  return {
    add(value) {
      const at = count++ % columnChunk;
      if (at === 0) chunks.push(value);
      const last = chunks.length - 1;
      const chunk = present(chunks[last], 'chunk');
      if (typeof chunk === 'number') {
        if (!Object.is(chunk, value)) chunks[last] = widened(chunk, at, value);
        return;
      }
      chunk[at] = value;
      if (!Object.is(chunk[at], value)) chunks[last] = widened(chunk, at, value);
    },
    at(row) {
      const chunk = present(chunks[Math.floor(row / columnChunk)], 'row');
      return typeof chunk === 'number' ? chunk : present(chunk[row % columnChunk], 'row');
    },
  };
}

/** What the chunk held, `held` in every place before `at` or an array, and the new value, in the narrowest width for both. */
function widened(held: number | Values, at: number, value: number): Values {
  for (const width of widths) {
    if (typeof held !== 'number' && held.BYTES_PER_ELEMENT >= width.BYTES_PER_ELEMENT) continue;
    const wide = new width(columnChunk);
    if (typeof held === 'number') wide.fill(held, 0, at);
    else wide.set(held);
    wide[at] = value;
    const isHeld = typeof held !== 'number' || Object.is(wide[0], held);
    if (isHeld && Object.is(wide[at], value)) return wide;
  }
  throw new Error(`assertion failed: a double holds ${value}`);
}

function ledgerRows(): LedgerRows {
  return {
    count: 0,
    amountMinor: createColumn(),
    feeMinor: createColumn(),
    atMs: createColumn(),
    processor: createColumn(),
    kind: createColumn(),
    currency: createColumn(),
    ours: createColumn(),
    payment: createColumn(),
  };
}

function reportRows(): ReportRows {
  return {
    ...ledgerRows(),
    netMinor: createColumn(),
    netCurrency: createColumn(),
    own: createColumn(),
    payout: createColumn(),
  };
}

// A recorded trading day (CSV) read as invoices. What cannot be sold is counted by its reason, never dropped silently.
import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { Sku } from '../../contract/checkout.ts';
import { limits } from '../../contract/limits.ts';
import { Price } from '../../contract/money.ts';
import { TrialError } from '../error.ts';

/** A row that can be sold or given back: quantity and price above zero. */
export interface Row {
  sku: string;
  /** The description as recorded: possibly empty or odd. */
  name: string;
  quantity: number;
  price: Price;
}

export interface Invoice {
  number: string;
  kind: 'sale' | 'cancellation';
  rows: Row[];
}

export type RowReason =
  | 'row_malformed'
  | 'row_sku_unusable'
  | 'row_quantity_not_positive'
  | 'row_price_not_positive'
  | 'row_price_too_fine'
  | 'row_above_limit';

export interface Day {
  /** In the order of their first row; those with no row to sell are there too. */
  invoices: Invoice[];
  rejectedRows: Map<RowReason, number>;
}

const columns = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** @throws TrialError input_unusable when the file cannot be read or is no CSV of this form */
export async function readDay(file: string): Promise<Day> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 64 * 1024,
  });
  const stream = createReadStream(file);
  stream.on('error', (error) => parser.destroy(error));
  stream.pipe(parser);

  const invoices = new Map<string, Invoice>();
  const rejectedRows = new Map<RowReason, number>();
  let headerSeen = false;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (!headerSeen) {
        assertHeader(record, file);
        headerSeen = true;
        continue;
      }
      const rejected = take(record, invoices);
      if (rejected) rejectedRows.set(rejected, (rejectedRows.get(rejected) ?? 0) + 1);
    }
  } catch (error) {
    throw asInputError(error, file);
  } finally {
    stream.destroy();
  }
  if (!headerSeen) throw wrongForm(file);
  return { invoices: [...invoices.values()], rejectedRows };
}

/** Adds the record to its invoice, or says why not. */
function take(record: string[], invoices: Map<string, Invoice>): RowReason | null {
  const [number = '', sku = '', name = '', quantityText = '', , priceText = ''] = record.map((field) =>
    field.trim(),
  );
  if (number === '') return 'row_malformed';
  const invoice = invoices.get(number) ?? newInvoice(number);
  invoices.set(number, invoice);
  if (record.length !== columns.length) return 'row_malformed';
  const row = readRow(sku, name, quantityText, priceText, invoice.kind);
  if (typeof row === 'string') return row;
  invoice.rows.push(row);
  return null;
}

function newInvoice(number: string): Invoice {
  return { number, kind: number.startsWith('C') ? 'cancellation' : 'sale', rows: [] };
}

/** A cancellation counts by its absolute amounts. */
function readRow(
  sku: string,
  name: string,
  quantityText: string,
  priceText: string,
  kind: Invoice['kind'],
): Row | RowReason {
  if (!/^-?\d+$/.test(quantityText) || !/^-?\d+(\.\d+)?$/.test(priceText)) return 'row_malformed';
  if (!Sku.safeParse(sku).success) return 'row_sku_unusable';
  const absolute = kind === 'cancellation';
  const quantity = absolute ? Math.abs(Number(quantityText)) : Number(quantityText);
  if (quantity <= 0) return 'row_quantity_not_positive';
  const price = priceOf(absolute ? priceText.replace('-', '') : priceText);
  if (price === 'row_price_too_fine' || price === 'row_price_not_positive') return price;
  if (quantity > limits.lineQuantityMax || !Price.safeParse(price).success) return 'row_above_limit';
  return { sku, name, quantity, price };
}

/** Pounds as text to whole pence per 1, 10, 100 or 1000 pieces: exact, without a floating-point step. */
export function priceOf(pounds: string): Price | 'row_price_too_fine' | 'row_price_not_positive' {
  const [whole = '', fraction = ''] = pounds.split('.');
  if (whole.startsWith('-') || /^[0.]*$/.test(pounds)) return 'row_price_not_positive';
  const digits = fraction.replace(/0+$/, '').padEnd(2, '0');
  const baseQuantity = baseQuantities[digits.length - 2];
  if (baseQuantity === undefined) return 'row_price_too_fine';
  return { priceMinor: Number(whole + digits), baseQuantity };
}

const baseQuantities = [1, 10, 100, 1000] as const;

function assertHeader(record: string[], file: string): void {
  if (columns.some((column, i) => record[i] !== column)) throw wrongForm(file);
}

function wrongForm(file: string): TrialError {
  return new TrialError(
    'input_unusable',
    `${file} does not begin with the columns of a recorded day`,
    `Its first line must be ${columns.join(',')}`,
  );
}

function asInputError(error: unknown, file: string): unknown {
  if (error instanceof CsvError) {
    return new TrialError(
      'input_unusable',
      `${file}: ${error.message}`,
      'Correct the file at that line.',
      error,
    );
  }
  if (error instanceof Error && 'code' in error && 'path' in error) {
    return new TrialError('input_unusable', error.message, 'Name files that exist and can be read.', error);
  }
  return error;
}

// The settlement details report as CSV, with the columns and words of Adyen's, and what may be wrong with it on request.
// A batch for each currency, as Adyen pays out: its sales, refunds and fees, then the payout of what is left.
import type { Movement } from './books.ts';

export const reportFaults = [
  'missing',
  'doubled',
  'malformed',
  'foreign_currency',
  'amount_differs',
  'truncated',
] as const;
export type ReportFault = (typeof reportFaults)[number];

export interface ReportQuestion {
  fromMs: number;
  /** Not itself within. */
  toMs: number;
  /** The first batch's number; each further currency's is one more. */
  batch: number;
  faults: readonly ReportFault[];
}

export interface Planted {
  fault: ReportFault;
  pspReference: string;
  modificationReference: string;
}

const columns = [
  'Company Account',
  'Merchant Account',
  'Psp Reference',
  'Merchant Reference',
  'Payment Method',
  'Creation Date',
  'TimeZone',
  'Type',
  'Modification Reference',
  'Gross Currency',
  'Gross Debit (GC)',
  'Gross Credit (GC)',
  'Exchange Rate',
  'Net Currency',
  'Net Debit (NC)',
  'Net Credit (NC)',
  'Commission (NC)',
  'Markup (NC)',
  'Scheme Fees (NC)',
  'Interchange (NC)',
  'Payment Method Variant',
  'Modification Merchant Reference',
  'Batch Number',
] as const;
type Row = Partial<Record<(typeof columns)[number], string>>;

/** The file, and what was planted in it: each fault asked for is put into a row of its own, while there are rows. */
export function settlementReport(
  movements: readonly Movement[],
  question: ReportQuestion,
): { csv: string; planted: Planted[] } {
  const within = movements.filter(({ atMs }) => atMs >= question.fromMs && atMs < question.toMs);
  const currencies = [...new Set(within.map(({ amount }) => amount.currency))].sort();
  const planted: Planted[] = [];
  const waiting = [...question.faults].filter((fault) => fault !== 'truncated');
  const rows = currencies.flatMap((currency, index) => {
    const ofBatch = within.filter(({ amount }) => amount.currency === currency);
    const batch = String(question.batch + index);
    const lines = ofBatch.flatMap((movement) => {
      const row = { ...rowOf(movement), 'Batch Number': batch };
      const fault = waiting.shift();
      if (fault === undefined) return [row];
      planted.push({ fault, ...referencesOf(movement) });
      return broken(row, fault);
    });
    return [...lines, payoutRow(ofBatch, batch, question.toMs)];
  });
  const csv = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
    .join('');
  const last = within.at(-1);
  if (!question.faults.includes('truncated') || last === undefined) return { csv, planted };
  // In the middle of the last row but one, which is the last sale's or refund's of its batch.
  const cut = csv.lastIndexOf('\r\n', csv.lastIndexOf('\r\n', csv.length - 3) - 1) + 2;
  const end = csv.indexOf('\r\n', cut);
  planted.push({ fault: 'truncated', ...referencesOf(last) });
  return { csv: csv.slice(0, cut + Math.floor((end - cut) / 2)), planted };
}

function referencesOf({ payment, modificationReference }: Movement): Omit<Planted, 'fault'> {
  return { pspReference: payment.pspReference, modificationReference };
}

/** Counted with two decimals by Adyen, and paid in whole units. */
const whole: ReadonlySet<string> = new Set(['CLP', 'ISK']);

/** Interchange 0.3 %, scheme fees 0.1 %, both rounded down, and 10 of the smallest unit: fees to reconcile, not Adyen's prices. */
function feesOf({ type, amount }: Movement): { interchange: number; scheme: number; markup: number } {
  const unit = whole.has(amount.currency) ? 100 : 1;
  const share = (perMille: number) => Math.floor((amount.value * perMille) / (1000 * unit)) * unit;
  const markup = 10 * unit;
  return type === 'Settled'
    ? { interchange: share(3), scheme: share(1), markup }
    : { interchange: 0, scheme: 0, markup };
}

function netOf(movement: Movement): number {
  const { interchange, scheme, markup } = feesOf(movement);
  const gross = movement.type === 'Refunded' ? -movement.amount.value : movement.amount.value;
  return gross - interchange - scheme - markup;
}

function rowOf(movement: Movement): Row {
  const { payment, amount, type } = movement;
  const { currency, value } = amount;
  const fees = feesOf(movement);
  const money = (minor: number) => decimal(minor, currency);
  return {
    'Company Account': 'HoldfastSandbox',
    'Merchant Account': payment.merchantAccount,
    'Psp Reference': payment.pspReference,
    'Merchant Reference': payment.reference,
    'Payment Method': 'visa',
    'Creation Date': timeOf(movement.atMs),
    TimeZone: 'UTC',
    Type: type,
    'Modification Reference': movement.modificationReference,
    'Gross Currency': currency,
    [type === 'Refunded' ? 'Gross Debit (GC)' : 'Gross Credit (GC)']: money(value),
    'Exchange Rate': '1',
    'Net Currency': currency,
    ...netCells(netOf(movement), currency),
    'Markup (NC)': money(fees.markup),
    'Scheme Fees (NC)': money(fees.scheme),
    'Interchange (NC)': money(fees.interchange),
    'Payment Method Variant': 'visastandarddebit',
    'Modification Merchant Reference': movement.modificationMerchantReference,
  };
}

function payoutRow(movements: readonly Movement[], batch: string, atMs: number): Row {
  const currency = movements[0]?.amount.currency ?? '';
  const total = movements.reduce((sum, movement) => sum + netOf(movement), 0);
  return {
    'Company Account': 'HoldfastSandbox',
    'Merchant Account': movements[0]?.payment.merchantAccount ?? '',
    'Creation Date': timeOf(atMs - 1),
    TimeZone: 'UTC',
    Type: 'MerchantPayout',
    'Modification Reference': `TX${batch.padStart(8, '0')}`,
    'Net Currency': currency,
    ...netCells(-total, currency),
    'Batch Number': batch,
  };
}

function netCells(minor: number, currency: string): Row {
  return minor < 0
    ? { 'Net Debit (NC)': decimal(-minor, currency) }
    : { 'Net Credit (NC)': decimal(minor, currency) };
}

function broken(row: Row, fault: Exclude<ReportFault, 'truncated'> | ReportFault): Row[] {
  switch (fault) {
    case 'missing':
      return [];
    case 'doubled':
      return [row, row];
    case 'malformed':
      return [{ ...row, 'Net Credit (NC)': '12.3.4' }];
    case 'foreign_currency':
      // Settled in another currency than it was sold in, without the fees' columns.
      return [
        {
          ...row,
          'Exchange Rate': '1',
          'Net Currency': row['Gross Currency'] === 'USD' ? 'EUR' : 'USD',
          'Markup (NC)': '',
          'Scheme Fees (NC)': '',
          'Interchange (NC)': '',
        },
      ];
    case 'amount_differs': {
      const side = row['Gross Debit (GC)'] === undefined ? 'Gross Credit (GC)' : 'Gross Debit (GC)';
      return [
        {
          ...row,
          [side]: `1${row[side]}`,
          'Markup (NC)': '',
          'Scheme Fees (NC)': '',
          'Interchange (NC)': '',
        },
      ];
    }
    case 'truncated':
      return [row];
  }
}

/** The digits that Adyen counts a currency with, where they are not 2. */
const digits: Readonly<Record<string, number>> = {
  ...Object.fromEntries('BHD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  ...Object.fromEntries(
    'CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
};

function decimal(minor: number, currency: string): string {
  const places = digits[currency] ?? 2;
  const text = String(minor).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

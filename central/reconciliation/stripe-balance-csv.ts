// Stripe's balance transactions as CSV: the itemised balance and payout reconciliation reports, and the dashboard's export.
// Columns: docs.stripe.com/reports/report-types/payout-reconciliation; categories: docs.stripe.com/reports/reporting-categories.

import { kindByCategory } from '../processors/stripe-categories.ts';
import { referenceKey } from '../processors/stripe-objects.ts';
import { isoDay } from './dates.ts';
import type { Bytes } from './lines.ts';
import { type Cells, type ReportColumns, readReportCsv } from './report-csv.ts';
import type { ReportItem, ReportRow } from './report-row.ts';

const names = {
  id: ['balance_transaction_id', 'id'],
  created: ['created_utc', 'created', 'created (utc)'],
  available: ['available_on_utc', 'available_on', 'available on (utc)'],
  currency: ['currency'],
  gross: ['gross', 'amount'],
  fee: ['fee'],
  net: ['net'],
  category: ['reporting_category', 'type'],
  source: ['source_id', 'source'],
  intent: ['payment_intent_id'],
  charge: ['charge_id'],
  payout: ['automatic_payout_id', 'payout_id', 'transfer'],
  ofRefund: [`refund_metadata[${referenceKey}]`],
  ourReference: [
    `payment_metadata[${referenceKey}]`,
    `charge_metadata[${referenceKey}]`,
    `${referenceKey} (metadata)`,
  ],
  customerAmount: ['customer_facing_amount', 'customer facing amount'],
  customerCurrency: ['customer_facing_currency', 'customer facing currency'],
} as const;
type Column = keyof typeof names;

const columns: ReportColumns<Column> = {
  report: "CSV file of Stripe's balance transactions",
  names,
  required: ['id', 'created', 'currency', 'gross', 'fee', 'net', 'category'],
  hint: "Download 'Itemized' under Payout reconciliation or Balance in Stripe's reports.",
};

/**
 * The balance transactions of such a file. Times without an offset are UTC.
 * @throws CommandError file_malformed when it is no such file
 */
export function readStripeBalanceCsv(bytes: Bytes): AsyncGenerator<ReportItem> {
  return readReportCsv(bytes, columns, rowOf);
}

function rowOf(cells: Cells<Column>): ReportRow {
  const kind = kindByCategory.get(cells.text('category')) ?? cells.wrong('kind_unknown', 'category');
  const netCurrency = cells.currency('currency');
  const grossMinor = cells.amount('gross', netCurrency);
  const feeMinor = cells.amount('fee', netCurrency, 'optional');
  const netMinor = cells.amount('net', netCurrency);
  if (grossMinor - feeMinor !== netMinor) cells.wrong('amounts_disagree', 'net');
  const processorReference = cells.reference('id') ?? cells.wrong('reference_missing', 'id');
  const isPayout = kind === 'payout' || kind === 'payout_failed';
  const isRefund = kind === 'refund' || kind === 'refund_failed';
  return {
    processor: 'stripe',
    kind,
    processorReference,
    // What our adapter knows a payment by is its intent.
    paymentReference: cells.reference('intent') ?? cells.reference('charge') ?? cells.reference('source'),
    ourReference: (isRefund ? cells.reference('ofRefund') : null) ?? cells.reference('ourReference'),
    ...charged(cells, { amountMinor: grossMinor, currency: netCurrency }),
    feeMinor,
    netMinor,
    netCurrency,
    occurredMs: cells.moment('created'),
    availableOn: availableOn(cells),
    // A payout's own row names it as its source where the report has no column for payouts.
    payoutReference: cells.reference('payout') ?? (isPayout ? cells.reference('source') : null),
    line: cells.line,
  };
}

/** What the card holder paid: in another currency than ours when Stripe converted it. */
function charged(
  cells: Cells<Column>,
  settled: { amountMinor: number; currency: string },
): { amountMinor: number; currency: string } {
  if (cells.text('customerCurrency') === '' || cells.text('customerAmount') === '') return settled;
  const currency = cells.currency('customerCurrency');
  if (currency === settled.currency) return settled;
  const amountMinor = Math.abs(cells.amount('customerAmount', currency));
  // The export gives it without a sign.
  return { amountMinor: settled.amountMinor < 0 ? -amountMinor : amountMinor, currency };
}

function availableOn(cells: Cells<Column>): string | null {
  const text = cells.text('available');
  return text === '' ? null : (isoDay(text) ?? cells.wrong('date_malformed', 'available'));
}

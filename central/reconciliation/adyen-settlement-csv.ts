// Adyen's settlement details report as CSV: docs.adyen.com/reporting/settlement-reconciliation/transaction-level/.
// Credits are for us, debits against us; GC is the currency of the sale, NC that of the settlement.
import { isZone } from './dates.ts';
import type { Bytes } from './lines.ts';
import { type Cells, type ReportColumns, readReportCsv } from './report-csv.ts';
import type { ReportItem, ReportRow, RowKind } from './report-row.ts';

const names = {
  psp: ['psp reference'],
  merchant: ['merchant reference'],
  created: ['creation date'],
  zone: ['timezone'],
  type: ['type'],
  modification: ['modification reference'],
  grossCurrency: ['gross currency'],
  grossDebit: ['gross debit (gc)', 'gross debit'],
  grossCredit: ['gross credit (gc)', 'gross credit'],
  netCurrency: ['net currency'],
  netDebit: ['net debit (nc)', 'net debit'],
  netCredit: ['net credit (nc)', 'net credit'],
  commission: ['commission (nc)', 'commission'],
  markup: ['markup (nc)', 'markup'],
  schemeFees: ['scheme fees (nc)', 'scheme fees'],
  interchange: ['interchange (nc)', 'interchange'],
  modificationMerchant: ['modification merchant reference'],
  batch: ['batch number'],
  account: ['merchant account'],
} as const;
type Column = keyof typeof names;

const columns: ReportColumns<Column> = {
  report: "CSV file of Adyen's settlement details",
  names,
  required: ['psp', 'merchant', 'created', 'type', 'netCurrency', 'netDebit', 'netCredit', 'batch'],
  hint: 'Download the Settlement details report, as CSV, in the Customer Area.',
};

const feeColumns = ['commission', 'markup', 'schemeFees', 'interchange'] as const;

/** Adyen's journal types; in lower case. */
const kindByType: ReadonlyMap<string, RowKind> = new Map(
  Object.entries({
    charge: ['Settled', 'SettledInInstallments', 'BulkSettlement', 'SettledExternally'],
    refund: ['Refunded', 'RefundedInInstallments', 'RefundedExternally', 'PaidOut'],
    refund_failed: ['RefundedReversed', 'PaidOutReversed'],
    dispute: ['Chargeback', 'SecondChargeback', 'ChargebackExternally'],
    dispute_reversed: ['ChargebackReversed', 'ChargebackReversedExternally'],
    fee: ['Fee', 'PaymentCost', 'InvoiceDeduction'],
    payout: ['MerchantPayout', 'MerchantPayin'],
    payout_failed: ['MerchantPayoutReversed'],
    transfer: ['Balancetransfer', 'InternalCompanyPayout', 'Transfer'],
    reserve: ['DepositCorrection', 'ReserveAdjustment', 'Reserve', 'ReleaseReserve'],
    adjustment: ['MiscCosts', 'ManualCorrected', 'ManualCorrection', 'Correction', 'AdvancementCommission'],
  }).flatMap(([kind, types]) =>
    types.map((type): [string, RowKind] => [type.toLowerCase(), kind as RowKind]),
  ),
);

/**
 * The rows of such a file. Times are read in the zone that each row names.
 * @throws CommandError file_malformed when it is no such file
 */
export function readAdyenSettlementCsv(bytes: Bytes): AsyncGenerator<ReportItem> {
  return readReportCsv(bytes, columns, rowOf);
}

function rowOf(cells: Cells<Column>): ReportRow {
  const type = cells.text('type');
  const kind = kindByType.get(type.toLowerCase()) ?? cells.wrong('kind_unknown', 'type');
  const zone = cells.text('zone') || 'UTC';
  if (!isZone(zone)) cells.wrong('zone_unknown', 'zone');
  const batch = cells.reference('batch') ?? cells.wrong('reference_missing', 'batch');
  const psp = cells.reference('psp');
  return {
    processor: 'adyen',
    kind,
    processorReference: movementReference(cells, { batch, psp, type }),
    paymentReference: psp,
    ourReference: psp === null ? null : ourReference(cells, kind),
    ...amounts(cells, psp !== null),
    occurredMs: cells.moment('created', zone),
    availableOn: null,
    payoutReference: cells.text('account') === '' ? batch : `${cells.text('account')}/${batch}`,
    line: cells.line,
  };
}

/** A refund goes by the reference it was asked for with, a sale by that of its payment. */
function ourReference(cells: Cells<Column>, kind: RowKind): string | null {
  const payment = cells.reference('merchant');
  const isRefund = kind === 'refund' || kind === 'refund_failed';
  return isRefund ? (cells.reference('modificationMerchant') ?? payment) : payment;
}

/** A modification (capture, refund) has a reference of its own; what belongs to no payment is told apart by its words. */
function movementReference(
  cells: Cells<Column>,
  { batch, psp, type }: { batch: string; psp: string | null; type: string },
): string {
  const modification = cells.text('modification');
  if (psp !== null) return `${type}/${modification || psp}`;
  return [type, batch, modification, cells.text('modificationMerchant')]
    .filter((part) => part !== '')
    .join('/');
}

function amounts(
  cells: Cells<Column>,
  ofPayment: boolean,
): Pick<ReportRow, 'amountMinor' | 'currency' | 'feeMinor' | 'netMinor' | 'netCurrency'> {
  const netCurrency = cells.currency('netCurrency');
  const netMinor =
    cells.amount('netCredit', netCurrency, 'optional') - cells.amount('netDebit', netCurrency, 'optional');
  // Fees, payouts and transfers of balance have no gross side.
  if (!ofPayment || cells.text('grossCurrency') === '') {
    return { amountMinor: netMinor, currency: netCurrency, feeMinor: 0, netMinor, netCurrency };
  }
  const currency = cells.currency('grossCurrency');
  const amountMinor =
    cells.amount('grossCredit', currency, 'optional') - cells.amount('grossDebit', currency, 'optional');
  const listedMinor = feeColumns.reduce(
    (sum, column) => sum + cells.amount(column, netCurrency, 'optional'),
    0,
  );
  // Converted sales cannot be added up across the currencies, and a report may come without its columns of fees.
  const feeMinor = currency === netCurrency ? amountMinor - netMinor : listedMinor;
  const listed = feeColumns.some((column) => cells.text(column) !== '');
  if (listed && listedMinor !== feeMinor) cells.wrong('amounts_disagree', 'netCredit');
  return { amountMinor, currency, feeMinor, netMinor, netCurrency };
}

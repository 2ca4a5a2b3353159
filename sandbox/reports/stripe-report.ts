// Stripe's report of balance transactions as CSV, with the faults that were planted in it. Columns and categories are those of
// the itemised payout reconciliation: https://docs.stripe.com/reports/report-types/payout-reconciliation
import { type Fault, placeOf, type Target } from '../faults.ts';
import { netOf, paymentOfRow, sourceIdOf } from '../stripe/balance.ts';
import type { Books } from '../stripe/books.ts';
import { decimalText } from '../stripe/money.ts';
import type { BalanceTransaction, Payout } from '../stripe/rows.ts';

/** Our reference as central sends it along; reports have a column for each key of the metadata that is asked for. */
const referenceKey = 'holdfast_reference';
const rowsAtOnce = 500;

export interface Period {
  fromMs: number;
  /** Not included. */
  toMs: number;
}

/**
 * The rows of a report in their order.
 * @param by `payout`: what the payouts of the period paid out, each with its own row behind; `created`: what moved then
 */
export function reportRows(
  books: Books,
  { fromMs, toMs }: Period,
  by: 'payout' | 'created',
): BalanceTransaction[] {
  const within = ({ createdMs }: { createdMs: number }) => createdMs >= fromMs && createdMs < toMs;
  if (by === 'created') return [...books.balance.values()].filter(within);
  return [...books.payouts.values()].filter(within).flatMap(rowsOfPayout);
}

/** A payout that came back is shown with the one that it was, and not with the next, which pays it out again. */
function rowsOfPayout({ rows, balance, failure }: Payout): BalanceTransaction[] {
  const parts = rows.filter(({ category }) => category !== 'payout_reversal');
  return [...parts, ...(balance === null ? [] : [balance]), ...(failure === null ? [] : [failure])];
}

export function reportTargets(rows: readonly BalanceTransaction[]): Target[] {
  return rows.map((row) => ({
    id: row.id,
    ourReference: ourReferenceOf(row),
    payout: row.payout?.id ?? null,
    currency: row.currency,
    isPayout: row.source.kind === 'payout',
  }));
}

/** The lines of the report, several at a time. */
export function* reportLines(
  rows: readonly BalanceTransaction[],
  faults: readonly Fault[],
): Generator<string> {
  const byTarget = new Map(faults.map((fault) => [placeOf(fault), fault]));
  let text = `${header.join(',')}\n`;
  for (const [at, row] of rows.entries()) {
    const fault = byTarget.get(row.id);
    if (fault?.kind === 'truncated') {
      const line = lineOf(row);
      yield text + line.slice(0, line.length / 2);
      return;
    }
    text += linesOf(row, fault);
    if (at % rowsAtOnce === rowsAtOnce - 1) {
      yield text;
      text = '';
    }
  }
  yield text;
}

function linesOf(row: BalanceTransaction, fault: Fault | undefined): string {
  switch (fault?.kind) {
    case 'row_missing':
      return '';
    case 'row_doubled':
      return lineOf(row) + lineOf(row);
    case 'row_unknown':
      return lineOf(row) + lineOf(row, unknownCells(fault.target));
    case 'amount_other':
      return lineOf({ ...row, amount: row.amount + fault.offBy });
    case 'fee_other':
      return lineOf({ ...row, fee: row.fee + fault.offBy });
    case 'amount_malformed':
      return lineOf(row, { gross: `${decimalText(row.amount, row.currency)}.0` });
    case 'date_malformed':
      return lineOf(row, { created_utc: '2026-02-30 25:61:00' });
    case 'quote_open':
      return lineOf(row, { description: '"Sale' });
    default:
      return lineOf(row);
  }
}

/** A row that the sandbox has no payment for. */
function unknownCells(name: string): Partial<Record<Column, string>> {
  const nameless = { charge_id: `ch_${name}`, payment_intent_id: `pi_${name}`, source_id: `ch_${name}` };
  return {
    ...nameless,
    balance_transaction_id: name,
    [`payment_metadata[${referenceKey}]`]: '',
    [`refund_metadata[${referenceKey}]`]: '',
  };
}

const header = [
  'automatic_payout_id',
  'automatic_payout_effective_at_utc',
  'balance_transaction_id',
  'created_utc',
  'available_on_utc',
  'currency',
  'gross',
  'fee',
  'net',
  'reporting_category',
  'source_id',
  'description',
  'customer_facing_amount',
  'customer_facing_currency',
  'charge_id',
  'payment_intent_id',
  'refund_id',
  'dispute_id',
  'dispute_reason',
  `payment_metadata[${referenceKey}]`,
  `refund_metadata[${referenceKey}]`,
] as const;
type Column = (typeof header)[number];

function lineOf(row: BalanceTransaction, wrong: Partial<Record<Column, string>> = {}): string {
  const cells = { ...cellsOf(row), ...wrong };
  return `${header.map((column) => cells[column]).join(',')}\n`;
}

function cellsOf(row: BalanceTransaction): Record<Column, string> {
  const { source, currency, exchange } = row;
  const payment = paymentOfRow(row);
  const payout = row.category === 'payout_reversal' ? null : row.payout;
  const paid = exchange ?? row;
  const isCustomers = source.kind === 'charge' || source.kind === 'refund';
  return {
    automatic_payout_id: payout?.id ?? '',
    automatic_payout_effective_at_utc: payout === null ? '' : momentOf(payout.createdMs),
    balance_transaction_id: row.id,
    created_utc: momentOf(row.createdMs),
    available_on_utc: momentOf(row.availableMs),
    currency,
    gross: decimalText(row.amount, currency),
    fee: decimalText(row.fee, currency),
    net: decimalText(netOf(row), currency),
    reporting_category: row.category,
    source_id: sourceIdOf(row),
    description: source.kind === 'payout' ? 'STRIPE PAYOUT' : 'Sale',
    customer_facing_amount: isCustomers ? decimalText(paid.amount, paid.currency) : '',
    customer_facing_currency: isCustomers ? paid.currency : '',
    charge_id: payment?.chargeId ?? '',
    payment_intent_id: payment?.id ?? '',
    refund_id: source.kind === 'refund' ? source.refund.id : '',
    dispute_id: source.kind === 'dispute' ? source.dispute.id : '',
    dispute_reason: source.kind === 'dispute' ? source.dispute.reason : '',
    [`payment_metadata[${referenceKey}]` as const]: quoted(payment?.metadata[referenceKey] ?? ''),
    [`refund_metadata[${referenceKey}]` as const]:
      source.kind === 'refund' ? quoted(source.refund.metadata[referenceKey] ?? '') : '',
  } as Record<Column, string>;
}

/** Of a refund its own, of all else the payment's. */
function ourReferenceOf(row: BalanceTransaction): string | null {
  const { source } = row;
  const metadata = source.kind === 'refund' ? source.refund.metadata : paymentOfRow(row)?.metadata;
  return metadata?.[referenceKey] ?? null;
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** RFC 4180, where a text needs it. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Refunds of payments of ours that failed while they were still on their way: the ledger never took them for made, the report
// has them and their undoing, and together they are nothing. Pure.
import { type Books, kindOf } from './books.ts';
import type { Placement } from './placing.ts';
import type { RowKind } from './report-row.ts';

interface Open {
  isOpen(row: number): boolean;
  /** Whether the ledger knows the payment. */
  isKnown(reference: number): boolean;
  /** By content, so that the same rows are placed however they came. */
  order(a: number, b: number): number;
}

/** Places each such pair of report rows as matched. */
export function passOverUndone({ report }: Books, placement: Placement, open: Open): void {
  const rowsOf = (kind: RowKind) => {
    const rows: number[] = [];
    for (let row = 0; row < report.count; row++)
      if (kindOf(report, row) === kind && open.isOpen(row)) rows.push(row);
    return rows.sort(open.order);
  };
  const failed = rowsOf('refund_failed');
  if (failed.length === 0) return;
  const keyOf = (row: number) => {
    const names = [report.processor, report.payment, report.currency].map((column) => column.at(row));
    return [...names, Math.abs(report.amountMinor.at(row))].join(' ');
  };
  const refunds = rowsOf('refund').filter((row) => open.isKnown(report.payment.at(row)));
  const made = Map.groupBy(refunds, keyOf);
  for (const row of failed) {
    const refund = made.get(keyOf(row))?.shift();
    if (refund !== undefined) placement.place([refund, row], 'matched');
  }
}

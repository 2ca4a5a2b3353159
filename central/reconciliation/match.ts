// The reconciliation of ledger, processor report and bank: pure. Every row of every side ends in exactly one status, and
// what is not matched becomes a finding. The order in which rows were added changes nothing.
import type { Books, LedgerRows } from './books.ts';
import type { Hearing } from './hearing.ts';
import { matchPayees } from './match-payees.ts';
import { leaveEntries, matchPayouts } from './match-payouts.ts';
import { byContent, type Matching, matchRows, sayReport } from './match-rows.ts';
import type { Transfer } from './payees.ts';
import { createPlacement, type Finding, type Placement, type Side, type Status } from './placing.ts';
import type { MatchRules } from './rules.ts';

export interface Reconciliation {
  ledger: Placement;
  report: Placement;
  bank: Placement;
  /** Of the transfers, by their places. */
  transfers: Placement;
}

/**
 * @param asOfMs the moment by which rows are late or not yet
 * @param payees what our bank should show of payees
 */
export function match(
  books: Books,
  rules: MatchRules,
  asOfMs: number,
  hearing: Hearing,
  payees: readonly Transfer[] = [],
): Reconciliation {
  const [ledger, report] = [createPlacement(books.ledger.count), createPlacement(books.report.count)];
  const bank = createPlacement(books.bank.length);
  const say = (finding: Finding) => {
    ledger.place(finding.ledger, finding.status);
    report.place(finding.report, finding.status);
    bank.place(finding.bank, finding.status);
    hearing.finding(finding);
  };
  const { arrived, tolerated, transferred } = hearing;
  const matching: Matching = { books, rules, asOfMs, ledger, report, bank, say, arrived, tolerated };
  sayDoubled(matching);
  matchRows(matching);
  matchPayouts(matching);
  const transfers = matchPayees({ ...matching, transferred }, payees);
  leaveEntries(matching);
  return { ledger, report, bank, transfers };
}

/** Rows by which the processor reports the same movement again. */
function sayDoubled(matching: Matching): void {
  const { report, references } = matching.books;
  const firstByOwn = new Int32Array(references.count).fill(-1);
  const repeated = new Map<string, number[]>();
  const keyOf = (row: number) => `${report.own.at(row)} ${report.processor.at(row)} ${report.kind.at(row)}`;
  for (let row = 0; row < report.count; row++) {
    const own = report.own.at(row);
    const first = firstByOwn[own] ?? -1;
    if (first === -1) {
      firstByOwn[own] = row;
      continue;
    }
    const key = keyOf(row);
    repeated.set(key, [...(repeated.get(key) ?? (keyOf(first) === key ? [first] : [])), row]);
  }
  for (const rows of repeated.values()) {
    for (const row of rows.sort(byContent(matching.books, report)).slice(1))
      sayReport(matching, row, 'doubled');
  }
}

/** Rows and sums of one side by currency and status, exact: together they are those of the side. */
export function totalsOf(
  books: Books,
  { ledger, report, bank }: Pick<Reconciliation, Side>,
  side: Side,
): Totals {
  const totals: Totals = new Map();
  const add = (currency: string, status: Status | undefined, amountMinor: number) => {
    if (status === undefined) return;
    const byStatus = totals.get(currency) ?? new Map<Status, Total>();
    totals.set(currency, byStatus);
    const total = byStatus.get(status) ?? { rows: 0, amountMinor: 0n };
    byStatus.set(status, total);
    total.rows++;
    total.amountMinor += BigInt(amountMinor);
  };
  const addRows = (rows: LedgerRows, placement: Placement) => {
    for (let row = 0; row < rows.count; row++) {
      add(books.names.text(rows.currency.at(row)), placement.of(row), rows.amountMinor.at(row));
    }
  };
  if (side === 'ledger') addRows(books.ledger, ledger);
  if (side === 'report') addRows(books.report, report);
  if (side === 'bank')
    for (const [at, entry] of books.bank.entries()) add(entry.currency, bank.of(at), entry.amountMinor);
  return totals;
}

export interface Total {
  rows: number;
  amountMinor: bigint;
}
export type Totals = Map<string, Map<Status, Total>>;

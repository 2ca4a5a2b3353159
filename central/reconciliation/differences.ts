// What a matching found, as differences that become exceptions: each with a key that makes it the same one in the next run.
import { present } from '../../kit/assert.ts';
import type { Books, Column } from './books.ts';
import { createColumn } from './books.ts';
import type { ExceptionRow, ExceptionStatus } from './exceptions.ts';
import { createNames, type Names } from './names.ts';
import type { Transfer } from './payees.ts';
import { type Finding, type Status, statuses } from './placing.ts';

export interface FoundDifference {
  key: string;
  status: ExceptionStatus;
  processor: string;
  reference: string;
  currency: string;
  amountMinor: bigint;
  differenceMinor: bigint | null;
  sinceMs: number;
  rows: ExceptionRow[];
  rowsCount: number;
}

/** An exception shows the first rows that it is about. */
export const shownRowsMax = 20;

/** Where the rows of reports and statements stand, by the places in which they were added. */
export interface Origins {
  report: Origin;
  bank: Origin;
  /** The short name of our account, by the place of the bank's entry. */
  bankAccount(entry: number): string;
}

export interface Origin {
  file: Column;
  item: Column;
  line: Column;
}

/**
 * Findings as they are heard. Those of a single row, which there may be as many of as rows, are held as two numbers each;
 * what is only awaited is not kept.
 */
export interface FindingList {
  add(finding: Finding): void;
  readonly count: number;
  all(): Generator<Finding>;
}

const sides = ['ledger', 'report', 'bank'] as const;

export function createFindingList(books: Books): FindingList {
  const rows = createColumn();
  const kinds = createColumn();
  const others: Finding[] = [];
  let singles = 0;
  return {
    add(finding) {
      if (finding.status === 'expected') return;
      const side = onlySide(finding);
      if (side === -1) {
        others.push(finding);
        return;
      }
      rows.add(present(finding[present(sides[side], 'side')][0], 'row'));
      kinds.add(statuses.indexOf(finding.status) * sides.length + side);
      singles++;
    },
    get count() {
      return singles + others.length;
    },
    *all() {
      for (let at = 0; at < singles; at++) yield single(books, kinds.at(at), rows.at(at));
      yield* others;
    },
  };
}

/** The side of a finding about one ledger row or report row by itself; -1 for every other one. */
function onlySide({ ledger, report, bank, differenceMinor, paidMinor }: Finding): number {
  if (differenceMinor !== null || bank.length > 0 || paidMinor !== undefined) return -1;
  if (ledger.length === 1 && report.length === 0) return 0;
  return report.length === 1 && ledger.length === 0 ? 1 : -1;
}

function single(books: Books, kind: number, row: number): Finding {
  const side = present(sides[kind % sides.length], 'side');
  const status = present(statuses[Math.floor(kind / sides.length)], 'status') as Finding['status'];
  const rows = side === 'ledger' ? books.ledger : books.report;
  const named =
    rows.ours.at(row) === -1 ? ('own' in rows ? books.report.own.at(row) : -1) : rows.ours.at(row);
  return {
    status,
    processor: books.names.text(rows.processor.at(row)),
    reference: named === -1 ? '' : books.references.text(named),
    ledger: side === 'ledger' ? [row] : [],
    report: side === 'report' ? [row] : [],
    bank: [],
    currency: books.names.text(rows.currency.at(row)),
    differenceMinor: null,
  };
}

/** The findings as differences, in their order. */
export function* differencesOf(
  books: Books,
  origins: Origins,
  findings: FindingList,
): Generator<FoundDifference> {
  const keys = createKeys();
  for (const finding of findings.all()) {
    const { status, processor, reference, currency, differenceMinor } = finding;
    const places = sides.flatMap((side) => finding[side].map((row) => ({ side, row })));
    const transfers = finding.transfers ?? [];
    const rows = [
      ...transfers.slice(0, shownRowsMax).map(transferRow),
      ...places.slice(0, shownRowsMax).map(({ side, row }) => rowOf(books, origins, side, row)),
    ].slice(0, shownRowsMax);
    const base = [
      status,
      ...transfers.slice(0, 1).map(({ way }) => (way === 'out' ? 'payout' : 'returned')),
      ...sides.filter((side) => finding[side].length > 0),
      processor,
      currency,
      reference,
    ];
    yield {
      key: keys.next(base.join(' ')),
      status: outcome(status),
      processor,
      reference,
      currency,
      amountMinor: amountOf(books, finding),
      differenceMinor,
      sinceMs: finding.paidMs ?? Math.min(...places.map(({ side, row }) => atMs(books, side, row))),
      rows,
      rowsCount: transfers.length + places.length,
    };
  }
}

/** Tells differences of equal words apart: `… #2`. */
export function createKeys(): { next(base: string): string } {
  const seen: Names = createNames();
  const times: number[] = [];
  return {
    next(base) {
      const number = seen.number(base);
      const time = (times[number] ?? 0) + 1;
      times[number] = time;
      return time === 1 ? base : `${base} #${time}`;
    },
  };
}

function outcome(status: Status): ExceptionStatus {
  if (status === 'matched' || status === 'expected')
    throw new Error(`assertion failed: ${status} is no exception`);
  return status;
}

/** What is at stake: what the report says, else what the bank says, else what we say. */
function amountOf(books: Books, { ledger, report, bank, paidMinor }: Finding): bigint {
  if (paidMinor !== undefined) return paidMinor;
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n);
  if (report.length > 0) return sum(report.map(books.report.amountMinor.at));
  if (bank.length > 0) return sum(bank.map((at) => present(books.bank[at], 'entry').amountMinor));
  return sum(ledger.map(books.ledger.amountMinor.at));
}

function atMs(books: Books, side: (typeof sides)[number], row: number): number {
  if (side === 'bank') return Date.parse(present(books.bank[row], 'entry').bookedOn);
  return books[side].atMs.at(row);
}

function transferRow({ reference, amountMinor, currency, atMs }: Transfer): ExceptionRow {
  return { side: 'payout', reference, amountMinor, currency, atMs, file: null, line: null };
}

function rowOf(books: Books, origins: Origins, side: (typeof sides)[number], row: number): ExceptionRow {
  const at = { atMs: atMs(books, side, row), file: null, line: null };
  if (side === 'bank') {
    const { bankReference, amountMinor, currency } = present(books.bank[row], 'entry');
    return { side, reference: bankReference, amountMinor, currency, ...at, ...origin(origins.bank, row) };
  }
  const rows = books[side];
  const named = 'own' in rows ? books.report.own.at(row) : rows.ours.at(row);
  return {
    side,
    reference: books.references.text(named),
    amountMinor: rows.amountMinor.at(row),
    currency: books.names.text(rows.currency.at(row)),
    ...at,
    ...(side === 'report' ? origin(origins.report, row) : {}),
  };
}

function origin({ file, line }: Origin, row: number): { file: number; line: number } {
  return { file: file.at(row), line: line.at(row) };
}

// The payouts that a report speaks of, and what the bank should show for each.
import { type Books, isPayout, kindOf } from './books.ts';

export interface Payout {
  processor: string;
  reference: string;
  currency: string;
  /** Its own rows in the report; none where the report only says which rows were paid out together. */
  rows: number[];
  /** What its own rows took out of our balance there, below zero. */
  ownMinor: bigint;
  /** What its other rows sum up to. */
  partsMinor: bigint;
  parts: number;
  atMs: number;
}

/** The payouts in the order of their references. A row that is doubled counts once. */
export function payoutsOf(books: Books, isDoubled: (row: number) => boolean): Payout[] {
  const { report, references, names } = books;
  // By the number of the reference; nearly always one, more where a reference has several currencies or processors.
  const byReference = new Map<number, Payout[]>();
  for (let row = 0; row < report.count; row++) {
    const own = isPayout(kindOf(report, row));
    const number = report.payout.at(row) === -1 && own ? report.own.at(row) : report.payout.at(row);
    if (number === -1 || isDoubled(row)) continue;
    const processor = names.text(report.processor.at(row));
    const currency = names.text(report.netCurrency.at(row));
    const list = byReference.get(number) ?? [];
    let payout = list.find(
      (candidate) => candidate.currency === currency && candidate.processor === processor,
    );
    if (payout === undefined) {
      const reference = references.text(number);
      payout = { processor, reference, currency, rows: [], ownMinor: 0n, partsMinor: 0n, parts: 0, atMs: 0 };
      list.push(payout);
      byReference.set(number, list);
    }
    addRow(payout, { row, own, netMinor: report.netMinor.at(row), atMs: report.atMs.at(row) });
  }
  const payouts = [...byReference.values()].flat();
  const sortKey = ({ reference, processor, currency }: Payout) => `${reference}\n${processor}\n${currency}`;
  return payouts.filter(isExpected).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function addRow(payout: Payout, row: { row: number; own: boolean; netMinor: number; atMs: number }): void {
  payout.atMs = Math.max(payout.atMs, row.atMs);
  if (row.own) {
    payout.rows.push(row.row);
    payout.ownMinor += BigInt(row.netMinor);
  } else {
    payout.partsMinor += BigInt(row.netMinor);
    payout.parts++;
  }
}

/** Rows that sum up to nothing, as where a batch is carried over to the next, bring no money to the bank. */
function isExpected(payout: Payout): boolean {
  return payout.rows.length > 0 || payout.partsMinor !== 0n;
}

/** What the bank should show, above zero for money that comes; beyond 2^53 it is equal to no entry. */
export function paidMinor({ rows, ownMinor, partsMinor }: Payout): number {
  return Number(rows.length > 0 ? -ownMinor : partsMinor);
}

/** Whether the other rows of a payout sum up to it; true where the report has only one of the two. */
export function addsUp({ rows, ownMinor, parts, partsMinor }: Payout): boolean {
  return rows.length === 0 || parts === 0 || ownMinor + partsMinor === 0n;
}

/** By what an entry of the bank may name it: its reference, and those of its own rows. */
export function namesOf({ reference, rows }: Payout, { report, references }: Books): string[] {
  return [reference, ...rows.map((row) => references.text(report.own.at(row)))];
}

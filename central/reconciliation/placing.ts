// Where every row ends: exactly one status each, and a finding for each that a person should see.
import type { Transfer } from './payees.ts';

export const statuses = [
  'matched',
  'expected',
  'missing',
  'amount_differs',
  'currency_differs',
  'fee_differs',
  'split_differs',
  'doubled',
  'unknown_to_us',
] as const;
/**
 * - `matched`: there on both sides, and equal within the tolerance
 * - `expected`: not there yet, and within its time
 * - `missing`: not there, and its time is over
 * - `amount_differs`, `currency_differs`, `fee_differs`: one row against one that says otherwise
 * - `split_differs`: parts that belong together and do not add up to the whole
 * - `doubled`: once more than it should be
 * - `unknown_to_us`: the other side has it, we do not
 */
export type Status = (typeof statuses)[number];

export type Side = 'ledger' | 'report' | 'bank';

/** Rows that belong together and what is to be said of them; their numbers are the places in which they were added. */
export interface Finding {
  status: Exclude<Status, 'matched'>;
  processor: string;
  /** The reference that holds them together, or the row's own. */
  reference: string;
  ledger: number[];
  report: number[];
  bank: number[];
  currency: string;
  /** Of payouts: what the bank should show, and when they were made. Their parts may be all that there is of them. */
  paidMinor?: bigint;
  paidMs?: number;
  /** Transfers to payees, or back from them: no row of any side. */
  transfers?: readonly Transfer[];
  /** What the other side says less what ours does, in `currency`; null where there is nothing to compare. */
  differenceMinor: bigint | null;
}

/** The status of each row of one side, by its number. */
export interface Placement {
  /** @throws when the row was placed before: a row has one status. */
  place(rows: readonly number[], status: Status): void;
  /** Undefined while the row has not been placed. */
  of(row: number): Status | undefined;
  /** How many rows have each status; those without any are not counted. */
  counts(): Record<Status, number>;
}

export function createPlacement(rows: number): Placement {
  // 0 is a row that waits; a byte each, because there are millions.
  const codes = new Uint8Array(rows);
  return {
    place(placed, status) {
      for (const row of placed) {
        if (codes[row] !== 0) throw new Error(`assertion failed: row ${row} is placed twice`);
        codes[row] = statuses.indexOf(status) + 1;
      }
    },
    of: (row) => statuses[(codes[row] ?? 0) - 1],
    counts() {
      const byCode = new Array<number>(statuses.length + 1).fill(0);
      for (const code of codes) byCode[code] = (byCode[code] ?? 0) + 1;
      const entries = statuses.map((status, i): [Status, number] => [status, byCode[i + 1] ?? 0]);
      return Object.fromEntries(entries) as Record<Status, number>;
    },
  };
}

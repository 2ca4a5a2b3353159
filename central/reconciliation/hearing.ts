// What a matching tells as it goes: to whoever asks, one at a time, because there may be as many as there are rows.
import type { Transfer } from './payees.ts';
import type { Payout } from './payouts.ts';
import type { Finding } from './placing.ts';

export interface Hearing {
  /** Doubled rows first, then rows by their references, then payouts and bank entries. */
  finding(finding: Finding): void;
  /** Payouts whose money came, with the places of the bank's entries in the order of adding. */
  arrived(arrival: Arrival): void;
  /** Rows of the report that are taken for equal although they are not. `differenceMinor`: theirs less ours. */
  tolerated(difference: Tolerated): void;
  /** Transfers to payees, or back from them, that the bank shows. */
  transferred(transferred: Transferred): void;
}

export interface Transferred {
  transfers: readonly Transfer[];
  /** The places of the bank's entries; none where it came back before it left. */
  entries: readonly number[];
  /** What the bank shows less what should have moved. */
  differenceMinor: bigint;
}

export interface Arrival {
  processor: string;
  currency: string;
  payouts: readonly Payout[];
  entries: readonly number[];
  /** What the bank shows less what was paid out. */
  differenceMinor: bigint;
}

export interface Tolerated {
  processor: string;
  currency: string;
  report: readonly number[];
  differenceMinor: bigint;
}

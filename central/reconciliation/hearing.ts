// What a matching tells as it goes: to whoever asks, one at a time, because there may be as many as there are rows.
import type { Payout } from './payouts.ts';
import type { Finding } from './placing.ts';

export interface Hearing {
  /** Doubled rows first, then rows by their references, then payouts and bank entries. */
  finding(finding: Finding): void;
  /** Payouts whose money came, with the places of the bank's entries in the order of adding. */
  arrived(arrival: Arrival): void;
  /** Rows of the report that are taken for equal although they are not. `differenceMinor`: theirs less ours. */
  tolerated(difference: Tolerated): void;
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

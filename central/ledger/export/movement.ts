// What leaves the ledger: movements with everything that another program needs to recompute it.
export interface ExportedMovement {
  /** Null for the opening balances of a part: no movement of the ledger. */
  id: number | null;
  reason: string;
  source: string;
  /** The row of its source; null for an entry. */
  sourceRef: number | null;
  /** Of an entry; null with every other source. */
  applianceId: string | null;
  journalId: string | null;
  seq: number | null;
  bookedMs: number;
  postings: ExportedPosting[];
}

/** A posting, or an opening balance, which may pass 2^53. */
export interface ExportedPosting {
  account: string;
  currency: string;
  amountMinor: number | bigint;
}

/** A balance as the ledger keeps it. */
export interface ExportedBalance {
  account: string;
  currency: string;
  balanceMinor: bigint;
}

/** From the first moment of a day until before another's, UTC; null: without an end. */
export interface ExportRange {
  fromMs: number | null;
  untilMs: number | null;
}

/** One way of writing a ledger. Each part ends its lines; together they are one file. */
export interface ExportFormat {
  /** @param balances every account of the ledger, with what it stands at */
  head(balances: readonly ExportedBalance[]): string;
  movement(movement: ExportedMovement): string;
  /** @param closing what the ledger comes to and when; null for a part that ends before it does */
  foot(closing: { balances: readonly ExportedBalance[]; atMs: number } | null): string;
}

/** `YYYY-MM-DD`, UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Accounts that are empty once nothing is left to be collected, returned, paid in or explained. */
export function emptyWhenSettled(account: string): boolean {
  return /^(receivable:(customer|dispute)|payable:refund|suspense|transit:.*)$/.test(account);
}

// What an export is made of: movements in order with their postings, and the balances before and after them.
import type { Posting } from './postings.ts';

export interface ExportMovement {
  id: number;
  source: string;
  applianceId: string | null;
  journalId: string | null;
  seq: number | null;
  sourceRef: number | null;
  documentId: string | null;
  reason: string;
  bookedMs: number;
  postings: Posting[];
}

export interface ExportBalance {
  account: string;
  currency: string;
  /** A bigint: a sum may pass 2^53. */
  balanceMinor: bigint;
}

/** What the books hold between two movements, read in pieces. */
export interface ExportedBooks {
  /** Of everything before the first movement. */
  opening: readonly ExportBalance[];
  movements(): Iterable<ExportMovement>;
  /** Of everything through the last one. */
  closing: readonly ExportBalance[];
}

/** Accounts that are empty when nothing is left to be collected, returned, paid in or settled. */
export function emptyWhenSettled(account: string): boolean {
  return (
    ['receivable:customer', 'payable:refund', 'receivable:dispute', 'suspense'].includes(account) ||
    account.startsWith('transit:')
  );
}

/** The UTC day of a moment, as every one of the formats writes it. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

// A target: what one thing comes to in the books. The store posts what that differs from what was posted for it before. Pure.
import type { AccountName, MovementReason, Posting } from '../ledger/postings.ts';
import type { Origin } from './differences.ts';

export interface Target {
  /** Names the thing that is booked, for ever. */
  key: string;
  reason: MovementReason;
  /** The report row or bank entry that it comes from, the first of several. */
  source: { kind: 'report_row' | 'bank_entry'; file: number; item: number };
  postings: Posting[];
}

export const suspense: AccountName = 'suspense';
export const atProcessor = (processor: string): AccountName => `receivable:processor:${processor}`;
export const inTransit = (processor: string): AccountName => `transit:${processor}`;
export const feeOf = (keeper: string): AccountName => `expense:fee:${keeper}`;

export function target(
  reason: MovementReason,
  key: string,
  source: Target['source'],
  postings: Posting[],
): Target {
  return { key, reason, source, postings: postings.filter(({ amountMinor }) => amountMinor !== 0) };
}

export function sourceOf(
  kind: Target['source']['kind'],
  { file, item }: Origin,
  row: number,
): Target['source'] {
  return { kind, file: file.at(row), item: item.at(row) };
}

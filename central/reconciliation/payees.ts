// What our bank should show of payees: each payout once when it goes, and once more when it comes back. Pure.
import type { AccountName } from '../ledger/postings.ts';

export interface Transfer {
  /** The payout's number. */
  payout: number;
  payee: string;
  /** To the payee, or back from it. */
  way: 'out' | 'back';
  /** Of the transfer, as it was said when it was paid. */
  reference: string;
  /** By what an entry may name the payee beside that: its name, and where it is paid to. */
  payeeNames: readonly string[];
  /** As the bank should show it: below zero what goes. */
  amountMinor: number;
  currency: string;
  atMs: number;
  /** Where the books have it. A payout of the releases before went straight from the bank. */
  account: AccountName;
  /**
   * Whether it is missed when the bank does not show it. Not what may come back and has not been said to, nor what the books
   * have taken from the bank at once.
   */
  awaited: boolean;
}

/** Where a payout is that was paid and that the bank has not shown. */
export const payeeTransit: AccountName = 'transit:payee';

/** What stands in an exception for the processor. */
export function payeesOf(transfers: readonly Transfer[]): string {
  const payees = new Set(transfers.map(({ payee }) => payee));
  const [payee] = payees;
  return payees.size === 1 ? `payee:${payee}` : 'payees';
}

/** Whether the text of an entry names the payee: spaces aside, as account numbers are written with and without. */
export function isPayeeNamed({ payeeNames }: Transfer, words: string): boolean {
  const text = plain(words);
  return payeeNames.some((name) => plain(name).length >= nameCharsMin && text.includes(plain(name)));
}

const nameCharsMin = 4;

function plain(words: string): string {
  return words.replaceAll(/\s/g, '').toLowerCase();
}

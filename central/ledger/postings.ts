// The chart of accounts and what moves between them: pure. Each function gives the postings of one movement, which sum to
// zero per currency (I6). Debit above zero, credit below.

/** Where money is booked; docs/operations/accounts.md says what each balance means. */
export type AccountName =
  | 'receivable:customer'
  | 'payable:refund'
  | `receivable:processor:${string}`
  | `transit:${string}`
  | `bank:${string}`
  | `payable:payee:${string}`
  | 'payable:tax'
  | 'income:fee:marketplace'
  | `expense:fee:${string}`
  | `exchange:${string}`
  | 'expense:offline_loss'
  | 'receivable:dispute'
  | 'expense:dispute_loss'
  | 'suspense';

const accountPattern =
  /^(receivable:(customer|dispute)|payable:(refund|tax)|income:fee:marketplace|expense:(offline|dispute)_loss|suspense|(receivable:processor|transit|bank|payable:payee|expense:fee|exchange):[A-Za-z0-9][A-Za-z0-9_.-]{0,60})$/;

/** Whether a person or a rule named an account of the chart. */
export function isAccountName(text: string): text is AccountName {
  return accountPattern.test(text);
}

/** Why money moved. */
export type MovementReason =
  | 'sale'
  | 'void'
  | 'refund'
  | 'capture'
  | 'refund_made'
  | 'void_made'
  | 'write_off'
  | 'fee'
  | 'payout'
  | 'paid_in'
  | 'dispute'
  | 'dispute_won'
  | 'dispute_lost'
  | 'adjustment'
  | 'suspense'
  | 'correction'
  | 'payee_paid'
  | 'opening';

/** One line of a movement in minor units. */
export interface Posting {
  account: AccountName;
  currency: string;
  amountMinor: number;
}

/** Who is paid where nothing else is said. */
const house = 'payable:payee:house';

/** A sale: the customer owes what we owe the payee. */
export function salePostings(currency: string, totalMinor: number): Posting[] {
  return move(currency, totalMinor, 'receivable:customer', house);
}

/** A refund at the counter: what the payee no longer gets is owed to the customer. */
export function refundPostings(currency: string, totalMinor: number): Posting[] {
  return move(currency, totalMinor, house, 'payable:refund');
}

/** The same amounts, back. */
export function reversed(postings: readonly Posting[]): Posting[] {
  return postings.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));
}

/** An amount from one account to another. */
export function move(
  currency: string,
  amountMinor: number,
  debit: AccountName,
  credit: AccountName,
): Posting[] {
  return [
    { account: debit, currency, amountMinor },
    { account: credit, currency, amountMinor: -amountMinor },
  ];
}

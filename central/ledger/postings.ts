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

/** A name that a person chooses: of a payee or a bank account. */
export const chosenName = /^[a-z0-9][a-z0-9-]{0,39}$/;

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

/** What one account has of a sale. */
export interface Share {
  account: AccountName;
  amountMinor: number;
  /** What the marketplace keeps of it. */
  feeMinor: number;
}

/** A sale: the customer owes what the payees, the state and the marketplace get of it. */
export function salePostings(currency: string, shares: readonly Share[]): Posting[] {
  const totalMinor = shares.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return [{ account: 'receivable:customer', currency, amountMinor: totalMinor }, ...given(currency, shares)];
}

/** A refund at the counter: what they no longer get is owed to the customer. */
export function refundPostings(currency: string, shares: readonly Share[]): Posting[] {
  const totalMinor = shares.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return [
    ...reversed(given(currency, shares)),
    { account: 'payable:refund', currency, amountMinor: -totalMinor },
  ];
}

/** A fee is a line of its own on its payee's account, so that a statement is the list of that account's lines. */
function given(currency: string, shares: readonly Share[]): Posting[] {
  const feesMinor = shares.reduce((sum, { feeMinor }) => sum + feeMinor, 0);
  const postings: Posting[] = [
    ...shares.map(({ account, amountMinor }) => ({ account, currency, amountMinor: -amountMinor })),
    ...shares.map(({ account, feeMinor }) => ({ account, currency, amountMinor: feeMinor })),
    { account: 'income:fee:marketplace', currency, amountMinor: -feesMinor },
  ];
  return postings.filter(({ amountMinor }) => amountMinor !== 0);
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

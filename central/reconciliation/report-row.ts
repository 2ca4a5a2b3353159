// What a processor's report and a bank's statement say, as values: one row, one entry, and what could not be read.
// Every amount is a safe integer in minor units, signed as we see it: above zero is money for us.

export const rowKinds = [
  'charge',
  'refund',
  'refund_failed',
  'dispute',
  'dispute_reversed',
  'fee',
  'payout',
  'payout_failed',
  'transfer',
  'reserve',
  'adjustment',
] as const;
/** What moved: `transfer` between our own balances there, `reserve` kept back or released by the processor. */
export type RowKind = (typeof rowKinds)[number];

/** One row of a processor's report. */
export interface ReportRow {
  processor: string;
  kind: RowKind;
  /** The processor's name of this very movement: two rows with the same one are the same movement twice. */
  processorReference: string;
  /** The processor's name of the payment that it belongs to. */
  paymentReference: string | null;
  /** The reference we sent along with the payment. */
  ourReference: string | null;
  /** What the card holder paid or got back, in `currency`. */
  amountMinor: number;
  currency: string;
  /** What the processor kept, above zero when it did, in `netCurrency`. */
  feeMinor: number;
  /** What our balance there grew by, in `netCurrency`; `amountMinor - feeMinor` where both currencies are one. */
  netMinor: number;
  netCurrency: string;
  occurredMs: number;
  /** `YYYY-MM-DD`. */
  availableOn: string | null;
  /** The payout that this row was paid out with. */
  payoutReference: string | null;
  /** As an editor counts: the first line of the file is line 1. */
  line: number;
}

/** One booked entry of a bank statement. */
export interface BankEntry {
  /** IBAN or the bank's own account number. */
  account: string;
  /** The bank's name of the entry, or statement and line where it gave none. */
  bankReference: string;
  /** Names that others gave it: end-to-end ids, payment references, at most referencesMax. */
  references: string[];
  /** The words that came with it, cut at entryTextMax. */
  text: string;
  amountMinor: number;
  currency: string;
  /** `YYYY-MM-DD`. */
  bookedOn: string;
  valueOn: string;
  line: number;
}

/** Whether a statement adds up: opening balance and entries against closing balance. */
export interface StatementCheck {
  account: string;
  statement: string;
  currency: string;
  openingMinor: number | null;
  closingMinor: number | null;
  /** The sum of the entries that could be read: a bigint, because a sum may pass 2^53. */
  entriesMinor: bigint;
  entries: number;
  setAside: number;
  agrees: boolean;
  line: number;
}

/** Why a row was set aside. */
export const asideReasons = [
  'line_too_long',
  'quote_open',
  'columns_differ',
  'header_repeated',
  'not_utf8',
  'kind_unknown',
  'reference_missing',
  'currency_unknown',
  'amount_malformed',
  'amount_too_large',
  'amounts_disagree',
  'date_malformed',
  'zone_unknown',
  'entry_malformed',
  'not_booked',
  'truncated',
] as const;
export type AsideReason = (typeof asideReasons)[number];

/** A row that could not be read. The rest of the file goes on. */
export interface SetAside {
  line: number;
  reason: AsideReason;
  /** The column or field, empty when it is the row as a whole. */
  field: string;
  /** What stands there, cut at asideTextMax. */
  text: string;
}

export type ReportItem = { kind: 'row'; row: ReportRow } | { kind: 'aside'; aside: SetAside };

export type StatementItem =
  | { kind: 'entry'; entry: BankEntry }
  | { kind: 'statement'; check: StatementCheck }
  | { kind: 'aside'; aside: SetAside };

export const asideTextMax = 200;
export const entryTextMax = 500;
export const referencesMax = 100;

export function setAside(line: number, reason: AsideReason, text: string, field = ''): SetAside {
  return { line, reason, field, text: text.slice(0, asideTextMax) };
}

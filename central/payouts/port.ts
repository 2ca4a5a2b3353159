// What the payouts' room asks of the store: payees, and what they are paid. Part of LedgerCalls.

import type { Page } from '../ledger/page.ts';
import type { AccountName } from '../ledger/postings.ts';
import type { By } from '../people/actor.ts';
import type { SecondPersonLimits } from '../people/second-person.ts';
import type { Carried, PayoutRule } from './prepare.ts';

export interface Payee {
  id: string;
  name: string;
  /** Where to, in the words of our bank. */
  bankReference: string;
  createdMs: number;
}

export interface PayeeOwed {
  currency: string;
  /** Below zero: the payee owes us. A bigint: a sum may pass 2^53. */
  owedMinor: bigint;
}

export type PayoutState = 'prepared' | 'approved' | 'paid' | 'failed' | 'returned';

export interface PayoutView {
  number: number;
  payee: string;
  currency: string;
  amountMinor: number;
  state: PayoutState;
  bank: string;
  /** Of the transfer; null until it is paid. */
  reference: string | null;
  preparedMs: number;
}

export interface PayoutEvent {
  kind: PayoutState;
  note: string;
  /** Who, in words. */
  actor: string;
  atMs: number;
}

/** A line of a payout: what one movement gave the payee, or took. */
export interface PayoutLine {
  movementId: number;
  line: number;
  bookedMs: number;
  kind: 'sale' | 'refund' | 'void' | 'fee' | 'fee_back' | 'returned_payout' | 'correction';
  applianceId: string | null;
  documentId: string | null;
  slip: number | null;
  /** What the payee gets: below zero for what it gives back. */
  amountMinor: number;
  /** Tax of the whole document, which goes to the state; said once, with its sale or refund. */
  taxMinor: number;
}

export type PayoutPrepared = { kind: 'prepared'; payout: PayoutView } | Carried;

export type PayoutStep =
  | { kind: 'approved' }
  | { kind: 'paid'; reference: string }
  /** It was never paid: its lines are owed again. */
  | { kind: 'failed'; reason: string }
  /** The bank gave it back: it is owed again as a line of its own. */
  | { kind: 'returned'; reason: string };

export type PayoutChanged =
  | { kind: 'changed'; payout: PayoutView }
  | { kind: 'payout_unknown' }
  | { kind: 'not_now'; state: PayoutState }
  /** Who prepared it does not approve it. */
  | { kind: 'same_person' };

export interface ApprovalRules {
  /** Who prepared a payout may approve it as well, up to the limit. */
  approveOwn: boolean;
  secondPersonAboveMinor: SecondPersonLimits;
}

/** A movement's lines that replace what was reversed. */
export interface ReplacingLine {
  account: AccountName;
  currency: string;
  amountMinor: number;
}

export type Corrected =
  | { kind: 'corrected'; reversal: number; replacement: number | null }
  | { kind: 'movement_unknown' }
  | { kind: 'already_corrected' }
  /** A payout is returned, not reversed. */
  | { kind: 'is_payout' }
  | { kind: 'unbalanced'; currency: string; sumMinor: number };

export interface PayoutCalls {
  /** False when there is one of that id. */
  createPayee(payee: { id: string; name: string; bankReference: string }, by: By): boolean;
  payees(): Payee[];
  /** The payee with what it is owed; null when there is none. */
  payee(id: string): (Payee & { owed: PayeeOwed[] }) | null;
  /** Which payees are owed anything, or owe us. */
  payeeAccounts(): { payee: string; currency: string }[];

  /** Puts everything a payee is owed, as far as the rule allows, into one payout; or says why not. */
  preparePayout(
    of: { payee: string; currency: string; untilMs: number; rule: PayoutRule },
    by: By,
  ): PayoutPrepared;
  changePayout(change: { number: number; step: PayoutStep; rules: ApprovalRules }, by: By): PayoutChanged;
  /** The newest first. */
  payouts(filter: {
    payee: string | null;
    state: PayoutState | null;
    cursor: number | null;
    limit: number;
  }): Page<PayoutView>;
  payout(number: number): (PayoutView & { events: PayoutEvent[] }) | null;
  /** The lines of a payout after one of them, in the order they were booked; their sum is its amount. */
  payoutLines(page: {
    number: number;
    after: { movementId: number; line: number };
    limit: number;
  }): PayoutLine[];

  /** Reverses a movement, and books what is to stand in its place; the lines must sum to zero per currency. */
  correctMovement(
    correction: { movementId: number; reason: string; replacement: ReplacingLine[] },
    by: By,
  ): Corrected;
}

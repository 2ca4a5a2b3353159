// What one journal entry means for the money: pure. It never throws for what an appliance may send; what cannot be
// booked is parked with a reason, and the rest of the journal goes on.

import type { FulfilmentStep } from '../../contract/checkout.ts';
import type {
  CheckoutEntry,
  DocumentEntry,
  DocumentKind,
  FulfilmentEntry,
  RefundEntry,
  VoidEntry,
} from '../../contract/entry.ts';
import type { OutcomeKind, VerdictKind } from '../../contract/verdict.ts';
import { present, unreachable } from '../../kit/assert.ts';
import { type Posting, refundPostings, reversed, salePostings } from './postings.ts';
import { goodsShares, type SplitOf, type Standing, saleShares, undoAmount, undoLines } from './splits.ts';

/** Why an entry was parked: the appliance should have prevented each of these. */
export type ParkReason =
  | 'entry_unreadable'
  | 'document_repeated'
  | 'checkout_unknown'
  | 'not_a_checkout'
  | 'checkout_not_approved'
  | 'already_voided'
  | 'already_refunded'
  | 'refund_above_remaining'
  | 'currency_differs'
  | 'already_decided'
  | 'not_authorised'
  /** A salvage that does not open its journal, that contradicts itself, or that names a journal of another appliance. */
  | 'salvage_misplaced'
  | 'salvage_malformed'
  | 'journal_of_another';

/** What the ledger keeps of a document. */
export interface DocumentState {
  kind: DocumentKind;
  verdict: VerdictKind;
  currency: string;
  totalMinor: number;
  refundedMinor: number;
  voidedBy: string | null;
}

/** What settle() must know of the ledger: documents of the same appliance only. */
export interface SettleFacts {
  /** The document that already carries the entry's id. */
  sameId: DocumentState | null;
  /** The document a void, linked refund or fulfilment refers to. */
  checkout: DocumentState | null;
  /** What is left of the shares of an approved `checkout`; null for other entries than its void or refund. */
  standing: Standing | null;
  /** How products were split when the entry was made. */
  splitOf: SplitOf;
}

/** The document to add; `checkoutId` is the checkout it refers to. */
export interface NewDocument {
  currency: string;
  totalMinor: number;
  checkoutId: string | null;
}

/** What an entry changes on the checkout it refers to. */
export interface CheckoutChange {
  checkoutId: string;
  refundedMinor: number;
  voidedBy: string | null;
}

export type Settlement =
  /** Money moved: book the movement, and tell the appliance. */
  | {
      kind: 'booked';
      document: NewDocument;
      reason: 'sale' | 'void' | 'refund';
      postings: Posting[];
      change: CheckoutChange | null;
      outcome: OutcomeKind;
    }
  /** Central is asked: nothing moves before it has answered. */
  | { kind: 'asked'; document: NewDocument; entry: CheckoutEntry }
  /** Refused or declined at the appliance: worth knowing, no money in it. */
  | { kind: 'recorded'; document: NewDocument }
  /** A step of a fulfilment: no money in it, a refund that it brings is an entry of its own. */
  | { kind: 'stepped'; document: NewDocument; checkoutId: string; step: FulfilmentStep }
  | { kind: 'parked'; reason: ParkReason };

/** Settles one entry against what the ledger knows of its appliance's documents. */
export function settle(entry: DocumentEntry, facts: SettleFacts): Settlement {
  if (facts.sameId !== null) return parked('document_repeated');
  switch (entry.kind) {
    case 'checkout':
      return settleCheckout(entry, facts.splitOf);
    case 'void':
      return settleVoid(entry, facts);
    case 'refund':
      return settleRefund(entry, facts);
    case 'fulfilment':
      return settleFulfilment(entry, facts.checkout);
    default:
      return unreachable(entry);
  }
}

/** The checkout an entry refers to, or null when it stands alone. */
export function checkoutIdOf(entry: DocumentEntry): string | null {
  if (entry.kind === 'void' || entry.kind === 'fulfilment') return entry.checkoutId;
  return entry.kind === 'refund' && 'checkoutId' in entry.refund ? entry.refund.checkoutId : null;
}

function settleCheckout(entry: CheckoutEntry, splitOf: SplitOf): Settlement {
  const { currency, totalMinor } = entry.checkout;
  const document = { currency, totalMinor, checkoutId: null };
  if (entry.verdict === 'pending') return { kind: 'asked', document, entry };
  if (!isApproved(entry.verdict)) return { kind: 'recorded', document };
  const shares = saleShares(entry, totalMinor, splitOf);
  return booked('sale', document, salePostings(currency, shares), null);
}

function settleVoid(entry: VoidEntry, { checkout, standing }: SettleFacts): Settlement {
  const { checkoutId } = entry;
  if (!isApproved(entry.verdict)) return { kind: 'recorded', document: withoutMoney(checkoutId, checkout) };
  if (checkout === null) return parked('checkout_unknown');
  if (checkout.kind !== 'checkout') return parked('not_a_checkout');
  if (!isApproved(checkout.verdict)) return parked('checkout_not_approved');
  if (checkout.voidedBy !== null) return parked('already_voided');
  if (checkout.refundedMinor > 0) return parked('already_refunded');
  const { currency, totalMinor } = checkout;
  const { left } = present(standing, 'what is left of the checkout');
  const postings = reversed(salePostings(currency, undoAmount(totalMinor, left)));
  return booked('void', { currency, totalMinor, checkoutId }, postings, {
    checkoutId,
    refundedMinor: 0,
    voidedBy: entry.id,
  });
}

function settleRefund(entry: RefundEntry, facts: SettleFacts): Settlement {
  const { refund, verdict } = entry;
  const { checkout } = facts;
  const { currency = checkout?.currency ?? noCurrency, totalMinor = 0 } = refund;
  const checkoutId = checkoutIdOf(entry);
  const document = { currency, totalMinor, checkoutId };
  if (!isApproved(verdict)) return { kind: 'recorded', document };
  if (totalMinor === 0) return parked('entry_unreadable');
  if (!('checkoutId' in refund)) {
    return booked('refund', document, refundPostings(currency, goodsShares(refund, facts.splitOf)), null);
  }
  if (checkout === null) return parked('checkout_unknown');
  if (checkout.kind !== 'checkout') return parked('not_a_checkout');
  if (!isApproved(checkout.verdict)) return parked('checkout_not_approved');
  if (checkout.voidedBy !== null) return parked('already_voided');
  if (checkout.currency !== currency) return parked('currency_differs');
  const refundedMinor = checkout.refundedMinor + totalMinor;
  if (refundedMinor > checkout.totalMinor) return parked('refund_above_remaining');
  const standing = present(facts.standing, 'what is left of the checkout');
  const shares = refund.lines
    ? undoLines(standing, refund.lines, totalMinor)
    : undoAmount(totalMinor, standing.left);
  const change = { checkoutId: refund.checkoutId, refundedMinor, voidedBy: null };
  return booked('refund', document, refundPostings(currency, shares), change);
}

export function isApproved(verdict: VerdictKind): boolean {
  return verdict === 'authorised' || verdict === 'approved_offline';
}

/** The order of the steps is the appliance's to keep: here each is shown, and moves nothing. */
function settleFulfilment(entry: FulfilmentEntry, checkout: DocumentState | null): Settlement {
  const { checkoutId } = entry;
  const document = withoutMoney(checkoutId, checkout);
  if (!isApproved(entry.verdict)) return { kind: 'recorded', document };
  if (checkout === null) return parked('checkout_unknown');
  if (checkout.kind !== 'checkout') return parked('not_a_checkout');
  if (!isApproved(checkout.verdict)) return parked('checkout_not_approved');
  if (checkout.voidedBy !== null) return parked('already_voided');
  return { kind: 'stepped', document, checkoutId, step: entry.fulfilment.step };
}

/** ISO 4217's "no currency", for what refers to a checkout that is not known. */
const noCurrency = 'XXX';

function withoutMoney(checkoutId: string, checkout: DocumentState | null): NewDocument {
  return { currency: checkout?.currency ?? noCurrency, totalMinor: 0, checkoutId };
}

function booked(
  reason: 'sale' | 'void' | 'refund',
  document: NewDocument,
  postings: Posting[],
  change: CheckoutChange | null,
): Settlement {
  return { kind: 'booked', document, reason, postings, change, outcome: 'booked' };
}

function parked(reason: ParkReason): Settlement {
  return { kind: 'parked', reason };
}

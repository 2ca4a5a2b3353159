// What is kept of each thing: payments, refunds, disputes, payouts, and the balance's rows between them. They point at each
// other, so that a row costs no second copy of what another says.
import type { ErrorBody } from './answer.ts';

export type Metadata = Record<string, string>;

export interface Payment {
  id: string;
  createdMs: number;
  canceledMs: number | null;
  amount: number;
  currency: string;
  captureMethod: 'automatic' | 'manual';
  paymentMethod: string | null;
  metadata: Metadata;
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_capture' | 'succeeded' | 'canceled';
  /** The last charge; an earlier one was declined. */
  chargeId: string | null;
  amountReceived: number;
  refunded: number;
  lastError: ErrorBody | null;
  /** Of the capture. */
  balance: BalanceTransaction | null;
  dispute: Dispute | null;
}

export interface Refund {
  id: string;
  createdMs: number;
  payment: Payment;
  amount: number;
  metadata: Metadata;
  status: 'pending' | 'succeeded' | 'failed';
  balance: BalanceTransaction | null;
  failure: BalanceTransaction | null;
}

export const disputeReasons = [
  'fraudulent',
  'product_not_received',
  'duplicate',
  'credit_not_processed',
  'general',
] as const;

export interface Dispute {
  id: string;
  createdMs: number;
  payment: Payment;
  amount: number;
  reason: (typeof disputeReasons)[number];
  status: 'needs_response' | 'under_review' | 'won' | 'lost';
  evidence: Record<string, string>;
  submitted: number;
  dueMs: number;
  metadata: Metadata;
  balance: BalanceTransaction[];
}

export interface Payout {
  id: string;
  createdMs: number;
  arrivalMs: number;
  amount: number;
  currency: string;
  automatic: boolean;
  status: 'in_transit' | 'paid' | 'failed';
  /** What it pays out, without its own row. */
  rows: BalanceTransaction[];
  balance: BalanceTransaction | null;
  failure: BalanceTransaction | null;
}

/** Stripe's reporting categories of what there is here (https://docs.stripe.com/reports/reporting-categories). */
export type Category =
  | 'charge'
  | 'refund'
  | 'refund_failure'
  | 'dispute'
  | 'dispute_reversal'
  | 'payout'
  | 'payout_reversal';

export type Source =
  | { kind: 'charge'; payment: Payment }
  | { kind: 'refund'; refund: Refund }
  | { kind: 'dispute'; dispute: Dispute }
  | { kind: 'payout'; payout: Payout };

/** An amount as the balance counts it: above zero is money for the merchant. */
export interface Settled {
  /** In `currency`, before the fee. */
  amount: number;
  currency: string;
  /** Where it was converted: by which rate, out of what. */
  exchange: { rate: string; amount: number; currency: string } | null;
}

export interface Movement extends Settled {
  category: Category;
  fee: number;
  source: Source;
}

export interface BalanceTransaction extends Movement {
  id: string;
  createdMs: number;
  availableMs: number;
  payout: Payout | null;
}

// Objects as Stripe shows them (API version 2026-10-28.endive), with the fields an integration of card payments reads; times
// are whole seconds.
import { netOf, sourceIdOf } from './balance.ts';
import type { Event } from './events.ts';
import type { BalanceTransaction, Dispute, Payment, Payout, Refund } from './rows.ts';

export const apiVersion = '2026-10-28.endive';

export const seconds = (ms: number) => Math.floor(ms / 1000);

/** @param latestCharge whole instead of its id */
export function showPayment(payment: Payment, latestCharge = false): object {
  return {
    id: payment.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: payment.amount,
    amount_capturable: payment.status === 'requires_capture' ? payment.amount : 0,
    amount_received: payment.amountReceived,
    canceled_at: payment.canceledMs === null ? null : seconds(payment.canceledMs),
    capture_method: payment.captureMethod,
    confirmation_method: 'automatic',
    created: seconds(payment.createdMs),
    currency: payment.currency,
    description: null,
    last_payment_error: payment.lastError,
    latest_charge: latestCharge && payment.chargeId !== null ? showCharge(payment) : payment.chargeId,
    livemode: false,
    metadata: { ...payment.metadata },
    next_action: null,
    payment_method: payment.paymentMethod,
    payment_method_types: ['card'],
    status: payment.status,
  };
}

/** The last charge of a payment. */
export function showCharge(payment: Payment): object {
  const { lastError, dispute } = payment;
  const isPaid = lastError === null;
  return {
    id: payment.chargeId,
    object: 'charge',
    amount: payment.amount,
    amount_captured: payment.amountReceived,
    amount_refunded: payment.refunded,
    balance_transaction: payment.balance?.id ?? null,
    captured: payment.status === 'succeeded',
    created: seconds(payment.createdMs),
    currency: payment.currency,
    description: null,
    dispute: dispute?.id ?? null,
    disputed: dispute !== null,
    failure_code: lastError?.code ?? null,
    failure_message: lastError?.message ?? null,
    livemode: false,
    metadata: { ...payment.metadata },
    outcome: {
      network_status: isPaid ? 'approved_by_network' : 'declined_by_network',
      reason: lastError?.decline_code ?? null,
      // Stripe's own name of a card that is approved with a warning.
      risk_level: payment.paymentMethod === 'pm_card_riskLevelElevated' ? 'elevated' : 'normal',
      type: isPaid ? 'authorized' : 'issuer_declined',
    },
    paid: isPaid,
    payment_intent: payment.id,
    payment_method: payment.paymentMethod,
    refunded: payment.amountReceived > 0 && payment.refunded === payment.amountReceived,
    status: isPaid ? 'succeeded' : 'failed',
  };
}

export function showRefund(refund: Refund): object {
  const { payment, failure } = refund;
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: refund.balance?.id ?? null,
    charge: payment.chargeId,
    created: seconds(refund.createdMs),
    currency: payment.currency,
    ...(failure === null
      ? {}
      : { failure_balance_transaction: failure.id, failure_reason: 'expired_or_canceled_card' }),
    metadata: refund.metadata,
    payment_intent: payment.id,
    reason: null,
    status: refund.status,
  };
}

export function showDispute(dispute: Dispute): object {
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: dispute.balance.map((row) => showBalance(row)),
    charge: dispute.payment.chargeId,
    created: seconds(dispute.createdMs),
    currency: dispute.payment.currency,
    evidence: { ...dispute.evidence },
    evidence_details: {
      due_by: seconds(dispute.dueMs),
      has_evidence: Object.keys(dispute.evidence).length > 0,
      past_due: dispute.status === 'lost' && dispute.submitted === 0,
      submission_count: dispute.submitted,
    },
    is_charge_refundable: false,
    livemode: false,
    metadata: { ...dispute.metadata },
    payment_intent: dispute.payment.id,
    reason: dispute.reason,
    status: dispute.status,
  };
}

export function showPayout(payout: Payout): object {
  const { failure } = payout;
  return {
    id: payout.id,
    object: 'payout',
    amount: payout.amount,
    arrival_date: seconds(payout.arrivalMs),
    automatic: payout.automatic,
    balance_transaction: payout.balance?.id ?? null,
    created: seconds(payout.createdMs),
    currency: payout.currency,
    description: 'STRIPE PAYOUT',
    destination: 'ba_sandbox',
    failure_balance_transaction: failure?.id ?? null,
    failure_code: failure === null ? null : 'account_closed',
    failure_message: failure === null ? null : 'The bank account has been closed.',
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    reconciliation_status: payout.automatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: payout.status,
    type: 'bank_account',
  };
}

/** Stripe's types, where they are not the reporting category. */
const typeByCategory: Partial<Record<BalanceTransaction['category'], string>> = {
  dispute: 'adjustment',
  dispute_reversal: 'adjustment',
  payout_reversal: 'payout_failure',
};

export function balanceType({ category }: BalanceTransaction): string {
  return typeByCategory[category] ?? category;
}

/** How much is shown whole, instead of its id: the object that moved the balance, and the charge that it belongs to. */
export type Expansion = 'nothing' | 'source' | 'source_and_charge';

export function showBalance(
  row: BalanceTransaction,
  nowMs = row.createdMs,
  expansion: Expansion = 'nothing',
): object {
  const { fee, currency } = row;
  return {
    id: row.id,
    object: 'balance_transaction',
    amount: row.amount,
    available_on: seconds(row.availableMs),
    created: seconds(row.createdMs),
    currency,
    description: null,
    exchange_rate: row.exchange === null ? null : Number(row.exchange.rate),
    fee,
    fee_details: fee === 0 ? [] : [{ amount: fee, currency, description: 'Sandbox fee', type: 'stripe_fee' }],
    net: netOf(row),
    reporting_category: row.category,
    source: expansion === 'nothing' ? sourceIdOf(row) : showSource(row, expansion),
    status: row.availableMs <= nowMs ? 'available' : 'pending',
    type: balanceType(row),
  };
}

function showSource({ source }: BalanceTransaction, expansion: Expansion): object {
  const withCharge = (shown: object, payment: Payment) =>
    expansion === 'source_and_charge' ? { ...shown, charge: showCharge(payment) } : shown;
  switch (source.kind) {
    case 'charge':
      return showCharge(source.payment);
    case 'refund':
      return withCharge(showRefund(source.refund), source.refund.payment);
    case 'dispute':
      return withCharge(showDispute(source.dispute), source.dispute.payment);
    case 'payout':
      return showPayout(source.payout);
  }
}

export function showEvent(event: Event): object {
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: seconds(event.createdMs),
    data: { object: event.object },
    livemode: false,
    pending_webhooks: 0,
    request: { id: null, idempotency_key: null },
    type: event.type,
  };
}

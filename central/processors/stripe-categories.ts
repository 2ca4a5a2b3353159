// What moved Stripe's balance, by Stripe's word for it: the same in its CSV reports and in its API.
// Categories: docs.stripe.com/reports/reporting-categories. Pure.
import type { RowKind } from '../reconciliation/report-row.ts';

/** Stripe's reporting categories, and the older types of the dashboard's export. */
export const kindByCategory: ReadonlyMap<string, RowKind> = new Map(
  Object.entries({
    charge: ['charge', 'payment'],
    refund: ['refund', 'payment_refund', 'partial_capture_reversal'],
    refund_failed: ['charge_failure', 'refund_failure', 'payment_failure_refund', 'payment_reversal'],
    dispute: ['dispute'],
    dispute_reversed: ['dispute_reversal'],
    fee: ['fee', 'stripe_fee', 'network_cost', 'stripe_fx_fee', 'tax', 'tax_fee'],
    payout: ['payout'],
    payout_failed: ['payout_reversal', 'payout_failure', 'payout_cancel'],
    transfer: ['topup', 'topup_reversal', 'transfer', 'transfer_reversal', 'platform_earning'],
    reserve: ['risk_reserved_funds', 'reserved_funds', 'reserve_transaction', 'connect_reserved_funds'],
    adjustment: [
      'other_adjustment',
      'adjustment',
      'contribution',
      'advance',
      'advance_funding',
      'anticipation_repayment',
    ],
  }).flatMap(([kind, categories]) =>
    categories.map((category): [string, RowKind] => [category, kind as RowKind]),
  ),
);

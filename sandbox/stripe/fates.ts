// What becomes of a payment long after it was approved, by the payment method it was made with.

export type Fate =
  /** Disputed at once or after some days; with no evidence it is lost when its time is over, or as said here. */
  | { kind: 'dispute'; afterMs: number; ends: 'lost_in_time' | 'won' | 'lost' }
  /** Each refund is made and fails a day later. */
  | { kind: 'refund_fails' }
  /** Each refund waits for a day before it is made. */
  | { kind: 'refund_waits' };

const dayMs = 86_400_000;

/** Stripe's own for tests (https://docs.stripe.com/testing), and ours. */
const fates: Readonly<Record<string, Fate>> = {
  pm_card_createDispute: { kind: 'dispute', afterMs: 0, ends: 'lost_in_time' },
  pm_sandbox_dispute_later: { kind: 'dispute', afterMs: 3 * dayMs, ends: 'lost_in_time' },
  pm_sandbox_dispute_won: { kind: 'dispute', afterMs: 3 * dayMs, ends: 'won' },
  pm_sandbox_dispute_lost: { kind: 'dispute', afterMs: 3 * dayMs, ends: 'lost' },
  pm_card_refundFail: { kind: 'refund_fails' },
  pm_sandbox_refund_fails_later: { kind: 'refund_fails' },
  pm_card_pendingRefund: { kind: 'refund_waits' },
};

export function fateOf(paymentMethod: string | null): Fate | null {
  return fates[paymentMethod ?? ''] ?? null;
}

// The door for what Stripe says of payments and refunds, in answers and in webhooks alike: checked here, trusted after.
import * as z from 'zod';
import type { ChargeState, DisputeState, ProcessorEvent, RefundState, Webhook } from './port.ts';
import { fromStripe } from './stripe-amounts.ts';
import { classifyDecline } from './stripe-declines.ts';

/** Under this key our reference stands in Stripe's metadata. */
export const referenceKey = 'holdfast_reference';

const Metadata = z.record(z.string(), z.string());
const LastError = z.object({
  code: z.string().optional(),
  decline_code: z.string().optional(),
  advice_code: z.string().optional(),
});

const PaymentIntent = z.object({
  id: z.string(),
  object: z.literal('payment_intent'),
  amount: z.int(),
  amount_received: z.int(),
  currency: z.string(),
  status: z.string(),
  metadata: Metadata,
  last_payment_error: LastError.nullish(),
  // An id where it is not expanded.
  latest_charge: z
    .union([z.string(), z.object({ outcome: z.object({ risk_level: z.string().nullish() }).nullish() })])
    .nullish(),
});
/** https://docs.stripe.com/radar/risk-evaluation */
const elevatedRisks: ReadonlySet<string> = new Set(['elevated', 'highest']);

const Refund = z.object({
  id: z.string(),
  object: z.literal('refund'),
  amount: z.int(),
  currency: z.string(),
  status: z.string().nullable(),
  metadata: Metadata.nullable(),
  payment_intent: z.string().nullable(),
});

/** The charge a PaymentIntent is, or null when it is none that we can read. */
export function readCharge(value: unknown): ChargeState | null {
  const parsed = PaymentIntent.safeParse(value);
  if (!parsed.success) return null;
  const { id, status, currency, metadata, last_payment_error: error } = parsed.data;
  const amount = fromStripe(currency, parsed.data.amount);
  const received = fromStripe(currency, parsed.data.amount_received);
  if (amount === null || received === null) return null;
  const code = error?.decline_code ?? error?.code ?? 'card_declined';
  const declined = status === 'requires_payment_method' && error;
  const charge = parsed.data.latest_charge;
  const riskLevel = typeof charge === 'object' ? charge?.outcome?.risk_level : null;
  return {
    chargeId: id,
    reference: metadata[referenceKey] ?? null,
    state: declined ? 'declined' : (states[status] ?? 'in_progress'),
    amount,
    capturedMinor: received.amountMinor,
    decline: declined ? { declineClass: classifyDecline(code, error.advice_code ?? null), code } : null,
    ...(!declined && elevatedRisks.has(riskLevel ?? '') && { risk: 'elevated' as const }),
  };
}

const states: Readonly<Record<string, ChargeState['state']>> = {
  requires_capture: 'authorised',
  succeeded: 'captured',
  canceled: 'voided',
};

/** The refund, with the charge it belongs to, or null when it is none that we can read. */
export function readRefund(value: unknown): { refund: RefundState; chargeId: string | null } | null {
  const parsed = Refund.safeParse(value);
  if (!parsed.success) return null;
  const { id, status, metadata, payment_intent: chargeId } = parsed.data;
  const amount = fromStripe(parsed.data.currency, parsed.data.amount);
  if (amount === null) return null;
  const state = refundStates[status ?? ''] ?? 'pending';
  return { refund: { refundId: id, reference: metadata?.[referenceKey] ?? null, state, amount }, chargeId };
}

const refundStates: Readonly<Record<string, RefundState['state']>> = {
  succeeded: 'refunded',
  failed: 'failed',
  canceled: 'failed',
};

const Dispute = z.object({
  id: z.string(),
  object: z.literal('dispute'),
  amount: z.int(),
  currency: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  metadata: Metadata.nullish(),
  payment_intent: z.string().nullish(),
});

/** The dispute, with the charge it is about, or null when it is none that we can read. */
function readDispute(value: unknown): { dispute: DisputeState; chargeId: string | null } | null {
  const parsed = Dispute.safeParse(value);
  if (!parsed.success) return null;
  const { id, status, metadata, reason } = parsed.data;
  const state = disputeStates[status];
  const amount = fromStripe(parsed.data.currency, parsed.data.amount);
  if (amount === null || state === undefined) return null;
  const reference = metadata?.[referenceKey] ?? null;
  return {
    dispute: { disputeId: id, reference, state, amount, reason: reason ?? null },
    chargeId: parsed.data.payment_intent ?? null,
  };
}

/** https://docs.stripe.com/api/disputes/object#dispute_object-status; `prevented` was settled before it began. */
const disputeStates: Readonly<Record<string, DisputeState['state']>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'closed',
  prevented: 'closed',
  needs_response: 'opened',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
};

const Event = z.object({
  id: z.string(),
  type: z.string(),
  created: z.int(),
  data: z.object({ object: z.unknown() }),
});

/** The event in a webhook whose signature is good. */
export function readEvent(rawBody: Uint8Array): Webhook {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(rawBody).toString());
  } catch {
    return { kind: 'refused', code: 'body_malformed' };
  }
  const parsed = Event.safeParse(body);
  if (!parsed.success) return { kind: 'refused', code: 'body_malformed' };
  const { id: eventId, type, created, data } = parsed.data;
  const event = { eventId, type, happenedMs: created * 1000, about: aboutOf(data.object) };
  return { kind: 'events', events: [event] };
}

function aboutOf(object: unknown): ProcessorEvent['about'] {
  const charge = readCharge(object);
  if (charge) return { kind: 'charge', charge };
  const refund = readRefund(object);
  if (refund) return { kind: 'refund', ...refund };
  const dispute = readDispute(object);
  return dispute ? { kind: 'dispute', ...dispute } : { kind: 'other' };
}

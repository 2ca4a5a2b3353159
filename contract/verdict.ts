// What the appliance says at once: a verdict with its reasons, each a stable code.
import { z } from 'zod';

export const VerdictKind = z.enum(['authorised', 'approved_offline', 'declined', 'refused']);
export type VerdictKind = z.infer<typeof VerdictKind>;

/** Every reason a verdict may carry, in the words shown to the person at the kiosk. */
export const reasonHints = {
  product_unknown: 'This product is not in the catalogue of this site.',
  product_not_sellable: 'This product may not be sold at the moment.',
  quantity_above_limit: 'Reduce the quantity to what this product allows.',
  currency_not_accepted: 'Use the currency of this site.',
  price_mismatch: 'Fetch the price again, or send a price override with who and why.',
  price_override_not_allowed: 'The policy of this site allows no price overrides.',
  total_mismatch: 'The total must be the sum of the line totals.',
  checkout_above_limit: 'Ask for a smaller sale or another way to pay.',
  exposure_limit_reached:
    'The site has approved as much offline as it may; wait for the link or take another way to pay.',
  online_required: 'This checkout asks for an online authorisation, and none can be had.',
  checkout_not_approved: 'Only an approved checkout can be voided or refunded.',
  already_voided: 'The checkout was voided before.',
  already_refunded: 'The checkout was refunded, so it can no longer be voided.',
  refund_above_remaining: 'Refund no more than what is left of the checkout.',
  unlinked_refund_not_allowed: 'The policy of this site allows refunds only with their checkout.',
  refund_above_limit: 'Ask central for a refund of this size.',
} as const;
export type ReasonCode = keyof typeof reasonHints;

export const ReasonCode = z.enum(Object.keys(reasonHints) as [ReasonCode, ...ReasonCode[]]);

/** One reason; `line` counts from 0 and is there when the reason concerns one line. */
export const Reason = z.strictObject({ code: ReasonCode, line: z.int().min(0).optional() });
export type Reason = z.infer<typeof Reason>;

/** What central says later of a document of the journal. */
export const OutcomeKind = z.enum([
  'booked',
  'authorised',
  'declined',
  'captured',
  'settled',
  'refunded',
  'disputed',
  'unknown',
  'in_review',
  'parked',
]);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

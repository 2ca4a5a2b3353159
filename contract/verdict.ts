// What the appliance says at once: a verdict with its reasons, each a stable code.
import * as z from 'zod';

/** `pending` until central has decided, or the appliance has because central did not in time. */
export const VerdictKind = z.enum(['pending', 'authorised', 'approved_offline', 'declined', 'refused']);
export type VerdictKind = z.infer<typeof VerdictKind>;

/** Every reason a verdict may carry, in the words shown to the person at the kiosk. */
export const reasonHints = {
  product_unknown: 'This product is not in the catalogue of this site.',
  product_not_sellable: 'This product may not be sold at the moment.',
  quantity_above_limit: 'Reduce the quantity to what this product allows.',
  currency_not_accepted: 'Use the currency of this site.',
  price_not_valid_now: 'This product has no price at this moment; it may not be sold yet, or no longer.',
  age_attestation_required: 'Look at the customer’s age and attest it, or take the product out.',
  tax_rate_unknown: 'The policy of this site has no tax rate for this product; tell central.',
  out_of_stock: 'Fewer are left than were asked for; reduce the quantity.',
  stock_unknown: 'Nobody has counted this product here, and the policy sells only what was counted.',
  price_mismatch: 'Fetch the price again, or send a price override with who and why.',
  price_override_not_allowed: 'The policy of this site allows no price overrides.',
  price_override_above_limit: 'Change the price by no more than the policy of this site allows.',
  discount_not_allowed: 'The policy of this site allows no discounts.',
  discount_above_limit: 'Give no more discount than the policy of this site allows.',
  discount_above_total: 'A discount cannot be more than what it is taken off.',
  total_mismatch: 'The total must be the sum of the line totals.',
  checkout_above_limit: 'Ask for a smaller sale or another way to pay.',
  exposure_limit_reached:
    'The site has approved as much offline as it may; wait for the link or take another way to pay.',
  exposure_count_reached:
    'The site has approved as many checkouts offline as it may; wait for the link or take another way to pay.',
  checkout_above_offline_limit:
    'Offline the site approves smaller checkouts only; wait for the link or take cash.',
  link_down: 'The site has no link to central, so the appliance decided alone.',
  link_catching_up: 'Central is still taking what was sold offline, so the appliance decided alone.',
  central_late: 'Central did not answer in time, so the appliance decided alone.',
  offline_by_mode: 'The checkout asked to be decided by the appliance alone.',
  card_declined: 'The card was declined; ask for another way to pay.',
  not_waited_for: 'Nobody waited for the answer any longer, so nothing was sold; submit a new checkout.',
  online_required: 'This checkout asks for an online authorisation, and none can be had.',
  above_floor_limit: 'From this amount on central must decide, and it cannot be reached.',
  split_above_floor_limit:
    'With what this card bought here a moment ago central must decide, and it cannot be reached.',
  chosen_for_online: 'This checkout was drawn to be seen by central, where it can be reached.',
  card_not_taken: 'This card is no longer taken; ask for another way to pay.',
  velocity_fingerprint_reached:
    'This card was used too often here; wait for the link or ask for another way to pay.',
  velocity_kiosk_reached: 'This kiosk has approved as much offline as it may; wait for the link.',
  new_card_above_limit: 'This card is new here, and offline it may buy less; ask for another way to pay.',
  offline_too_long: 'The site has been offline for longer than it may sell; restore the link.',
  policy_too_old: 'The policy of this site is too old to sell by; restore the link.',
  catalogue_too_old: 'The catalogue of this site is too old to sell by; restore the link.',
  outside_opening_hours: 'The site is closed at this hour.',
  time_unknown: 'The appliance does not know the time, and the policy sells only when it does.',
  review_amount: 'Approved; a person at central will look at it because of its amount.',
  review_price_deviation: 'Approved; a person at central will look at it because of a changed price.',
  checkout_not_approved: 'Only an approved checkout can be voided or refunded.',
  already_voided: 'The checkout was voided before.',
  already_refunded: 'The checkout was refunded, so it can no longer be voided.',
  refund_above_remaining: 'Refund no more than what is left of the checkout.',
  refund_of_nothing: 'Nothing is left to give back: it was refunded before, or it cost nothing.',
  line_not_on_checkout: 'The checkout has no such line; lines count from 0, in the order of the checkout.',
  quantity_above_remaining: 'Fewer of this line are left to give back; reduce the quantity.',
  fulfilment_not_expected: 'The goods of this checkout left with it, so there is nothing to hand over.',
  nothing_to_hand_over: 'Everything of this checkout was given back, so nothing is left to hand over.',
  already_picked: 'The goods were picked before; hand them over, abandon them, or refund what is missing.',
  not_picked: 'Say first what was picked, then hand it over.',
  already_handed_over: 'The customer has the goods already; give money back with a refund.',
  already_abandoned: 'The goods were given up before and the customer was refunded; submit a new checkout.',
  picked_more_than_sold: 'More was picked than was sold and not given back; reduce the quantity.',
  nothing_picked: 'If nothing at all is there, abandon the checkout.',
  unlinked_refund_not_allowed: 'The policy of this site allows refunds only with their checkout.',
  refund_above_limit: 'Ask central for a refund of this size.',
} as const;
export type ReasonCode = keyof typeof reasonHints;

export const ReasonCode = z.enum(Object.keys(reasonHints) as [ReasonCode, ...ReasonCode[]]);

/** One reason; `line` counts from 0 and is there when the reason concerns one line. */
export const Reason = z.strictObject({
  code: ReasonCode,
  line: z.int().min(0).optional(),
  /** How many are left: of the product for sale with `out_of_stock`, of the line with the reasons about its quantity. */
  left: z.int().min(0).optional(),
});
export type Reason = z.infer<typeof Reason>;

/** Why a card was declined, in the issuer's or the processor's own short word. */
export const DeclineCode = z.string().regex(/^[a-z0-9_]{1,64}$/);

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
  /** An authorisation that was taken back, because the appliance had refused the checkout by then. */
  'reversed',
  'parked',
]);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

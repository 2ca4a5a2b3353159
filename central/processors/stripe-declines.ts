// What Stripe's decline codes mean for trying again. Source: https://docs.stripe.com/declines/codes; Stripe's own advice
// (https://docs.stripe.com/declines/card#retrying-issuer-declines) decides where the code alone does not. Pure.
import type { DeclineClass } from './port.ts';

const classes: Readonly<Record<string, DeclineClass>> = {
  ...each(
    'fraud',
    'fraudulent',
    'lost_card',
    'merchant_blacklist',
    'pickup_card',
    'security_violation',
    'stolen_card',
  ),
  ...each(
    'do_not_retry',
    'do_not_try_again',
    'duplicate_transaction',
    'invalid_account',
    'invalid_amount',
    'restricted_card',
    'revocation_of_all_authorizations',
    'revocation_of_authorization',
    'stop_payment_order',
    'testmode_decline',
    'transaction_not_allowed',
  ),
  ...each(
    'retry_later',
    'approve_with_id',
    'call_issuer',
    'card_velocity_exceeded',
    'do_not_honor',
    'generic_decline',
    'insufficient_funds',
    'issuer_not_available',
    'no_action_taken',
    'processing_error',
    'reenter_transaction',
    'try_again_later',
    'withdrawal_count_limit_exceeded',
  ),
};

/** A code that is not known is for another method: the least that can go wrong, for the card is not asked again. */
export function classifyDecline(code: string, adviceCode: string | null): DeclineClass {
  const known = Object.hasOwn(classes, code) ? classes[code] : undefined;
  if (known === 'fraud') return known;
  // The schemes fine those who ask again after this advice.
  if (adviceCode === 'do_not_try_again') return 'do_not_retry';
  if (known !== undefined) return known;
  return adviceCode === 'try_again_later' ? 'retry_later' : 'other_method';
}

function each(declineClass: DeclineClass, ...codes: string[]): Record<string, DeclineClass> {
  return Object.fromEntries(codes.map((code) => [code, declineClass]));
}

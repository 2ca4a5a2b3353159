// Every decline Stripe documents for cards (https://docs.stripe.com/declines/codes), and the payment methods that bring
// one about: Stripe's own for tests, and pm_sandbox_decline_<code> for any.
import type { ErrorBody } from './answer.ts';

/** Each with Stripe's advice, where it gives one. */
const advice = {
  approve_with_id: 'try_again_later',
  authentication_required: null,
  call_issuer: null,
  card_not_supported: null,
  card_velocity_exceeded: 'try_again_later',
  currency_not_supported: null,
  do_not_honor: null,
  do_not_try_again: 'do_not_try_again',
  duplicate_transaction: null,
  expired_card: 'confirm_card_data',
  fraudulent: 'do_not_try_again',
  generic_decline: null,
  incorrect_cvc: 'confirm_card_data',
  incorrect_number: 'confirm_card_data',
  incorrect_pin: null,
  incorrect_zip: 'confirm_card_data',
  insufficient_funds: 'try_again_later',
  invalid_account: 'do_not_try_again',
  invalid_amount: null,
  invalid_cvc: 'confirm_card_data',
  invalid_expiry_month: 'confirm_card_data',
  invalid_expiry_year: 'confirm_card_data',
  invalid_number: 'confirm_card_data',
  invalid_pin: null,
  issuer_not_available: 'try_again_later',
  lost_card: 'do_not_try_again',
  merchant_blacklist: 'do_not_try_again',
  new_account_information_available: 'confirm_card_data',
  no_action_taken: null,
  not_permitted: null,
  offline_pin_required: null,
  online_or_offline_pin_required: null,
  pickup_card: 'do_not_try_again',
  pin_try_exceeded: null,
  processing_error: 'try_again_later',
  reenter_transaction: 'try_again_later',
  restricted_card: 'do_not_try_again',
  revocation_of_all_authorizations: 'do_not_try_again',
  revocation_of_authorization: 'do_not_try_again',
  security_violation: null,
  service_not_allowed: null,
  stolen_card: 'do_not_try_again',
  stop_payment_order: 'do_not_try_again',
  testmode_decline: null,
  transaction_not_allowed: null,
  try_again_later: 'try_again_later',
  withdrawal_count_limit_exceeded: null,
} as const;
export type DeclineCode = keyof typeof advice;

export const declineCodes = Object.keys(advice) as DeclineCode[];

/** https://docs.stripe.com/testing#declined-payments */
const stripesOwn: Record<string, DeclineCode> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_visa_chargeDeclinedLostCard: 'lost_card',
  pm_card_visa_chargeDeclinedStolenCard: 'stolen_card',
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: 'card_velocity_exceeded',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
  pm_card_chargeDeclinedIncorrectCvc: 'incorrect_cvc',
  pm_card_chargeDeclinedProcessingError: 'processing_error',
};

/** These are Stripe's error codes themselves; every other decline is `card_declined`. */
const ownErrorCodes: ReadonlySet<DeclineCode> = new Set<DeclineCode>([
  'authentication_required',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_zip',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'invalid_number',
  'processing_error',
]);

/** The decline a payment method stands for, or null when it is approved. */
export function declineOf(paymentMethod: string): DeclineCode | null {
  const own = stripesOwn[paymentMethod];
  if (own !== undefined) return own;
  const named = /^pm_sandbox_decline_([a-z_]+)$/.exec(paymentMethod)?.[1];
  return declineCodes.find((code) => code === named) ?? null;
}

export function declineError(code: DeclineCode, charge: string): ErrorBody {
  const adviceCode = advice[code];
  return {
    type: 'card_error',
    code: ownErrorCodes.has(code) ? code : 'card_declined',
    decline_code: code,
    ...(adviceCode === null ? {} : { advice_code: adviceCode }),
    message: 'Your card was declined.',
    charge,
  };
}

// The cards that can be tried at the page: tokens that central answers by a declared rule, so that each case can be seen.
// No money moves by them. A real kiosk takes its tokens from a card terminal.
import type { Checkout } from '../../../kiosk/client.ts';

export interface TestCard {
  name: string;
  /** What to expect while there is a link; without one the appliance decides alone. */
  what: string;
  payment: Checkout['payment'];
}

const visa = (token: string, last4: string) => ({
  token,
  fingerprint: `fp_test_${last4}`,
  scheme: 'visa',
  last4,
});

export const testCards: readonly TestCard[] = [
  { name: 'Good card', what: 'Central authorises it.', payment: visa('tok_test_good', '4242') },
  {
    name: 'No money on it',
    what: 'Central declines it.',
    payment: visa('tok_decline_insufficient_funds', '9995'),
  },
  {
    name: 'Slow bank',
    what: 'Central takes eight seconds; the site’s policy says how long to wait.',
    payment: visa('tok_slow_8000', '0341'),
  },
  { name: 'Bank that cannot say', what: 'Central never knows.', payment: visa('tok_unknown', '0119') },
];

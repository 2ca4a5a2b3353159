// A charge that was approved with a warning of its processor's own: told with the approval, and with nothing else.
import { expect, it } from 'vitest';
import { readPayment } from './adyen-objects.ts';
import { readCharge } from './stripe-objects.ts';

const intent = {
  ...{ id: 'pi_1', object: 'payment_intent', amount: 1000, amount_received: 1000, currency: 'gbp' },
  ...{ status: 'succeeded', metadata: {} },
};
const declined = { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } };

it.each([
  ['elevated', {}, 'elevated'],
  ['highest', {}, 'elevated'],
  ['normal', {}, undefined],
  ['not_assessed', {}, undefined],
  [null, {}, undefined],
  ['highest', declined, undefined],
])('reads risk level %s of Stripe: %j', (level, change, risk) => {
  const charge = readCharge({ ...intent, ...change, latest_charge: { outcome: { risk_level: level } } });
  expect(charge?.risk).toBe(risk);
});

it('knows of no risk where Stripe names the charge alone', () => {
  expect(readCharge({ ...intent, latest_charge: 'ch_1' })).toMatchObject({ state: 'captured' });
  expect(readCharge({ ...intent, latest_charge: 'ch_1' })?.risk).toBeUndefined();
});

const asked = { reference: 'r', amount: { currency: 'GBP', amountMinor: 1000 }, take: 'authorise' } as const;
it.each([
  ['Authorised', { fraudManualReview: 'true' }, 'elevated'],
  ['Authorised', { fraudManualReview: 'false' }, undefined],
  ['Authorised', undefined, undefined],
  ['Refused', { fraudManualReview: 'true' }, undefined],
])('reads %s with %j of Adyen', (resultCode, additionalData, risk) => {
  const read = readPayment({ pspReference: 'p', resultCode, additionalData }, asked);
  expect(read.kind === 'charge' ? read.charge.risk : read.kind).toBe(risk);
});

// A balance transaction as Stripe's API gives it, with what real accounts have and the sandbox has not.
import { expect, it } from 'vitest';
import { readBalanceTransaction } from './stripe-balance.ts';

const charge = {
  id: 'ch_1',
  object: 'charge',
  amount: 1000,
  amount_captured: 900,
  currency: 'gbp',
  payment_intent: 'pi_1',
  metadata: { holdfast_reference: 'box-1.a.charge.1' },
};
const transaction = {
  id: 'txn_1',
  object: 'balance_transaction',
  amount: 900,
  available_on: 1_795_132_800,
  created: 1_795_000_000,
  currency: 'gbp',
  fee: 33,
  net: 867,
  reporting_category: 'charge',
  source: charge as unknown,
};
const read = (change: object) => readBalanceTransaction({ ...transaction, ...change }, 'po_1', 7);

it('is a row, with the money that was captured and the names of payment and payout', () => {
  expect(read({})).toEqual({
    kind: 'row',
    row: {
      processor: 'stripe',
      kind: 'charge',
      processorReference: 'txn_1',
      paymentReference: 'pi_1',
      ourReference: 'box-1.a.charge.1',
      amountMinor: 900,
      currency: 'GBP',
      feeMinor: 33,
      netMinor: 867,
      netCurrency: 'GBP',
      occurredMs: 1_795_000_000_000,
      availableOn: '2026-11-20',
      payoutReference: 'po_1',
      line: 7,
    },
  });
});

it("counts as Stripe does: crowns without decimals come times a hundred, and the customer's money is in theirs", () => {
  expect(read({ currency: 'isk', amount: 90_000, fee: 3300, net: 86_700 })).toMatchObject({
    row: { amountMinor: 900, currency: 'GBP', feeMinor: 33, netMinor: 867, netCurrency: 'ISK' },
  });
});

it('takes a fee that has no source', () => {
  const fee = { source: null, reporting_category: 'fee', amount: -12, fee: 0, net: -12 };
  expect(read(fee)).toMatchObject({ row: { kind: 'fee', netMinor: -12, paymentReference: null } });
});

it('names a refund by its own reference, or where it has none by that of its charge', () => {
  const refund = { id: 're_1', object: 'refund', amount: 5, currency: 'gbp', payment_intent: 'pi_1', charge };
  const given = { reporting_category: 'refund', amount: -5, fee: 0, net: -5 };
  const own = { ...refund, metadata: { holdfast_reference: 'box-1.b.refund.1' } };
  expect(read({ ...given, source: own })).toMatchObject({ row: { ourReference: 'box-1.b.refund.1' } });
  const without = { ...refund, metadata: {} };
  expect(read({ ...given, source: without })).toMatchObject({ row: { ourReference: 'box-1.a.charge.1' } });
});

it.each([
  ['a category that is not known', { reporting_category: 'gift' }, 'kind_unknown', 'reporting_category'],
  ['amounts that disagree', { net: 900 }, 'amounts_disagree', 'net'],
  ['a currency that Stripe counts in two ways', { currency: 'ugx' }, 'currency_unknown', 'currency'],
])('sets %s aside', (_, change, reason, field) => {
  expect(read(change)).toMatchObject({ kind: 'aside', aside: { line: 7, reason, field } });
});

it('passes over what came back of an earlier payout', () => {
  const back = { reporting_category: 'payout_reversal', source: { id: 'po_0', object: 'payout' } };
  expect(read(back)).toBe('of_another_payout');
  expect(read({ ...back, source: 'po_1' })).toMatchObject({ row: { kind: 'payout_failed' } });
});

it('is not taken for a row when it is no balance transaction', () => {
  expect(readBalanceTransaction({ object: 'charge' }, 'po_1', 1)).toBe('not_an_object');
});

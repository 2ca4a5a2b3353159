import { describe, expect, it } from 'vitest';
import { decimalText, feeOf, MoneyRules, settle } from './money.ts';

const rules = (change: object = {}) => MoneyRules.parse(change);

describe('the fee', () => {
  it.each([
    [370, 25],
    // 14 of a thousand: 0.5 is rounded up, 0.49 is not.
    [35_750, 521],
    [35_749, 520],
    [1, 20],
  ])('of %i is %i: 1.4 %% rounded half up, and 20', (amount, fee) => {
    expect(feeOf(amount, rules())).toBe(fee);
  });

  it('follows its rule', () => {
    expect(feeOf(1000, rules({ feeMillionths: 29_000, feeMinor: 30 }))).toBe(59);
  });
});

describe('an amount in another currency', () => {
  it.each([
    ['eur', '0.85', 1000, 850],
    ['eur', '0.85', -1000, -850],
    ['eur', '0.5', 25, 12],
    ['eur', '0.5', 27, 14],
    ['jpy', '0.0052', 1000, 520],
    ['kwd', '2.5', 1230, 308],
    ['kwd', '2.5', 1220, 305],
  ])('%s at %s: %i becomes %i pence, half to even', (currency, rate, amount, settled) => {
    expect(settle(amount, currency, rules({ rates: { [currency]: rate } }))).toEqual({
      amount: settled,
      currency: 'gbp',
      rate,
    });
  });

  it('without a rate stays as it is', () => {
    expect(settle(100, 'usd', rules({ rates: { eur: '0.8' } }))).toEqual({
      amount: 100,
      currency: 'usd',
      rate: null,
    });
  });
});

it.each([
  [1230, 'gbp', '12.30'],
  [-5, 'gbp', '-0.05'],
  [500, 'jpy', '500'],
  [1230, 'kwd', '1.230'],
  [0, 'eur', '0.00'],
])('writes %i %s as %s', (amount, currency, text) => {
  expect(decimalText(amount, currency)).toBe(text);
});

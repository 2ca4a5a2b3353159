import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStripe, toStripe } from './stripe-amounts.ts';

describe('money as Stripe counts it', () => {
  it.each<[string, string, number, number | null]>([
    ['pence are pence', 'GBP', 370, 370],
    ['whole yen are whole yen', 'JPY', 500, 500],
    ['whole krónur get two decimals', 'ISK', 5, 500],
    ['ariary lose two decimals', 'MGA', 500, 5],
    ['a part of an ariary cannot be said', 'MGA', 550, null],
    ['fils in tens', 'KWD', 5120, 5120],
    ['a single fils cannot be said', 'KWD', 5124, null],
    ['where Stripe says two things, nothing is sent', 'UGX', 500, null],
    ['where Stripe says nothing, nothing is sent', 'IQD', 1000, null],
    ['nothing at all is no charge', 'GBP', 0, null],
    ['the largest', 'GBP', 99_999_999, 99_999_999],
    ['more than Stripe takes', 'GBP', 100_000_000, null],
    ['more than Stripe takes, once it is counted its way', 'ISK', 1_000_000, null],
  ])('%s', (_, currency, amountMinor, amount) => {
    const told = toStripe({ currency, amountMinor });
    expect(told).toEqual(amount === null ? null : { currency: currency.toLowerCase(), amount });
  });

  it('comes back from Stripe as it was sent', () => {
    const currency = fc.constantFrom('GBP', 'EUR', 'JPY', 'ISK', 'MGA', 'KWD', 'TND', 'HUF', 'TWD');
    fc.assert(
      fc.property(currency, fc.integer({ min: 1, max: 1e8 }), (code, amountMinor) => {
        const told = toStripe({ currency: code, amountMinor });
        if (told) expect(fromStripe(told.currency, told.amount)).toEqual({ currency: code, amountMinor });
      }),
    );
  });

  it('is not guessed from an answer either', () => {
    expect(fromStripe('ugx', 500)).toBeNull();
    expect(fromStripe('isk', 550)).toBeNull();
  });
});

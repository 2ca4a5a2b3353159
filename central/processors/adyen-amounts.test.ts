import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAdyen, toAdyen } from './adyen-amounts.ts';

describe('money as Adyen counts it', () => {
  it.each<[string, string, number, number | null]>([
    ['pence are pence', 'GBP', 370, 370],
    ['whole yen are whole yen', 'JPY', 500, 500],
    ['fils are fils', 'KWD', 5124, 5124],
    ['whole krónur get two decimals', 'ISK', 5, 500],
    ['whole pesos get two decimals', 'CLP', 5, 500],
    ['rupiah lose two decimals', 'IDR', 500, 5],
    ['escudos lose two decimals', 'CVE', 500, 5],
    ['a part of a rupiah cannot be said', 'IDR', 550, null],
    ['nothing at all is no charge', 'GBP', 0, null],
    ['what cannot be added up exactly is no charge', 'ISK', Number.MAX_SAFE_INTEGER, null],
  ])('%s', (_, currency, amountMinor, value) => {
    expect(toAdyen({ currency, amountMinor })).toEqual(value === null ? null : { currency, value });
  });

  it('comes back from Adyen as it was sent', () => {
    const currency = fc.constantFrom('GBP', 'EUR', 'JPY', 'ISK', 'CLP', 'IDR', 'CVE', 'KWD');
    fc.assert(
      fc.property(currency, fc.integer({ min: 1, max: 1e8 }), (code, amountMinor) => {
        const told = toAdyen({ currency: code, amountMinor });
        if (told) expect(fromAdyen(told)).toEqual({ currency: code, amountMinor });
      }),
    );
  });

  it('is not guessed from an answer either', () => {
    expect(fromAdyen({ currency: 'ISK', value: 550 })).toBeNull();
  });
});

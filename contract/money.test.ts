// The line rule against arithmetic that cannot round: BigInt.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { Currency, decimalText, lineTotalMinor, Price, samePrice, TotalMinor } from './money.ts';

const baseQuantities = fc.constantFrom(1 as const, 10 as const, 100 as const, 1000 as const);
const prices: fc.Arbitrary<Price> = fc.record({
  priceMinor: fc.oneof(fc.nat(limits.priceMinorMax), fc.nat(2000)),
  baseQuantity: baseQuantities,
});
const quantities = fc.oneof(
  fc.integer({ min: 1, max: limits.lineQuantityMax }),
  fc.integer({ min: 1, max: 50 }),
);

/** round-half-up(priceMinor × quantity ÷ baseQuantity): (2pq + b) div 2b. */
function exact({ priceMinor, baseQuantity }: Price, quantity: number): bigint {
  const base = BigInt(baseQuantity);
  return (2n * BigInt(priceMinor) * BigInt(quantity) + base) / (2n * base);
}

describe("a line's total", () => {
  it.each([
    [255, 1, 6, 1530],
    [5, 10, 1, 1],
    [4, 10, 1, 0],
    [14, 10, 1, 1],
    [15, 10, 1, 2],
    [49, 100, 1, 0],
    [50, 100, 1, 1],
    [499, 1000, 1, 0],
    [500, 1000, 1, 1],
    [4995, 1000, 1, 5],
    [1499, 1000, 1, 1],
    [125, 100, 2, 3],
    [0, 1000, 99, 0],
  ] as const)('of %i per %i, times %i, is %i', (priceMinor, baseQuantity, quantity, total) => {
    expect(lineTotalMinor({ priceMinor, baseQuantity }, quantity)).toBe(total);
  });

  it('is exact for every price and quantity within the limits', () => {
    fc.assert(
      fc.property(prices, quantities, (price, quantity) => {
        const total = lineTotalMinor(price, quantity);
        expect(Number.isSafeInteger(total)).toBe(true);
        expect(BigInt(total)).toBe(exact(price, quantity));
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact at the limits themselves', () => {
    for (const baseQuantity of [1, 10, 100, 1000] as const) {
      for (const priceMinor of [limits.priceMinorMax, limits.priceMinorMax - 1]) {
        const price = { priceMinor, baseQuantity };
        for (const quantity of [limits.lineQuantityMax, limits.lineQuantityMax - 1]) {
          expect(BigInt(lineTotalMinor(price, quantity))).toBe(exact(price, quantity));
        }
      }
    }
  });
});

describe('a price', () => {
  it('is the same as another exactly when every quantity costs the same before rounding', () => {
    fc.assert(
      fc.property(prices, prices, (a, b) => {
        const same =
          BigInt(a.priceMinor) * BigInt(b.baseQuantity) === BigInt(b.priceMinor) * BigInt(a.baseQuantity);
        expect(samePrice(a, b)).toBe(same);
      }),
    );
    expect(samePrice({ priceMinor: 25, baseQuantity: 10 }, { priceMinor: 2500, baseQuantity: 1000 })).toBe(
      true,
    );
  });

  it('is per one unless it says otherwise', () => {
    expect(Price.parse({ priceMinor: 5 })).toEqual({ priceMinor: 5, baseQuantity: 1 });
  });

  it.each([0, 2, 5, 10_000, -10, 1.5, '10'])('is never per %o', (baseQuantity) => {
    expect(Price.safeParse({ priceMinor: 5, baseQuantity }).success).toBe(false);
  });
});

describe('amounts and currencies at the door', () => {
  it.each([0, -1, 0.5, limits.totalMinorMax + 1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null])(
    'a total of %o is refused',
    (total) => expect(TotalMinor.safeParse(total).success).toBe(false),
  );

  it.each(['gbp', 'GB', 'GBPX', 'XXX', 'XTS', 'XAU', 'BTC', '', 'G P', 826, '__proto__'])(
    '%o is no currency to sell in',
    (currency) => expect(Currency.safeParse(currency).success).toBe(false),
  );

  it.each(['GBP', 'EUR', 'JPY', 'USD', 'XOF'])('%s is one', (currency) => {
    expect(Currency.safeParse(currency).success).toBe(true);
  });
});

describe('minor units as a decimal', () => {
  it.each<[number | bigint, string, string]>([
    [0, 'GBP', '0.00'],
    [5, 'GBP', '0.05'],
    [-5, 'GBP', '-0.05'],
    [123_456, 'EUR', '1234.56'],
    [-1, 'JPY', '-1'],
    [7, 'KWD', '0.007'],
    [12_345, 'TND', '12.345'],
    [9_007_199_254_740_993n, 'GBP', '90071992547409.93'],
  ])('%s in %s is %s', (minor, currency, text) => {
    expect(decimalText(minor, currency)).toBe(text);
  });
});

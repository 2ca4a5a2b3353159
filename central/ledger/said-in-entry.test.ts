import { describe, expect, it } from 'vitest';
import { checkoutEntry, voidEntry } from '../fixtures/entries.ts';
import { saidInEntry } from './said-in-entry.ts';

const price = { priceMinor: 250, baseQuantity: 1 as const };

describe('what an entry says', () => {
  it('is its goods after discounts, by whose rules, at which kiosk', () => {
    const judged = [
      { sku: 'A', name: 'Apple', quantity: 2, price, totalMinor: 500, discountMinor: 50 },
      { sku: 'B', quantity: 1, price, totalMinor: 250 },
    ];
    expect(
      saidInEntry(checkoutEntry({ judged, catalogueVersion: 4, policyVersion: 2, kiosk: 'till-1' })),
    ).toEqual({
      reasons: [],
      lines: [
        { sku: 'A', name: 'Apple', quantity: 2, totalMinor: 450, discountMinor: 50 },
        { sku: 'B', name: null, quantity: 1, totalMinor: 250, discountMinor: 0 },
      ],
      catalogueVersion: 4,
      policyVersion: 2,
      kiosk: 'till-1',
    });
  });

  it('is what was asked for where it could not be priced, and why', () => {
    const { checkout } = checkoutEntry();
    const lines = [{ gtin: '4006381333931', quantity: 3 }];
    const entry = checkoutEntry({
      verdict: 'refused',
      reasons: [{ code: 'product_unknown', line: 0 }],
      checkout: { ...checkout, lines },
    });
    expect(saidInEntry(entry)).toMatchObject({
      reasons: ['product_unknown'],
      lines: [{ sku: '4006381333931', name: null, quantity: 3, totalMinor: null }],
      kiosk: null,
    });
  });

  it('is nothing of one that cannot be read, and no goods of what is no checkout', () => {
    expect(saidInEntry(null)).toMatchObject({ reasons: [], lines: [], policyVersion: null });
    expect(saidInEntry(voidEntry('0199f3c8-1111-7c01-9d2e-000000000001')).lines).toEqual([]);
  });
});

// Goods as a table: each reason alone and at its limit; lines of one product are taken together.
import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../contract/checkout.ts';
import type { Product } from '../../contract/feed.ts';
import { Policy } from '../../contract/policy.ts';
import { judgeGoods } from './goods.ts';

const policy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 100_000 },
  exposure: { totalMinorMax: 10_000 },
  priceOverride: { permission: 'allowed' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
const counting: Policy = { ...policy, stock: { ...policy.stock, uncounted: 'refuse' } };
const gin: Product = { sku: 'gin', name: 'Gin', price: { priceMinor: 1, baseQuantity: 1 }, sellable: true };
const adult = (years: number): Partial<Checkout> => ({ ageAttestation: { years, by: 'anna' } });

describe('goods', () => {
  it.each<[string, number[], Partial<Product> | null, number | null, Partial<Checkout>, Policy, object[]]>([
    ['for sale', [1], {}, null, {}, policy, []],
    ['unknown', [1], null, null, {}, policy, [{ code: 'product_unknown', line: 0 }]],
    ['not for sale', [1], { sellable: false }, null, {}, policy, [{ code: 'product_not_sellable', line: 0 }]],
    ['as many as a line may have', [3], { quantityMax: 3 }, null, {}, policy, []],
    [
      'more than a line may have',
      [4],
      { quantityMax: 3 },
      null,
      {},
      policy,
      [{ code: 'quantity_above_limit', line: 0 }],
    ],
    [
      'for adults, without a word',
      [1],
      { ageMin: 18 },
      null,
      {},
      policy,
      [{ code: 'age_attestation_required', line: 0 }],
    ],
    [
      'for adults, to one a year short',
      [1],
      { ageMin: 18 },
      null,
      adult(17),
      policy,
      [{ code: 'age_attestation_required', line: 0 }],
    ],
    ['for adults, to an adult', [1], { ageMin: 18 }, null, adult(18), policy, []],
    ['to the last one', [3], {}, 3, {}, policy, []],
    ['one more than are left', [4], {}, 3, {}, policy, [{ code: 'out_of_stock', line: 0, left: 3 }]],
    ['in two lines, together to the last one', [1, 2], {}, 3, {}, policy, []],
    [
      'in two lines, together one too many',
      [2, 2],
      {},
      3,
      {},
      policy,
      [{ code: 'out_of_stock', line: 1, left: 3 }],
    ],
    ['none left', [1], {}, 0, {}, policy, [{ code: 'out_of_stock', line: 0, left: 0 }]],
    [
      'fewer than none, after a short count',
      [1],
      {},
      -2,
      {},
      policy,
      [{ code: 'out_of_stock', line: 0, left: 0 }],
    ],
    ['uncounted, where that is sold', [1], {}, null, {}, policy, []],
    ['uncounted, where that is refused', [1], {}, null, {}, counting, [{ code: 'stock_unknown', line: 0 }]],
    ['counted, where uncounted is refused', [1], {}, 1, {}, counting, []],
  ])('%s', (_, quantities, product, available, changes, rules, reasons) => {
    const lines = quantities.map((quantity) => ({ sku: 'gin', quantity }));
    const goods = lines.map(() => ({ product: product && { ...gin, ...product }, available }));
    expect(judgeGoods({ lines, ...changes }, goods, rules)).toEqual(reasons);
  });
});

// Prices, discounts and taxes as tables, to the minor unit; and as a property: a bill always adds up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkout, Discount, Line } from '../../contract/checkout.ts';
import type { Offer, Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import type { Price } from '../../contract/money.ts';
import { Policy } from '../../contract/policy.ts';
import { priceBasket } from './pricing.ts';

const policy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 100_000 },
  exposure: { totalMinorMax: 1_000_000 },
  priceOverride: { permission: 'allowed', deviationBasisPointsMax: 5000 },
  discount: { permission: 'allowed', basisPointsMax: 5000 },
  tax: { rates: { standard: 2000, reduced: 500 } },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
const exclusive: Policy = { ...policy, tax: { ...policy.tax, prices: 'exclusive' } };
const each = (priceMinor: number): Price => ({ priceMinor, baseQuantity: 1 });
const tea: Product = { sku: 'tea', name: 'Tea', price: each(250), sellable: true };
const line = (quantity: number, changes: Partial<Line> = {}): Line => ({ sku: 'tea', quantity, ...changes });
const by = { by: 'anna', reason: 'dented' };
const amount = (amountMinor: number): Discount => ({ kind: 'amount', amountMinor, ...by });
const share = (basisPoints: number): Discount => ({ kind: 'share', basisPoints, ...by });
const offer = (priceMinor: number, changes: Partial<Offer> = {}): Offer => ({
  price: each(priceMinor),
  quantityMin: 1,
  ...changes,
});
const at = 1_790_000_000_000;
const price = (
  lines: Line[],
  product: Partial<Product> = {},
  { rules = policy, ...basket }: Partial<Checkout> & { rules?: Policy } = {},
) => {
  const {
    reasons,
    lines: priced,
    bill,
    deviationBasisPoints,
  } = priceBasket(
    { lines, ...basket },
    lines.map(() => ({ ...tea, ...product })),
    rules,
    at,
  );
  const codes = reasons.map(({ code, line }) => (line === undefined ? code : `${code}@${line}`));
  return { codes, lines: priced, bill, deviationBasisPoints };
};

describe('the price of a line', () => {
  it.each<[string, Partial<Product>, number, number, string | undefined]>([
    ['is the standing price', {}, 1, 250, undefined],
    ['holds from its first moment on', { priceFromMs: at }, 1, 250, undefined],
    ['holds until before its last', { priceUntilMs: at + 1 }, 1, 250, undefined],
    ['is the offer where that costs less', { offers: [offer(200)] }, 2, 400, 'offer'],
    ['is not the offer where that costs more', { offers: [offer(260)] }, 2, 500, undefined],
    ['is the standing price of two equal ones', { offers: [offer(250)] }, 2, 500, undefined],
    ['is the least of several offers', { offers: [offer(200), offer(150), offer(180)] }, 1, 150, 'offer'],
    ['needs the quantity of an offer', { offers: [offer(200, { quantityMin: 3 })] }, 2, 500, undefined],
    ['has an offer from its quantity on', { offers: [offer(200, { quantityMin: 3 })] }, 3, 600, 'offer'],
    ['has no offer before its window', { offers: [offer(200, { fromMs: at + 1 })] }, 1, 250, undefined],
    [
      'has an offer in its window',
      { offers: [offer(200, { fromMs: at, untilMs: at + 1 })] },
      1,
      200,
      'offer',
    ],
    ['has no offer after its window', { offers: [offer(200, { untilMs: at })] }, 1, 250, undefined],
    [
      'is an offer even without a standing price',
      { priceUntilMs: at, offers: [offer(300)] },
      1,
      300,
      'offer',
    ],
  ])('%s', (_, product, quantity, totalMinor, from) => {
    const { codes, lines } = price([line(quantity)], product);
    expect(codes).toEqual([]);
    expect(lines[0]).toMatchObject({ totalMinor });
    expect(lines[0]?.from).toBe(from);
  });

  it.each<[string, Partial<Product>]>([
    ['before its window', { priceFromMs: at + 1 }],
    ['at the end of its window', { priceUntilMs: at }],
    ['with an offer that needs more', { priceUntilMs: at, offers: [offer(1, { quantityMin: 2 })] }],
  ])('is missing %s, and the line is refused', (_, product) => {
    expect(price([line(1)], product)).toMatchObject({ codes: ['price_not_valid_now@0'], bill: null });
  });

  it.each<[number, string[], number]>([
    [125, [], 5000],
    [124, ['price_override_above_limit@0'], 0],
    [375, [], 5000],
    [376, ['price_override_above_limit@0'], 0],
    [250, [], 0],
    [249, [], 40],
  ])('overridden from 250 to %i, where half may be changed, gives %j', (minor, reasons, deviation) => {
    const answer = price([line(1, { price: each(minor), priceOverride: by })]);
    expect(answer.codes).toEqual(reasons);
    expect(answer.deviationBasisPoints).toBe(deviation);
  });

  it('overridden is measured against the offer that would apply', () => {
    const product = { offers: [offer(100)] };
    expect(price([line(1, { price: each(50), priceOverride: by })], product).codes).toEqual([]);
    expect(price([line(1, { price: each(49), priceOverride: by })], product).codes).toEqual([
      'price_override_above_limit@0',
    ]);
  });

  it('of nothing can be overridden only where there is no limit to it', () => {
    const lines = [line(1, { price: each(1), priceOverride: by })];
    expect(price(lines, { price: each(0) }).codes).toEqual(['price_override_above_limit@0']);
    const rules: Policy = { ...policy, priceOverride: { permission: 'allowed' } };
    expect(price(lines, { price: each(0) }, { rules }).codes).toEqual([]);
  });
});

describe('a discount', () => {
  it.each<[string, Line[], Discount | undefined, number[], number]>([
    ['by amount', [line(1, { discount: amount(50) })], undefined, [50], 200],
    ['by share', [line(1, { discount: share(1000) })], undefined, [25], 225],
    ['by share rounds halves up', [line(1, { discount: share(1020) })], undefined, [26], 224],
    ['of the whole is spread', [line(1), line(2), line(1)], amount(100), [25, 50, 25], 900],
    ['of the whole leaves no unit over', [line(1), line(1), line(1)], amount(100), [34, 33, 33], 650],
    [
      'of the whole is taken after those of lines',
      [line(1, { discount: amount(50) }), line(1)],
      share(1000),
      [70, 25],
      405,
    ],
  ])('%s', (_, lines, discount, byLine, totalMinor) => {
    const { codes, bill } = price(lines, {}, { ...(discount && { discount }) });
    expect(codes).toEqual([]);
    expect(bill?.judged.map((judged) => judged.discountMinor ?? 0)).toEqual(byLine);
    expect(bill?.totalMinor).toBe(totalMinor);
  });

  it.each<[string, Line[], Discount | undefined, Policy, string[]]>([
    [
      'more than the line',
      [line(1), line(1, { discount: amount(251) })],
      undefined,
      policy,
      ['discount_above_total@1'],
    ],
    ['more than the whole', [line(1)], amount(251), policy, ['discount_above_total']],
    ['at the limit of all', [line(2, { discount: amount(250) })], undefined, policy, []],
    [
      'one above the limit of all',
      [line(2, { discount: amount(250) })],
      amount(1),
      policy,
      ['discount_above_limit'],
    ],
    [
      'where the policy allows none',
      [line(1, { discount: share(1) })],
      undefined,
      { ...policy, discount: { permission: 'refused', basisPointsMax: 10_000 } },
      ['discount_not_allowed'],
    ],
  ])('of %s', (_, lines, discount, rules, reasons) => {
    expect(price(lines, {}, { rules, ...(discount && { discount }) }).codes).toEqual(reasons);
  });
});

describe('taxes', () => {
  it.each<[string, Line[], Policy, object[], number]>([
    ['inside the price', [line(1)], policy, [{ netMinor: 208, taxMinor: 42 }], 250],
    ['added to the price', [line(1)], exclusive, [{ netMinor: 250, taxMinor: 50 }], 300],
    [
      'of a rate once, not line by line',
      [line(1), line(1), line(1)],
      policy,
      [{ netMinor: 625, taxMinor: 125 }],
      750,
    ],
    [
      'on what is left after discounts',
      [line(1, { discount: amount(10) })],
      policy,
      [{ netMinor: 200, taxMinor: 40 }],
      240,
    ],
  ])('%s', (_, lines, rules, taxes, totalMinor) => {
    const { bill, codes } = price(lines, { taxCategory: 'standard' }, { rules });
    expect(codes).toEqual([]);
    expect(bill).toMatchObject({ taxes, totalMinor });
  });

  it('stand in the order of their categories, and each line says which it is in', () => {
    const products = [
      { taxCategory: 'reduced' },
      {},
      { taxCategory: 'standard' },
      { taxCategory: 'reduced' },
    ];
    const { bill } = priceBasket(
      { lines: products.map(() => line(1)) },
      products.map((one) => ({ ...tea, ...one })),
      policy,
      at,
    );
    expect(bill?.judged.map(({ tax }) => tax)).toEqual([0, undefined, 1, 0]);
    expect(bill?.taxes.map(({ category, taxMinor }) => [category, taxMinor])).toEqual([
      ['reduced', 24],
      ['standard', 42],
    ]);
  });

  it.each(['luxury', 'constructor', '__proto__'])(
    'of a category %s that the policy does not know are refused',
    (taxCategory) => {
      expect(price([line(1)], { taxCategory })).toMatchObject({ codes: ['tax_rate_unknown@0'], bill: null });
    },
  );
});

describe('a bill', () => {
  it('names a product as far as a slip is wide, and cuts no character in two', () => {
    const name = `${'x'.repeat(limits.slipNameCharsMax - 1)}😀 and more`;
    expect(price([line(1)], { name }).lines[0]?.name).toBe('x'.repeat(limits.slipNameCharsMax - 1));
  });

  it('adds up whatever is in it: lines less discounts, and taxes inside or on top', () => {
    const lines = fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 9 }),
        priceMinor: fc.nat(5000),
        taxCategory: fc.constantFrom('standard', 'reduced', undefined),
        discount: fc.option(
          fc.oneof(
            fc.integer({ min: 1, max: 10_000 }).map(share),
            fc.integer({ min: 1, max: 60 }).map(amount),
          ),
          { nil: undefined },
        ),
      }),
      { minLength: 1, maxLength: 12 },
    );
    const whole = fc.option(fc.integer({ min: 1, max: 10_000 }).map(share), { nil: undefined });
    const rules = fc.constantFrom(policy, exclusive);
    fc.assert(
      fc.property(lines, whole, rules, (cases, discount, rule) => {
        const free: Policy = { ...rule, discount: { permission: 'allowed', basisPointsMax: 10_000 } };
        const { bill, reasons } = priceBasket(
          {
            lines: cases.map((one) => line(one.quantity, one.discount && { discount: one.discount })),
            ...(discount && { discount }),
          },
          cases.map(({ priceMinor, taxCategory }) => ({
            ...tea,
            price: each(priceMinor),
            ...(taxCategory && { taxCategory }),
          })),
          free,
          at,
        );
        if (!bill) {
          expect(reasons.map(({ code }) => code)).toContain('discount_above_total');
          return;
        }
        const paid = bill.judged.map((one) => one.totalMinor - (one.discountMinor ?? 0));
        expect(paid.every((minor) => minor >= 0)).toBe(true);
        const sum = (minors: number[]) => minors.reduce((total, minor) => total + minor, 0);
        const added = sum(bill.taxes.map((tax) => (tax.prices === 'exclusive' ? tax.taxMinor : 0)));
        expect(bill.totalMinor).toBe(sum(paid) + added);
        bill.taxes.forEach((tax, i) => {
          const ofTax = sum(paid.filter((_, at) => bill.judged[at]?.tax === i));
          expect(tax.netMinor + (tax.prices === 'inclusive' ? tax.taxMinor : 0)).toBe(ofTax);
        });
      }),
    );
  });
});

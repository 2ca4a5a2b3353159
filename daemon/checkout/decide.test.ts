// The rule as tables: each reason alone, all of them together, and the limits to the minor unit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkout, UnlinkedRefund } from '../../contract/checkout.ts';
import type { Product } from '../../contract/feed.ts';
import { type Price, samePrice } from '../../contract/money.ts';
import { Policy } from '../../contract/policy.ts';
import { reasonHints } from '../../contract/verdict.ts';
import {
  alone,
  type CheckoutFacts,
  type Decision,
  decideUnlinkedRefund,
  decideVoid,
  judgeCheckout,
  type TargetFacts,
} from './decide.ts';

const policy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 10_000 },
  exposure: { totalMinorMax: 50_000 },
  priceOverride: { permission: 'allowed' },
  unlinkedRefund: { permission: 'allowed', totalMinorMax: 2000 },
});
const payment = { token: 'tok_1', fingerprint: 'f1', scheme: 'visa', last4: '4242' };
const tea: Product = { sku: 'tea', name: 'Tea', price: { priceMinor: 250, baseQuantity: 1 }, sellable: true };
const each = (priceMinor: number): Price => ({ priceMinor, baseQuantity: 1 });

type Line = Checkout['lines'][number];
const checkoutOf = (lines: Line[], totalMinor: number, changes: Partial<Checkout> = {}): Checkout => ({
  lines,
  totalMinor,
  currency: 'GBP',
  payment,
  mode: 'offline_ok',
  ...changes,
});
const oneTea = checkoutOf([{ sku: 'tea', quantity: 1 }], 250);
const knows = (products: (Product | null)[], exposureMinor = 0): CheckoutFacts => ({
  goods: products.map((product) => ({ product, available: null })),
  nowMs: 1_790_000_000_000,
  hours: 'open',
  exposure: { count: 0, totalMinor: exposureMinor },
  velocity: [],
  card: { hot: false, known: true, splitMinor: 0 },
  draw: 9_999,
  offlineMs: 0,
  policyAgeMs: 0,
  catalogueAgeMs: 0,
});
/** What the appliance says alone, with the lines as they were priced. */
const decideCheckout = (checkout: Checkout, facts: CheckoutFacts, rules: Policy) => {
  const judgement = judgeCheckout(checkout, facts, rules);
  return { ...alone(judgement), judged: judgement.pricing.bill?.judged };
};
/** The reasons as "code" or "code@line". */
const codes = ({ reasons }: Decision) =>
  reasons.map(({ code, line }) => (line === undefined ? code : `${code}@${line}`));

describe('a checkout', () => {
  it('without anything against it is approved, with each line as it was priced', () => {
    const checkout = checkoutOf([{ sku: 'tea', quantity: 3 }], 750);
    expect(decideCheckout(checkout, knows([tea]), policy)).toEqual({
      verdict: 'approved_offline',
      reasons: [],
      judged: [{ sku: 'tea', name: 'Tea', quantity: 3, price: each(250), totalMinor: 750 }],
    });
  });

  it.each<[string, Checkout, CheckoutFacts, Policy, string[]]>([
    ['an unknown product', oneTea, knows([null]), policy, ['product_unknown@0']],
    [
      'a product not for sale',
      oneTea,
      knows([{ ...tea, sellable: false }]),
      policy,
      ['product_not_sellable@0'],
    ],
    [
      'more than the product allows',
      checkoutOf([{ sku: 'tea', quantity: 3 }], 750),
      knows([{ ...tea, quantityMax: 2 }]),
      policy,
      ['quantity_above_limit@0'],
    ],
    ['another currency', { ...oneTea, currency: 'EUR' }, knows([tea]), policy, ['currency_not_accepted']],
    [
      'an old price',
      checkoutOf([{ sku: 'tea', quantity: 1, price: each(240) }], 240),
      knows([tea]),
      policy,
      ['price_mismatch@0'],
    ],
    [
      'an override against the policy',
      checkoutOf(
        [{ sku: 'tea', quantity: 1, price: each(240), priceOverride: { by: 'a', reason: 'b' } }],
        240,
      ),
      knows([tea]),
      { ...policy, priceOverride: { permission: 'refused' } },
      ['price_override_not_allowed@0'],
    ],
    ['a total one too low', { ...oneTea, totalMinor: 249 }, knows([tea]), policy, ['total_mismatch']],
    ['a total one too high', { ...oneTea, totalMinor: 251 }, knows([tea]), policy, ['total_mismatch']],
    [
      'a total above the limit of one checkout',
      checkoutOf([{ sku: 'tea', quantity: 41 }], 10_250),
      knows([tea]),
      policy,
      ['checkout_above_limit'],
    ],
    [
      'no link where one is required',
      { ...oneTea, mode: 'require_online' },
      knows([tea]),
      policy,
      ['online_required'],
    ],
    ['no room for it in the exposure', oneTea, knows([tea], 49_751), policy, ['exposure_limit_reached']],
  ])('with %s is refused for that alone', (_, checkout, facts, rules, reasons) => {
    const decision = decideCheckout(checkout, facts, rules);
    expect(decision.verdict).toBe('refused');
    expect(codes(decision)).toEqual(reasons);
  });

  it('with everything wrong gets every reason at once, the lines first and in their order', () => {
    const checkout = checkoutOf(
      [
        { sku: 'gone', quantity: 1 },
        { sku: 'tea', quantity: 9, price: each(1) },
        { sku: 'jam', quantity: 1, price: each(2), priceOverride: { by: 'a', reason: 'b' } },
      ],
      10_001,
      { currency: 'EUR', mode: 'require_online' },
    );
    const facts = knows([null, { ...tea, sellable: false, quantityMax: 8 }, { ...tea, sku: 'jam' }], 50_000);
    const decision = decideCheckout(checkout, facts, { ...policy, priceOverride: { permission: 'refused' } });
    expect(codes(decision)).toEqual([
      'product_unknown@0',
      'product_not_sellable@1',
      'quantity_above_limit@1',
      'price_mismatch@1',
      'price_override_not_allowed@2',
      'currency_not_accepted',
      'checkout_above_limit',
      'online_required',
      'exposure_limit_reached',
    ]);
    expect(decision.judged).toBeUndefined();
  });

  it('is not told of a total that cannot be known while a line has no price', () => {
    const two: Line[] = [
      { sku: 'tea', quantity: 1 },
      { sku: 'gone', quantity: 1 },
    ];
    expect(codes(decideCheckout(checkoutOf(two, 1), knows([tea, null]), policy))).toEqual([
      'product_unknown@1',
    ]);
  });

  it('keeps its judged lines when only something else is wrong', () => {
    const decision = decideCheckout({ ...oneTea, totalMinor: 1 }, knows([tea]), policy);
    expect(decision.judged).toEqual([
      { sku: 'tea', name: 'Tea', quantity: 1, price: each(250), totalMinor: 250 },
    ]);
  });

  it.each([
    [49_749, 'approved_offline'],
    [49_750, 'approved_offline'],
    [49_751, 'refused'],
  ] as const)('of 250 above an exposure of %i, where 50,000 may be exposed, is %s', (exposure, verdict) => {
    expect(decideCheckout(oneTea, knows([tea], exposure), policy).verdict).toBe(verdict);
  });

  it.each([
    [9_999, 'approved_offline'],
    [10_000, 'approved_offline'],
    [10_001, 'refused'],
  ] as const)('of %i, where one checkout may be 10,000, is %s', (total, verdict) => {
    const product = { ...tea, price: each(total) };
    expect(decideCheckout({ ...oneTea, totalMinor: total }, knows([product]), policy).verdict).toBe(verdict);
  });

  it.each([
    [2, 'approved_offline'],
    [3, 'refused'],
  ] as const)('of %i where a line may have 2 is %s', (quantity, verdict) => {
    const checkout = checkoutOf([{ sku: 'tea', quantity }], 250 * quantity);
    expect(decideCheckout(checkout, knows([{ ...tea, quantityMax: 2 }]), policy).verdict).toBe(verdict);
  });

  it.each<[number, Price['baseQuantity'], number, number]>([
    [255, 1, 2, 510],
    [5, 10, 1, 1],
    [4, 10, 1, 0],
    [25, 10, 3, 8],
    [24, 10, 3, 7],
    [50, 100, 1, 1],
    [49, 100, 1, 0],
    [12_345, 100, 2, 247],
    [500, 1000, 1, 1],
    [499, 1000, 1, 0],
    [1500, 1000, 1, 2],
    [333, 1000, 3, 1],
  ])('at %i per %i takes %i for %i: halves go up', (priceMinor, baseQuantity, quantity, totalMinor) => {
    const product = { ...tea, price: { priceMinor, baseQuantity } };
    // A line of nothing beside one of a hundred: a document's total is above zero.
    const lines: Line[] = [
      { sku: 'tea', quantity },
      { sku: 'jam', quantity: 1 },
    ];
    const facts = knows([product, { ...tea, sku: 'jam', price: each(100) }]);
    const decision = decideCheckout(checkoutOf(lines, totalMinor + 100), facts, policy);
    expect(codes(decision)).toEqual([]);
    expect(decision.judged?.[0]?.totalMinor).toBe(totalMinor);
  });

  it('rounds each line by itself and then adds', () => {
    const product = { ...tea, price: { priceMinor: 15, baseQuantity: 10 as const } };
    const lines: Line[] = [
      { sku: 'tea', quantity: 1 },
      { sku: 'tea', quantity: 1 },
    ];
    expect(codes(decideCheckout(checkoutOf(lines, 4), knows([product, product]), policy))).toEqual([]);
    expect(codes(decideCheckout(checkoutOf(lines, 3), knows([product, product]), policy))).toEqual([
      'total_mismatch',
    ]);
  });

  it('may name the price in another base quantity when it is the same', () => {
    const lines: Line[] = [{ sku: 'tea', quantity: 2, price: { priceMinor: 2500, baseQuantity: 10 } }];
    const decision = decideCheckout(checkoutOf(lines, 500), knows([tea]), policy);
    expect(decision.judged).toMatchObject([{ sku: 'tea', quantity: 2, price: each(250), totalMinor: 500 }]);
  });

  it('is taken at an overriding price, down to nothing, where the policy allows it', () => {
    const priceOverride = { by: 'anna', reason: 'shelf label' };
    const lines: Line[] = [
      { sku: 'tea', quantity: 2, price: each(0), priceOverride },
      { sku: 'tea', quantity: 1, price: each(300), priceOverride },
    ];
    const decision = decideCheckout(checkoutOf(lines, 300), knows([tea, tea]), policy);
    expect(decision.judged?.map(({ totalMinor }) => totalMinor)).toEqual([0, 300]);
    expect(decision.verdict).toBe('approved_offline');
  });

  it('that overrides a price with the same one overrides nothing', () => {
    const lines: Line[] = [
      { sku: 'tea', quantity: 1, price: each(250), priceOverride: { by: 'anna', reason: 'habit' } },
    ];
    const decision = decideCheckout(checkoutOf(lines, 250), knows([tea]), {
      ...policy,
      priceOverride: { permission: 'refused' },
    });
    expect(decision.verdict).toBe('approved_offline');
  });

  it('whose lines together pass what a number can hold is refused, not rounded into place', () => {
    const dear = { ...tea, price: each(1_000_000_000) };
    const lines: Line[] = Array.from({ length: 1000 }, () => ({ sku: 'tea', quantity: 100_000 }));
    const facts = knows(lines.map(() => dear));
    expect(codes(decideCheckout(checkoutOf(lines, 1), facts, policy))).toEqual(['checkout_above_limit']);
  });

  it('is approved exactly when there is no reason, and every reason has its hint', () => {
    const products = fc.option(
      fc.record({
        sku: fc.constant('tea'),
        name: fc.constant('Tea'),
        price: fc.record({ priceMinor: fc.nat(600), baseQuantity: fc.constantFrom(1 as const, 10 as const) }),
        sellable: fc.boolean(),
        quantityMax: fc.integer({ min: 1, max: 5 }),
      }),
    );
    const lines = fc.record({ quantity: fc.integer({ min: 1, max: 6 }), product: products });
    fc.assert(
      fc.property(
        fc.array(lines, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 12_000 }),
        fc.nat(60_000),
        (cases, totalMinor, exposure) => {
          const checkout = checkoutOf(
            cases.map(({ quantity }) => ({ sku: 'tea', quantity })),
            totalMinor,
          );
          const facts = knows(
            cases.map(({ product }) => product),
            exposure,
          );
          const decision = decideCheckout(checkout, facts, policy);
          expect(decision.verdict === 'approved_offline').toBe(decision.reasons.length === 0);
          expect(decision.reasons.every(({ code }) => code in reasonHints)).toBe(true);
          if (decision.verdict !== 'approved_offline') return;
          expect(exposure + totalMinor).toBeLessThanOrEqual(policy.exposure.totalMinorMax);
          expect(totalMinor).toBeLessThanOrEqual(policy.checkout.totalMinorMax);
          expect(decision.judged?.reduce((sum, line) => sum + line.totalMinor, 0)).toBe(totalMinor);
          expect(
            decision.judged?.every((line, i) => samePrice(line.price, cases[i]?.product?.price ?? each(-1))),
          ).toBe(true);
        },
      ),
    );
  });
});

describe('a judgement', () => {
  const facts = knows([tea]);
  const judge = (changes: Partial<CheckoutFacts>, checkout: Partial<Checkout> = {}, rules = policy) => {
    const { refusals, offlineRefusals } = judgeCheckout(
      { ...oneTea, ...checkout },
      { ...facts, ...changes },
      rules,
    );
    return [refusals.map(({ code }) => code), offlineRefusals.map(({ code }) => code)];
  };
  const online: Policy = { ...policy, online: { ...policy.online, mode: 'require_online' } };
  const { mode: _, ...silent } = oneTea;

  it.each<[string, Partial<CheckoutFacts>, Partial<Checkout>, Policy, string[], string[]]>([
    [
      'a card on the hot list',
      { card: { hot: true, known: true, splitMinor: 0 } },
      {},
      policy,
      ['card_not_taken'],
      [],
    ],
    ['a closed site', { hours: 'closed' }, {}, policy, ['outside_opening_hours'], []],
    ['a time that must be known', { hours: 'time_unknown' }, {}, policy, ['time_unknown'], []],
    ['another currency', {}, { currency: 'EUR' }, policy, ['currency_not_accepted'], []],
    ['a wish for central', {}, { mode: 'require_online' }, policy, [], ['online_required']],
    [
      'no room in the exposure',
      { exposure: { count: 0, totalMinor: 50_000 } },
      {},
      policy,
      [],
      ['exposure_limit_reached'],
    ],
    [
      'both kinds',
      { hours: 'closed', exposure: { count: 0, totalMinor: 50_000 } },
      { mode: 'require_online', currency: 'EUR' },
      policy,
      ['currency_not_accepted', 'outside_opening_hours'],
      ['online_required', 'exposure_limit_reached'],
    ],
  ])(
    'keeps apart what holds always and what holds alone: %s',
    (_, changes, checkout, rules, always, only) => {
      expect(judge(changes, checkout, rules)).toEqual([always, only]);
    },
  );

  it('asks the policy who decides where the checkout does not say', () => {
    const of = (checkout: Checkout) => judgeCheckout(checkout, facts, online).offlineRefusals;
    expect(of(silent)).toEqual([{ code: 'online_required' }]);
    expect(of(oneTea)).toEqual([]);
  });

  it('without a total goes by what it would cost', () => {
    const { totalMinor: __, ...asked } = oneTea;
    const judgement = judgeCheckout(asked, knows([{ ...tea, price: each(10_001) }]), policy);
    expect(judgement.refusals).toEqual([{ code: 'checkout_above_limit' }]);
  });
});

const sold: TargetFacts = {
  kind: 'checkout',
  verdict: 'approved_offline',
  currency: 'GBP',
  totalMinor: 1000,
  voided: false,
  refundedMinor: 0,
  handedOver: false,
};

describe('a void', () => {
  it.each<[string, Partial<TargetFacts>, string[]]>([
    ['an approved checkout', {}, []],
    ['an authorised checkout', { verdict: 'authorised' }, []],
    ['a refused checkout', { verdict: 'refused' }, ['checkout_not_approved']],
    ['a declined checkout', { verdict: 'declined' }, ['checkout_not_approved']],
    ['a void', { kind: 'void' }, ['checkout_not_approved']],
    ['a refund', { kind: 'refund' }, ['checkout_not_approved']],
    ['a checkout voided before', { voided: true }, ['already_voided']],
    ['a checkout after a refund', { refundedMinor: 1 }, ['already_refunded']],
    ['a checkout whose goods were handed over', { handedOver: true }, ['already_handed_over']],
    ['a step of a fulfilment', { kind: 'fulfilment' }, ['checkout_not_approved']],
  ])('of %s', (_, changes, reasons) => {
    const decision = decideVoid({ ...sold, ...changes });
    expect(codes(decision)).toEqual(reasons);
    expect(decision.verdict).toBe(reasons.length === 0 ? 'approved_offline' : 'refused');
  });
});

describe('a refund without a checkout', () => {
  const refundOf = (totalMinor: number, changes: Partial<UnlinkedRefund> = {}): UnlinkedRefund => ({
    lines: [{ sku: 'tea', quantity: 1, price: each(totalMinor) }],
    currency: 'GBP',
    totalMinor,
    payment,
    reason: 'no receipt',
    ...changes,
  });
  const refusing: Policy = { ...policy, unlinkedRefund: { permission: 'refused', totalMinorMax: 2000 } };

  it.each<[string, UnlinkedRefund, Policy, string[]]>([
    ['within the limit', refundOf(1999), policy, []],
    ['at the limit', refundOf(2000), policy, []],
    ['one above the limit', refundOf(2001), policy, ['refund_above_limit']],
    ['where the policy has none', refundOf(1), refusing, ['unlinked_refund_not_allowed']],
    ['in another currency', refundOf(1, { currency: 'EUR' }), policy, ['currency_not_accepted']],
    ['whose total is not its lines', { ...refundOf(5), totalMinor: 6 }, policy, ['total_mismatch']],
    [
      'whose lines round half up',
      refundOf(3, { lines: [{ sku: 'tea', quantity: 5, price: { priceMinor: 5, baseQuantity: 10 } }] }),
      policy,
      [],
    ],
  ])('%s', (_, refund, rules, reasons) => {
    expect(codes(decideUnlinkedRefund(refund, rules))).toEqual(reasons);
  });
});

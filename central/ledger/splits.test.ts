import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadMinor } from '../../contract/share.ts';
import type { Share } from './postings.ts';
import {
  goodsShares,
  less,
  lineShares,
  type SoldLines,
  type Split,
  type SplitOf,
  saleShares,
  splitNet,
  summed,
  undoAmount,
  undoLines,
} from './splits.ts';

const price = { priceMinor: 1, baseQuantity: 1 as const };
const acme: Split = { payees: [{ payee: 'acme', basisPoints: 10_000 }], feeBasisPoints: 1500 };
const three: Split = {
  payees: ['a', 'b', 'c'].map((payee) => ({ payee, basisPoints: 3333 })),
  feeBasisPoints: 0,
};
const inWords = (shares: readonly Share[]) =>
  shares.map(
    ({ account, amountMinor, feeMinor }) => `${account.split(':').at(-1)} ${amountMinor}/${feeMinor}`,
  );

describe('a split', () => {
  const cases: [string, number, Split | null, string[]][] = [
    ['nobody named', 100, null, ['house 100/0']],
    ['one payee and a fee', 1000, acme, ['acme 1000/150', 'house 0/0']],
    ['a fee of half a unit, rounded up', 30, acme, ['acme 30/5', 'house 0/0']],
    [
      'thirds: the largest remainder, then the first',
      100,
      three,
      ['a 34/0', 'b 33/0', 'c 33/0', 'house 0/0'],
    ],
    ['one unit', 1, three, ['a 1/0', 'b 0/0', 'c 0/0', 'house 0/0']],
    ['nothing', 0, three, ['a 0/0', 'b 0/0', 'c 0/0', 'house 0/0']],
  ];
  it.each(cases)('gives each what is theirs of %s', (_, net, split, expected) => {
    expect(inWords(splitNet(net, split))).toEqual(expected);
  });

  const tax = { category: 's', basisPoints: 2000, netMinor: 0 };
  const two: SoldLines = {
    judged: [
      { sku: 'A', quantity: 1, price, totalMinor: 700, discountMinor: 100, tax: 0 },
      { sku: 'H', quantity: 1, price, totalMinor: 600, tax: 0 },
    ],
  };
  const ofA: SplitOf = (sku) => (sku === 'A' ? acme : null);

  it('leaves a tax that is inside the prices to the state', () => {
    const sold = { ...two, taxes: [{ ...tax, prices: 'inclusive' as const, taxMinor: 200 }] };
    expect(inWords(saleShares(sold, 1200, ofA))).toEqual(['acme 500/75', 'house 500/0', 'tax 200/0']);
  });

  it('adds a tax that is added', () => {
    const sold = { ...two, taxes: [{ ...tax, prices: 'exclusive' as const, taxMinor: 240 }] };
    expect(inWords(saleShares(sold, 1440, ofA))).toEqual(['acme 600/90', 'house 600/0', 'tax 240/0']);
  });

  it('gives the house what was never priced, and what does not come to its total', () => {
    expect(inWords(saleShares({}, 1200, ofA))).toEqual(['house 1200/0']);
    expect(inWords(saleShares(two, 1201, ofA))).toEqual(['house 1201/0']);
  });

  it('takes goods without their sale from their payees, free of tax', () => {
    const goods = {
      lines: [{ sku: 'A', quantity: 3, price: { priceMinor: 100, baseQuantity: 1 as const } }],
      currency: 'GBP',
      totalMinor: 300,
      reason: 'x',
      payment: { token: 't', fingerprint: 'f', scheme: 'visa', last4: '4242' },
    };
    expect(inWords(goodsShares(goods, ofA))).toEqual(['acme 300/45']);
    expect(inWords(goodsShares({ ...goods, totalMinor: 299 }, ofA))).toEqual(['house 299/0']);
  });

  it('undoes a line from those who have it, and the rest from all when an amount was refunded before', () => {
    const lines = lineShares(two, 1200, ofA);
    const left = saleShares(two, 1200, ofA);
    const back = [{ line: 0, quantity: 1, totalMinor: 600 }];
    expect(inWords(undoLines({ lines, earlier: [], left }, back, 600))).toEqual(['acme 600/90']);
    const after = less(left, undoAmount(600, left));
    expect(inWords(undoLines({ lines, earlier: [], left: after }, back, 600))).toEqual([
      'acme 300/45',
      'house 300/0',
    ]);
  });
});

const payees = ['a', 'b', 'c', 'd'];
const anySplit = fc
  .record({
    weights: fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 4 }),
    feeBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  })
  .map(
    ({ weights, feeBasisPoints }): Split => ({
      payees: weights.map((basisPoints, i) => ({ payee: payees[i] ?? 'a', basisPoints })),
      feeBasisPoints,
    }),
  );
const anySale = fc
  .array(
    fc.record({
      totalMinor: fc.integer({ min: 0, max: 100_000 }),
      discount: fc.integer({ min: 0, max: 10 }),
      tax: fc.integer({ min: -1, max: 1 }),
      split: fc.option(anySplit),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((lines) => {
    const judged = lines.map(({ totalMinor, discount, tax }, i) => ({
      sku: String(i),
      quantity: 1,
      price,
      totalMinor,
      ...(Math.min(discount, totalMinor) > 0 ? { discountMinor: Math.min(discount, totalMinor) } : {}),
      ...(tax >= 0 ? { tax } : {}),
    }));
    const paid = judged.map(({ totalMinor, discountMinor = 0 }) => totalMinor - discountMinor);
    const of = (at: number) => paid.reduce((sum, minor, i) => sum + (judged[i]?.tax === at ? minor : 0), 0);
    const tax = { category: 'x', basisPoints: 2000 };
    const added = Math.round(of(1) / 5);
    const taxes: SoldLines['taxes'] = [
      { ...tax, prices: 'inclusive', netMinor: 0, taxMinor: Math.round(of(0) / 6) },
      { ...tax, prices: 'exclusive', netMinor: 0, taxMinor: added },
    ];
    const totalMinor = paid.reduce((sum, minor) => sum + minor, added);
    const splitOf: SplitOf = (sku) => lines[Number(sku)]?.split ?? null;
    return { sold: { judged, taxes }, totalMinor, splitOf };
  });
const sumOf = (shares: readonly Share[]) => shares.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
const neverNegative = (shares: readonly Share[]) =>
  shares.every(({ amountMinor, feeMinor }) => feeMinor >= 0 && amountMinor >= feeMinor);

describe('whatever is sold', () => {
  it('sums to its total, and nobody gets less than nothing', () => {
    fc.assert(
      fc.property(anySale, ({ sold, totalMinor, splitOf }) => {
        const shares = saleShares(sold, totalMinor, splitOf);
        expect(lineShares(sold, totalMinor, splitOf)).not.toBeNull();
        expect(sumOf(shares)).toBe(totalMinor);
        expect(neverNegative(shares)).toBe(true);
      }),
    );
  });

  it('gives each account the same in whichever order the lines stand', () => {
    fc.assert(
      fc.property(anySale, ({ sold, totalMinor, splitOf }) => {
        // Of lines without a tax: a tax spread over lines gives the unit left over to the first.
        const bare = { judged: sold.judged.map(({ tax: _, ...line }) => line) };
        const paid = bare.judged.reduce((sum, line) => sum + line.totalMinor - (line.discountMinor ?? 0), 0);
        const turned = { judged: [...bare.judged].reverse() };
        const sorted = (lines: SoldLines) => inWords(saleShares(lines, paid, splitOf)).sort();
        expect(sorted(turned)).toEqual(sorted(bare));
        expect(totalMinor).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('leaves zero on every account after a full refund in any number of parts, by amount and by line', () => {
    const parts = fc.array(fc.record({ byLine: fc.boolean(), weight: fc.nat(1000) }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(anySale, parts, ({ sold, totalMinor, splitOf }, refunds) => {
        const lines = lineShares(sold, totalMinor, splitOf);
        const lineLeft = (lines ?? []).map(sumOf);
        let left = saleShares(sold, totalMinor, splitOf);
        const earlier: { line: number; quantity: number; totalMinor: number }[][] = [];
        const amounts = spreadMinor(totalMinor, [...refunds.map(({ weight }) => weight), 1]);
        amounts.forEach((amount, i) => {
          if (amount === 0) return;
          const last = i === amounts.length - 1;
          let taken: Share[];
          if (refunds[i]?.byLine && !last) {
            const minors = spreadMinor(
              Math.min(
                amount,
                lineLeft.reduce((a, b) => a + b, 0),
              ),
              lineLeft,
            );
            const back = minors.map((minor, line) => ({ line, quantity: 1, totalMinor: minor }));
            minors.forEach((minor, line) => {
              lineLeft[line] = (lineLeft[line] ?? 0) - minor;
            });
            taken = undoLines({ lines, earlier, left }, back, amount);
            earlier.push(back);
          } else {
            taken = undoAmount(amount, left);
          }
          expect(sumOf(taken)).toBe(amount);
          expect(neverNegative(taken)).toBe(true);
          left = less(left, taken);
          expect(neverNegative(left)).toBe(true);
        });
        expect(summed(left)).toEqual([]);
      }),
    );
  });
});

// The rounding rules against BigInt, over the whole range that a document may have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { firstPiecesMinor, includedTaxMinor, shareMinor, spreadMinor } from './share.ts';

const amount = fc.oneof(fc.integer({ min: 0, max: limits.totalMinorMax }), fc.nat(20_000));
const basisPoints = fc.integer({ min: 0, max: 10_000 });
/** round-half-up without a limit: (2a + b) ÷ 2b, rounded down. */
const halfUp = (a: bigint, b: bigint) => Number((2n * a + b) / (2n * b));

describe('a share of an amount', () => {
  it('is exact and rounds halves up', () => {
    fc.assert(
      fc.property(amount, basisPoints, (minor, share) => {
        expect(shareMinor(minor, share)).toBe(halfUp(BigInt(minor) * BigInt(share), 10_000n));
      }),
    );
  });

  it.each([
    [199, 1000, 20],
    [195, 1000, 20],
    [194, 1000, 19],
    [1, 5000, 1],
    [1, 4999, 0],
    [limits.totalMinorMax, 10_000, limits.totalMinorMax],
    [7, 0, 0],
  ])('of %i at %i basis points is %i', (minor, share, expected) => {
    expect(shareMinor(minor, share)).toBe(expected);
  });
});

describe('the tax inside a gross amount', () => {
  it('is exact and rounds halves up', () => {
    fc.assert(
      fc.property(amount, basisPoints, (gross, rate) => {
        expect(includedTaxMinor(gross, rate)).toBe(
          halfUp(BigInt(gross) * BigInt(rate), 10_000n + BigInt(rate)),
        );
      }),
    );
  });

  it.each([
    [120, 2000, 20],
    [1, 2000, 0],
    [3, 2000, 1],
    [100, 0, 0],
    [4223, 2000, 704],
  ])('of %i at %i basis points is %i', (gross, rate, expected) => {
    expect(includedTaxMinor(gross, rate)).toBe(expected);
  });
});

describe('the first pieces of an amount', () => {
  const equal = fc.integer({ min: 1, max: 100_000 });

  it('come to all of it in the end, never go back, and are within half a unit of their exact part', () => {
    fc.assert(
      fc.property(amount, equal, equal, (minor, one, other) => {
        const [part, whole] = one < other ? [one, other] : [other, one];
        const first = firstPiecesMinor(minor, part, whole);
        expect(first).toBeLessThanOrEqual(firstPiecesMinor(minor, whole, whole));
        expect(firstPiecesMinor(minor, whole, whole)).toBe(minor);
        expect(firstPiecesMinor(minor, part - 1, whole)).toBeLessThanOrEqual(first);
        const off = 2n * (BigInt(first) * BigInt(whole) - BigInt(minor) * BigInt(part));
        expect(off <= BigInt(whole) && off > -BigInt(whole)).toBe(true);
      }),
    );
  });

  it.each([
    [1000, 0, 3, 0],
    [1000, 1, 3, 333],
    [1000, 2, 3, 667],
    [1, 1, 2, 1],
    [0, 1, 2, 0],
  ])('of %i, %i of %i, are %i', (minor, part, whole, expected) => {
    expect(firstPiecesMinor(minor, part, whole)).toBe(expected);
  });
});

describe('an amount spread by largest remainder', () => {
  const weights = fc.array(amount, { minLength: 1, maxLength: 30 });

  it('sums to the amount, and gives no line more than it costs or a unit more than its exact part', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (lines, part) => {
        const sum = lines.reduce((total, weight) => total + weight, 0);
        const minor = Math.floor(sum * part);
        const parts = spreadMinor(minor, lines);
        expect(parts.reduce((total, one) => total + one, 0)).toBe(sum === 0 ? 0 : minor);
        parts.forEach((one, i) => {
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(lines[i] ?? 0);
          const off = BigInt(one) * BigInt(sum) - BigInt(minor) * BigInt(lines[i] ?? 0);
          expect(sum === 0 || (off < BigInt(sum) && off > -BigInt(sum))).toBe(true);
        });
      }),
    );
  });

  it.each([
    [100, [1377, 398, 2295], [34, 10, 56]],
    [1, [1, 1, 1], [1, 0, 0]],
    [2, [1, 1, 1], [1, 1, 0]],
    [3, [1, 1, 1], [1, 1, 1]],
    [5, [0, 10], [0, 5]],
    [0, [3, 4], [0, 0]],
    [0, [0, 0], [0, 0]],
  ])('of %i over %j is %j', (minor, lines, expected) => {
    expect(spreadMinor(minor, lines)).toEqual(expected);
  });
});

// Shares of amounts, exact in integers: what pricing, tax and refunds round by. The rules stand in docs/decisions/0014.

/** One whole in basis points. */
const whole = 10_000;

/**
 * round-half-up(amountMinor × basisPoints ÷ 10000), for amounts from 0 on. Exact for every safe integer: the amount is
 * split, so that no product passes 2^53.
 */
export function shareMinor(amountMinor: number, basisPoints: number): number {
  const rest = amountMinor % whole;
  return ((amountMinor - rest) / whole) * basisPoints + divideHalfUp(rest * basisPoints, whole);
}

/**
 * The tax inside a gross amount: round-half-up(grossMinor × rate ÷ (10000 + rate)), rate in basis points.
 * Exact up to limits.totalMinorMax × 10000 < 2^53.
 */
export function includedTaxMinor(grossMinor: number, basisPoints: number): number {
  return divideHalfUp(grossMinor * basisPoints, whole + basisPoints);
}

/**
 * What the first `part` of `whole` equal pieces of an amount come to: round-half-up(amountMinor × part ÷ whole). Pieces
 * taken one after another as differences of this sum to the amount, and none is negative.
 */
export function firstPiecesMinor(amountMinor: number, part: number, whole: number): number {
  return Number((2n * BigInt(amountMinor) * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole)));
}

/**
 * Spreads an amount over weights by largest remainder: each part is amount × weight ÷ sum rounded down, and the units
 * left over go to the largest remainders, of equal ones to the first. The parts sum to the amount, and where the amount
 * is not above the sum of the weights, no part is above its weight.
 */
export function spreadMinor(amountMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (sum === 0n) return weights.map(() => 0);
  const products = weights.map((weight) => BigInt(amountMinor) * BigInt(weight));
  const parts = products.map((product) => Number(product / sum));
  const left = amountMinor - parts.reduce((total, part) => total + part, 0);
  const byRemainder = products
    .map((product, at) => ({ at, remainder: product % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder < b.remainder ? 1 : -1));
  for (const { at } of byRemainder.slice(0, left)) parts[at] = (parts[at] ?? 0) + 1;
  return parts;
}

/** round-half-up(dividend ÷ divisor) of integers from 0 on. */
function divideHalfUp(dividend: number, divisor: number): number {
  const rest = dividend % divisor;
  return (dividend - rest) / divisor + (rest * 2 >= divisor ? 1 : 0);
}

// The price of one line: the product's own, an offer, or what a person set instead. Pure.
import type { Line } from '../../contract/checkout.ts';
import type { JudgedLine } from '../../contract/entry.ts';
import type { Product } from '../../contract/feed.ts';
import { lineTotalMinor, type Price, samePrice } from '../../contract/money.ts';
import type { Policy } from '../../contract/policy.ts';
import type { ReasonCode } from '../../contract/verdict.ts';

export type AppliedPrice = {
  kind: 'applied';
  price: Price;
  from: JudgedLine['from'];
  /** How far an override is from the catalogue's price, as a share of that; 0 without one. */
  deviationBasisPoints: number;
};
export type PriceJudgement = AppliedPrice | { kind: 'refused'; code: ReasonCode };

/** The catalogue's price now, unless the line overrides it and the policy lets it. */
export function priceOf(line: Line, product: Product, policy: Policy, nowMs: number): PriceJudgement {
  const catalogue = cataloguePrice(product, line.quantity, nowMs);
  if (!catalogue) return { kind: 'refused', code: 'price_not_valid_now' };
  if (!line.price || samePrice(line.price, catalogue.price)) return catalogue;
  if (!line.priceOverride) return { kind: 'refused', code: 'price_mismatch' };
  const { permission, deviationBasisPointsMax } = policy.priceOverride;
  if (permission === 'refused') return { kind: 'refused', code: 'price_override_not_allowed' };
  const deviationBasisPoints = deviation(line.price, catalogue.price);
  if (deviationBasisPointsMax !== undefined && deviationBasisPoints > deviationBasisPointsMax) {
    return { kind: 'refused', code: 'price_override_above_limit' };
  }
  return { kind: 'applied', price: line.price, from: 'override', deviationBasisPoints };
}

/**
 * The standing price or the offer that costs the line least; of equal ones the standing price, then the first offer.
 * Null when nothing of them holds at this moment.
 */
function cataloguePrice(product: Product, quantity: number, nowMs: number): AppliedPrice | null {
  let best: AppliedPrice | null = holds(product.priceFromMs, product.priceUntilMs, nowMs)
    ? { kind: 'applied', price: product.price, from: undefined, deviationBasisPoints: 0 }
    : null;
  for (const offer of product.offers ?? []) {
    if (quantity < offer.quantityMin || !holds(offer.fromMs, offer.untilMs, nowMs)) continue;
    if (best && lineTotalMinor(offer.price, quantity) >= lineTotalMinor(best.price, quantity)) continue;
    best = { kind: 'applied', price: offer.price, from: 'offer', deviationBasisPoints: 0 };
  }
  return best;
}

/** From its first moment on, until before its last. */
function holds(fromMs: number | undefined, untilMs: number | undefined, nowMs: number): boolean {
  return (fromMs === undefined || nowMs >= fromMs) && (untilMs === undefined || nowMs < untilMs);
}

/** How far a price is from the catalogue's, either way, as a share of that; rounded up, so that no limit is passed. */
function deviation(price: Price, catalogue: Price): number {
  const is = BigInt(price.priceMinor) * BigInt(catalogue.baseQuantity);
  const was = BigInt(catalogue.priceMinor) * BigInt(price.baseQuantity);
  if (was === 0n) return Number.MAX_SAFE_INTEGER;
  const difference = is > was ? is - was : was - is;
  const share = (difference * 10_000n + was - 1n) / was;
  return share > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(share);
}

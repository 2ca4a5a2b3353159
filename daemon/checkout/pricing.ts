// What a checkout costs: prices, discounts and taxes of its lines, exact to the minor unit. Pure. The rounding rules are
// those of docs/decisions/0014, and stand in contract/share.ts.
import type { Checkout, Line } from '../../contract/checkout.ts';
import type { JudgedLine, Tax } from '../../contract/entry.ts';
import type { Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import { lineTotalMinor } from '../../contract/money.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Reason } from '../../contract/verdict.ts';
import { discountsOf } from './discounts.ts';
import { type AppliedPrice, priceOf } from './price.ts';
import { rateOf, taxesOf } from './taxes.ts';

/** What the whole costs; there when every line has a price. */
export interface Bill {
  judged: JudgedLine[];
  taxes: Tax[];
  /** What the customer pays: the lines after their discounts, and taxes that are added to them. */
  totalMinor: number;
}

export interface Pricing {
  reasons: Reason[];
  /** Of each line, null where it has none. */
  lines: (JudgedLine | null)[];
  bill: Bill | null;
  /** The furthest an override is from the catalogue's price, as a share of that; 0 without one. */
  deviationBasisPoints: number;
}

/**
 * Prices a basket at the moment `nowMs`.
 * @param products the product of each line; a line without one is passed over, and there is no bill
 */
export function priceBasket(
  basket: Pick<Checkout, 'lines' | 'discount'>,
  products: readonly (Product | null)[],
  policy: Policy,
  nowMs: number,
): Pricing {
  const reasons: Reason[] = [];
  const lines: (JudgedLine | null)[] = [];
  const judged: JudgedLine[] = [];
  let deviationBasisPoints = 0;
  let taxed = true;
  basket.lines.forEach((line, i) => {
    const product = products[i];
    const price = product && priceOf(line, product, policy, nowMs);
    if (price?.kind !== 'applied') {
      lines.push(null);
      if (price) reasons.push({ code: price.code, line: i });
      return;
    }
    deviationBasisPoints = Math.max(deviationBasisPoints, price.deviationBasisPoints);
    const priced = judgedLine(line, product as Product, price);
    lines.push(priced);
    judged.push(priced);
    if (rateOf(product as Product, policy) !== undefined) return;
    taxed = false;
    reasons.push({ code: 'tax_rate_unknown', line: i });
  });
  const bill = taxed && judged.length === lines.length ? addUp(reasons) : null;
  return { reasons, lines, bill, deviationBasisPoints };

  function addUp(reasons: Reason[]): Bill | null {
    const grossMinor = judged.reduce((sum, line) => sum + line.totalMinor, 0);
    if (grossMinor > limits.totalMinorMax) {
      // No document can be of more, and beyond it sums would no longer be exact.
      reasons.push({ code: 'checkout_above_limit' });
      return null;
    }
    const discounts = discountsOf(basket, judged, policy);
    reasons.push(...discounts.reasons);
    if (!discounts.byLine) return null;
    let totalMinor = grossMinor;
    discounts.byLine.forEach((minor, i) => {
      const line = judged[i];
      if (line && minor > 0) line.discountMinor = minor;
      totalMinor -= minor;
    });
    const taxes = taxesOf(judged, products as readonly Product[], policy);
    for (const tax of taxes) if (tax.prices === 'exclusive') totalMinor += tax.taxMinor;
    return { judged, taxes, totalMinor };
  }
}

function judgedLine(line: Line, product: Product, { price, from }: AppliedPrice): JudgedLine {
  return {
    sku: product.sku,
    name: slipName(product.name),
    quantity: line.quantity,
    price,
    ...(from && { from }),
    totalMinor: lineTotalMinor(price, line.quantity),
  };
}

/** A name cut to the width of a slip, not in the middle of a character. */
function slipName(name: string): string {
  if (name.length <= limits.slipNameCharsMax) return name;
  const cut = name.slice(0, limits.slipNameCharsMax);
  return cut.replace(/[\ud800-\udbff]$/, '');
}

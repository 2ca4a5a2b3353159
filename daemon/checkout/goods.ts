// Whether goods may be sold: for sale at all, the customer's age, so many a line, and so many left. Pure.
import type { Checkout } from '../../contract/checkout.ts';
import type { Product } from '../../contract/feed.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Reason } from '../../contract/verdict.ts';

/** What the site knows of a line's goods. */
export interface Goods {
  /** Null where the catalogue has no such product. */
  product: Product | null;
  /** On hand less reserved; null where nobody counted. */
  available: number | null;
}

/**
 * What is against selling these goods. Several lines of one product are taken together: the line that asks for more
 * than there is is named, with what is left of the product in all (I14).
 */
export function judgeGoods(
  { lines, ageAttestation }: Pick<Checkout, 'lines' | 'ageAttestation'>,
  goods: readonly Goods[],
  policy: Policy,
): Reason[] {
  const reasons: Reason[] = [];
  const asked = new Map<string, number>();
  lines.forEach(({ quantity }, line) => {
    const { product, available } = goods[line] ?? unknown;
    if (!product) {
      reasons.push({ code: 'product_unknown', line });
      return;
    }
    if (!product.sellable) reasons.push({ code: 'product_not_sellable', line });
    if (product.quantityMax !== undefined && quantity > product.quantityMax)
      reasons.push({ code: 'quantity_above_limit', line });
    if (product.ageMin !== undefined && (ageAttestation?.years ?? 0) < product.ageMin)
      reasons.push({ code: 'age_attestation_required', line });
    if (available === null) {
      if (policy.stock.uncounted === 'refuse') reasons.push({ code: 'stock_unknown', line });
      return;
    }
    const sum = (asked.get(product.sku) ?? 0) + quantity;
    asked.set(product.sku, sum);
    if (sum > available) reasons.push({ code: 'out_of_stock', line, left: Math.max(0, available) });
  });
  return reasons;
}

const unknown: Goods = { product: null, available: null };

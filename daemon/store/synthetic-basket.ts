// What a synthetic checkout is of: one piece of a product that anybody may buy here now, at what it is quoted for.
import type { Checkout } from '../../contract/checkout.ts';
import type { Catalogue } from './catalogue.ts';
import type { ReadFacts } from './facts.ts';
import type { Policies } from './policy.ts';
import { quote } from './quote.ts';

/** Products that are looked at: where none of them can be sold, most likely none can. */
const productsMax = 20;
/** No processor knows it, and no card has this fingerprint. */
const payment = { token: 'synthetic', fingerprint: 'synthetic', scheme: 'synthetic', last4: '0000' };

/** Rather one that would be approved; else one that has a price; null where nothing has. */
export function syntheticBasket(parts: {
  catalogue: Catalogue;
  policies: Policies;
  readFacts: ReadFacts;
}): Checkout | null {
  const policy = parts.policies.inForce?.policy;
  if (!policy || !parts.catalogue.inForce) return null;
  const { currency } = policy;
  let priced: Checkout | null = null;
  for (const { sku, sellable, ageMin } of parts.catalogue.some(productsMax)) {
    if (!sellable || ageMin !== undefined) continue;
    const lines = [{ sku, quantity: 1 }];
    const answer = quote(parts, { asked: { lines, currency, payment } });
    if (answer.kind !== 'quoted' || answer.quote.totalMinor === null) continue;
    const { totalMinor, verdict } = answer.quote;
    const checkout: Checkout = { lines, currency, totalMinor, payment, mode: 'offline_ok' };
    if (verdict === 'approved_offline') return checkout;
    priced ??= checkout;
  }
  return priced;
}

// Taxes, by category on the sum of its lines after their discounts, so that a rounding is made once per rate and not once
// per line (EN 16931, BR-CO-17). Pure.
import type { JudgedLine, Tax } from '../../contract/entry.ts';
import type { Product } from '../../contract/feed.ts';
import type { Policy } from '../../contract/policy.ts';
import { includedTaxMinor, shareMinor } from '../../contract/share.ts';

/** What the policy takes of a product's category: undefined where it does not know it, null where there is no tax. */
export function rateOf({ taxCategory }: Product, { tax }: Policy): number | null | undefined {
  if (taxCategory === undefined) return null;
  return Object.hasOwn(tax.rates, taxCategory) ? tax.rates[taxCategory] : undefined;
}

/** The taxes of priced lines, in the order in which their categories first stand; each line is told which it is in. */
export function taxesOf(judged: JudgedLine[], products: readonly Product[], policy: Policy): Tax[] {
  const sums = new Map<string, { at: number; minor: number }>();
  judged.forEach((line, i) => {
    const category = products[i]?.taxCategory;
    if (category === undefined) return;
    const sum = sums.get(category) ?? { at: sums.size, minor: 0 };
    sum.minor += line.totalMinor - (line.discountMinor ?? 0);
    line.tax = sum.at;
    sums.set(category, sum);
  });
  return [...sums].map(([category, { minor }]) => taxOf(category, minor, policy));
}

function taxOf(category: string, minor: number, { tax: { prices, rates } }: Policy): Tax {
  const basisPoints = rates[category] ?? 0;
  const inclusive = prices === 'inclusive';
  const taxMinor = inclusive ? includedTaxMinor(minor, basisPoints) : shareMinor(minor, basisPoints);
  return { category, basisPoints, prices, netMinor: inclusive ? minor - taxMinor : minor, taxMinor };
}

// Real-sized baskets for every bench, the same in each run: one to six lines of a small shop's catalogue.
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { FeedItem, Product } from '../contract/feed.ts';
import { limits } from '../contract/limits.ts';
import { Policy } from '../contract/policy.ts';

export const products: readonly Product[] = Array.from({ length: 400 }, (_, i) => ({
  sku: `SKU-${String(i).padStart(4, '0')}`,
  name: `Product ${i}`,
  price: { priceMinor: 50 + ((i * 37) % 1900), baseQuantity: 1 },
  sellable: true,
}));

export const policy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: limits.totalMinorMax },
  exposure: { totalMinorMax: Number.MAX_SAFE_INTEGER },
  priceOverride: { permission: 'allowed' },
  unlinkedRefund: { permission: 'allowed', totalMinorMax: limits.totalMinorMax },
});

/** The feed that makes an empty store sell these products. */
export function sellingFeed(): FeedItem[] {
  const pieceMax = limits.catalogueProductsPerPieceMax;
  const pieces = Math.ceil(products.length / pieceMax);
  const catalogue = Array.from({ length: pieces }, (_, i): FeedItem => {
    const part = products.slice(i * pieceMax, (i + 1) * pieceMax);
    return { kind: 'catalogue', version: 1, piece: i + 1, pieces, products: part };
  });
  return [{ kind: 'policy', version: 1, policy }, ...catalogue];
}

export interface Basket {
  id: string;
  body: string;
}

/** What no compression can take out of a checkout: 74 random bits of its id and 96 of its token. */
export const incompressibleBytes = (74 + 96) / 8;

/** A checkout as a kiosk would send it. */
export function basket(random: () => number): Basket {
  const lines = Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
    // The square favours some products, as shops do.
    const product = products[Math.floor(random() ** 2 * products.length)] as Product;
    return { product, quantity: 1 + Math.floor(random() ** 3 * 5) };
  });
  const totalMinor = lines.reduce(
    (sum, { product, quantity }) => sum + product.price.priceMinor * quantity,
    0,
  );
  const card = Math.floor(random() * 5000);
  const body = {
    lines: lines.map(({ product, quantity }) => ({ sku: product.sku, quantity })),
    currency: 'GBP',
    totalMinor,
    payment: {
      token: `tok_${randomBytes(12).toString('base64url')}`,
      fingerprint: `fp_${(card * 2654435761).toString(36)}`,
      scheme: card % 3 === 0 ? 'mastercard' : 'visa',
      last4: String(card % 10_000).padStart(4, '0'),
    },
    mode: 'offline_ok',
  };
  return { id: randomUUIDv7(), body: JSON.stringify(body) };
}

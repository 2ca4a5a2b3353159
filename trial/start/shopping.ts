// What shoppers put on a kiosk's counter: made-up baskets from the sample catalogue, and now and then second thoughts.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { Product } from '../../contract/feed.ts';
import { lineTotalMinor } from '../../contract/money.ts';
import type { Checkout } from '../../kiosk/client.ts';

export const currency = 'GBP';

const CatalogueRow = z
  .object({
    sku: z.string(),
    gtin: z.string(),
    name: z.string(),
    priceMinor: z.coerce.number(),
    baseQuantity: z.coerce.number(),
  })
  .transform(({ sku, gtin, name, priceMinor, baseQuantity }) =>
    Product.parse({ sku, gtin, name, price: { priceMinor, baseQuantity } }),
  );

export function readProducts(file: string): Product[] {
  return z
    .array(CatalogueRow)
    .min(1)
    .parse(parse(readFileSync(file), { columns: true }));
}

/** A basket of one to five lines; `random` gives [0, 1). */
export function fillBasket(products: readonly Product[], random: () => number): Checkout {
  const lines: Checkout['lines'] = [];
  let totalMinor = 0;
  const count = 1 + Math.floor(random() * 5);
  for (let i = 0; i < count; i++) {
    const product = products[Math.floor(random() * products.length)];
    if (!product) continue;
    // By the gram, or by the piece.
    const quantity =
      product.price.baseQuantity > 1 ? 50 * (1 + Math.floor(random() * 8)) : 1 + Math.floor(random() * 3);
    lines.push(scanned(product, quantity, random));
    totalMinor += lineTotalMinor(product.price, quantity);
  }
  return { lines, currency, totalMinor, payment: payment(random) };
}

/** Scanned by its barcode, or picked on the screen. */
function scanned(product: Product, quantity: number, random: () => number): Checkout['lines'][number] {
  const { sku, gtin } = product;
  return gtin !== undefined && random() < 0.5 ? { gtin, quantity } : { sku, quantity };
}

/** A shelf label of yesterday: the appliance refuses it with price_mismatch. */
export function withStalePrice(products: readonly Product[]): Checkout {
  const { sku, price } = products[0] ?? { sku: '', price: { priceMinor: 1, baseQuantity: 1 as const } };
  const stale = { ...price, priceMinor: price.priceMinor + 10 };
  const totalMinor = lineTotalMinor(stale, 1);
  return {
    lines: [{ sku, quantity: 1, price: stale }],
    currency,
    totalMinor,
    payment: payment(() => 0.5),
  };
}

/** Tokens of a processor that exists nowhere. */
function payment(random: () => number): Checkout['payment'] {
  const card = Math.floor(random() * 500);
  return {
    token: `tok_sample_${card}_${Math.floor(random() * 1e6).toString(36)}`,
    fingerprint: `fp_sample_${card}`,
    scheme: random() < 0.6 ? 'visa' : 'mastercard',
    last4: String(1000 + card * 17).slice(-4),
  };
}

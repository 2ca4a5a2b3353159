// The catalogue a shop must have had: each SKU at the price it was recorded with most often.
import { limits } from '../../contract/limits.ts';
import { type Price, samePrice } from '../../contract/money.ts';
import type { Invoice, Row } from './parse.ts';

export interface CatalogueProduct {
  /** Case counts: 85123A and 85123a are two products. */
  sku: string;
  name: string;
  price: Price;
}
export type Catalogue = ReadonlyMap<string, CatalogueProduct>;

/**
 * Modal price per SKU over all sales; of equally frequent prices the first recorded. A SKU that was only ever given
 * back is priced by its cancellations.
 */
export function deriveCatalogue(invoices: readonly Invoice[]): Catalogue {
  const bySku = new Map<string, Row[]>();
  for (const kind of ['sale', 'cancellation'] as const) {
    const sold = new Set(kind === 'sale' ? [] : bySku.keys());
    for (const invoice of invoices) {
      if (invoice.kind !== kind) continue;
      for (const row of invoice.rows) {
        if (sold.has(row.sku)) continue;
        const rows = bySku.get(row.sku);
        if (rows) rows.push(row);
        else bySku.set(row.sku, [row]);
      }
    }
  }
  return new Map(
    [...bySku].map(([sku, rows]) => [sku, { sku, name: nameOf(sku, rows), price: modalPrice(rows) }]),
  );
}

function modalPrice(rows: readonly Row[]): Price {
  const counts: { price: Price; count: number }[] = [];
  for (const { price } of rows) {
    const known = counts.find((other) => samePrice(other.price, price));
    if (known) known.count++;
    else counts.push({ price, count: 1 });
  }
  return counts.reduce((most, other) => (other.count > most.count ? other : most)).price;
}

/** The first description that says anything, cleaned and bounded; the SKU where there is none. */
function nameOf(sku: string, rows: readonly Row[]): string {
  for (const { name } of rows) {
    const clean = name
      .replace(/\p{Cc}/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (/[\p{L}\p{N}]/u.test(clean)) return clean.slice(0, limits.nameCharsMax).trim();
  }
  return sku;
}

/** The catalogue as a file for `holdfast-central catalogue import`. */
export function catalogueCsv(catalogue: Catalogue): string {
  const rows = [...catalogue.values()].map(({ sku, name, price }) =>
    [sku, name, price.priceMinor, price.baseQuantity].map(csvField).join(','),
  );
  return `sku,name,priceMinor,baseQuantity\n${rows.join('\n')}\n`;
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

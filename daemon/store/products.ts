// The rows of the catalogue: products by sku and by any of their codes, of all generations that are still on the disk.
import type { Database } from 'better-sqlite3';
import type { Product } from '../../contract/feed.ts';
import type { Generation, Generations } from './generations.ts';

export interface Products {
  bySku(sku: string): Product | null;
  /** Of the products in force, at most so many, looked for among the first SKUs. */
  some(itemsMax: number): Product[];
  /** By any padding of any of a product's codes; of two products with one code the first in the catalogue. */
  byCode(gtin: string): Product | null;
  /**
   * Adds a product to a generation, or with null its removal.
   * @param place where it stands in its catalogue
   * @returns by how many products the catalogue that this generation makes has grown
   */
  put(sku: string, arriving: Generation, product: Product | null, place: number): number;
  /** Removes some rows that can no longer be in force, a bounded piece of work; nothing once it has seen them all. */
  sweep(): void;
  /** Something is no longer in force: there is work for `sweep`. */
  sweepAgain(): void;
}

interface ProductRow {
  generation: number;
  body: string | null;
}

/** Whole catalogues at once would hold up the checkouts behind them. */
const skusSweptMax = 100;
const exactMax = 3;

export function openProducts(db: Database, generations: Generations): Products {
  const ofGeneration = db
    .prepare<[string, number], string | null>('SELECT body FROM product WHERE sku = ? AND generation = ?')
    .pluck();
  const newest = db.prepare<[string], ProductRow>(
    'SELECT generation, body FROM product WHERE sku = ? ORDER BY generation DESC LIMIT 1',
  );
  const all = db.prepare<[string], ProductRow>(
    'SELECT generation, body FROM product WHERE sku = ? ORDER BY generation DESC',
  );
  const candidates = db
    .prepare<[string], string>('SELECT sku FROM product_code WHERE gtin14 = ? ORDER BY place')
    .pluck();
  const insert = db.prepare('INSERT OR REPLACE INTO product (sku, generation, body) VALUES (?, ?, ?)');
  const insertCode = db.prepare(
    `INSERT INTO product_code (gtin14, sku, place) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET place = excluded.place`,
  );
  const skusAfter = db
    .prepare<[string], string>(
      `SELECT DISTINCT sku FROM product WHERE sku > ? ORDER BY sku LIMIT ${skusSweptMax}`,
    )
    .pluck();
  const remove = db.prepare('DELETE FROM product WHERE sku = ? AND generation = ?');
  const removeCode = db.prepare('DELETE FROM product_code WHERE gtin14 = ? AND sku = ?');

  /** The sku swept last; null when there is nothing to do. */
  let swept: string | null = '';

  const rowInForce = (sku: string): ProductRow | undefined => {
    const row = newest.get(sku);
    if (!row || generations.counts(row.generation)) return row;
    return all.all(sku).find(({ generation }) => generations.counts(generation));
  };
  /** An exact look-up is three times as fast as the search for the newest: worth it while there are few to try. */
  const bySku = (sku: string) => {
    if (generations.counting.length > exactMax) return productOf(rowInForce(sku));
    for (const generation of generations.counting) {
      const body = ofGeneration.get(sku, generation);
      if (body !== undefined) return parsed(body);
    }
    return null;
  };

  return {
    bySku,
    some: (itemsMax) =>
      skusAfter
        .all('')
        .map((sku) => bySku(sku))
        .filter((product) => product !== null)
        .slice(0, itemsMax),
    byCode(gtin) {
      const code = gtin14(gtin);
      for (const sku of candidates.all(code)) {
        const product = bySku(sku);
        if (product && codesOf(product).includes(code)) return product;
      }
      return null;
    },
    put(sku, { generation, base }, product, place) {
      const before = newest.get(sku);
      // A snapshot lies on nothing.
      const beneath = base === null ? undefined : rowInForce(sku);
      const row = before?.generation === generation ? before : beneath;
      insert.run(sku, generation, product && JSON.stringify(product));
      for (const code of product ? codesOf(product) : []) insertCode.run(code, sku, place);
      return (product ? 1 : 0) - (row?.body ? 1 : 0);
    },
    sweep() {
      if (swept === null) return;
      const skus = skusAfter.all(swept);
      for (const sku of skus) sweepOne(sku);
      swept = skus.length < skusSweptMax ? null : (skus.at(-1) ?? null);
      if (swept === null) generations.forgetRetired();
    },
    sweepAgain() {
      swept = '';
    },
  };

  function sweepOne(sku: string): void {
    const rows = all.all(sku);
    const inForce = rows.find(({ generation }) => generations.counts(generation));
    const kept = rows.filter((row) => {
      // A removal has done its work once the rows beneath it are gone, and they go with it.
      if (row === inForce) return row.body !== null;
      return !generations.counts(row.generation) && generations.mayCount(row.generation);
    });
    if (kept.length === rows.length) return;
    const codes = new Set(kept.flatMap((row) => codesOfRow(row)));
    for (const row of rows) {
      if (kept.includes(row)) continue;
      remove.run(sku, row.generation);
      for (const code of codesOfRow(row)) if (!codes.has(code)) removeCode.run(code, sku);
    }
  }
}

function productOf(row: ProductRow | undefined): Product | null {
  return parsed(row?.body ?? null);
}

/** Written by us from a parsed item: it needs no second look. */
function parsed(body: string | null): Product | null {
  return body === null ? null : (JSON.parse(body) as Product);
}

function codesOfRow(row: ProductRow): string[] {
  const product = productOf(row);
  return product ? codesOf(product) : [];
}

/** Every code of a product, padded. */
function codesOf({ gtin, codes }: Product): string[] {
  const own = gtin === undefined ? [] : [gtin14(gtin)];
  return codes ? [...own, ...codes.map(gtin14)] : own;
}

function gtin14(gtin: string): string {
  return gtin.padStart(14, '0');
}

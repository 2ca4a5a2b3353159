// The catalogue in force. A product's row in force is its newest of a generation that is in force or beneath it: a
// snapshot replaces all generations, a delta lies on top of them, and either takes effect by one change, whole.
import type { Database } from 'better-sqlite3';
import type { Line } from '../../contract/checkout.ts';
import type { FeedItem, Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import { createGenerations, type Generation } from './generations.ts';
import { openProducts } from './products.ts';
import { createRecent, type Recent } from './recent.ts';

export type CataloguePiece = Extract<FeedItem, { kind: 'catalogue' | 'catalogue_delta' }>;

export interface Catalogue {
  /** The version in force, or null before the first; `appliedMs` is elapsed time. */
  readonly inForce: Pick<Generation, 'version' | 'products' | 'appliedMs'> | null;
  /** The newest version that could not be taken whole, until one as new is in force. */
  readonly missed: { version: number; sinceMs: number } | null;
  /** The product a line names, or null when the catalogue in force has none. */
  find(line: Pick<Line, 'sku' | 'gtin'>): Product | null;
  /** Some of the products in force, by their SKUs. */
  some(itemsMax: number): Product[];
  /** Takes one piece; with the last one the whole version comes into force at once. */
  applyPiece(piece: CataloguePiece, moment: { elapsedMs: number; wallMs: number }): void;
  /** Removes some rows that are no longer in force, a bounded piece of work. */
  sweep(): void;
  reload(): void;
}

/**
 * Products kept at hand, so that a whole large shop is: what a checkout asks for is looked up and parsed once, and 50,000
 * products sold since the last catalogue take about 16 MB, their stock with them.
 */
const atHandMax = 65_536;

export function openCatalogue(db: Database): Catalogue {
  const generations = createGenerations(db);
  const products = openProducts(db, generations);
  const bySku = createRecent<string, Product | null>(atHandMax);
  const byCode = createRecent<string, Product | null>(atHandMax);

  return {
    get inForce() {
      return generations.inForce;
    },
    get missed() {
      return generations.missed;
    },
    find({ sku, gtin }) {
      if (sku !== undefined) return atHandOr(bySku, sku, products.bySku);
      return atHandOr(byCode, gtin ?? '', (code) => {
        const product = products.byCode(code);
        // One product, one object, by whichever name it was asked for.
        return product && atHandOr(bySku, product.sku, () => product);
      });
    },
    some: (itemsMax) => products.some(itemsMax),
    applyPiece(item, { elapsedMs, wallMs }) {
      const { version, piece, pieces } = item;
      if (isKnown(item)) return;
      const arriving = arrivingFor(item);
      if (arriving && piece <= arriving.piecesApplied) return;
      // A piece is missing, or what it lies on: the whole version is waited for again rather than brought into force
      // with a hole.
      if (arriving?.piecesApplied !== piece - 1) return generations.miss(version, wallMs);
      generations.grow(arriving, put(item, arriving));
      if (piece < pieces) return;
      generations.bringIntoForce(arriving, elapsedMs);
      bySku.clear();
      byCode.clear();
      products.sweepAgain();
    },
    sweep: () => products.sweep(),
    reload() {
      generations.reload();
      bySku.clear();
      byCode.clear();
      products.sweepAgain();
    },
  };

  /** Nothing newer; unless the one in force has holes since a salvage, and a whole one comes again with what followed it. */
  function isKnown({ kind, version }: CataloguePiece): boolean {
    const { inForce, missed } = generations;
    if (!inForce || version > inForce.version) return false;
    return kind === 'catalogue_delta' || missed === null || missed.version > inForce.version;
  }

  function arrivingFor(item: CataloguePiece): Generation | null {
    const base = item.kind === 'catalogue_delta' ? item.base : null;
    if (base !== null && base !== generations.inForce?.version) return null;
    return item.piece === 1
      ? generations.begin(item.version, base)
      : generations.arriving(item.version, base);
  }

  /** Writes the rows of a piece; says by how many products the catalogue grows. */
  function put(item: CataloguePiece, arriving: Generation): number {
    const place = (item.piece - 1) * limits.catalogueProductsPerPieceMax;
    let grown = 0;
    item.products.forEach((product, i) => {
      grown += products.put(product.sku, arriving, product, place + i);
    });
    if (item.kind === 'catalogue') return grown;
    for (const sku of item.removed) grown += products.put(sku, arriving, null, 0);
    return grown;
  }
}

/** What is remembered of a key, or else what `look` finds. */
function atHandOr(
  atHand: Recent<string, Product | null>,
  key: string,
  look: (key: string) => Product | null,
): Product | null {
  const known = atHand.get(key);
  if (known !== undefined) return known;
  const product = look(key);
  atHand.set(key, product);
  return product;
}

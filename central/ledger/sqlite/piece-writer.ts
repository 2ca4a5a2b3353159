// Writes the pieces of a catalogue as feeds carry them, from the products where they lie.
import type Database from 'better-sqlite3';
import { limits } from '../../../contract/limits.ts';
import { firstPiece } from '../../feed/pieces.ts';
import type { FeedDocuments } from './feed-documents.ts';

export interface PieceToWrite {
  kind: 'catalogue' | 'catalogue_delta';
  list: number;
  /** The piece begins after this SKU. */
  after: string;
  piece: number;
  pieces: number;
  base: number;
  version: number;
  /** Where it lies among the documents of its kind and version. */
  place: number;
}

interface Part {
  sku: string;
  /** Null where the product is removed. */
  body: string | null;
}

/** Stores the piece; answers the SKU with which it ends. */
export function createPieceWriter(
  db: Database.Database,
  documents: FeedDocuments,
): (piece: PieceToWrite) => string {
  const countMax = limits.catalogueProductsPerPieceMax;
  const whole = db.prepare<[object], Part>(
    `SELECT sku, body FROM catalogue_product WHERE list = @list AND sku > @after ORDER BY sku LIMIT ${countMax}`,
  );
  const differing = db.prepare<[object], Part>(
    `SELECT difference.sku, product.body FROM publication_difference AS difference
     LEFT JOIN catalogue_product AS product
       ON product.list = @list AND product.sku = difference.sku AND difference.removed = 0
     WHERE difference.sku > @after ORDER BY difference.sku LIMIT ${countMax}`,
  );

  return ({ kind, list, after, piece, pieces, base, version, place }) => {
    const next = (kind === 'catalogue' ? whole : differing).all({ list, after });
    const parts = next.slice(0, firstPiece(next.map(sizeOf)));
    const products = parts.flatMap(({ body }) => (body === null ? [] : [body])).join(',');
    const removed = parts.flatMap(({ sku, body }) => (body === null ? [sku] : []));
    const numbers = `"version":${version},"piece":${piece},"pieces":${pieces},"products":[${products}]`;
    const text =
      kind === 'catalogue'
        ? `{"kind":"catalogue",${numbers}}`
        : `{"kind":"catalogue_delta","base":${base},${numbers},"removed":${JSON.stringify(removed)}}`;
    documents.store(kind, version, place, text);
    return parts.at(-1)?.sku ?? after;
  };
}

function sizeOf({ sku, body }: Part): number {
  return Buffer.byteLength(body ?? JSON.stringify(sku));
}

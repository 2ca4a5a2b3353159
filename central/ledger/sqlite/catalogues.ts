// The catalogue at central: the products in force, drafts, and publishing the one over the other.
import type Database from 'better-sqlite3';
import { Product } from '../../../contract/feed.ts';
import { limits } from '../../../contract/limits.ts';
import { assert } from '../../../kit/assert.ts';
import type { CatalogueDraft, CataloguePublished, CatalogueView, ProductsPage } from '../published.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';
import { createPublishing } from './publishing.ts';

export interface CatalogueTable {
  draft(source: string, products: readonly Product[], nowMs: number): number;
  discard(draft: number): boolean;
  drafts(): CatalogueDraft[];
  publish(draft: number, nowMs: number): CataloguePublished | null;
  inForce(): CatalogueView | null;
  /** Products after a SKU, in force or of a draft. */
  products(draft: number | null, after: string, count: number): ProductsPage;
  /** Those of the products in force that are asked for. */
  find(skus: readonly string[]): Product[];
  /** Puts the catalogue in force into the feed of a newcomer. */
  greet(applianceRef: number): void;
}

export function createCatalogueTable(
  db: Database.Database,
  documents: FeedDocuments,
  feeds: FeedTable,
): CatalogueTable {
  const insertDraft = db.prepare('INSERT INTO catalogue_draft (source, products, made_ms) VALUES (?, ?, ?)');
  const insertDrafted = db.prepare('INSERT INTO catalogue_draft_product (draft, sku, body) VALUES (?, ?, ?)');
  const drafts = db.prepare<[], CatalogueDraft>(
    'SELECT number, source, products, made_ms AS madeMs FROM catalogue_draft ORDER BY number',
  );
  const draftOf = db.prepare<[number], CatalogueDraft>(
    'SELECT number, source, products, made_ms AS madeMs FROM catalogue_draft WHERE number = ?',
  );
  const dropDrafted = db.prepare('DELETE FROM catalogue_draft_product WHERE draft = ?');
  const dropDraft = db.prepare('DELETE FROM catalogue_draft WHERE number = ?');
  const newest = db.prepare<[], CatalogueView>(
    'SELECT version, products, published_ms AS publishedMs FROM catalogue ORDER BY version DESC LIMIT 1',
  );
  const insertVersion = db.prepare(
    'INSERT INTO catalogue (version, products, published_ms) VALUES (?, ?, ?)',
  );
  const bodyOf = db.prepare<[string], string>('SELECT body FROM catalogue_product WHERE sku = ?').pluck();
  const pageInForce = db
    .prepare<[string, number], string>(
      'SELECT body FROM catalogue_product WHERE sku > ? ORDER BY sku LIMIT ?',
    )
    .pluck();
  const pageOfDraft = db
    .prepare<[number, string, number], string>(
      'SELECT body FROM catalogue_draft_product WHERE draft = ? AND sku > ? ORDER BY sku LIMIT ?',
    )
    .pluck();
  const carries = db.prepare('UPDATE appliance SET catalogue_version = ? WHERE ref = ?');

  const publishing = createPublishing(db, documents, feeds);

  const table: CatalogueTable = {
    draft(source, products, nowMs) {
      assert(products.length <= limits.catalogueProductsMax, 'a catalogue is within its limit');
      const number = Number(insertDraft.run(source, products.length, nowMs).lastInsertRowid);
      for (const product of products) insertDrafted.run(number, product.sku, JSON.stringify(product));
      return number;
    },
    discard(number) {
      dropDrafted.run(number);
      return dropDraft.run(number).changes === 1;
    },
    drafts: () => drafts.all(),
    publish(number, nowMs) {
      const draft = draftOf.get(number);
      if (!draft) return null;
      const published = publishing.publish(draft, newest.get()?.version ?? 0);
      insertVersion.run(published.version, published.products, nowMs);
      table.discard(number);
      return published;
    },
    inForce: () => newest.get() ?? null,
    products(draft, after, count) {
      const bodies =
        draft === null ? pageInForce.all(after, count + 1) : pageOfDraft.all(draft, after, count + 1);
      const items = bodies.slice(0, count).map((body) => Product.parse(JSON.parse(body)));
      return { items, next: bodies.length > count ? (items.at(-1)?.sku ?? null) : null };
    },
    find: (skus) =>
      skus.flatMap((sku) => {
        const body = bodyOf.get(sku);
        return body === undefined ? [] : [Product.parse(JSON.parse(body))];
      }),
    greet(applianceRef) {
      feeds.share(applianceRef, publishing.chain());
      carries.run(newest.get()?.version ?? 0, applianceRef);
    },
  };
  return table;
}

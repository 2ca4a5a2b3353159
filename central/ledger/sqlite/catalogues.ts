// The catalogue at central: the products in force, drafts, and publishing the one over the other.
import type Database from 'better-sqlite3';
import { Product } from '../../../contract/feed.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { CatalogueDraft, CataloguePublished, CatalogueView, ProductsPage } from '../published.ts';
import type { ProductSplit } from '../split-words.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';
import { createListSplits } from './list-splits.ts';
import { createListTable } from './lists.ts';
import { createPublishing } from './publishing.ts';

export interface CatalogueTable {
  beginDraft(source: string | null, nowMs: number): number | null;
  write(draft: number, products: readonly Product[]): void;
  writeSplits(draft: number, splits: readonly ProductSplit[]): void;
  complete(draft: number): void;
  discard(draft: number, by: By): boolean;
  drafts(): CatalogueDraft[];
  publish(draft: number, by: By): 'begun' | 'busy' | 'draft_unknown';
  published(draft: number): CataloguePublished | null;
  /** A bounded piece of what is under way; true when there is more. */
  piece(nowMs: number): boolean;
  standsStill(nowMs: number): boolean;
  inForce(): CatalogueView | null;
  /** Products after a SKU, in force or of a draft. */
  products(draft: number | null, after: string, count: number): ProductsPage;
  /** Those of the products in force that are asked for. */
  find(skus: readonly string[]): Product[];
  /** Those of the SKUs that no product in force has. */
  unknown(skus: readonly string[]): string[];
  /** Puts the catalogue in force into the feed of a newcomer. */
  greet(applianceRef: number): void;
}

export function createCatalogueTable(
  db: Database.Database,
  documents: FeedDocuments,
  feeds: FeedTable,
  audit: Audit,
): CatalogueTable {
  const newest = db.prepare<[], CatalogueView>(
    'SELECT version, products, published_ms AS publishedMs FROM catalogue ORDER BY version DESC LIMIT 1',
  );
  const bodyOf = db
    .prepare<[number, string], string>('SELECT body FROM catalogue_product WHERE list = ? AND sku = ?')
    .pluck();
  const splits = createListSplits(db);
  const lists = createListTable(db, splits);
  const publishing = createPublishing(db, { documents, feeds, lists, splits });
  const inForce = () => lists.inForce() ?? 0;

  return {
    beginDraft: lists.begin,
    write: lists.write,
    writeSplits: lists.writeSplits,
    complete: lists.complete,
    discard(draft, by) {
      const discarded = lists.discard(draft);
      if (discarded) audit(by, 'catalogue.discard', `catalogue draft ${draft}`, {});
      return discarded;
    },
    drafts: lists.drafts,
    publish(draft, by) {
      if (!lists.isDraft(draft)) return 'draft_unknown';
      if (!publishing.begin(draft, by.nowMs)) return 'busy';
      lists.beginPublishing(draft);
      const before = newest.get()?.version ?? 0;
      audit(by, 'catalogue.publish', `catalogue draft ${draft}`, { before, version: before + 1 });
      return 'begun';
    },
    published: publishing.published,
    piece: (nowMs) => publishing.step(nowMs) || lists.clearPiece(),
    standsStill: publishing.standsStill,
    inForce: () => newest.get() ?? null,
    products: (draft, after, count) => lists.page(draft ?? inForce(), after, count),
    find: (skus) =>
      skus.flatMap((sku) => {
        const body = bodyOf.get(inForce(), sku);
        return body === undefined ? [] : [Product.parse(JSON.parse(body))];
      }),
    unknown(skus) {
      const list = inForce();
      return skus.filter((sku) => bodyOf.get(list, sku) === undefined);
    },
    greet: publishing.greet,
  };
}

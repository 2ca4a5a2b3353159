// The catalogue at central: the products in force, drafts, and publishing one of them, to everybody or by a rollout.
import type Database from 'better-sqlite3';
import { Product } from '../../../contract/feed.ts';
import { present } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { CatalogueDraft, CataloguePublished, CatalogueView, ProductsPage } from '../published.ts';
import type { ProductSplit } from '../split-words.ts';
import { createCatalogueVersions } from './catalogue-versions.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';
import { createListSplits } from './list-splits.ts';
import { createListTable } from './lists.ts';
import { createPublishing } from './publishing.ts';

export interface CatalogueTable extends RolledCatalogues {
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
  /** Something is to be done, and nobody does it. */
  standsStill(nowMs: number): boolean;
  view(): CatalogueView | null;
  /** Products after a SKU, in force or of a draft. */
  products(draft: number | null, after: string, count: number): ProductsPage;
  /** Those of the products in force that are asked for. */
  find(skus: readonly string[]): Product[];
  /** Those of the SKUs that no product has of the version that an appliance is told. */
  unknown(applianceRef: number, skus: readonly string[]): string[];
  /** Puts the catalogue in force into the feed of a newcomer. */
  greet(applianceRef: number): void;
}

/** What a rollout brings and takes back. */
export interface RolledCatalogues {
  /** The newest that is for everybody; 0 before the first. */
  inForce(): number;
  /** Makes a draft the next version, and tells nobody: it is ready when nothing is under way any more. */
  keep(draft: number, nowMs: number): number | 'draft_unknown' | 'busy';
  /** The products of a version under the next number, in the same way. */
  keepAgain(version: number, nowMs: number): number;
  underWay(): boolean;
  piece(nowMs: number): boolean;
  hold(rollout: number, version: number): void;
  release(version: number): void;
  share(applianceRef: number, version: number): number;
  toldAtOnceMax(version: number): number;
  /** A rollout is over: what nobody has any more may leave. */
  retire(): void;
}

/** @param parts.onPublished a version is to be for everybody, whatever some boxes were brought before */
export function createCatalogueTable(
  db: Database.Database,
  parts: {
    documents: FeedDocuments;
    feeds: FeedTable;
    audit: Audit;
    onPublished(version: number, by: By): void;
  },
): CatalogueTable {
  const { documents, audit, onPublished } = parts;
  const bodyOf = db
    .prepare<[number, string], string>('SELECT body FROM catalogue_product WHERE list = ? AND sku = ?')
    .pluck();
  const splits = createListSplits(db);
  const lists = createListTable(db, splits);
  const versions = createCatalogueVersions(db, parts);
  const publishing = createPublishing(db, { documents, versions, lists, splits });
  // No list has the number 0.
  const listInForce = () => versions.listOf(versions.inForce()) ?? 0;

  const table: CatalogueTable = {
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
      const before = versions.inForce();
      const version = table.keep(draft, by.nowMs);
      if (typeof version === 'string') return version;
      audit(by, 'catalogue.publish', `catalogue draft ${draft}`, { before, version });
      onPublished(version, by);
      return 'begun';
    },
    published: publishing.published,
    piece(nowMs) {
      if (publishing.step(nowMs)) return true;
      lists.retire();
      return lists.clearPiece();
    },
    standsStill: (nowMs) => (publishing.underWay() ? publishing.standsStill(nowMs) : lists.leaves()),
    view: () => versions.view(versions.inForce()),
    products: (draft, after, count) => lists.page(draft ?? listInForce(), after, count),
    find: (skus) =>
      skus.flatMap((sku) => {
        const body = bodyOf.get(listInForce(), sku);
        return body === undefined ? [] : [Product.parse(JSON.parse(body))];
      }),
    unknown(applianceRef, skus) {
      const list = versions.listOf(versions.of(applianceRef)) ?? 0;
      return skus.filter((sku) => bodyOf.get(list, sku) === undefined);
    },
    greet: versions.greet,
    inForce: versions.inForce,
    keep(draft, nowMs) {
      if (!lists.isDraft(draft)) return 'draft_unknown';
      if (publishing.underWay()) return 'busy';
      lists.beginPublishing(draft);
      return publishing.begin(draft, nowMs);
    },
    keepAgain: (version, nowMs) =>
      publishing.begin(present(versions.listOf(version), 'the products of a version that boxes had'), nowMs),
    underWay: publishing.underWay,
    hold: versions.hold,
    release: versions.release,
    share: versions.share,
    toldAtOnceMax: versions.toldAtOnceMax,
    retire: lists.retire,
  };
  return table;
}

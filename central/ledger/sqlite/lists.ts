// Lists of products: each is written in pieces, waits as a draft, comes into force, and leaves in pieces again once no box has
// it and none may have to go back to it.
import type Database from 'better-sqlite3';
import { Product } from '../../../contract/feed.ts';
import { limits } from '../../../contract/limits.ts';
import { assert } from '../../../kit/assert.ts';
import { type CatalogueDraft, draftsMax, type ProductsPage } from '../published.ts';
import type { ProductSplit } from '../split-words.ts';
import type { ListSplits } from './list-splits.ts';

export interface ListTable {
  /** Begins a list; null when it is to be a draft and so many wait already. */
  begin(source: string | null, nowMs: number): number | null;
  write(list: number, products: readonly Product[]): void;
  writeSplits(list: number, splits: readonly ProductSplit[]): void;
  /** It holds everything now. */
  complete(list: number): void;
  discard(list: number): boolean;
  drafts(): CatalogueDraft[];
  /** Whether it is complete, and nobody has published or discarded it. */
  isDraft(list: number): boolean;
  beginPublishing(list: number): void;
  /** Some have it from now on. */
  publish(list: number): void;
  countOf(list: number): number;
  /** Products of a list after a SKU. */
  page(list: number, after: string, count: number): ProductsPage;
  /** Those that nobody has any more leave. */
  retire(): void;
  leaves(): boolean;
  /** Removes a bounded piece of what leaves; true when there is more of it. */
  clearPiece(): boolean;
}

/** Rows removed in one piece. */
const clearRowsMax = 5000;
/** A list that nobody has completed or published for so long was left by a command that was ended. */
const abandonedMs = 3_600_000;

export function createListTable(db: Database.Database, splits: ListSplits): ListTable {
  const insert = db.prepare(
    `INSERT INTO catalogue_list (source, products, made_ms, state) VALUES (?, 0, ?, 'writing')`,
  );
  const abandon = db.prepare(
    `UPDATE catalogue_list SET state = 'leaving'
     WHERE (state = 'writing' OR (state = 'draft' AND source = '')) AND made_ms < ?`,
  );
  const insertProduct = db.prepare('INSERT INTO catalogue_product (list, sku, body) VALUES (?, ?, ?)');
  const grow = db.prepare(
    `UPDATE catalogue_list SET products = products + ? WHERE number = ? AND state = 'writing'`,
  );
  const move = db.prepare('UPDATE catalogue_list SET state = ? WHERE number = ? AND state = ?');
  const retire = db.prepare(
    `UPDATE catalogue_list SET state = 'leaving' WHERE state = 'in_force' AND number NOT IN (
       SELECT list FROM catalogue WHERE list IS NOT NULL AND (
         version = (SELECT max(version) FROM catalogue WHERE rollout IS NULL)
         OR version IN (SELECT catalogue_version FROM appliance)
         OR rollout IN (SELECT number FROM rollout WHERE ended_ms IS NULL)
         OR version IN (SELECT version_before FROM rollout_box JOIN rollout ON number = rollout
           WHERE ended_ms IS NULL AND lane = 'catalogue')))`,
  );
  const drafts = db.prepare<[], CatalogueDraft>(
    `SELECT number, source, products, made_ms AS madeMs FROM catalogue_list
     WHERE state = 'draft' AND source <> '' ORDER BY number`,
  );
  const inState = db
    .prepare<[string], number>('SELECT number FROM catalogue_list WHERE state = ? LIMIT 1')
    .pluck();
  const stateOf = db.prepare<[number], string>('SELECT state FROM catalogue_list WHERE number = ?').pluck();
  const countOf = db
    .prepare<[number], number>('SELECT products FROM catalogue_list WHERE number = ?')
    .pluck();
  const bodies = db
    .prepare<[number, string, number], string>(
      'SELECT body FROM catalogue_product WHERE list = ? AND sku > ? ORDER BY sku LIMIT ?',
    )
    .pluck();
  const clear = db.prepare(
    `DELETE FROM catalogue_product WHERE list = @list
     AND sku IN (SELECT sku FROM catalogue_product WHERE list = @list ORDER BY sku LIMIT ${clearRowsMax})`,
  );
  const drop = db.prepare('DELETE FROM catalogue_list WHERE number = ?');

  const table: ListTable = {
    begin(source, nowMs) {
      abandon.run(nowMs - abandonedMs);
      if (source !== null && table.drafts().length >= draftsMax) return null;
      return Number(insert.run(source ?? '', nowMs).lastInsertRowid);
    },
    write(list, products) {
      for (const product of products) insertProduct.run(list, product.sku, JSON.stringify(product));
      assert(grow.run(products.length, list).changes === 1, 'a list is written until it is complete');
      assert(table.countOf(list) <= limits.catalogueProductsMax, 'a catalogue is within its limit');
    },
    writeSplits(list, some) {
      assert(stateOf.get(list) === 'writing', 'a list is written until it is complete');
      splits.write(list, some);
    },
    complete: (list) => void move.run('draft', list, 'writing'),
    discard: (list) => move.run('leaving', list, 'draft').changes === 1,
    drafts: () => drafts.all(),
    isDraft: (list) => stateOf.get(list) === 'draft',
    beginPublishing: (list) => void move.run('publishing', list, 'draft'),
    publish: (list) => void move.run('in_force', list, 'publishing'),
    retire: () => void retire.run(),
    leaves: () => inState.get('leaving') !== undefined,
    countOf: (list) => countOf.get(list) ?? 0,
    page(list, after, count) {
      const found = bodies.all(list, after, count + 1);
      const items = found.slice(0, count).map((body) => Product.parse(JSON.parse(body)));
      return { items, next: found.length > count ? (items.at(-1)?.sku ?? null) : null };
    },
    clearPiece() {
      const list = inState.get('leaving');
      if (list === undefined) return false;
      if (!splits.clear(list) && clear.run({ list }).changes < clearRowsMax) drop.run(list);
      return table.leaves();
    },
  };
  return table;
}

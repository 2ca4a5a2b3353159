// The splits of a list of products, and how they come into force: bounded pieces, written under the version to come, so that
// no sale is made by them before it is there.
import type Database from 'better-sqlite3';
import type { ProductSplit } from '../split-words.ts';

export interface ListSplits {
  write(list: number, splits: readonly ProductSplit[]): void;
  /** Takes one step; null when everything that differs is written. */
  step(list: number, version: number, at: SplitProgress): SplitProgress | null;
  /** Removes a bounded piece of a list that leaves; true when there is more of it. */
  clear(list: number): boolean;
}

/** First what the list has, then what it has no longer. */
export interface SplitProgress {
  pass: 'set' | 'end';
  after: string;
}

const stepRowsMax = 2000;

export function createListSplits(db: Database.Database): ListSplits {
  const insert = db.prepare('INSERT INTO catalogue_split (list, sku, body) VALUES (?, ?, ?)');
  const lastOfList = db
    .prepare<object, string | null>(
      `SELECT max(sku) FROM (SELECT sku FROM catalogue_split WHERE list = @list AND sku > @after
         ORDER BY sku LIMIT ${stepRowsMax})`,
    )
    .pluck();
  const set = db.prepare(
    `INSERT INTO product_split (sku, from_version, body)
     SELECT sku, @version, body FROM catalogue_split AS next
     WHERE list = @list AND sku > @after AND sku <= @last AND body IS NOT (
       SELECT body FROM product_split WHERE sku = next.sku ORDER BY from_version DESC LIMIT 1)`,
  );
  const lastOfAll = db
    .prepare<object, string | null>(
      `SELECT max(sku) FROM (SELECT DISTINCT sku FROM product_split WHERE sku > @after
         ORDER BY sku LIMIT ${stepRowsMax})`,
    )
    .pluck();
  const end = db.prepare(
    `INSERT INTO product_split (sku, from_version, body)
     SELECT sku, @version, NULL FROM (
       SELECT DISTINCT sku FROM product_split WHERE sku > @after AND sku <= @last) AS known
     WHERE sku NOT IN (SELECT sku FROM catalogue_split WHERE list = @list) AND (
       SELECT body FROM product_split WHERE sku = known.sku ORDER BY from_version DESC LIMIT 1) IS NOT NULL`,
  );
  const clear = db.prepare(
    `DELETE FROM catalogue_split WHERE list = @list
     AND sku IN (SELECT sku FROM catalogue_split WHERE list = @list ORDER BY sku LIMIT ${stepRowsMax})`,
  );

  return {
    write(list, splits) {
      for (const { sku, split } of splits) insert.run(list, sku, JSON.stringify(split));
    },
    step(list, version, { pass, after }) {
      const last = (pass === 'set' ? lastOfList : lastOfAll).get({ list, after }) ?? null;
      if (last === null) return pass === 'set' ? { pass: 'end', after: '' } : null;
      (pass === 'set' ? set : end).run({ list, version, after, last });
      return { pass, after: last };
    },
    clear: (list) => clear.run({ list }).changes === stepRowsMax,
  };
}

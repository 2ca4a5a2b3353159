// How products are split, as people compare it: in force, or as a draft has it.
import type Database from 'better-sqlite3';
import type { LedgerCalls } from '../port.ts';
import type { ProductSplit } from '../split-words.ts';

export function createSplitLists(db: Database.Database): LedgerCalls['splitsBySku'] {
  const inForce = db
    .prepare<[string], string | null>(
      `SELECT body FROM product_split WHERE sku = ?
         AND from_version <= (SELECT max(version) FROM catalogue WHERE rollout IS NULL)
       ORDER BY from_version DESC LIMIT 1`,
    )
    .pluck();
  const ofDraft = db
    .prepare<[number, string], string>('SELECT body FROM catalogue_split WHERE list = ? AND sku = ?')
    .pluck();
  return (skus, draft) =>
    skus.flatMap((sku) => {
      const body = draft === null ? inForce.get(sku) : ofDraft.get(draft, sku);
      return body == null ? [] : [{ sku, split: JSON.parse(body) as ProductSplit['split'] }];
    });
}

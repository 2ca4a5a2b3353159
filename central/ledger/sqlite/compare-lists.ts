// What a list of products changes of the one in force, found range by range in the order of the SKUs.
import type Database from 'better-sqlite3';
import { type Cut, emptyCut, withItem } from '../../feed/pieces.ts';

/** A run of feed content: its bytes, and the pieces it takes. */
interface Run {
  bytes: number;
  cut: Cut;
}

export interface Found {
  added: number;
  changed: number;
  removed: number;
  /** What differs. */
  delta: Run;
  /** All of the list. */
  snapshot: Run;
}

const emptyRun: Run = { bytes: 0, cut: emptyCut };
export const nothingFound: Found = { added: 0, changed: 0, removed: 0, delta: emptyRun, snapshot: emptyRun };

export interface Range {
  list: number;
  /** The list in force; null before the first. */
  base: number | null;
  /** Goes on after this SKU. */
  after: string;
  found: Found;
}

/** Products of either list that are looked at in one piece. */
const rangeProductsMax = 5000;
/** A blob sorts after every text. */
const afterAllSkus = Buffer.alloc(0);

/** Adds a range to what was found, and writes down which SKUs differ; `after` is null at the end. */
export function compareRange(
  db: Database.Database,
): (range: Range) => { after: string | null; found: Found } {
  const nth = `SELECT sku FROM catalogue_product WHERE list = @list AND sku > @after ORDER BY sku LIMIT 1 OFFSET ${rangeProductsMax - 1}`;
  const endOf = db
    .prepare<[object], string | null>(
      `SELECT min(sku) FROM (SELECT * FROM (${nth}) UNION ALL SELECT * FROM (${nth.replace('@list', '@base')}))`,
    )
    .pluck();
  const differing = db.prepare<
    [object],
    { sku: string; bytes: number; kind: 'added' | 'changed' | 'removed' }
  >(
    `SELECT after.sku, octet_length(after.body) AS bytes,
       CASE WHEN before.sku IS NULL THEN 'added' ELSE 'changed' END AS kind
     FROM catalogue_product AS after
     LEFT JOIN catalogue_product AS before ON before.list = @base AND before.sku = after.sku
     WHERE after.list = @list AND after.sku > @after AND after.sku <= @upTo
       AND (before.sku IS NULL OR before.body <> after.body)
     UNION ALL
     SELECT before.sku, octet_length(json_quote(before.sku)), 'removed' FROM catalogue_product AS before
     WHERE before.list = @base AND before.sku > @after AND before.sku <= @upTo
       AND NOT EXISTS (SELECT 1 FROM catalogue_product WHERE list = @list AND sku = before.sku)
     ORDER BY 1`,
  );
  const sizes = db
    .prepare<[object], number>(
      `SELECT octet_length(body) FROM catalogue_product
       WHERE list = @list AND sku > @after AND sku <= @upTo ORDER BY sku`,
    )
    .pluck();
  const note = db.prepare('INSERT INTO publication_difference (sku, removed) VALUES (?, ?)');

  return ({ list, base, after, found }) => {
    // No list has the number 0.
    const lists = { list, base: base ?? 0, after };
    const end = endOf.get(lists) ?? null;
    const range = { ...lists, upTo: end ?? afterAllSkus };
    const next = { ...found };
    for (const { sku, bytes, kind } of differing.all(range)) {
      next[kind]++;
      next.delta = longer(next.delta, bytes);
      // Before the first catalogue nothing travels as what differs.
      if (base !== null) note.run(sku, kind === 'removed' ? 1 : 0);
    }
    for (const bytes of sizes.all(range)) next.snapshot = longer(next.snapshot, bytes);
    return { after: end, found: next };
  };
}

function longer({ bytes, cut }: Run, sizeBytes: number): Run {
  return { bytes: bytes + sizeBytes + 1, cut: withItem(cut, sizeBytes) };
}

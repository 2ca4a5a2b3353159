// Publishing a catalogue: a draft becomes the products in force, and every feed is told as shortly as it can be.
import type Database from 'better-sqlite3';
import { cutPieces, planPublication } from '../../feed/pieces.ts';
import type { CatalogueDraft, CataloguePublished } from '../published.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';

export interface Publishing {
  /** @param base the version in force; 0 before the first */
  publish(draft: CatalogueDraft, base: number): CataloguePublished;
  /** The newest snapshot and the deltas that follow it: the catalogue for a feed that has none. */
  chain(): number[];
}

interface Difference {
  sku: string;
  bytes: number;
  added: number;
}

export function createPublishing(
  db: Database.Database,
  documents: FeedDocuments,
  feeds: FeedTable,
): Publishing {
  const differing = db.prepare<[number], Difference>(
    `SELECT after.sku, octet_length(after.body) AS bytes, before.sku IS NULL AS added
     FROM catalogue_draft_product AS after LEFT JOIN catalogue_product AS before USING (sku)
     WHERE after.draft = ? AND (before.sku IS NULL OR before.body <> after.body) ORDER BY after.sku`,
  );
  const missing = db
    .prepare<[number], string>(
      `SELECT sku FROM catalogue_product
       WHERE sku NOT IN (SELECT sku FROM catalogue_draft_product WHERE draft = ?) ORDER BY sku`,
    )
    .pluck();
  const remove = db.prepare('DELETE FROM catalogue_product WHERE sku = ?');
  const take = db.prepare(
    `INSERT OR REPLACE INTO catalogue_product (sku, body)
     SELECT sku, body FROM catalogue_draft_product WHERE draft = ? AND sku = ?`,
  );
  const sizes = db.prepare<[], { sku: string; bytes: number }>(
    'SELECT sku, octet_length(body) AS bytes FROM catalogue_product ORDER BY sku',
  );
  const bodyOf = db.prepare<[string], string>('SELECT body FROM catalogue_product WHERE sku = ?').pluck();
  const carriers = db
    .prepare<[number], number>('SELECT ref FROM appliance WHERE catalogue_version = ?')
    .pluck();
  const others = db
    .prepare<[number], number>('SELECT ref FROM appliance WHERE catalogue_version <> ?')
    .pluck();
  const carries = db.prepare('UPDATE appliance SET catalogue_version = ?');

  const bodiesOf = (skus: readonly string[]) => skus.map((sku) => bodyOf.get(sku)).join(',');

  /** The products are in force by now: their bodies are read from there. */
  function storeDelta(
    base: number,
    version: number,
    removed: readonly string[],
    changed: readonly Difference[],
  ) {
    const gone = removed.map((sku) => ({ sku, bytes: Buffer.byteLength(JSON.stringify(sku)), gone: true }));
    const all = [...gone, ...changed.map(({ sku, bytes }) => ({ sku, bytes, gone: false }))];
    const pieces = cutPieces(all.map(({ bytes }) => bytes));
    pieces.forEach(({ start, end }, i) => {
      const part = all.slice(start, end);
      const skus = (of: boolean) => part.flatMap((one) => (one.gone === of ? [one.sku] : []));
      const head = `"base":${base},"version":${version},"piece":${i + 1},"pieces":${pieces.length}`;
      const lists = `"products":[${bodiesOf(skus(false))}],"removed":${JSON.stringify(skus(true))}`;
      documents.store('catalogue_delta', version, i + 1, `{"kind":"catalogue_delta",${head},${lists}}`);
    });
    return pieces.length;
  }

  function storeSnapshot(version: number, products: readonly { sku: string; bytes: number }[]) {
    const pieces = cutPieces(products.map(({ bytes }) => bytes));
    pieces.forEach(({ start, end }, i) => {
      const skus = products.slice(start, end).map(({ sku }) => sku);
      const head = `"version":${version},"piece":${i + 1},"pieces":${pieces.length}`;
      const item = `{"kind":"catalogue",${head},"products":[${bodiesOf(skus)}]}`;
      documents.store('catalogue', version, i + 1, item);
    });
    return pieces.length;
  }

  function tell(base: number | null, version: number): void {
    const delta = base === null ? [] : documents.after('catalogue_delta', base);
    for (const applianceRef of carriers.all(base ?? -1)) feeds.share(applianceRef, delta);
    const whole = chain();
    for (const applianceRef of others.all(base ?? -1)) feeds.share(applianceRef, whole);
    carries.run(version);
  }

  function chain(): number[] {
    const snapshot = documents.newest('catalogue');
    return [...documents.after('catalogue', snapshot - 1), ...documents.after('catalogue_delta', snapshot)];
  }

  return {
    publish({ number, products: count }, base) {
      const version = base + 1;
      const changed = differing.all(number);
      const removed = missing.all(number);
      for (const sku of removed) remove.run(sku);
      for (const { sku } of changed) take.run(number, sku);
      const products = sizes.all();
      const plan = planPublication({
        hasBase: base > 0,
        deltaBytes: bytesIn(changed) + JSON.stringify(removed).length,
        snapshotBytes: bytesIn(products),
        chainBytes: documents.bytesAfter('catalogue_delta', documents.newest('catalogue')),
      });
      const deltaPieces = plan.delta ? storeDelta(base, version, removed, changed) : 0;
      const snapshotPieces = plan.snapshot ? storeSnapshot(version, products) : 0;
      tell(plan.delta ? base : null, version);
      const added = changed.filter((one) => one.added === 1).length;
      return {
        version,
        products: count,
        added,
        changed: changed.length - added,
        removed: removed.length,
        sent: plan.delta ? 'delta' : 'snapshot',
        pieces: plan.delta ? deltaPieces : snapshotPieces,
      };
    },
    chain,
  };
}

function bytesIn(items: readonly { bytes: number }[]): number {
  return items.reduce((total, { bytes }) => total + bytes + 1, 0);
}

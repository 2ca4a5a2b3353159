// The log down to each appliance: append-only positions of its own; shared bodies are stored once and referenced.
import type Database from 'better-sqlite3';
import type { FeedItem, Product } from '../../../contract/feed.ts';
import { limits } from '../../../contract/limits.ts';
import type { Policy } from '../../../contract/policy.ts';
import type { FeedPage, FeedPosition } from '../port.ts';

export interface FeedTable {
  /** Appends items of the appliance's own. */
  append(applianceRef: number, items: readonly FeedItem[]): void;
  /** Appends the current policy and catalogue: what a newcomer needs to sell. */
  greet(applianceRef: number): void;
  publishPolicy(policy: Policy): number;
  publishCatalogue(products: readonly Product[]): number;
  ensurePolicy(policy: Policy): void;
  positionOf(applianceId: string): FeedPosition | null;
  applied(applianceId: string, feedId: string, through: number, nowMs: number): FeedPosition | null;
  page(applianceId: string, after: number, itemsMax: number, bytesMax: number): FeedPage | null;
}

interface Head {
  ref: number;
  feedId: string;
  head: number;
  appliedThrough: number;
}

/** @param grown is told every appliance whose feed has grown */
export function createFeedTable(db: Database.Database, grown: (applianceId: string) => void): FeedTable {
  const headOf = db.prepare<[string], Head>(
    `SELECT ref, feed_id AS feedId, feed_head AS head, applied_through AS appliedThrough FROM appliance WHERE id = ?`,
  );
  const byRef = db.prepare<[number], { id: string; feed_head: number }>(
    'SELECT id, feed_head FROM appliance WHERE ref = ?',
  );
  const everyRef = db.prepare<[], number>('SELECT ref FROM appliance ORDER BY ref').pluck();
  const setHead = db.prepare('UPDATE appliance SET feed_head = ? WHERE ref = ?');
  const insertOwn = db.prepare('INSERT INTO feed (appliance_ref, position, body) VALUES (?, ?, ?)');
  const insertShared = db.prepare(
    'INSERT INTO feed (appliance_ref, position, feed_document_ref) VALUES (?, ?, ?)',
  );
  const insertDocument = db.prepare(
    'INSERT INTO feed_document (kind, version, piece, body) VALUES (?, ?, ?, ?)',
  );
  const lastVersion = db
    .prepare<[string], number>('SELECT coalesce(max(version), 0) FROM feed_document WHERE kind = ?')
    .pluck();
  const currentOf = db
    .prepare<{ kind: string }, number>(
      `SELECT ref FROM feed_document
       WHERE kind = @kind AND version = (SELECT max(version) FROM feed_document WHERE kind = @kind) ORDER BY piece`,
    )
    .pluck();
  const setApplied = db.prepare('UPDATE appliance SET applied_through = ?, last_heard_ms = ? WHERE ref = ?');
  const items = db.prepare<[number, number, number], { body: Buffer }>(
    `SELECT coalesce(feed.body, feed_document.body) AS body
     FROM feed LEFT JOIN feed_document ON feed_document.ref = feed.feed_document_ref
     WHERE feed.appliance_ref = ? AND feed.position > ? ORDER BY feed.position LIMIT ?`,
  );

  function appendRows(
    applianceRef: number,
    count: number,
    insert: (position: number, i: number) => void,
  ): void {
    const appliance = byRef.get(applianceRef);
    if (count === 0 || !appliance) return;
    for (let i = 0; i < count; i++) insert(appliance.feed_head + 1 + i, i);
    setHead.run(appliance.feed_head + count, applianceRef);
    grown(appliance.id);
  }

  function appendShared(applianceRef: number, documents: readonly number[]): void {
    appendRows(applianceRef, documents.length, (position, i) =>
      insertShared.run(applianceRef, position, documents[i]),
    );
  }

  function publish(kind: 'policy' | 'catalogue', bodies: (version: number) => FeedItem[]): number {
    const version = (lastVersion.get(kind) ?? 0) + 1;
    const refs = bodies(version).map((item, i) =>
      Number(insertDocument.run(kind, version, i + 1, Buffer.from(JSON.stringify(item))).lastInsertRowid),
    );
    for (const applianceRef of everyRef.all()) appendShared(applianceRef, refs);
    return version;
  }

  const table: FeedTable = {
    append(applianceRef, own) {
      appendRows(applianceRef, own.length, (position, i) =>
        insertOwn.run(applianceRef, position, Buffer.from(JSON.stringify(own[i]))),
      );
    },
    greet(applianceRef) {
      appendShared(applianceRef, [
        ...currentOf.all({ kind: 'policy' }),
        ...currentOf.all({ kind: 'catalogue' }),
      ]);
    },
    publishPolicy: (policy) => publish('policy', (version) => [{ kind: 'policy', version, policy }]),
    publishCatalogue: (products) => publish('catalogue', (version) => cataloguePieces(version, products)),
    ensurePolicy(policy) {
      if (lastVersion.get('policy') === 0) table.publishPolicy(policy);
    },
    positionOf(applianceId) {
      const head = headOf.get(applianceId);
      return head ? positionFrom(head) : null;
    },
    applied(applianceId, feedId, through, nowMs) {
      const head = headOf.get(applianceId);
      if (!head || head.feedId !== feedId || through > head.head) return null;
      // A late report of an earlier position takes nothing back; only a hello may.
      const appliedThrough = Math.max(head.appliedThrough, through);
      setApplied.run(appliedThrough, nowMs, head.ref);
      return positionFrom({ ...head, appliedThrough });
    },
    page(applianceId, after, itemsMax, bytesMax) {
      const head = headOf.get(applianceId);
      if (!head) return null;
      const taken: Uint8Array[] = [];
      let bytes = 0;
      for (const { body } of items.iterate(head.ref, after, itemsMax)) {
        bytes += body.length + 1;
        if (taken.length > 0 && bytes > bytesMax) break;
        taken.push(body);
      }
      return { feedId: head.feedId, head: head.head, firstPosition: after + 1, items: taken };
    },
  };
  return table;
}

/** A catalogue as feed items; an empty one is a single empty piece, so that it takes effect all the same. */
function cataloguePieces(version: number, products: readonly Product[]): FeedItem[] {
  const size = limits.catalogueProductsPerPieceMax;
  const pieces = Math.max(1, Math.ceil(products.length / size));
  return Array.from({ length: pieces }, (_, i) => ({
    kind: 'catalogue',
    version,
    piece: i + 1,
    pieces,
    products: products.slice(i * size, (i + 1) * size),
  }));
}

function positionFrom({ feedId, head, appliedThrough }: Head): FeedPosition {
  return { feedId, head, appliedThrough };
}

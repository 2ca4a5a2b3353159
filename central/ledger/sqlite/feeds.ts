// The log down to each appliance: append-only positions of its own; shared bodies are stored once and referenced.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';
import { present } from '../../../kit/assert.ts';
import type { FeedPage } from '../port.ts';
import type { FeedPosition } from '../views.ts';

export interface FeedTable {
  /** Appends items of the appliance's own; answers the positions of the first and the last. */
  append(applianceRef: number, items: readonly FeedItem[]): { first: number; last: number };
  /** Appends shared bodies, by their refs; answers their positions. */
  share(applianceRef: number, documents: readonly number[]): { first: number; last: number };
  shareWithAll(documents: readonly number[]): void;
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
  const setApplied = db.prepare('UPDATE appliance SET applied_through = ?, last_heard_ms = ? WHERE ref = ?');
  const items = db.prepare<[number, number, number], { body: Buffer }>(
    `SELECT coalesce(feed.body, feed_document.body) AS body
     FROM feed LEFT JOIN feed_document ON feed_document.ref = feed.feed_document_ref
     WHERE feed.appliance_ref = ? AND feed.position > ? ORDER BY feed.position LIMIT ?`,
  );

  function appendRows(applianceRef: number, count: number, insert: (position: number, i: number) => void) {
    const { id, feed_head: head } = present(byRef.get(applianceRef), 'the appliance of a feed');
    for (let i = 0; i < count; i++) insert(head + 1 + i, i);
    if (count > 0) {
      setHead.run(head + count, applianceRef);
      grown(id);
    }
    return { first: head + 1, last: head + count };
  }

  const table: FeedTable = {
    append: (applianceRef, own) =>
      appendRows(applianceRef, own.length, (position, i) =>
        insertOwn.run(applianceRef, position, Buffer.from(JSON.stringify(own[i]))),
      ),
    share: (applianceRef, documents) =>
      appendRows(applianceRef, documents.length, (position, i) =>
        insertShared.run(applianceRef, position, documents[i]),
      ),
    shareWithAll(documents) {
      for (const applianceRef of everyRef.all()) table.share(applianceRef, documents);
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

function positionFrom({ feedId, head, appliedThrough }: Head): FeedPosition {
  return { feedId, head, appliedThrough };
}

// Bodies that many feeds carry: stored once, numbered by kind and version, referenced by position.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';

export type DocumentKind = Exclude<FeedItem['kind'], 'outcome' | 'stock' | 'release'>;

export interface FeedDocuments {
  /** Stores one body, the JSON of a feed item; answers its ref. */
  store(kind: DocumentKind, version: number, piece: number, body: string): number;
  /** The newest version of a kind, at most `through`; 0 before the first. */
  newest(kind: DocumentKind, through?: number): number;
  /** The refs of a kind after a version and through another, in their order. */
  between(kind: DocumentKind, after: number, through: number): number[];
  /** The bytes of those bodies. */
  bytesAfter(kind: DocumentKind, version: number): number;
  body(kind: DocumentKind, version: number): string | null;
}

export function createFeedDocuments(db: Database.Database): FeedDocuments {
  const insert = db.prepare('INSERT INTO feed_document (kind, version, piece, body) VALUES (?, ?, ?, ?)');
  const newest = db
    .prepare<[string, number], number>(
      'SELECT coalesce(max(version), 0) FROM feed_document WHERE kind = ? AND version <= ?',
    )
    .pluck();
  const between = db
    .prepare<[string, number, number], number>(
      'SELECT ref FROM feed_document WHERE kind = ? AND version > ? AND version <= ? ORDER BY version, piece',
    )
    .pluck();
  const bytesAfter = db
    .prepare<[string, number], number>(
      'SELECT coalesce(sum(length(body)), 0) FROM feed_document WHERE kind = ? AND version > ?',
    )
    .pluck();
  const body = db
    .prepare<[string, number], Buffer>('SELECT body FROM feed_document WHERE kind = ? AND version = ?')
    .pluck();

  return {
    store: (kind, version, piece, text) =>
      Number(insert.run(kind, version, piece, Buffer.from(text)).lastInsertRowid),
    newest: (kind, through = Number.MAX_SAFE_INTEGER) => newest.get(kind, through) ?? 0,
    between: (kind, after, through) => between.all(kind, after, through),
    bytesAfter: (kind, version) => bytesAfter.get(kind, version) ?? 0,
    body: (kind, version) => body.get(kind, version)?.toString() ?? null,
  };
}

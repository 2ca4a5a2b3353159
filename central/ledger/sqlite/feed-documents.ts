// Bodies that many feeds carry: stored once, numbered by kind and version, referenced by position.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';

export type DocumentKind = Exclude<FeedItem['kind'], 'outcome' | 'stock' | 'release'>;

export interface FeedDocuments {
  /** Stores one body, the JSON of a feed item; answers its ref. @param piece its place among those of the version */
  store(kind: DocumentKind, version: number, piece: number, body: string): number;
  /** The newest version of a kind; 0 before the first. */
  newest(kind: DocumentKind): number;
  /** The refs of a kind after a version and through another, in their order. */
  between(kind: DocumentKind, after: number, through: number): number[];
  bytesOf(refs: readonly number[]): number;
  body(kind: DocumentKind, version: number): string | null;
}

export function createFeedDocuments(db: Database.Database): FeedDocuments {
  const insert = db.prepare('INSERT INTO feed_document (kind, version, piece, body) VALUES (?, ?, ?, ?)');
  const newest = db
    .prepare<[string], number>('SELECT coalesce(max(version), 0) FROM feed_document WHERE kind = ?')
    .pluck();
  const between = db
    .prepare<[string, number, number], number>(
      'SELECT ref FROM feed_document WHERE kind = ? AND version > ? AND version <= ? ORDER BY version, piece',
    )
    .pluck();
  const bytesOf = db
    .prepare<[string], number>(
      `SELECT coalesce(sum(length(body)), 0) FROM feed_document
       WHERE ref IN (SELECT value FROM json_each(?))`,
    )
    .pluck();
  const body = db
    .prepare<[string, number], Buffer>('SELECT body FROM feed_document WHERE kind = ? AND version = ?')
    .pluck();

  return {
    store: (kind, version, piece, text) =>
      Number(insert.run(kind, version, piece, Buffer.from(text)).lastInsertRowid),
    newest: (kind) => newest.get(kind) ?? 0,
    between: (kind, after, through) => between.all(kind, after, through),
    bytesOf: (refs) => bytesOf.get(JSON.stringify(refs)) ?? 0,
    body: (kind, version) => body.get(kind, version)?.toString() ?? null,
  };
}

// Cards that are no longer taken, by fingerprint, as the feed brought them.
import type { Database } from 'better-sqlite3';
import type { FeedItem } from '../../contract/feed.ts';

export interface HotList {
  has(fingerprint: string): boolean;
  change(item: Extract<FeedItem, { kind: 'hot_list' }>): void;
}

export function openHotList(db: Database): HotList {
  const find = db.prepare<[string], number>('SELECT 1 FROM hot_card WHERE fingerprint = ?').pluck();
  const add = db.prepare('INSERT OR IGNORE INTO hot_card (fingerprint) VALUES (?)');
  const remove = db.prepare('DELETE FROM hot_card WHERE fingerprint = ?');
  return {
    has: (fingerprint) => find.get(fingerprint) !== undefined,
    change: ({ fingerprint, change }) => void (change === 'add' ? add : remove).run(fingerprint),
  };
}

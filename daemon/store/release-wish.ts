// The release that central wants to run here, as the feed said it last. What becomes of it is no business of the store.
import type { Database } from 'better-sqlite3';
import type { FeedItem } from '../../contract/feed.ts';

export type ReleaseWish = Omit<Extract<FeedItem, { kind: 'release' }>, 'kind'>;

export interface ReleaseWishes {
  take(item: ReleaseWish): void;
  /** null: central never named one. */
  newest(): ReleaseWish | null;
}

interface Row {
  rollout: number;
  release: string | null;
  anyHour: number;
  returns: number;
}

export function openReleaseWishes(db: Database): ReleaseWishes {
  const save = db.prepare(
    'INSERT OR REPLACE INTO release_wish (id, rollout, release, any_hour, returns) VALUES (1, ?, ?, ?, ?)',
  );
  const select = db.prepare<[], Row>(
    'SELECT rollout, release, any_hour AS anyHour, returns FROM release_wish',
  );
  return {
    take: ({ rollout, release, anyHour, returns }) =>
      void save.run(rollout, release, anyHour ? 1 : 0, returns ? 1 : 0),
    newest() {
      const row = select.get();
      return row ? { ...row, anyHour: row.anyHour === 1, returns: row.returns === 1 } : null;
    },
  };
}

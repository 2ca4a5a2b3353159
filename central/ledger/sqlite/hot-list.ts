// The cards that are no longer taken, at any site: each change is one item in every feed.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';
import { limits } from '../../../contract/limits.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { HotListChanged, HotListed, HotListPage } from '../published.ts';
import type { FeedDocuments } from './feed-documents.ts';
import type { FeedTable } from './feeds.ts';

export interface HotListTable {
  change(fingerprint: string, change: 'add' | 'remove', by: By): HotListChanged;
  /**
   * A rule adds a card. Each is a row in every feed: when more are refused in an hour than `refusedFeedRowsPerHourMax` allows for,
   * the others are left out, and the audit log says so once.
   */
  refuse(fingerprint: string, by: By): HotListChanged | { kind: 'left_out' };
  page(after: string, count: number): HotListPage;
  /** The cards on the list now: what a newcomer is sent. */
  forNewcomer(): number[];
}

/** Rows that refused cards may put into feeds in an hour, of all appliances together. */
const refusedFeedRowsPerHourMax = 1_000_000;
/** However many appliances there are, so many cards an hour. */
export const refusedPerHourLeast = 50;
const hourMs = 3_600_000;

export function createHotListTable(
  db: Database.Database,
  documents: FeedDocuments,
  feeds: FeedTable,
  audit: Audit,
  feedRowsPerHourMax = refusedFeedRowsPerHourMax,
): HotListTable {
  const find = db.prepare<[string], HotListed>(
    'SELECT fingerprint, added_ms AS addedMs FROM hot_list WHERE fingerprint = ?',
  );
  const count = db.prepare<[], number>('SELECT count(*) FROM hot_list').pluck();
  const insert = db.prepare(
    'INSERT INTO hot_list (fingerprint, added_ms, feed_document_ref) VALUES (?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM hot_list WHERE fingerprint = ?');
  const page = db.prepare<[string, number], HotListed>(
    `SELECT fingerprint, added_ms AS addedMs FROM hot_list WHERE fingerprint > ? ORDER BY fingerprint LIMIT ?`,
  );
  const refs = db.prepare<[], number>('SELECT feed_document_ref FROM hot_list ORDER BY fingerprint').pluck();

  const appliances = db.prepare<[], number>('SELECT count(*) FROM appliance').pluck();
  // By this process alone: an hour that begins anew with it is no harm.
  const hour = { fromMs: 0, refused: 0, isSaid: false };

  const table: HotListTable = {
    refuse(fingerprint, by) {
      if (find.get(fingerprint) !== undefined) return { kind: 'unchanged' };
      if (by.nowMs >= hour.fromMs + hourMs || by.nowMs < hour.fromMs) {
        Object.assign(hour, { fromMs: by.nowMs, refused: 0, isSaid: false });
      }
      const rowsOfEach = Math.max(1, appliances.get() ?? 0);
      const cardsMax = Math.max(refusedPerHourLeast, Math.floor(feedRowsPerHourMax / rowsOfEach));
      if (hour.refused >= cardsMax) {
        if (!hour.isSaid) audit(by, 'hot_list.left_out', 'cards of an hour', { cardsMax });
        hour.isSaid = true;
        return { kind: 'left_out' };
      }
      const changed = table.change(fingerprint, 'add', by);
      if (changed.kind === 'changed') hour.refused++;
      return changed;
    },
    change(fingerprint, change, by) {
      const known = find.get(fingerprint);
      if ((known !== undefined) === (change === 'add')) return { kind: 'unchanged' };
      if (change === 'add' && (count.get() ?? 0) >= limits.hotListFingerprintsMax) return { kind: 'full' };
      const version = documents.newest('hot_list') + 1;
      const item: FeedItem = { kind: 'hot_list', fingerprint, change };
      const ref = documents.store('hot_list', version, 1, JSON.stringify(item));
      if (change === 'add') insert.run(fingerprint, by.nowMs, ref);
      else remove.run(fingerprint);
      feeds.shareWithAll([ref]);
      audit(by, `hot_list.${change}`, `card ${fingerprint}`, {});
      return { kind: 'changed' };
    },
    page(after, limit) {
      const rows = page.all(after, limit + 1);
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? (items.at(-1)?.fingerprint ?? null) : null };
    },
    forNewcomer: () => refs.all(),
  };
  return table;
}

// The one row that says which journal this is and how far both logs have been taken, kept in memory while a batch runs.
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { assert, present } from '../../kit/assert.ts';

interface PositionRow {
  journalId: string;
  receivedThrough: number;
  feedId: string | null;
  appliedThrough: number;
  lastSlip: number;
  slipYear: number | null;
  exposureMinor: number;
  exposureCount: number;
  /** Stock changes of the feed through here were taken before it was asked again; -1: through where it ends. */
  stockThrough: number;
}

export interface Positions {
  readonly now: Readonly<PositionRow>;
  /** Central's receipt; never goes back (I4). */
  receive(through: number): void;
  /** Begins with a feed, which ends at `head`; positions of another feed mean nothing in it. */
  follow(feedId: string, head: number): void;
  apply(through: number): void;
  /** The next number of the year; a year before the last one counts as the last (I15). */
  nextSlip(year: number): { slip: number; slipYear: number };
  /** One more checkout is exposed. */
  expose(minor: number): void;
  /** A checkout is exposed no longer; nothing when it was not. */
  unexpose(minor: number): void;
  /** Writes what changed; called once, before COMMIT. */
  save(): void;
  /** Forgets what a rolled back transaction changed. */
  reload(): void;
}

/** Opens the position, making a new journal identity in an empty database. */
export function openPositions(db: Database): Positions {
  const select = db.prepare<[], PositionRow>(
    `SELECT journal_id AS journalId, received_through AS receivedThrough, feed_id AS feedId,
            applied_through AS appliedThrough, last_slip AS lastSlip, slip_year AS slipYear,
            exposure_minor AS exposureMinor, exposure_count AS exposureCount,
            stock_through AS stockThrough FROM position`,
  );
  const update = db.prepare(
    `UPDATE position SET received_through = :receivedThrough, feed_id = :feedId, applied_through = :appliedThrough,
            last_slip = :lastSlip, slip_year = :slipYear, exposure_minor = :exposureMinor, exposure_count = :exposureCount,
            stock_through = :stockThrough`,
  );
  db.prepare('INSERT OR IGNORE INTO position (id, journal_id) VALUES (1, ?)').run(randomUUID());

  let now = present(select.get(), 'the position row');
  let changed = false;
  const change = (part: Partial<PositionRow>) => {
    now = { ...now, ...part };
    changed = true;
  };
  return {
    get now() {
      return now;
    },
    receive(through) {
      if (through > now.receivedThrough) change({ receivedThrough: through });
    },
    follow(feedId, head) {
      change({ feedId, appliedThrough: 0, stockThrough: now.stockThrough < 0 ? head : 0 });
    },
    apply(through) {
      assert(through > now.appliedThrough, 'the feed only moves forward');
      change({ appliedThrough: through });
    },
    nextSlip(year) {
      const slipYear = Math.max(year, now.slipYear ?? year);
      const begins = now.slipYear !== null && slipYear > now.slipYear;
      const slip = begins ? 1 : now.lastSlip + 1;
      change({ lastSlip: slip, slipYear });
      return { slip, slipYear };
    },
    expose(minor) {
      change({ exposureMinor: now.exposureMinor + minor, exposureCount: now.exposureCount + 1 });
    },
    unexpose(minor) {
      if (minor === 0) return;
      const exposureMinor = now.exposureMinor - minor;
      const exposureCount = now.exposureCount - 1;
      assert(exposureMinor >= 0 && exposureCount >= 0, 'exposure is never negative');
      change({ exposureMinor, exposureCount });
    },
    save() {
      if (!changed) return;
      const { journalId: _, ...row } = now;
      update.run(row);
      changed = false;
    },
    reload() {
      now = present(select.get(), 'the position row');
      changed = false;
    },
  };
}

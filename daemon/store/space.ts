// Room on the disk. A reserve is kept, so that voids, outcomes and sync go on when new checkouts must wait.
import { statfsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../kit/clock.ts';

export interface SpaceLimits {
  /** The journal's file may not grow beyond this. */
  bytesMax: number;
  /** Below this much room, in the file's quota or on the disk, no new checkout is taken. */
  reserveBytes: number;
}

const diskLookMsMin = 1000;

/** A function that says whether a new checkout may be taken; cheap enough to ask for each batch. */
export function watchSpace(db: Database, folder: string, limits: SpaceLimits, clock: Clock): () => boolean {
  const pageBytes = Number(db.pragma('page_size', { simple: true }));
  // SQLite itself answers SQLITE_FULL beyond this: the quota holds even if the watermark were wrong.
  db.pragma(`max_page_count = ${Math.max(64, Math.floor(limits.bytesMax / pageBytes))}`);

  // Both are counted when the statement runs, so that preparing them once is enough.
  const pageCount = db.prepare<[], number>('PRAGMA page_count').pluck();
  const freePageCount = db.prepare<[], number>('PRAGMA freelist_count').pluck();
  let diskBytes = diskFreeBytes(folder);
  let lookedMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - lookedMs >= diskLookMsMin) {
      diskBytes = diskFreeBytes(folder);
      lookedMs = clock.monotonicMs();
    }
    const used = (pageCount.get() ?? 0) - (freePageCount.get() ?? 0);
    return Math.min(limits.bytesMax - used * pageBytes, diskBytes) >= limits.reserveBytes;
  };
}

function diskFreeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

// Appliances by the numbers that fleet.db knows them by.
import type Database from 'better-sqlite3';

export interface Refs {
  /** Null: nothing was ever kept of it. */
  find(applianceId: string): number | null;
  /** A new one is in the file when it was written. */
  findOrMake(applianceId: string): number;
  /** Writes the new ones, within the caller's transaction. */
  write(): void;
  /** Called when they are on the disk. */
  written(): void;
  /** Those after a ref, at most so many. */
  after(ref: number, countMax: number): number[];
}

export function createRefs(db: Database.Database): Refs {
  const known = new Map(
    db
      .prepare<[], { id: string; ref: number }>('SELECT id, ref FROM appliance')
      .all()
      .map(({ id, ref }) => [id, ref]),
  );
  const insert = db.prepare('INSERT INTO appliance (id, ref) VALUES (?, ?)');
  const next = db
    .prepare<[number, number], number>('SELECT ref FROM appliance WHERE ref > ? ORDER BY ref LIMIT ?')
    .pluck();
  const made = new Map<string, number>();
  const find = (id: string) => known.get(id) ?? null;
  return {
    find,
    findOrMake(id) {
      const there = find(id);
      if (there !== null) return there;
      const ref = known.size + 1;
      known.set(id, ref);
      made.set(id, ref);
      return ref;
    },
    write() {
      for (const [id, ref] of made) insert.run(id, ref);
    },
    written: () => made.clear(),
    after: (ref, countMax) => next.all(ref, countMax),
  };
}

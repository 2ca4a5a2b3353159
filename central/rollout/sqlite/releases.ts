// Signed releases: the list of each one's files with its signature, as it was signed. The files lie beside the database.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { ReleaseView, RolloutCalls } from '../port.ts';

export type ReleaseTable = Pick<RolloutCalls, 'addRelease' | 'releases' | 'release'>;

export function createReleaseTable(db: Database.Database, audit: Audit): ReleaseTable {
  const find = db.prepare<[string], { name: string; addedMs: number; sums: string; signature: string }>(
    'SELECT name, added_ms AS addedMs, sums, signature FROM release WHERE name = ?',
  );
  const names = db
    .prepare<[], string>('SELECT name FROM release ORDER BY added_ms DESC, name LIMIT 200')
    .pluck();
  const files = db.prepare<[string], ReleaseView['files'][number]>(
    'SELECT architecture, sha256, bytes FROM release_file WHERE release = ? ORDER BY architecture',
  );
  const insert = db.prepare('INSERT INTO release (name, sums, signature, added_ms) VALUES (?, ?, ?, ?)');
  const insertFile = db.prepare(
    'INSERT INTO release_file (release, architecture, sha256, bytes) VALUES (?, ?, ?, ?)',
  );

  const table: ReleaseTable = {
    addRelease({ name, files: added, sums, signature }, by) {
      if (find.get(name)) return 'known';
      insert.run(name, sums, signature, by.nowMs);
      for (const { architecture, sha256, bytes } of added) insertFile.run(name, architecture, sha256, bytes);
      audit(by, 'release.add', `release ${name}`, { files: added });
      return 'added';
    },
    releases: () =>
      names.all().flatMap((name) => {
        const found = table.release(name);
        if (!found) return [];
        const { addedMs, files } = found;
        return [{ name, addedMs, files }];
      }),
    release(name) {
      const found = find.get(name);
      return found ? { ...found, files: files.all(name) } : null;
    },
  };
  return table;
}

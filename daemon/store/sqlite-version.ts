// The version of SQLite that keeps the journal, as the library itself says it.
import BetterSqlite3 from 'better-sqlite3';

export function sqliteVersion(): string {
  const db = new BetterSqlite3(':memory:');
  try {
    return String(db.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    db.close();
  }
}

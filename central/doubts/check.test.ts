// `ledger check` takes an entry that another journal brought for what it is, and finds one that only passes for it.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bookEntries } from '../fixtures/book-entries.ts';
import { checkoutEntry, salvageEntry } from '../fixtures/entries.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore } from '../ledger/sqlite/store.ts';

const { privateKey, publicKeyDer } = testKeys();
const nowMs = 1_795_000_000_000;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
beforeEach(async () => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  const store = createSqliteStore(db);
  const [first, second] = [createTestJournal('box-1', privateKey), createTestJournal('box-1', privateKey)];
  const sales = [checkoutEntry(), checkoutEntry()];
  await bookEntries(store, first, publicKeyDer, sales, nowMs);
  const salvage = salvageEntry({ fromJournalId: first.journalId, lastSeq: 2, carried: 2 });
  await bookEntries(store, second, publicKeyDer, [salvage, ...sales, checkoutEntry()], nowMs);
});
afterEach(() => {
  db.close();
  folder.remove();
});

it('finds nothing in books whose entries came twice', () => {
  expect(checkLedger(db)).toMatchObject({ entries: 6, movements: 3, known: 2, parked: 0, failures: [] });
});

it.each([
  [
    'a known entry that is not the same as its twin',
    'UPDATE known SET of_seq = 3 - of_seq',
    'known_without_twin',
  ],
  [
    'one whose twin nobody took',
    'DELETE FROM document WHERE journal_ref = 1 AND seq = 1',
    'known_without_twin',
  ],
  ['one of another appliance', 'UPDATE journal SET appliance_ref = 2 WHERE ref = 1', 'known_without_twin'],
  ['one that is known and booked', 'INSERT INTO known VALUES (2, 4, 1, 1, NULL, NULL)', 'entry_not_once'],
  ['one that is neither', 'DELETE FROM known WHERE seq = 3', 'entry_not_once'],
  ['a salvage that is gone', 'DELETE FROM salvage', 'entry_not_once'],
])('finds %s', (_, sql, code) => {
  db.pragma('foreign_keys = OFF');
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all())
    db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  const codes = checkLedger(db).failures.map((failure) => failure.code);
  expect(codes).toContain(code);
});

// The operator's commands open the same file as the running service, each for one short transaction;
// the service notices by itself.
import { mkdirSync } from 'node:fs';
import { UnknownSchemaError } from '../../kit/sqlite.ts';
import { CommandError } from '../errors.ts';
import { databasePath, openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';

/** Runs the work in one transaction on central's database. */
export function withStore<T>(dataFolder: string, work: (store: SqliteStore) => T): T {
  const store = openStore(dataFolder);
  try {
    return store.transaction(() => work(store));
  } finally {
    store.close();
  }
}

function openStore(dataFolder: string): SqliteStore {
  return createSqliteStore(openCentralDatabase(dataFolder));
}

/** @throws CommandError database_unknown */
export function openCentralDatabase(dataFolder: string) {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  try {
    return openDatabase(databasePath(dataFolder));
  } catch (error) {
    if (!(error instanceof UnknownSchemaError)) throw error;
    const hint = 'Use the release that made it, or another dataFolder.';
    throw new CommandError('database_unknown', error.message, hint, { cause: error });
  }
}
